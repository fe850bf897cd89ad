// RUN: neap-opt %s | neap-opt | FileCheck %s
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CHECK-LABEL: func.func @matmul
func.func @matmul(%arg0: tensor<2x3x4xf32>,
    %arg1: tensor<2x4x5xf32>,
    %arg2: tensor<4x5xf32>) {
  // CHECK: neap.matmul %arg0, %arg1 : tensor<2x3x4xf32>, tensor<2x4x5xf32> -> tensor<2x3x5xf32>
  %0 = neap.matmul %arg0, %arg1 : tensor<2x3x4xf32>, tensor<2x4x5xf32> -> tensor<2x3x5xf32>
  // CHECK: neap.matmul %arg0, %arg2 : tensor<2x3x4xf32>, tensor<4x5xf32> -> tensor<2x3x5xf32>
  %1 = neap.matmul %arg0, %arg2 : tensor<2x3x4xf32>, tensor<4x5xf32> -> tensor<2x3x5xf32>
  return
}

// CHECK-LABEL: func.func @symbolic_sizes
func.func @symbolic_sizes(%arg0: tensor<?x?xf32, #neap.dims<"batch*seq", "d">>,
    %arg1: tensor<?x5xf32, #neap.dims<"d", "5">>) {
  // CHECK: neap.matmul %arg0, %arg1 : tensor<?x?xf32, #neap.dims<"batch*seq", "d">>, tensor<?x5xf32, #neap.dims<"d", "5">> -> tensor<?x5xf32, #neap.dims<"batch*seq", "5">>
  %0 = neap.matmul %arg0, %arg1 : tensor<?x?xf32, #neap.dims<"batch*seq", "d">>, tensor<?x5xf32, #neap.dims<"d", "5">> -> tensor<?x5xf32, #neap.dims<"batch*seq", "5">>
  return
}

// CHECK-LABEL: func.func @panels
func.func @panels(%arg0: tensor<4x100xf32>,
    %arg1: tensor<2x3x4xf32>) {
  // CHECK: neap.pack_panels %arg0 : tensor<4x100xf32> -> tensor<7x4x16xf32>
  %0 = neap.pack_panels %arg0 : tensor<4x100xf32> -> tensor<7x4x16xf32>
  return
}

// CHECK-LABEL: func.func @packed_matmul
func.func @packed_matmul(%arg0: tensor<2x3x4xf32>,
    %arg1: tensor<7x4x16xf32>) {
  // CHECK: neap.packed_matmul %arg0, %arg1 : tensor<2x3x4xf32>, tensor<7x4x16xf32> -> tensor<2x3x100xf32>
  %0 = neap.packed_matmul %arg0, %arg1 : tensor<2x3x4xf32>, tensor<7x4x16xf32> -> tensor<2x3x100xf32>
  return
}

// CHECK-LABEL: func.func @triangularize
func.func @triangularize(%arg0: tensor<7x3x3xf32>) {
  // CHECK: neap.triangularize %arg0 : tensor<7x3x3xf32> -> tensor<7x3x3xf32>
  %0 = neap.triangularize %arg0 : tensor<7x3x3xf32> -> tensor<7x3x3xf32>
  return
}
