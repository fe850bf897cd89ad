// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: neap-opt %s --neap-schedule=max-threads=1 --neap-plan-memory=max-threads=1 | FileCheck %s

module attributes {neap.symbols = {found = #neap.range<0, 24>, n = #neap.range<1, 24>}} {

neap.kernel loops @positions attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<?xi1, #neap.dims<"n">>):
  %0 = neap.true_positions %a0 : tensor<?xi1, #neap.dims<"n">> -> tensor<?xi64, #neap.dims<"n + 1">>
  neap.yield %0 : tensor<?xi64, #neap.dims<"n + 1">>
}

neap.kernel region @double attributes {num_tiles = #neap.dim<"found">, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<?xi64, #neap.dims<"found">>):
  %0 = neap.add %a0, %a0 : tensor<?xi64, #neap.dims<"found">>
  neap.yield %0 : tensor<?xi64, #neap.dims<"found">>
}

neap.kernel region @fill attributes {num_tiles = #neap.dim<"found">, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0:
  %0 = neap.constant dense<1.0> : tensor<f32>
  %1 = neap.broadcast %0 : tensor<f32> -> tensor<?xf32, #neap.dims<"found">>
  neap.yield %1 : tensor<?xf32, #neap.dims<"found">>
}

// The symbol becomes a scalar, read where it is defined; sizes that use it are
// planned at its bound. What only has the size comes after it too.
// CHECK: plan.symbol "n" 1 to 24 step 1
// CHECK-NOT: plan.symbol
// CHECK-LABEL: plan.entry @main
// CHECK: %[[FOUND:.*]] = plan.scalar "found" 0 to 24
// CHECK-DAG: %[[X:.*]] = plan.buffer "x" input offset 0 size 24 as "1*n" bits 8
// CHECK-DAG: %[[Y:.*]] = plan.buffer "/double" output offset 0 size 192 as "8*found" bits 64
// CHECK-DAG: %[[O:.*]] = plan.buffer "/fill" output offset 0 size 96 as "4*found" bits 32
// CHECK-DAG: %[[P:.*]] = plan.buffer "/positions" arena offset 0 size 200 as "8*(n + 1)" bits 64
// CHECK: plan.output "y" %[[Y]] : i64 ["found"]
// CHECK: plan.launch "/positions" @positions(read %[[X]][0, 24], write %[[P]][0, 200]) sizes ["n"] tiles "1"
// CHECK: plan.read_scalar "/count"(read %[[P]][0, 8]) into %[[FOUND]]
// CHECK-DAG: plan.launch "/double" @double(read %[[P]][8, 192], write %[[Y]][0, 192]) sizes ["found"] tiles "found"
// CHECK-DAG: plan.launch "/fill" @fill(write %[[O]][0, 96]) sizes ["found"] tiles "found"
func.func @main(%x: tensor<?xi1, #neap.dims<"n">> {neap.name = "x"} loc("x"))
    -> (tensor<?xi64, #neap.dims<"found">> {neap.name = "y"},
        tensor<?xf32, #neap.dims<"found">> {neap.name = "ones"}) {
  %all = neap.launch @positions(%x) : (tensor<?xi1, #neap.dims<"n">>)
    -> tensor<?xi64, #neap.dims<"n + 1">> loc("/positions")
  %count = neap.slice %all {starts = array<i64: 0>, sizes = array<i64: 1>, steps = array<i64: 1>}
    : tensor<?xi64, #neap.dims<"n + 1">> -> tensor<1xi64>
  neap.define_size "found" = %count : tensor<1xi64> loc("/count")
  %taken = neap.slice %all {starts = array<i64: 1>, sizes = #neap.dims<"found">, steps = array<i64: 1>}
    : tensor<?xi64, #neap.dims<"n + 1">> -> tensor<?xi64, #neap.dims<"found">>
  %ones = neap.launch @fill() : () -> tensor<?xf32, #neap.dims<"found">> loc("/fill")
  %twice = neap.launch @double(%taken) : (tensor<?xi64, #neap.dims<"found">>)
    -> tensor<?xi64, #neap.dims<"found">> loc("/double")
  return %twice, %ones : tensor<?xi64, #neap.dims<"found">>, tensor<?xf32, #neap.dims<"found">>
}
}
