// RUN: neap-opt %s | neap-opt | FileCheck %s
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CHECK-LABEL: func.func @reshape
func.func @reshape(%arg0: tensor<4x8xf32>,
    %arg1: tensor<?x8xf32, #neap.dims<"batch", "8">>) {
  // CHECK: neap.reshape %arg0 : tensor<4x8xf32> -> tensor<2x16xf32>
  %0 = neap.reshape %arg0 : tensor<4x8xf32> -> tensor<2x16xf32>
  // CHECK: neap.reshape %arg0 : tensor<4x8xf32> -> tensor<32xf32>
  %1 = neap.reshape %arg0 : tensor<4x8xf32> -> tensor<32xf32>
  // CHECK: neap.reshape %arg1 : tensor<?x8xf32, #neap.dims<"batch", "8">> -> tensor<?xf32, #neap.dims<"8*batch">>
  %2 = neap.reshape %arg1 : tensor<?x8xf32, #neap.dims<"batch", "8">> -> tensor<?xf32, #neap.dims<"8*batch">>
  return
}

// CHECK-LABEL: func.func @transpose
func.func @transpose(%arg0: tensor<2x3x4xf32>) {
  // CHECK: neap.transpose %arg0, [2, 0, 1] : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
  %0 = neap.transpose %arg0, [2, 0, 1] : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
  return
}

// CHECK-LABEL: func.func @broadcast
func.func @broadcast(%arg0: tensor<8xf32>,
    %arg1: tensor<4x1xf32>,
    %arg2: tensor<f32>) {
  // CHECK: neap.broadcast %arg0 : tensor<8xf32> -> tensor<4x8xf32>
  %0 = neap.broadcast %arg0 : tensor<8xf32> -> tensor<4x8xf32>
  // CHECK: neap.broadcast %arg1 : tensor<4x1xf32> -> tensor<4x8xf32>
  %1 = neap.broadcast %arg1 : tensor<4x1xf32> -> tensor<4x8xf32>
  // CHECK: neap.broadcast %arg2 : tensor<f32> -> tensor<?x8xf32, #neap.dims<"batch", "8">>
  %2 = neap.broadcast %arg2 : tensor<f32> -> tensor<?x8xf32, #neap.dims<"batch", "8">>
  return
}

// CHECK-LABEL: func.func @slice
func.func @slice(%arg0: tensor<4x8xf32>) {
  // CHECK: neap.slice %arg0 {sizes = array<i64: 2, 3>, starts = array<i64: 1, 7>, steps = array<i64: 2, -3>} : tensor<4x8xf32> -> tensor<2x3xf32>
  %0 = neap.slice %arg0 {sizes = array<i64: 2, 3>, starts = array<i64: 1, 7>, steps = array<i64: 2, -3>} : tensor<4x8xf32> -> tensor<2x3xf32>
  // CHECK: neap.slice %arg0 {sizes = array<i64: 0, 8>, starts = array<i64: 4, 0>, steps = array<i64: 1, 1>} : tensor<4x8xf32> -> tensor<0x8xf32>
  %1 = neap.slice %arg0 {sizes = array<i64: 0, 8>, starts = array<i64: 4, 0>, steps = array<i64: 1, 1>} : tensor<4x8xf32> -> tensor<0x8xf32>
  return
}

// CHECK-LABEL: func.func @slice_of_symbolic_size
func.func @slice_of_symbolic_size(
    %arg0: tensor<?x8xf32, #neap.dims<"past + seq", "8">>) {
  // CHECK: neap.slice %arg0 {sizes = #neap.dims<"seq", "8">, starts = #neap.dims<"past", "0">, steps = array<i64: 1, 1>}
  // CHECK-SAME: -> tensor<?x8xf32, #neap.dims<"seq", "8">>
  %0 = neap.slice %arg0 {
    starts = #neap.dims<"past", "0">, sizes = #neap.dims<"seq", "8">,
    steps = array<i64: 1, 1>
  } : tensor<?x8xf32, #neap.dims<"past + seq", "8">> -> tensor<?x8xf32, #neap.dims<"seq", "8">>
  return
}

