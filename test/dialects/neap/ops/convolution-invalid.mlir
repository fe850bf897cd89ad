// RUN: neap-opt %s --split-input-file --verify-diagnostics
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

func.func @conv_c1_rank(%arg0: tensor<3x9xf32>, %arg1: tensor<8x3x3x3xf32>) {
  // expected-error@+1 {{'neap.conv' op expected 'input' with 1 to 3 spatial axes (rank 3 to 5), got rank 2}}
  %0 = neap.conv %arg0, %arg1 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<3x9xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x7x7xf32>
  return
}

// -----

func.func @conv_c1_filter_rank(%arg0: tensor<1x3x9x9xf32>, %arg1: tensor<8x3x3xf32>) {
  // expected-error@+1 {{'neap.conv' op expected 'filter' of the rank of 'input' (4), got rank 3}}
  %0 = neap.conv %arg0, %arg1 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x3x9x9xf32>, tensor<8x3x3xf32> -> tensor<1x8x7x7xf32>
  return
}

// -----

func.func @conv_c1_strides(%arg0: tensor<1x3x9x9xf32>, %arg1: tensor<8x3x3x3xf32>) {
  // expected-error@+1 {{'neap.conv' op expected 2 entries in 'strides' (one per spatial axis), got 1}}
  %0 = neap.conv %arg0, %arg1 {strides = array<i64: 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x3x9x9xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x7x7xf32>
  return
}

// -----

func.func @conv_c1_stride_0(%arg0: tensor<1x3x9x9xf32>, %arg1: tensor<8x3x3x3xf32>) {
  // expected-error@+1 {{'neap.conv' op expected entries of at least 1 in 'strides', got 0}}
  %0 = neap.conv %arg0, %arg1 {strides = array<i64: 0, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x3x9x9xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x7x7xf32>
  return
}

// -----

func.func @conv_c1_dilations(%arg0: tensor<1x3x9x9xf32>, %arg1: tensor<8x3x3x3xf32>) {
  // expected-error@+1 {{'neap.conv' op expected 2 entries in 'dilations' (one per spatial axis), got 3}}
  %0 = neap.conv %arg0, %arg1 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1, 1>, groups = 1 : i64} : tensor<1x3x9x9xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x7x7xf32>
  return
}

// -----

func.func @conv_c1_pads(%arg0: tensor<1x3x9x9xf32>, %arg1: tensor<8x3x3x3xf32>) {
  // expected-error@+1 {{'neap.conv' op expected 4 entries in 'pads' (two per spatial axis), got 2}}
  %0 = neap.conv %arg0, %arg1 {strides = array<i64: 1, 1>, pads = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x3x9x9xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x7x7xf32>
  return
}

// -----

func.func @conv_c1_negative_pad(%arg0: tensor<1x3x9x9xf32>, %arg1: tensor<8x3x3x3xf32>) {
  // expected-error@+1 {{'neap.conv' op expected entries of at least 0 in 'pads', got -1}}
  %0 = neap.conv %arg0, %arg1 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, -1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x3x9x9xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x7x7xf32>
  return
}

// -----

func.func @conv_c2_channels(%arg0: tensor<1x4x9x9xf32>, %arg1: tensor<8x3x3x3xf32>) {
  // expected-error@+1 {{'neap.conv' op expected channels of 'input' (size 4) to be 'groups' times those of 'filter' (1 * 3)}}
  %0 = neap.conv %arg0, %arg1 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x4x9x9xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x7x7xf32>
  return
}

// -----

func.func @conv_c2_groups(%arg0: tensor<1x9x9x9xf32>, %arg1: tensor<8x3x3x3xf32>) {
  // expected-error@+1 {{'neap.conv' op expected output channels that 'groups' (3) divides, got 8}}
  %0 = neap.conv %arg0, %arg1 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 3 : i64} : tensor<1x9x9x9xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x7x7xf32>
  return
}

// -----

func.func @conv_c2_groups_0(%arg0: tensor<1x3x9x9xf32>, %arg1: tensor<8x3x3x3xf32>) {
  // expected-error@+1 {{'neap.conv' op expected 'groups' of at least 1, got 0}}
  %0 = neap.conv %arg0, %arg1 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 0 : i64} : tensor<1x3x9x9xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x7x7xf32>
  return
}

// -----

func.func @conv_c3(%arg0: tensor<1x3x9x9xf32>, %arg1: tensor<8x3x3x3xf32>) {
  // expected-error@+1 {{'neap.conv' op expected a dilated kernel of at most the padded size of spatial axis 1, got 2 too many}}
  %0 = neap.conv %arg0, %arg1 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 5>, groups = 1 : i64} : tensor<1x3x9x9xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x7x7xf32>
  return
}

// -----

func.func @conv_c4_element_types(%arg0: tensor<1x3x9x9xf32>, %arg1: tensor<8x3x3x3xf64>) {
  // expected-error@+1 {{'neap.conv' op expected equal element types, got 'f32' in 'input' and 'f64' in 'filter'}}
  %0 = neap.conv %arg0, %arg1 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x3x9x9xf32>, tensor<8x3x3x3xf64> -> tensor<1x8x7x7xf32>
  return
}

