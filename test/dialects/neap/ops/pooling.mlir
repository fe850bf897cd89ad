// RUN: neap-opt %s | neap-opt | FileCheck %s
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CHECK-LABEL: func.func @pool
func.func @pool(%arg0: tensor<1x3x10x10xf32>,
    %arg1: tensor<1x10x10x3xf32>) {
  // CHECK: neap.pool max %arg0 {dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>, window = array<i64: 3, 3>} : tensor<1x3x10x10xf32> -> tensor<1x3x4x4xf32>
  %0 = neap.pool max %arg0 {dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>, window = array<i64: 3, 3>} : tensor<1x3x10x10xf32> -> tensor<1x3x4x4xf32>
  // CHECK: neap.pool max %arg0 {dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>, window = array<i64: 3, 3>} : tensor<1x3x10x10xf32> -> tensor<1x3x5x5xf32>
  %1 = neap.pool max %arg0 {dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>, window = array<i64: 3, 3>} : tensor<1x3x10x10xf32> -> tensor<1x3x5x5xf32>
  // CHECK: neap.pool average %arg0 {count_include_pad, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>, window = array<i64: 3, 3>} : tensor<1x3x10x10xf32> -> tensor<1x3x10x10xf32>
  %2 = neap.pool average %arg0 {count_include_pad, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>, window = array<i64: 3, 3>} : tensor<1x3x10x10xf32> -> tensor<1x3x10x10xf32>
  // CHECK: neap.pool sum %arg1 {dilations = array<i64: 1, 1>, layout = #neap<layout channels_last>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>, window = array<i64: 2, 2>} : tensor<1x10x10x3xf32> -> tensor<1x5x5x3xf32>
  %3 = neap.pool sum %arg1 {dilations = array<i64: 1, 1>, layout = #neap<layout channels_last>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>, window = array<i64: 2, 2>} : tensor<1x10x10x3xf32> -> tensor<1x5x5x3xf32>
  return
}

// CHECK-LABEL: func.func @pool_argmax
func.func @pool_argmax(%arg0: tensor<1x3x10x10xi8>) {
  // CHECK: neap.pool_argmax %arg0 {dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>, window = array<i64: 3, 3>} : tensor<1x3x10x10xi8> -> tensor<1x3x4x4xi64>
  %0 = neap.pool_argmax %arg0 {dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>, window = array<i64: 3, 3>} : tensor<1x3x10x10xi8> -> tensor<1x3x4x4xi64>
  return
}

// CHECK-LABEL: func.func @roi_align
func.func @roi_align(%arg0: tensor<2x9x8x64xf32>, %arg1: tensor<5x4xf32>, %arg2: tensor<5xi64>) {
  // CHECK: neap.roi_align average %arg0, %arg1, %arg2 {samples = 2 : i64} : tensor<2x9x8x64xf32>, tensor<5x4xf32>, tensor<5xi64> -> tensor<5x7x6x64xf32>
  %0 = neap.roi_align average %arg0, %arg1, %arg2 {samples = 2 : i64} : tensor<2x9x8x64xf32>, tensor<5x4xf32>, tensor<5xi64> -> tensor<5x7x6x64xf32>
  // CHECK: neap.roi_align max %arg0, %arg1, %arg2 {samples = 0 : i64} : tensor<2x9x8x64xf32>, tensor<5x4xf32>, tensor<5xi64> -> tensor<5x7x6x64xf32>
  %1 = neap.roi_align max %arg0, %arg1, %arg2 {samples = 0 : i64} : tensor<2x9x8x64xf32>, tensor<5x4xf32>, tensor<5xi64> -> tensor<5x7x6x64xf32>
  return
}
