// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: neap-opt %s --neap-plan-memory=max-threads=1 --split-input-file | FileCheck %s

module attributes {neap.symbols = {batch = #neap.range<1, 4>, seq = #neap.range<8, 30, 8>}} {

neap.kernel region @exp attributes {num_tiles = #neap.dim<"batch*seq">, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64: 0>]} {
^bb0(%a0: tensor<?x?xf32, #neap.dims<"batch", "seq">>):
  %0 = neap.exp %a0 : tensor<?x?xf32, #neap.dims<"batch", "seq">>
  neap.yield %0 : tensor<?x?xf32, #neap.dims<"batch", "seq">>
}

neap.kernel loops @halve attributes {num_tiles = #neap.dim<"(seq // 2)">, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<?x?xf32, #neap.dims<"batch", "seq">>):
  %0 = neap.slice %a0 {starts = array<i64: 0, 0>, sizes = #neap.dims<"batch", "(seq // 2)">,
      steps = array<i64: 1, 2>}
    : tensor<?x?xf32, #neap.dims<"batch", "seq">> -> tensor<?x?xf32, #neap.dims<"batch", "(seq // 2)">>
  neap.yield %0 : tensor<?x?xf32, #neap.dims<"batch", "(seq // 2)">>
}

// Buffers have the bytes at the bounds, which a symbol reaches in its steps, and
// the expression of their bytes; launches pass the symbols in the order of
// their names.
// CHECK: plan.symbol "batch" 1 to 4 step 1
// CHECK-NEXT: plan.symbol "seq" 8 to 24 step 8
// CHECK-NEXT: plan.kernel @exp operands 2 sizes 2
// CHECK-NEXT: plan.kernel @halve operands 2 sizes 2
// CHECK-LABEL: plan.entry @main attributes
// CHECK-SAME: {arena_bytes = 384 : i64
// CHECK-DAG: %[[X:.*]] = plan.buffer "x" input offset 0 size 384 as "4*batch*seq" bits 32
// CHECK-DAG: %[[Y:.*]] = plan.buffer "second" output offset 0 size 192 as "4*batch*(seq // 2)" bits 32
// CHECK-DAG: %[[A:.*]] = plan.buffer "first" arena offset 0 size 384 as "4*batch*seq" bits 32
// CHECK: plan.input "x" %[[X]] : f32 ["batch", "seq"]
// CHECK: plan.output "y" %[[Y]] : f32 ["batch", "(seq // 2)"]
// CHECK: plan.launch "first" @exp(read %[[X]][0, 384], write %[[A]][0, 384]) sizes ["batch", "seq"] tiles "batch*seq" per_block 1
// CHECK: plan.launch "second" @halve(read %[[A]][0, 384], write %[[Y]][0, 192]) sizes ["batch", "seq"] tiles "(seq // 2)" per_block 1
func.func @main(%x: tensor<?x?xf32, #neap.dims<"batch", "seq">> {neap.name = "x"} loc("x"))
    -> (tensor<?x?xf32, #neap.dims<"batch", "(seq // 2)">> {neap.name = "y"}) {
  %a = neap.launch @exp(%x) : (tensor<?x?xf32, #neap.dims<"batch", "seq">>)
    -> tensor<?x?xf32, #neap.dims<"batch", "seq">> loc("first")
  %b = neap.launch @halve(%a) : (tensor<?x?xf32, #neap.dims<"batch", "seq">>)
    -> tensor<?x?xf32, #neap.dims<"batch", "(seq // 2)">> loc("second")
  return %b : tensor<?x?xf32, #neap.dims<"batch", "(seq // 2)">>
}
}
