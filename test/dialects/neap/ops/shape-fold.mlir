// RUN: neap-opt %s --canonicalize --split-input-file | FileCheck %s
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CHECK-LABEL: func.func @what_moves_nothing
// CHECK-SAME: %[[X:.*]]: tensor<4x8xf32>
// CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]], %[[X]]
func.func @what_moves_nothing(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>) {
  %0 = neap.reshape %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = neap.transpose %x, [0, 1] : tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = neap.broadcast %x : tensor<4x8xf32> -> tensor<4x8xf32>
  %3 = neap.slice %x {starts = array<i64: 0, 0>, sizes = array<i64: 4, 8>, steps = array<i64: 1, 1>} : tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = neap.concat %x {axis = 1} : tensor<4x8xf32> -> tensor<4x8xf32>
  return %0, %1, %2, %3, %4 : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func.func @inverse_moves_cancel
// CHECK-SAME: %[[X:.*]]: tensor<4x8xf32>
// CHECK-NEXT: return %[[X]], %[[X]], %[[X]]
func.func @inverse_moves_cancel(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>) {
  %0 = neap.reshape %x : tensor<4x8xf32> -> tensor<32xf32>
  %1 = neap.reshape %0 : tensor<32xf32> -> tensor<4x8xf32>
  %2 = neap.transpose %x, [1, 0] : tensor<4x8xf32> -> tensor<8x4xf32>
  %3 = neap.transpose %2, [1, 0] : tensor<8x4xf32> -> tensor<4x8xf32>
  %4 = neap.slice %x {starts = array<i64: 3, 0>, sizes = array<i64: 4, 8>, steps = array<i64: -1, 1>} : tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = neap.slice %4 {starts = array<i64: 3, 0>, sizes = array<i64: 4, 8>, steps = array<i64: -1, 1>} : tensor<4x8xf32> -> tensor<4x8xf32>
  return %1, %3, %5 : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func.func @chains_become_one
// CHECK-SAME: %[[X:.*]]: tensor<2x3x4xf32>, %[[B:.*]]: tensor<4xf32>
// CHECK-DAG: %[[RESHAPE:.*]] = neap.reshape %[[X]] : tensor<2x3x4xf32> -> tensor<3x8xf32>
// CHECK-DAG: %[[TRANSPOSE:.*]] = neap.transpose %[[X]], [2, 1, 0]
// CHECK-DAG: %[[BROADCAST:.*]] = neap.broadcast %[[B]] : tensor<4xf32> -> tensor<2x3x4xf32>
// CHECK-DAG: %[[SLICE:.*]] = neap.slice %[[X]] {sizes = array<i64: 1, 1, 2>, starts = array<i64: 1, 2, 3>, steps = array<i64: 1, -1, -2>}
// CHECK: return %[[RESHAPE]], %[[TRANSPOSE]], %[[BROADCAST]], %[[SLICE]]
func.func @chains_become_one(%x: tensor<2x3x4xf32>, %b: tensor<4xf32>) -> (tensor<3x8xf32>, tensor<4x3x2xf32>, tensor<2x3x4xf32>, tensor<1x1x2xf32>) {
  %0 = neap.reshape %x : tensor<2x3x4xf32> -> tensor<24xf32>
  %1 = neap.reshape %0 : tensor<24xf32> -> tensor<3x8xf32>
  %2 = neap.transpose %x, [2, 0, 1] : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
  %3 = neap.transpose %2, [0, 2, 1] : tensor<4x2x3xf32> -> tensor<4x3x2xf32>
  %4 = neap.broadcast %b : tensor<4xf32> -> tensor<3x4xf32>
  %5 = neap.broadcast %4 : tensor<3x4xf32> -> tensor<2x3x4xf32>
  %6 = neap.slice %x {starts = array<i64: 1, 2, 3>, sizes = array<i64: 1, 3, 4>, steps = array<i64: 1, -1, -1>} : tensor<2x3x4xf32> -> tensor<1x3x4xf32>
  %7 = neap.slice %6 {starts = array<i64: 0, 0, 0>, sizes = array<i64: 1, 1, 2>, steps = array<i64: 1, 1, 2>} : tensor<1x3x4xf32> -> tensor<1x1x2xf32>
  return %1, %3, %5, %7 : tensor<3x8xf32>, tensor<4x3x2xf32>, tensor<2x3x4xf32>, tensor<1x1x2xf32>
}

// -----

// CHECK-LABEL: func.func @transpose_of_unit_axes_is_a_reshape
// CHECK-NEXT: neap.reshape %{{.*}} : tensor<4x1x8xf32> -> tensor<1x4x8xf32>
func.func @transpose_of_unit_axes_is_a_reshape(%x: tensor<4x1x8xf32>) -> tensor<1x4x8xf32> {
  %0 = neap.transpose %x, [1, 0, 2] : tensor<4x1x8xf32> -> tensor<1x4x8xf32>
  return %0 : tensor<1x4x8xf32>
}

// -----

// CHECK-LABEL: func.func @transpose_of_larger_axes_stays
// CHECK-NEXT: neap.transpose
func.func @transpose_of_larger_axes_stays(%x: tensor<4x1x8xf32>) -> tensor<8x1x4xf32> {
  %0 = neap.transpose %x, [2, 1, 0] : tensor<4x1x8xf32> -> tensor<8x1x4xf32>
  return %0 : tensor<8x1x4xf32>
}

// -----

// CHECK-LABEL: func.func @constants_are_moved
// CHECK-DAG: %[[RESHAPE:.*]] = neap.constant dense<[1, 2, 3, 4, 5, 6]> : tensor<6xi64>
// CHECK-DAG: %[[TRANSPOSE:.*]] = neap.constant dense<{{\[\[}}1, 4], [2, 5], [3, 6]]> : tensor<3x2xi64>
// CHECK-DAG: %[[BROADCAST:.*]] = neap.constant dense<{{\[\[}}7, 7, 7], [8, 8, 8]]> : tensor<2x3xi64>
// CHECK-DAG: %[[SLICE:.*]] = neap.constant dense<{{\[\[}}6, 4]]> : tensor<1x2xi64>
// CHECK-DAG: %[[CONCAT:.*]] = neap.constant dense<{{\[\[}}1, 2, 3, 7], [4, 5, 6, 8]]> : tensor<2x4xi64>
// CHECK: return %[[RESHAPE]], %[[TRANSPOSE]], %[[BROADCAST]], %[[SLICE]], %[[CONCAT]]
func.func @constants_are_moved() -> (tensor<6xi64>, tensor<3x2xi64>, tensor<2x3xi64>, tensor<1x2xi64>, tensor<2x4xi64>) {
  %x = neap.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi64>
  %y = neap.constant dense<[[7], [8]]> : tensor<2x1xi64>
  %0 = neap.reshape %x : tensor<2x3xi64> -> tensor<6xi64>
  %1 = neap.transpose %x, [1, 0] : tensor<2x3xi64> -> tensor<3x2xi64>
  %2 = neap.broadcast %y : tensor<2x1xi64> -> tensor<2x3xi64>
  %3 = neap.slice %x {starts = array<i64: 1, 2>, sizes = array<i64: 1, 2>, steps = array<i64: 1, -2>} : tensor<2x3xi64> -> tensor<1x2xi64>
  %4 = neap.concat %x, %y {axis = 1} : tensor<2x3xi64>, tensor<2x1xi64> -> tensor<2x4xi64>
  return %0, %1, %2, %3, %4 : tensor<6xi64>, tensor<3x2xi64>, tensor<2x3xi64>, tensor<1x2xi64>, tensor<2x4xi64>
}

// -----

// CHECK-LABEL: func.func @splats_stay_splats
// CHECK-DAG: %[[BROADCAST:.*]] = neap.constant dense<2.000000e+00> : tensor<1000x1000xf32>
// CHECK-DAG: %[[TRANSPOSE:.*]] = neap.constant dense<2.000000e+00> : tensor<500x1000xf32>
// CHECK: return %[[BROADCAST]], %[[TRANSPOSE]]
func.func @splats_stay_splats() -> (tensor<1000x1000xf32>, tensor<500x1000xf32>) {
  %x = neap.constant dense<2.0> : tensor<f32>
  %0 = neap.broadcast %x : tensor<f32> -> tensor<1000x1000xf32>
  %1 = neap.slice %0 {starts = array<i64: 0, 0>, sizes = array<i64: 1000, 500>, steps = array<i64: 1, 2>} : tensor<1000x1000xf32> -> tensor<1000x500xf32>
  %2 = neap.transpose %1, [1, 0] : tensor<1000x500xf32> -> tensor<500x1000xf32>
  return %0, %2 : tensor<1000x1000xf32>, tensor<500x1000xf32>
}

// -----

// CHECK-LABEL: func.func @results_above_1_kib_stay
// CHECK: neap.broadcast
// CHECK: neap.concat
func.func @results_above_1_kib_stay() -> (tensor<200x2xf32>, tensor<400xi64>) {
  %x = neap.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %y = neap.constant dense<3> : tensor<200xi64>
  %z = neap.constant dense<4> : tensor<200xi64>
  %0 = neap.broadcast %x : tensor<2xf32> -> tensor<200x2xf32>
  %1 = neap.concat %y, %z {axis = 0} : tensor<200xi64>, tensor<200xi64> -> tensor<400xi64>
  return %0, %1 : tensor<200x2xf32>, tensor<400xi64>
}

// -----

// CHECK-LABEL: func.func @concat_with_nothing
// CHECK-NEXT:    return %arg0
func.func @concat_with_nothing(%x: tensor<2x3xf32>, %y: tensor<2x0xf32>) -> tensor<2x3xf32> {
  %0 = neap.concat %x, %y {axis = 1 : i64} : tensor<2x3xf32>, tensor<2x0xf32> -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}
