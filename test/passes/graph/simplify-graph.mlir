// RUN: neap-opt %s --neap-simplify-graph --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @transposes_cancel_through_elementwise
// CHECK-SAME:  (%[[X:.*]]: tensor<2x3x4xf32>)
// CHECK-NEXT:  %[[TWO:.*]] = neap.constant dense<2.000000e+00> : tensor<2x3x4xf32>
// CHECK-NEXT:  %[[MUL:.*]] = neap.mul %[[X]], %[[TWO]]
// CHECK-NEXT:  return %[[MUL]]
func.func @transposes_cancel_through_elementwise(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %c = neap.constant dense<2.0> : tensor<2x4x3xf32>
  %0 = neap.transpose %x, [0, 2, 1] : tensor<2x3x4xf32> -> tensor<2x4x3xf32>
  %1 = neap.mul %0, %c : tensor<2x4x3xf32>
  %2 = neap.transpose %1, [0, 2, 1] : tensor<2x4x3xf32> -> tensor<2x3x4xf32>
  return %2 : tensor<2x3x4xf32>
}

// -----

// The other operand would have to be copied.
// CHECK-LABEL: func.func @transpose_stays_beside_run_time_value
// CHECK:       %[[T:.*]] = neap.transpose
// CHECK:       neap.mul %[[T]]
func.func @transpose_stays_beside_run_time_value(%x: tensor<3x4xf32>, %y: tensor<4x3xf32>) -> tensor<4x3xf32> {
  %0 = neap.transpose %x, [1, 0] : tensor<3x4xf32> -> tensor<4x3xf32>
  %1 = neap.mul %0, %y : tensor<4x3xf32>
  return %1 : tensor<4x3xf32>
}

// -----

// CHECK-LABEL: func.func @softmax_rows_move_together
// CHECK-SAME:  (%[[X:.*]]: tensor<2x3x4xf32>)
// CHECK:       %[[S:.*]] = neap.softmax %[[X]] : tensor<2x3x4xf32>
// CHECK:       neap.transpose %[[S]], [1, 0, 2]
func.func @softmax_rows_move_together(%x: tensor<2x3x4xf32>) -> tensor<3x2x4xf32> {
  %0 = neap.transpose %x, [1, 0, 2] : tensor<2x3x4xf32> -> tensor<3x2x4xf32>
  %1 = neap.softmax %0 : tensor<3x2x4xf32>
  return %1 : tensor<3x2x4xf32>
}

// -----

// CHECK-LABEL: func.func @softmax_over_moved_axis
// CHECK:       %[[T:.*]] = neap.transpose
// CHECK:       neap.softmax %[[T]]
func.func @softmax_over_moved_axis(%x: tensor<3x4xf32>) -> tensor<4x3xf32> {
  %0 = neap.transpose %x, [1, 0] : tensor<3x4xf32> -> tensor<4x3xf32>
  %1 = neap.softmax %0 : tensor<4x3xf32>
  return %1 : tensor<4x3xf32>
}

// -----

// K's transpose as the dynamo exporter writes it.
// CHECK-LABEL: func.func @transposes_merge_through_reshapes
// CHECK-SAME:  (%[[X:.*]]: tensor<1x128x12x64xf32>)
// CHECK-NEXT:  %[[T:.*]] = neap.transpose %[[X]], [0, 2, 3, 1] : tensor<1x128x12x64xf32> -> tensor<1x12x64x128xf32>
// CHECK-NEXT:  return %[[T]]
func.func @transposes_merge_through_reshapes(%x: tensor<1x128x12x64xf32>) -> tensor<1x12x64x128xf32> {
  %0 = neap.transpose %x, [0, 2, 1, 3] : tensor<1x128x12x64xf32> -> tensor<1x12x128x64xf32>
  %1 = neap.reshape %0 : tensor<1x12x128x64xf32> -> tensor<12x128x64xf32>
  %2 = neap.transpose %1, [0, 2, 1] : tensor<12x128x64xf32> -> tensor<12x64x128xf32>
  %3 = neap.reshape %2 : tensor<12x64x128xf32> -> tensor<1x12x64x128xf32>
  return %3 : tensor<1x12x64x128xf32>
}

// -----

// CHECK-LABEL: func.func @reshape_mixes_axes_that_are_apart
// CHECK:       %[[T:.*]] = neap.transpose
// CHECK-NEXT:  neap.reshape %[[T]]
func.func @reshape_mixes_axes_that_are_apart(%x: tensor<1x12x128x64xf32>) -> tensor<1x128x768xf32> {
  %0 = neap.transpose %x, [0, 2, 1, 3] : tensor<1x12x128x64xf32> -> tensor<1x128x12x64xf32>
  %1 = neap.reshape %0 : tensor<1x128x12x64xf32> -> tensor<1x128x768xf32>
  return %1 : tensor<1x128x768xf32>
}

// -----

