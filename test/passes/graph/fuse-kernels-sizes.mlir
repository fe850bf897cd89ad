// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: neap-opt %s --neap-fuse-kernels | FileCheck %s

module attributes {neap.symbols = {found = #neap.range<0, 24>}} {

// What uses a size stays behind its definition: `double`, from which the size is
// counted, and `scaled`, which is computed with it, are not one kernel, though
// one reads the other and no operand leads from the definition to `size`.
// CHECK-LABEL: func.func @users_follow_the_definition
// CHECK-SAME:  (%[[X:.*]]: tensor<24xf32>)
// CHECK:       %[[FIRST:.*]]:2 = neap.fused region ins(%[[X]])
// CHECK:         neap.add
// CHECK:         neap.compare
// CHECK:       %[[ALL:.*]] = neap.fused loops ins(%[[FIRST]]#{{[01]}})
// CHECK:         neap.true_positions
// CHECK:       %[[COUNT:.*]] = neap.slice %[[ALL]]
// CHECK:       neap.define_size "found" = %[[COUNT]]
// CHECK-NEXT:  neap.fused loops ins()
// CHECK-NEXT:    neap.size(#neap.dim<"found">)
// CHECK:       neap.fused region ins(%[[FIRST]]#0, %{{.*}})
// CHECK:         neap.mul
func.func @users_follow_the_definition(%x: tensor<24xf32>) -> tensor<24xf32> {
  %zero = neap.constant dense<0.0> : tensor<24xf32>
  %double = neap.add %x, %x : tensor<24xf32>
  %flags = neap.compare gt %double, %zero : tensor<24xf32> -> tensor<24xi1>
  %all = neap.true_positions %flags : tensor<24xi1> -> tensor<25xi64>
  %count = neap.slice %all {starts = array<i64: 0>, sizes = array<i64: 1>, steps = array<i64: 1>}
    : tensor<25xi64> -> tensor<1xi64>
  neap.define_size "found" = %count : tensor<1xi64>
  %size = neap.size(#neap.dim<"found">) : tensor<i64>
  %number = neap.cast %size : tensor<i64> -> tensor<f32>
  %factor = neap.broadcast %number : tensor<f32> -> tensor<24xf32>
  %scaled = neap.mul %double, %factor : tensor<24xf32>
  return %scaled : tensor<24xf32>
}
}
