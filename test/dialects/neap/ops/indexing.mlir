// RUN: neap-opt %s | neap-opt | FileCheck %s
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CHECK-LABEL: func.func @gathers
func.func @gathers(%arg0: tensor<4x8xf32>,
    %arg1: tensor<2x3xi64>,
    %arg2: tensor<7x4x16xf32>,
    %arg3: tensor<4x2xi32>) {
  // CHECK: neap.gather %arg0, %arg1 {axis = 1 : i64} : tensor<4x8xf32>, tensor<2x3xi64> -> tensor<4x2x3xf32>
  %0 = neap.gather %arg0, %arg1 {axis = 1 : i64} : tensor<4x8xf32>, tensor<2x3xi64> -> tensor<4x2x3xf32>
  // CHECK: neap.packed_gather %arg2, %arg1 {columns = 100 : i64} : tensor<7x4x16xf32>, tensor<2x3xi64> -> tensor<2x3x4xf32>
  %1 = neap.packed_gather %arg2, %arg1 {columns = 100 : i64} : tensor<7x4x16xf32>, tensor<2x3xi64> -> tensor<2x3x4xf32>
  // CHECK: neap.gather_elements %arg0, %arg3 {axis = 1 : i64} : tensor<4x8xf32>, tensor<4x2xi32> -> tensor<4x2xf32>
  %2 = neap.gather_elements %arg0, %arg3 {axis = 1 : i64} : tensor<4x8xf32>, tensor<4x2xi32> -> tensor<4x2xf32>
  // CHECK: neap.gather_nd %arg0, %arg3 {batch_dims = 0 : i64} : tensor<4x8xf32>, tensor<4x2xi32> -> tensor<4xf32>
  %3 = neap.gather_nd %arg0, %arg3 {batch_dims = 0 : i64} : tensor<4x8xf32>, tensor<4x2xi32> -> tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @weighted_gathers
func.func @weighted_gathers(%arg0: tensor<2x49x64xf32>,
    %arg1: tensor<2x9x4xi64>,
    %arg2: tensor<2x9x4xf32>) {
  // CHECK: neap.weighted_gather sum %arg0, %arg1, %arg2 : tensor<2x49x64xf32>, tensor<2x9x4xi64>, tensor<2x9x4xf32> -> tensor<2x9x64xf32>
  %0 = neap.weighted_gather sum %arg0, %arg1, %arg2 : tensor<2x49x64xf32>, tensor<2x9x4xi64>, tensor<2x9x4xf32> -> tensor<2x9x64xf32>
  // CHECK: neap.weighted_gather max %arg0, %arg1, %arg2
  %1 = neap.weighted_gather max %arg0, %arg1, %arg2 : tensor<2x49x64xf32>, tensor<2x9x4xi64>, tensor<2x9x4xf32> -> tensor<2x9x64xf32>
  return
}

// CHECK-LABEL: func.func @scatters
func.func @scatters(%arg0: tensor<4x8xf32>,
    %arg1: tensor<4x2xi64>,
    %arg2: tensor<4x2xf32>,
    %arg3: tensor<3x1xi64>,
    %arg4: tensor<3x8xf32>) {
  // CHECK: neap.scatter_elements %arg0, %arg1, %arg2 {axis = 1 : i64} : tensor<4x8xf32>, tensor<4x2xi64>, tensor<4x2xf32> -> tensor<4x8xf32>
  %0 = neap.scatter_elements %arg0, %arg1, %arg2 {axis = 1 : i64} : tensor<4x8xf32>, tensor<4x2xi64>, tensor<4x2xf32> -> tensor<4x8xf32>
  // CHECK: neap.scatter_elements %arg0, %arg1, %arg2 {axis = 1 : i64, reduction = #neap<reduce_kind sum>} : tensor<4x8xf32>, tensor<4x2xi64>, tensor<4x2xf32> -> tensor<4x8xf32>
  %1 = neap.scatter_elements %arg0, %arg1, %arg2 {axis = 1 : i64, reduction = #neap<reduce_kind sum>} : tensor<4x8xf32>, tensor<4x2xi64>, tensor<4x2xf32> -> tensor<4x8xf32>
  // CHECK: neap.scatter_nd %arg0, %arg3, %arg4 {reduction = #neap<reduce_kind max>} : tensor<4x8xf32>, tensor<3x1xi64>, tensor<3x8xf32> -> tensor<4x8xf32>
  %2 = neap.scatter_nd %arg0, %arg3, %arg4 {reduction = #neap<reduce_kind max>} : tensor<4x8xf32>, tensor<3x1xi64>, tensor<3x8xf32> -> tensor<4x8xf32>
  return
}