// GPT-2's linear layers: the reshapes around the product and its bias cancel.
// CHECK-LABEL: func.func @reshapes_around_product
// CHECK-SAME:  (%[[X:.*]]: tensor<2x5x8xf32>, %[[W:.*]]: tensor<8x6xf32>, %[[B:.*]]: tensor<6xf32>)
// CHECK-NEXT:  %[[M:.*]] = neap.matmul %[[X]], %[[W]] : tensor<2x5x8xf32>
// CHECK-NEXT:  %[[BB:.*]] = neap.broadcast %[[B]] : tensor<6xf32> -> tensor<2x5x6xf32>
// CHECK-NEXT:  %[[A:.*]] = neap.add %[[M]], %[[BB]]
// CHECK-NEXT:  return %[[A]]
func.func @reshapes_around_product(%x: tensor<2x5x8xf32>, %w: tensor<8x6xf32>, %b: tensor<6xf32>) -> tensor<2x5x6xf32> {
  %0 = neap.reshape %x : tensor<2x5x8xf32> -> tensor<10x8xf32>
  %1 = neap.matmul %0, %w : tensor<10x8xf32>, tensor<8x6xf32> -> tensor<10x6xf32>
  %2 = neap.broadcast %b : tensor<6xf32> -> tensor<10x6xf32>
  %3 = neap.add %1, %2 : tensor<10x6xf32>
  %4 = neap.reshape %3 : tensor<10x6xf32> -> tensor<2x5x6xf32>
  return %4 : tensor<2x5x6xf32>
}

// -----

// CHECK-LABEL: func.func @compare_before_broadcast
// CHECK:       neap.compare lt {{.*}} : tensor<1x4x4xi32>
// CHECK:       neap.broadcast {{.*}} -> tensor<8x4x4xi1>
func.func @compare_before_broadcast(%i: tensor<4x1xi32>, %j: tensor<4xi32>) -> tensor<8x4x4xi1> {
  %0 = neap.broadcast %i : tensor<4x1xi32> -> tensor<8x4x4xi32>
  %1 = neap.broadcast %j : tensor<4xi32> -> tensor<8x4x4xi32>
  %2 = neap.compare lt %0, %1 : tensor<8x4x4xi32> -> tensor<8x4x4xi1>
  return %2 : tensor<8x4x4xi1>
}

// -----

// CHECK-LABEL: func.func @one_right_matrix
// CHECK-SAME:  (%[[X:.*]]: tensor<3x4x8xf32>, %[[W:.*]]: tensor<8x6xf32>)
// CHECK-NEXT:  neap.matmul %[[X]], %[[W]] : tensor<3x4x8xf32>, tensor<8x6xf32>
func.func @one_right_matrix(%x: tensor<3x4x8xf32>, %w: tensor<8x6xf32>) -> tensor<3x4x6xf32> {
  %0 = neap.broadcast %w : tensor<8x6xf32> -> tensor<3x8x6xf32>
  %1 = neap.matmul %x, %0 : tensor<3x4x8xf32>, tensor<3x8x6xf32> -> tensor<3x4x6xf32>
  return %1 : tensor<3x4x6xf32>
}

// -----

// CHECK-LABEL: func.func @several_right_matrices
// CHECK:       neap.matmul {{.*}} : tensor<3x4x8xf32>, tensor<3x8x6xf32>
func.func @several_right_matrices(%x: tensor<3x4x8xf32>, %w: tensor<3x8x1xf32>) -> tensor<3x4x6xf32> {
  %0 = neap.broadcast %w : tensor<3x8x1xf32> -> tensor<3x8x6xf32>
  %1 = neap.matmul %x, %0 : tensor<3x4x8xf32>, tensor<3x8x6xf32> -> tensor<3x4x6xf32>
  return %1 : tensor<3x4x6xf32>
}

// -----

// The joint projection of GPT-2: only the first third is scaled.
// CHECK-LABEL: func.func @scale_before_slice
// CHECK:       %[[F:.*]] = neap.pad %{{.*}}, %{{.*}} {high = array<i64: 8>, low = array<i64: 0>} : tensor<4xf32>, tensor<f32> -> tensor<12xf32>
// CHECK:       %[[B:.*]] = neap.broadcast %[[F]] : tensor<12xf32> -> tensor<2x12xf32>
// CHECK:       %[[S:.*]] = neap.mul %{{.*}}, %[[B]] : tensor<2x12xf32>
// CHECK:       neap.slice %[[S]]
// CHECK:       neap.slice %[[S]]
// CHECK-NOT:   neap.mul
// CHECK:       return
func.func @scale_before_slice(%x: tensor<2x8xf32>, %w: tensor<8x12xf32>) -> (tensor<2x4xf32>, tensor<2x8xf32>) {
  %c = neap.constant dense<0.5> : tensor<2x4xf32>
  %0 = neap.matmul %x, %w : tensor<2x8xf32>, tensor<8x12xf32> -> tensor<2x12xf32>
  %1 = neap.slice %0 {starts = array<i64: 0, 0>, sizes = array<i64: 2, 4>, steps = array<i64: 1, 1>} : tensor<2x12xf32> -> tensor<2x4xf32>
  %2 = neap.slice %0 {starts = array<i64: 0, 4>, sizes = array<i64: 2, 8>, steps = array<i64: 1, 1>} : tensor<2x12xf32> -> tensor<2x8xf32>
  %3 = neap.mul %1, %c : tensor<2x4xf32>
  return %3, %2 : tensor<2x4xf32>, tensor<2x8xf32>
}