// -----

func.func @conv_c4_result(%arg0: tensor<1x3x9x9xf32>, %arg1: tensor<8x3x3x3xf32>) {
  // expected-error@+1 {{'neap.conv' op expected 'result' of type 'tensor<1x8x7x7xf32>', got 'tensor<1x8x9x9xf32>'}}
  %0 = neap.conv %arg0, %arg1 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x3x9x9xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x9x9xf32>
  return
}

// -----

func.func @packed_conv_c1_kernel(%arg0: tensor<1x9x9x4xf32>, %arg1: tensor<1x1x36x16xf32>) {
  // expected-error@+1 {{'neap.packed_conv' op expected 2 entries in 'kernel' (one per spatial axis), got 1}}
  %0 = neap.packed_conv %arg0, %arg1 {kernel = array<i64: 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x9x9x4xf32>, tensor<1x1x36x16xf32> -> tensor<1x9x9x16xf32>
  return
}

// -----

func.func @packed_conv_c1_strides(%arg0: tensor<1x9x9x4xf32>, %arg1: tensor<1x1x36x16xf32>) {
  // expected-error@+1 {{'neap.packed_conv' op expected entries of at least 1 in 'strides', got 0}}
  %0 = neap.packed_conv %arg0, %arg1 {kernel = array<i64: 3, 3>, strides = array<i64: 0, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x9x9x4xf32>, tensor<1x1x36x16xf32> -> tensor<1x9x9x16xf32>
  return
}

// -----

func.func @packed_conv_c1_rank(%arg0: tensor<1x9xf32>, %arg1: tensor<1x1x36x16xf32>) {
  // expected-error@+1 {{'neap.packed_conv' op expected 'input' with 1 to 3 spatial axes (rank 3 to 5), got rank 2}}
  %0 = neap.packed_conv %arg0, %arg1 {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x9xf32>, tensor<1x1x36x16xf32> -> tensor<1x9x9x16xf32>
  return
}

// -----

func.func @packed_conv_c1_window(%arg0: tensor<1x9x9x4xf32>, %arg1: tensor<1x1x36x16xf32>) {
  // expected-error@+1 {{'neap.packed_conv' op expected a dilated kernel of at most the padded size of spatial axis 0, got 8 too many}}
  %0 = neap.packed_conv %arg0, %arg1 {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 9, 9>, groups = 1 : i64} : tensor<1x9x9x4xf32>, tensor<1x1x36x16xf32> -> tensor<1x9x9x16xf32>
  return
}

// -----

func.func @packed_conv_c1_result_rank(%arg0: tensor<1x9x9x4xf32>, %arg1: tensor<1x1x36x16xf32>) {
  // expected-error@+1 {{'neap.packed_conv' op expected 'result' of the rank of 'input' (4), got rank 3}}
  %0 = neap.packed_conv %arg0, %arg1 {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x9x9x4xf32>, tensor<1x1x36x16xf32> -> tensor<1x9x16xf32>
  return
}

// -----

func.func @packed_conv_c1_result(%arg0: tensor<1x9x9x4xf32>, %arg1: tensor<1x1x36x16xf32>) {
  // expected-error@+1 {{'neap.packed_conv' op expected 'result' of type 'tensor<1x9x9x16xf32>', got 'tensor<1x9x8x16xf32>'}}
  %0 = neap.packed_conv %arg0, %arg1 {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x9x9x4xf32>, tensor<1x1x36x16xf32> -> tensor<1x9x8x16xf32>
  return
}

// -----

func.func @packed_conv_c2_groups(%arg0: tensor<1x9x9x4xf32>, %arg1: tensor<1x1x36x16xf32>) {
  // expected-error@+1 {{'neap.packed_conv' op expected input and output channels that 'groups' (3) divides, got 4 and 16}}
  %0 = neap.packed_conv %arg0, %arg1 {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 3 : i64} : tensor<1x9x9x4xf32>, tensor<1x1x36x16xf32> -> tensor<1x9x9x16xf32>
  return
}

// -----

func.func @packed_conv_c2_groups_0(%arg0: tensor<1x9x9x4xf32>, %arg1: tensor<1x1x36x16xf32>) {
  // expected-error@+1 {{'neap.packed_conv' op expected 'groups' of at least 1, got 0}}
  %0 = neap.packed_conv %arg0, %arg1 {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 0 : i64} : tensor<1x9x9x4xf32>, tensor<1x1x36x16xf32> -> tensor<1x9x9x16xf32>
  return
}

// -----

func.func @packed_conv_c2(%arg0: tensor<1x9x9x4xf32>, %arg1: tensor<1x1x35x16xf32>) {
  // expected-error@+1 {{'neap.packed_conv' op expected 'packed' of type 'tensor<1x1x36x16xf32>', got 'tensor<1x1x35x16xf32>'}}
  %0 = neap.packed_conv %arg0, %arg1 {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x9x9x4xf32>, tensor<1x1x35x16xf32> -> tensor<1x9x9x16xf32>
  return
}
