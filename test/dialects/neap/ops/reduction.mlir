// RUN: neap-opt %s | neap-opt | FileCheck %s
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CHECK-LABEL: func.func @reduce
func.func @reduce(%arg0: tensor<4x8xf32>,
    %arg1: tensor<4x8xi1>) {
  // CHECK: neap.reduce sum %arg0, [0, 1] : tensor<4x8xf32> -> tensor<1x1xf32>
  %0 = neap.reduce sum %arg0, [0, 1] : tensor<4x8xf32> -> tensor<1x1xf32>
  // CHECK: neap.reduce prod %arg0, [1] : tensor<4x8xf32> -> tensor<4x1xf32>
  %1 = neap.reduce prod %arg0, [1] : tensor<4x8xf32> -> tensor<4x1xf32>
  // CHECK: neap.reduce min %arg0, [] : tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = neap.reduce min %arg0, [] : tensor<4x8xf32> -> tensor<4x8xf32>
  // CHECK: neap.reduce max %arg1, [0] : tensor<4x8xi1> -> tensor<1x8xi1>
  %3 = neap.reduce max %arg1, [0] : tensor<4x8xi1> -> tensor<1x8xi1>
  return
}

// CHECK-LABEL: func.func @arg_reduce
func.func @arg_reduce(%arg0: tensor<4x8xf32>) {
  // CHECK: neap.arg_reduce max %arg0 {axis = 1 : i64} : tensor<4x8xf32> -> tensor<4x1xi64>
  %0 = neap.arg_reduce max %arg0 {axis = 1 : i64} : tensor<4x8xf32> -> tensor<4x1xi64>
  // CHECK: neap.arg_reduce min %arg0 {axis = 0 : i64, select_last} : tensor<4x8xf32> -> tensor<1x8xi64>
  %1 = neap.arg_reduce min %arg0 {axis = 0 : i64, select_last} : tensor<4x8xf32> -> tensor<1x8xi64>
  return
}

// CHECK-LABEL: func.func @top_k
func.func @top_k(%arg0: tensor<4x8xf32>) {
  // CHECK: neap.top_k max %arg0 {axis = 1 : i64} : tensor<4x8xf32> -> tensor<4x3xi64>
  %0 = neap.top_k max %arg0 {axis = 1 : i64} : tensor<4x8xf32> -> tensor<4x3xi64>
  // CHECK: neap.top_k min %arg0 {axis = 0 : i64} : tensor<4x8xf32> -> tensor<4x8xi64>
  %1 = neap.top_k min %arg0 {axis = 0 : i64} : tensor<4x8xf32> -> tensor<4x8xi64>
  return
}

// CHECK-LABEL: func.func @cumulative_sum
func.func @cumulative_sum(%arg0: tensor<4x8xf32>) {
  // CHECK: neap.cumulative_sum %arg0 {axis = 1 : i64} : tensor<4x8xf32>
  %0 = neap.cumulative_sum %arg0 {axis = 1 : i64} : tensor<4x8xf32>
  // CHECK: neap.cumulative_sum %arg0 {axis = 0 : i64, exclusive, reverse} : tensor<4x8xf32>
  %1 = neap.cumulative_sum %arg0 {axis = 0 : i64, exclusive, reverse} : tensor<4x8xf32>
  return
}