// CHECK-LABEL: func.func @size
func.func @size() {
  // CHECK: neap.size(#neap.dim<"past + seq">) : tensor<i64>
  %0 = neap.size(#neap.dim<"past + seq">) : tensor<i64>
  // CHECK: neap.size(4 : i64) : tensor<i64>
  %1 = neap.size(4) : tensor<i64>
  return
}

// CHECK-LABEL: func.func @concat
func.func @concat(%arg0: tensor<4x8xf32>,
    %arg1: tensor<4x2xf32>,
    %arg2: tensor<?x8xf32, #neap.dims<"batch", "8">>) {
  // CHECK: neap.concat %arg0, %arg1 {axis = 1 : i64} : tensor<4x8xf32>, tensor<4x2xf32> -> tensor<4x10xf32>
  %0 = neap.concat %arg0, %arg1 {axis = 1 : i64} : tensor<4x8xf32>, tensor<4x2xf32> -> tensor<4x10xf32>
  // CHECK: neap.concat %arg0, %arg2 {axis = 0 : i64} : tensor<4x8xf32>, tensor<?x8xf32, #neap.dims<"batch", "8">> -> tensor<?x8xf32, #neap.dims<"batch + 4", "8">>
  %1 = neap.concat %arg0, %arg2 {axis = 0 : i64} : tensor<4x8xf32>, tensor<?x8xf32, #neap.dims<"batch", "8">> -> tensor<?x8xf32, #neap.dims<"batch + 4", "8">>
  return
}

// CHECK-LABEL: func.func @pad
func.func @pad(%arg0: tensor<4x8xf32>,
    %arg1: tensor<f32>) {
  // CHECK: neap.pad %arg0, %arg1 {high = array<i64: 0, 2>, low = array<i64: 1, 0>} : tensor<4x8xf32>, tensor<f32> -> tensor<5x10xf32>
  %0 = neap.pad %arg0, %arg1 {high = array<i64: 0, 2>, low = array<i64: 1, 0>} : tensor<4x8xf32>, tensor<f32> -> tensor<5x10xf32>
  // CHECK: neap.pad %arg0 {high = array<i64: 3, 7>, low = array<i64: 0, 0>, mode = #neap<pad_mode reflect>} : tensor<4x8xf32> -> tensor<7x15xf32>
  %1 = neap.pad %arg0 {high = array<i64: 3, 7>, low = array<i64: 0, 0>, mode = #neap<pad_mode reflect>} : tensor<4x8xf32> -> tensor<7x15xf32>
  // CHECK: neap.pad %arg0 {high = array<i64: 9, 0>, low = array<i64: 0, 0>, mode = #neap<pad_mode edge>} : tensor<4x8xf32> -> tensor<13x8xf32>
  %2 = neap.pad %arg0 {high = array<i64: 9, 0>, low = array<i64: 0, 0>, mode = #neap<pad_mode edge>} : tensor<4x8xf32> -> tensor<13x8xf32>
  // CHECK: neap.pad %arg0 {high = array<i64: 9, 0>, low = array<i64: 0, 0>, mode = #neap<pad_mode wrap>} : tensor<4x8xf32> -> tensor<13x8xf32>
  %3 = neap.pad %arg0 {high = array<i64: 9, 0>, low = array<i64: 0, 0>, mode = #neap<pad_mode wrap>} : tensor<4x8xf32> -> tensor<13x8xf32>
  return
}

// CHECK-LABEL: func.func @iota
func.func @iota(%arg0: tensor<i64>) {
  // CHECK: neap.iota %arg0, %arg0 : tensor<i64> -> tensor<128xi64>
  %0 = neap.iota %arg0, %arg0 : tensor<i64> -> tensor<128xi64>
  return
}
