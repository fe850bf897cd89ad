// RUN: neap-opt %s --split-input-file --verify-diagnostics
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

func.func @pool_c1_rank(%arg0: tensor<3x10xf32>) {
  // expected-error@+1 {{'neap.pool' op expected 'input' with 1 to 3 spatial axes (rank 3 to 5), got rank 2}}
  %0 = neap.pool max %arg0 {window = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<3x10xf32> -> tensor<1x3x4x4xf32>
  return
}

// -----

func.func @pool_c1_window(%arg0: tensor<1x3x10x10xf32>) {
  // expected-error@+1 {{'neap.pool' op expected 2 entries in 'window' (one per spatial axis), got 1}}
  %0 = neap.pool max %arg0 {window = array<i64: 3>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x3x10x10xf32> -> tensor<1x3x4x4xf32>
  return
}

// -----

func.func @pool_c1_window_0(%arg0: tensor<1x3x10x10xf32>) {
  // expected-error@+1 {{'neap.pool' op expected entries of at least 1 in 'window', got 0}}
  %0 = neap.pool max %arg0 {window = array<i64: 3, 0>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x3x10x10xf32> -> tensor<1x3x4x4xf32>
  return
}

// -----

func.func @pool_c1_strides(%arg0: tensor<1x3x10x10xf32>) {
  // expected-error@+1 {{'neap.pool' op expected 2 entries in 'strides' (one per spatial axis), got 3}}
  %0 = neap.pool max %arg0 {window = array<i64: 3, 3>, strides = array<i64: 2, 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x3x10x10xf32> -> tensor<1x3x4x4xf32>
  return
}

// -----

func.func @pool_c1_pads(%arg0: tensor<1x3x10x10xf32>) {
  // expected-error@+1 {{'neap.pool' op expected entries of at least 0 in 'pads', got -1}}
  %0 = neap.pool max %arg0 {window = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, -1>, dilations = array<i64: 1, 1>} : tensor<1x3x10x10xf32> -> tensor<1x3x4x4xf32>
  return
}

// -----

func.func @pool_c2_element_type(%arg0: tensor<1x3x10x10xf32>) {
  // expected-error@+1 {{'neap.pool' op expected equal element types, got 'f32' in 'input' and 'f64' in 'result'}}
  %0 = neap.pool max %arg0 {window = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x3x10x10xf32> -> tensor<1x3x4x4xf64>
  return
}

// -----

func.func @pool_c2_rank(%arg0: tensor<1x3x10x10xf32>) {
  // expected-error@+1 {{'neap.pool' op expected 'result' of the rank of 'input' (4), got rank 3}}
  %0 = neap.pool max %arg0 {window = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x3x10x10xf32> -> tensor<1x3x4xf32>
  return
}

// -----

func.func @pool_c2_channels(%arg0: tensor<1x3x10x10xf32>) {
  // expected-error@+1 {{'neap.pool' op expected axis 1 of 'result' of size 3, got 2}}
  %0 = neap.pool max %arg0 {window = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x3x10x10xf32> -> tensor<1x2x4x4xf32>
  return
}

// -----

func.func @pool_c2_spatial(%arg0: tensor<1x3x10x10xf32>) {
  // expected-error@+1 {{'neap.pool' op expected spatial axis 1 of 'result' of size 4 or 5, got 6}}
  %0 = neap.pool max %arg0 {window = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x3x10x10xf32> -> tensor<1x3x4x6xf32>
  return
}

// -----

func.func @pool_argmax_c1(%arg0: tensor<1x3x10x10xf32>) {
  // expected-error@+1 {{'neap.pool_argmax' op expected 2 entries in 'window' (one per spatial axis), got 1}}
  %0 = neap.pool_argmax %arg0 {window = array<i64: 3>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x3x10x10xf32> -> tensor<1x3x4x4xi64>
  return
}

// -----

func.func @pool_argmax_c2_element(%arg0: tensor<1x3x10x10xf32>) {
  // expected-error@+1 {{'neap.pool_argmax' op expected 'result' of i64, got 'i32'}}
  %0 = neap.pool_argmax %arg0 {window = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x3x10x10xf32> -> tensor<1x3x4x4xi32>
  return
}

// -----

func.func @pool_argmax_c2_size(%arg0: tensor<1x3x10x10xf32>) {
  // expected-error@+1 {{'neap.pool_argmax' op expected spatial axis 0 of 'result' of size 4 or 5, got 3}}
  %0 = neap.pool_argmax %arg0 {window = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x3x10x10xf32> -> tensor<1x3x3x4xi64>
  return
}

// -----

func.func @roi_align_c1_rank(%arg0: tensor<9x8x64xf32>, %arg1: tensor<5x4xf32>, %arg2: tensor<5xi64>) {
  // expected-error@+1 {{'neap.roi_align' op expected 'input' of rank 4, got rank 3}}
  %0 = neap.roi_align max %arg0, %arg1, %arg2 {samples = 2 : i64} : tensor<9x8x64xf32>, tensor<5x4xf32>, tensor<5xi64> -> tensor<5x7x6x64xf32>
  return
}

// -----

func.func @roi_align_c1_images(%arg0: tensor<2x9x8x64xf32>, %arg1: tensor<5x4xf32>, %arg2: tensor<5x1xi64>) {
  // expected-error@+1 {{'neap.roi_align' op expected 'images' of rank 1, got rank 2}}
  %0 = neap.roi_align max %arg0, %arg1, %arg2 {samples = 2 : i64} : tensor<2x9x8x64xf32>, tensor<5x4xf32>, tensor<5x1xi64> -> tensor<5x7x6x64xf32>
  return
}

// -----

func.func @roi_align_c1_boxes(%arg0: tensor<2x9x8x64xf32>, %arg1: tensor<5x5xf32>, %arg2: tensor<5xi64>) {
  // expected-error@+1 {{'neap.roi_align' op expected 'boxes' of type 'tensor<5x4xf32>', got 'tensor<5x5xf32>'}}
  %0 = neap.roi_align max %arg0, %arg1, %arg2 {samples = 2 : i64} : tensor<2x9x8x64xf32>, tensor<5x5xf32>, tensor<5xi64> -> tensor<5x7x6x64xf32>
  return
}

// -----

func.func @roi_align_c2_kind(%arg0: tensor<2x9x8x64xf32>, %arg1: tensor<5x4xf32>, %arg2: tensor<5xi64>) {
  // expected-error@+1 {{'neap.roi_align' op expected kind max or average, got sum}}
  %0 = neap.roi_align sum %arg0, %arg1, %arg2 {samples = 2 : i64} : tensor<2x9x8x64xf32>, tensor<5x4xf32>, tensor<5xi64> -> tensor<5x7x6x64xf32>
  return
}

// -----

func.func @roi_align_c2_samples(%arg0: tensor<2x9x8x64xf32>, %arg1: tensor<5x4xf32>, %arg2: tensor<5xi64>) {
  // expected-error@+1 {{'neap.roi_align' op expected 'samples' of at least 0, got -1}}
  %0 = neap.roi_align max %arg0, %arg1, %arg2 {samples = -1 : i64} : tensor<2x9x8x64xf32>, tensor<5x4xf32>, tensor<5xi64> -> tensor<5x7x6x64xf32>
  return
}

// -----

func.func @roi_align_c3(%arg0: tensor<2x9x8x64xf32>, %arg1: tensor<5x4xf32>, %arg2: tensor<5xi64>) {
  // expected-error@+1 {{'neap.roi_align' op expected 'result' of type 'tensor<5x7x6x64xf32>', got 'tensor<5x7x6x63xf32>'}}
  %0 = neap.roi_align max %arg0, %arg1, %arg2 {samples = 2 : i64} : tensor<2x9x8x64xf32>, tensor<5x4xf32>, tensor<5xi64> -> tensor<5x7x6x63xf32>
  return
}