// -----

// The sliced value is an argument: scaling all of it would cost a pass.
// CHECK-LABEL: func.func @scale_after_slice_of_argument
// CHECK:       %[[S:.*]] = neap.slice
// CHECK:       neap.mul %[[S]]
func.func @scale_after_slice_of_argument(%x: tensor<2x12xf32>) -> tensor<2x4xf32> {
  %c = neap.constant dense<0.5> : tensor<2x4xf32>
  %0 = neap.slice %x {starts = array<i64: 0, 0>, sizes = array<i64: 2, 4>, steps = array<i64: 1, 1>} : tensor<2x12xf32> -> tensor<2x4xf32>
  %1 = neap.mul %0, %c : tensor<2x4xf32>
  return %1 : tensor<2x4xf32>
}

// -----

// The sliced value is also read whole.
// CHECK-LABEL: func.func @scale_after_slice_of_shared_value
// CHECK:       %[[S:.*]] = neap.slice
// CHECK:       neap.mul %[[S]]
func.func @scale_after_slice_of_shared_value(%x: tensor<2x12xf32>) -> (tensor<2x4xf32>, tensor<2x12xf32>) {
  %c = neap.constant dense<0.5> : tensor<2x4xf32>
  %0 = neap.exp %x : tensor<2x12xf32>
  %1 = neap.slice %0 {starts = array<i64: 0, 0>, sizes = array<i64: 2, 4>, steps = array<i64: 1, 1>} : tensor<2x12xf32> -> tensor<2x4xf32>
  %2 = neap.mul %1, %c : tensor<2x4xf32>
  return %2, %0 : tensor<2x4xf32>, tensor<2x12xf32>
}

// -----

// The other slice shares columns with the scaled one.
// CHECK-LABEL: func.func @scale_after_overlapping_slice
// CHECK-COUNT-2: neap.slice
// CHECK:       neap.mul
func.func @scale_after_overlapping_slice(%x: tensor<2x12xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %c = neap.constant dense<0.5> : tensor<2x4xf32>
  %0 = neap.exp %x : tensor<2x12xf32>
  %1 = neap.slice %0 {starts = array<i64: 0, 0>, sizes = array<i64: 2, 4>, steps = array<i64: 1, 1>} : tensor<2x12xf32> -> tensor<2x4xf32>
  %2 = neap.slice %0 {starts = array<i64: 0, 3>, sizes = array<i64: 2, 4>, steps = array<i64: 1, 1>} : tensor<2x12xf32> -> tensor<2x4xf32>
  %3 = neap.mul %1, %c : tensor<2x4xf32>
  return %3, %2 : tensor<2x4xf32>, tensor<2x4xf32>
}

// -----

// CHECK-LABEL: func.func @reshape_after_part_of_rows
// CHECK-SAME:  (%[[X:.*]]: tensor<6x8xf32>)
// CHECK:       %[[S:.*]] = neap.slice %[[X]] {sizes = array<i64: 6, 4>, starts = array<i64: 0, 2>
// CHECK:       neap.reshape %[[S]] : tensor<6x4xf32> -> tensor<2x3x4xf32>
func.func @reshape_after_part_of_rows(%x: tensor<6x8xf32>) -> tensor<2x3x4xf32> {
  %0 = neap.reshape %x : tensor<6x8xf32> -> tensor<2x3x8xf32>
  %1 = neap.slice %0 {starts = array<i64: 0, 0, 2>, sizes = array<i64: 2, 3, 4>, steps = array<i64: 1, 1, 1>} : tensor<2x3x8xf32> -> tensor<2x3x4xf32>
  return %1 : tensor<2x3x4xf32>
}

// -----

// CHECK-LABEL: func.func @reshape_before_part_of_other_axis
// CHECK:       %[[R:.*]] = neap.reshape
// CHECK:       neap.slice %[[R]]
func.func @reshape_before_part_of_other_axis(%x: tensor<6x8xf32>) -> tensor<1x3x8xf32> {
  %0 = neap.reshape %x : tensor<6x8xf32> -> tensor<2x3x8xf32>
  %1 = neap.slice %0 {starts = array<i64: 1, 0, 0>, sizes = array<i64: 1, 3, 8>, steps = array<i64: 1, 1, 1>} : tensor<2x3x8xf32> -> tensor<1x3x8xf32>
  return %1 : tensor<1x3x8xf32>
}
