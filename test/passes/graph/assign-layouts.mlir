// RUN: neap-opt %s --neap-assign-layouts --cse --split-input-file | FileCheck %s

// One transpose where the image enters; none between the ops; the last one
// moves only axes of size 1.
// CHECK-LABEL: func.func @one_transpose_at_the_input
// CHECK-SAME:  (%[[X:.*]]: tensor<1x3x8x8xf32>)
// CHECK:       neap.transpose %[[X]], [0, 2, 3, 1]
// CHECK-NOT:   neap.transpose %{{.*}}, [0, 3, 1, 2]
// CHECK:       %[[C:.*]] = neap.conv {{.*}} layout = #neap<layout channels_last>{{.*}} -> tensor<1x8x8x4xf32>
// CHECK:       neap.max %[[C]], {{.*}} : tensor<1x8x8x4xf32>
// CHECK:       neap.conv {{.*}} layout = #neap<layout channels_last>{{.*}} -> tensor<1x4x4x4xf32>
// CHECK:       neap.pool average {{.*}} -> tensor<1x1x1x4xf32>
// CHECK-NOT:   neap.transpose
// CHECK:       return
func.func @one_transpose_at_the_input(%x: tensor<1x3x8x8xf32>) -> tensor<1x4xf32> {
  %w0 = neap.weight <file = 0, offset = 0, length = 432> : tensor<4x3x3x3xf32>
  %w1 = neap.weight <file = 0, offset = 0, length = 576> : tensor<4x4x3x3xf32>
  %zero = neap.constant dense<0.0> : tensor<1x4x8x8xf32>
  %0 = neap.conv %x, %w0 {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32> -> tensor<1x4x8x8xf32>
  %1 = neap.max %0, %zero : tensor<1x4x8x8xf32>
  %2 = neap.conv %1, %w1 {strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x4x8x8xf32>, tensor<4x4x3x3xf32> -> tensor<1x4x4x4xf32>
  %3 = neap.pool average %2 {window = array<i64: 4, 4>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x4x4x4xf32> -> tensor<1x4x1x1xf32>
  %4 = neap.reshape %3 : tensor<1x4x1x1xf32> -> tensor<1x4xf32>
  return %4 : tensor<1x4xf32>
}

// -----

// CHECK-LABEL: func.func @through_concat_pad_slice_and_reduce
// CHECK-NOT:   neap.transpose %{{.*}}, [0, 3, 1, 2]
// CHECK:       neap.concat {{.*}}axis = 3{{.*}} -> tensor<1x4x4x4xf32>
// CHECK:       neap.pad {{.*}}high = array<i64: 0, 1, 2, 0>{{.*}} -> tensor<1x5x6x4xf32>
// CHECK:       neap.slice {{.*}}sizes = array<i64: 1, 5, 6, 3>
// CHECK:       neap.reduce sum {{.*}}, [1, 2]
// CHECK-NOT:   neap.transpose
// CHECK:       return
func.func @through_concat_pad_slice_and_reduce(%x: tensor<1x2x4x4xf32>) -> tensor<1x3x1x1xf32> {
  %v = neap.constant dense<0.0> : tensor<f32>
  %0 = neap.pool max %x {window = array<i64: 1, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x2x4x4xf32> -> tensor<1x2x4x4xf32>
  %1 = neap.concat %0, %0 {axis = 1 : i64} : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32> -> tensor<1x4x4x4xf32>
  %2 = neap.pad %1, %v {low = array<i64: 0, 0, 0, 0>, high = array<i64: 0, 0, 1, 2>} : tensor<1x4x4x4xf32>, tensor<f32> -> tensor<1x4x5x6xf32>
  %3 = neap.slice %2 {starts = array<i64: 0, 1, 0, 0>, sizes = array<i64: 1, 3, 5, 6>, steps = array<i64: 1, 1, 1, 1>} : tensor<1x4x5x6xf32> -> tensor<1x3x5x6xf32>
  %4 = neap.reduce sum %3, [2, 3] : tensor<1x3x5x6xf32> -> tensor<1x3x1x1xf32>
  return %4 : tensor<1x3x1x1xf32>
}

// -----

// CHECK-LABEL: func.func @three_spatial_axes
// CHECK:       neap.conv {{.*}} : tensor<1x4x4x4x2xf32>, tensor<1x1x1x2x5xf32> -> tensor<1x4x4x4x5xf32>
func.func @three_spatial_axes(%x: tensor<1x2x4x4x4xf32>) -> tensor<1x5x4x4x4xf32> {
  %w = neap.weight <file = 0, offset = 0, length = 40> : tensor<5x2x1x1x1xf32>
  %0 = neap.conv %x, %w {strides = array<i64: 1, 1, 1>, pads = array<i64: 0, 0, 0, 0, 0, 0>, dilations = array<i64: 1, 1, 1>, groups = 1 : i64} : tensor<1x2x4x4x4xf32>, tensor<5x2x1x1x1xf32> -> tensor<1x5x4x4x4xf32>
  return %0 : tensor<1x5x4x4x4xf32>
}

// -----

// CHECK-LABEL: func.func @signal_of_length_one_needs_no_transpose
// CHECK-SAME:  (%[[X:.*]]: tensor<1x2x1xf32>)
// CHECK-NOT:   neap.transpose %[[X]]
// CHECK:       neap.reshape %[[X]] : tensor<1x2x1xf32> -> tensor<1x1x2xf32>
func.func @signal_of_length_one_needs_no_transpose(%x: tensor<1x2x1xf32>) -> tensor<1x5x1xf32> {
  %w = neap.weight <file = 0, offset = 0, length = 40> : tensor<5x2x1xf32>
  %0 = neap.conv %x, %w {strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, groups = 1 : i64} : tensor<1x2x1xf32>, tensor<5x2x1xf32> -> tensor<1x5x1xf32>
  return %0 : tensor<1x5x1xf32>
}

// -----

// Between channels-last images nothing is transposed: an image is resized as it
// lies.
// CHECK-LABEL: func.func @through_gather
// CHECK:       %[[POOL:.*]] = neap.pool max
// CHECK-NEXT:  %[[ROWS:.*]] = neap.gather %[[POOL]], %{{.*}} {axis = 1 : i64} : tensor<1x4x4x2xf32>, tensor<8xi64> -> tensor<1x8x4x2xf32>
// CHECK-NEXT:  neap.pool max %[[ROWS]]
func.func @through_gather(%x: tensor<1x2x4x4xf32>, %i: tensor<8xi64>) -> tensor<1x2x8x4xf32> {
  %0 = neap.pool max %x {window = array<i64: 1, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x2x4x4xf32> -> tensor<1x2x4x4xf32>
  %1 = neap.gather %0, %i {axis = 2 : i64} : tensor<1x2x4x4xf32>, tensor<8xi64> -> tensor<1x2x8x4xf32>
  %2 = neap.pool max %1 {window = array<i64: 1, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x2x8x4xf32> -> tensor<1x2x8x4xf32>
  return %2 : tensor<1x2x8x4xf32>
}

// -----

// A table that is transposed at compile time is gathered as it is.
// CHECK-LABEL: func.func @not_through_gather_of_a_weight
// CHECK:       %[[TABLE:.*]] = neap.transpose
// CHECK:       neap.gather %[[TABLE]]
func.func @not_through_gather_of_a_weight(%i: tensor<5xi64>) -> tensor<5x4xf32> {
  %w = neap.weight <file = 0, offset = 0, length = 128> : tensor<4x8xf32>
  %0 = neap.transpose %w, [1, 0] : tensor<4x8xf32> -> tensor<8x4xf32>
  %1 = neap.gather %0, %i {axis = 0 : i64} : tensor<8x4xf32>, tensor<5xi64> -> tensor<5x4xf32>
  return %1 : tensor<5x4xf32>
}
