// RUN: neap-opt %s --neap-emit-kernels | FileCheck %s
// RUN: neap-opt %s --neap-emit-kernels=fma=false | FileCheck %s --check-prefix=NO-FMA

// The kernel is gone; its function unpacks the arguments for the private one.
// CHECK-NOT:   neap.kernel
// CHECK-LABEL: func.func private @product_body(
// CHECK-SAME:    %{{.*}}: !llvm.ptr {llvm.noalias}
// CHECK:       llvm.intr.fma
// CHECK-LABEL: func.func @product(%{{.*}}: !llvm.ptr) -> i32
// CHECK:       %[[STATUS:.*]] = call @product_body
// CHECK:       return %[[STATUS]]

// NO-FMA-LABEL: func.func private @product_body(
// NO-FMA-NOT:   llvm.intr.fma
// NO-FMA:       arith.mulf
// NO-FMA:       arith.addf
neap.kernel loops @product attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<5x7xf32>, %y: tensor<7x9xf32>):
  %0 = neap.matmul %x, %y : tensor<5x7xf32>, tensor<7x9xf32> -> tensor<5x9xf32>
  neap.yield %0 : tensor<5x9xf32>
}
