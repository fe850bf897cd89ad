// RUN: neap-opt %s | neap-opt | FileCheck %s
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

module attributes {neap.symbols = {nonzero_0 = #neap.range<0, 24>}} {

// CHECK-LABEL: func.func @true_positions
func.func @true_positions(%arg0: tensor<24xi1>,
    %arg1: tensor<?xi1, #neap.dims<"n">>)
    -> tensor<?xi64, #neap.dims<"nonzero_0">> {
  // CHECK: %[[ALL:.*]] = neap.true_positions %arg0 : tensor<24xi1> -> tensor<25xi64>
  %0 = neap.true_positions %arg0 : tensor<24xi1> -> tensor<25xi64>
  // CHECK: neap.true_positions %arg1 : tensor<?xi1, #neap.dims<"n">> -> tensor<?xi64, #neap.dims<"n + 1">>
  %1 = neap.true_positions %arg1 : tensor<?xi1, #neap.dims<"n">> -> tensor<?xi64, #neap.dims<"n + 1">>
  // CHECK: %[[COUNT:.*]] = neap.slice %[[ALL]]
  %2 = neap.slice %0 {starts = array<i64: 0>, sizes = array<i64: 1>, steps = array<i64: 1>}
    : tensor<25xi64> -> tensor<1xi64>
  // CHECK: neap.define_size "nonzero_0" = %[[COUNT]] : tensor<1xi64>
  neap.define_size "nonzero_0" = %2 : tensor<1xi64>
  // CHECK: neap.slice %[[ALL]]
  // CHECK-SAME: sizes = #neap.dims<"nonzero_0">
  %3 = neap.slice %0 {starts = array<i64: 1>, sizes = #neap.dims<"nonzero_0">, steps = array<i64: 1>}
    : tensor<25xi64> -> tensor<?xi64, #neap.dims<"nonzero_0">>
  return %3 : tensor<?xi64, #neap.dims<"nonzero_0">>
}

// CHECK-LABEL: func.func @sort_order
func.func @sort_order(%arg0: tensor<2x8x1xf32>,
    %arg1: tensor<1x?x3xui8, #neap.dims<"1", "n", "3">>) {
  // CHECK: neap.sort_order %arg0 {descending} : tensor<2x8x1xf32> -> tensor<2x8xi64>
  %0 = neap.sort_order %arg0 {descending} : tensor<2x8x1xf32> -> tensor<2x8xi64>
  // CHECK: neap.sort_order %arg1 : tensor<1x?x3xui8, #neap.dims<"1", "n", "3">> -> tensor<1x?xi64, #neap.dims<"1", "n">>
  %1 = neap.sort_order %arg1 : tensor<1x?x3xui8, #neap.dims<"1", "n", "3">>
    -> tensor<1x?xi64, #neap.dims<"1", "n">>
  return
}

// CHECK-LABEL: func.func @non_max_suppression
func.func @non_max_suppression(%boxes: tensor<1x6x4xf32>,
    %scores: tensor<1x2x6xf32>, %order: tensor<1x2x6xi64>,
    %limit: tensor<1xi64>, %iou: tensor<1xf32>, %least: tensor<1xf32>) {
  // CHECK: neap.non_max_suppression %arg0, %arg1, %arg2, %arg3, %arg4, %arg5 {center}
  // CHECK-SAME: -> tensor<1x2x3xi64>
  %0 = neap.non_max_suppression %boxes, %scores, %order, %limit, %iou, %least {center}
    : tensor<1x6x4xf32>, tensor<1x2x6xf32>, tensor<1x2x6xi64>, tensor<1xi64>,
      tensor<1xf32>, tensor<1xf32> -> tensor<1x2x3xi64>
  return
}
}
