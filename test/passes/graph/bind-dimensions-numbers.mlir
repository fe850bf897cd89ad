// RUN: neap-opt %s --neap-bind-dimensions="dims=past=3" | FileCheck %s
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Numbers in attributes are bound with the types; a symbol that has a range may
// stay open.
// CHECK: module attributes {neap.symbols = {seq = #neap.range<1, 8>}}
module attributes {neap.symbols = {past = #neap.range<0, 8>, seq = #neap.range<1, 8>}} {

// CHECK-LABEL: func.func @slice
// CHECK: neap.slice %{{.*}} {sizes = #neap.dims<"seq">, starts = array<i64: 3>, steps = array<i64: 1>} : tensor<?xf32, #neap.dims<"seq + 3">>
// CHECK: neap.size(3 : i64)
// CHECK: neap.size(#neap.dim<"seq + 3">)
func.func @slice(%x: tensor<?xf32, #neap.dims<"past + seq">>)
    -> (tensor<?xf32, #neap.dims<"seq">>, tensor<i64>, tensor<i64>) {
  %0 = neap.slice %x {starts = #neap.dims<"past">, sizes = #neap.dims<"seq">, steps = array<i64: 1>}
    : tensor<?xf32, #neap.dims<"past + seq">> -> tensor<?xf32, #neap.dims<"seq">>
  %1 = neap.size(#neap.dim<"past">) : tensor<i64>
  %2 = neap.size(#neap.dim<"past + seq">) : tensor<i64>
  return %0, %1, %2 : tensor<?xf32, #neap.dims<"seq">>, tensor<i64>, tensor<i64>
}
}
