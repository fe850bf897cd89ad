// RUN: neap-opt %s | neap-opt | FileCheck %s
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CHECK-LABEL: func.func @conv_2d
func.func @conv_2d(%arg0: tensor<1x3x9x9xf32>,
    %arg1: tensor<8x3x3x3xf32>) {
  // CHECK: neap.conv %arg0, %arg1 {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>} : tensor<1x3x9x9xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x5x5xf32>
  %0 = neap.conv %arg0, %arg1 {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>} : tensor<1x3x9x9xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x5x5xf32>
  return
}

// CHECK-LABEL: func.func @conv_1d_grouped_dilated
func.func @conv_1d_grouped_dilated(%arg0: tensor<2x4x16xf32>,
    %arg1: tensor<6x2x3xf32>) {
  // CHECK: neap.conv %arg0, %arg1 {dilations = array<i64: 2>, groups = 2 : i64, pads = array<i64: 0, 0>, strides = array<i64: 1>} : tensor<2x4x16xf32>, tensor<6x2x3xf32> -> tensor<2x6x12xf32>
  %0 = neap.conv %arg0, %arg1 {dilations = array<i64: 2>, groups = 2 : i64, pads = array<i64: 0, 0>, strides = array<i64: 1>} : tensor<2x4x16xf32>, tensor<6x2x3xf32> -> tensor<2x6x12xf32>
  return
}

// CHECK-LABEL: func.func @conv_channels_last
func.func @conv_channels_last(%arg0: tensor<1x9x9x3xf32>,
    %arg1: tensor<3x3x3x8xf32>) {
  // CHECK: neap.conv %arg0, %arg1 {dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #neap<layout channels_last>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : tensor<1x9x9x3xf32>, tensor<3x3x3x8xf32> -> tensor<1x7x7x8xf32>
  %0 = neap.conv %arg0, %arg1 {dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #neap<layout channels_last>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : tensor<1x9x9x3xf32>, tensor<3x3x3x8xf32> -> tensor<1x7x7x8xf32>
  return
}

// CHECK-LABEL: func.func @conv_symbolic
func.func @conv_symbolic(%arg0: tensor<?x3x?x9xf32, #neap.dims<"batch", "3", "h", "9">>,
    %arg1: tensor<8x3x3x3xf32>) {
  // CHECK: neap.conv %arg0, %arg1 {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>} : tensor<?x3x?x9xf32, #neap.dims<"batch", "3", "h", "9">>, tensor<8x3x3x3xf32> -> tensor<?x8x?x5xf32, #neap.dims<"batch", "8", "((h + 1) // 2)", "5">>
  %0 = neap.conv %arg0, %arg1 {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>} : tensor<?x3x?x9xf32, #neap.dims<"batch", "3", "h", "9">>, tensor<8x3x3x3xf32> -> tensor<?x8x?x5xf32, #neap.dims<"batch", "8", "((h + 1) // 2)", "5">>
  return
}

// CHECK-LABEL: func.func @packed_conv
func.func @packed_conv(%arg0: tensor<1x9x9x4xf32>,
    %arg1: tensor<2x1x18x16xf32>) {
  // CHECK: neap.packed_conv %arg0, %arg1 {dilations = array<i64: 1, 1>, groups = 2 : i64, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>} : tensor<1x9x9x4xf32>, tensor<2x1x18x16xf32> -> tensor<1x9x9x20xf32>
  %0 = neap.packed_conv %arg0, %arg1 {dilations = array<i64: 1, 1>, groups = 2 : i64, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>} : tensor<1x9x9x4xf32>, tensor<2x1x18x16xf32> -> tensor<1x9x9x20xf32>
  return
}
