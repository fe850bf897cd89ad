// RUN: neap-opt %s --split-input-file --verify-diagnostics
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

func.func @reshape_c1_elements(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.reshape' op expected 'result' with the 32 elements of 'input', got 31}}
  %0 = neap.reshape %arg0 : tensor<4x8xf32> -> tensor<31xf32>
  return
}

// -----

func.func @reshape_c1_symbolic(%arg0: tensor<?x8xf32, #neap.dims<"batch", "8">>) {
  // expected-error@+1 {{'neap.reshape' op expected 'result' with the 8*batch elements of 'input', got 8*batch + 1}}
  %0 = neap.reshape %arg0 : tensor<?x8xf32, #neap.dims<"batch", "8">> -> tensor<?xf32, #neap.dims<"8*batch + 1">>
  return
}

// -----

func.func @reshape_c1_type(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.reshape' op expected equal element types, got 'f32' in 'input' and 'i32' in 'result'}}
  %0 = neap.reshape %arg0 : tensor<4x8xf32> -> tensor<32xi32>
  return
}

// -----

func.func @transpose_c1_count(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.transpose' op expected 2 entries in 'permutation' (one per axis of 'input'), got 1}}
  %0 = neap.transpose %arg0, [0] : tensor<4x8xf32> -> tensor<4xf32>
  return
}

// -----

func.func @transpose_c1_range(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.transpose' op expected 'permutation' in [0, 2), the rank of 'input', got 2}}
  %0 = neap.transpose %arg0, [0, 2] : tensor<4x8xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @transpose_c1_twice(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.transpose' op expected each axis once in 'permutation', got 1 twice}}
  %0 = neap.transpose %arg0, [1, 1] : tensor<4x8xf32> -> tensor<8x8xf32>
  return
}

// -----

func.func @transpose_c1_result(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.transpose' op expected 'result' of type 'tensor<8x4xf32>', got 'tensor<4x8xf32>'}}
  %0 = neap.transpose %arg0, [1, 0] : tensor<4x8xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @broadcast_c1_size(%arg0: tensor<4xf32>) {
  // expected-error@+1 {{'neap.broadcast' op expected axis 0 of 'input' of size 1 or 8, that of axis 1 of 'result', got 4}}
  %0 = neap.broadcast %arg0 : tensor<4xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @broadcast_c1_rank(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.broadcast' op expected 'result' of rank at least 2, the rank of 'input', got 1}}
  %0 = neap.broadcast %arg0 : tensor<4x8xf32> -> tensor<8xf32>
  return
}

// -----

func.func @broadcast_c1_type(%arg0: tensor<8xf32>) {
  // expected-error@+1 {{'neap.broadcast' op expected equal element types, got 'f32' in 'input' and 'f64' in 'result'}}
  %0 = neap.broadcast %arg0 : tensor<8xf32> -> tensor<4x8xf64>
  return
}

// -----

func.func @slice_c1_count(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.slice' op expected 2 entries in 'starts' (one per axis of 'input'), got 1}}
  %0 = neap.slice %arg0 {starts = array<i64: 0>, sizes = array<i64: 4, 8>, steps = array<i64: 1, 1>} : tensor<4x8xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @slice_c1_size(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.slice' op expected entries of at least 0 in 'sizes', got -1}}
  %0 = neap.slice %arg0 {starts = array<i64: 0, 0>, sizes = array<i64: 4, -1>, steps = array<i64: 1, 1>} : tensor<4x8xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @slice_c1_step(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.slice' op expected entries other than 0 in 'steps', got 0 for axis 1}}
  %0 = neap.slice %arg0 {starts = array<i64: 0, 0>, sizes = array<i64: 4, 8>, steps = array<i64: 1, 0>} : tensor<4x8xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @slice_c2_end(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.slice' op expected elements inside axis 1 of 'input' (size 8), got start 1, size 8, step 1}}
  %0 = neap.slice %arg0 {starts = array<i64: 0, 1>, sizes = array<i64: 4, 8>, steps = array<i64: 1, 1>} : tensor<4x8xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @slice_c2_start(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.slice' op expected elements inside axis 1 of 'input' (size 8), got start 8, size 1, step -1}}
  %0 = neap.slice %arg0 {starts = array<i64: 0, 8>, sizes = array<i64: 4, 1>, steps = array<i64: 1, -1>} : tensor<4x8xf32> -> tensor<4x1xf32>
  return
}

// -----

func.func @slice_c2_negative(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.slice' op expected elements inside axis 1 of 'input' (size 8), got start 6, size 5, step -2}}
  %0 = neap.slice %arg0 {starts = array<i64: 0, 6>, sizes = array<i64: 4, 5>, steps = array<i64: 1, -2>} : tensor<4x8xf32> -> tensor<4x5xf32>
  return
}

// -----

func.func @slice_c2_overflow(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.slice' op expected elements inside axis 1 of 'input' (size 8), got start 0, size 3, step 9223372036854775807}}
  %0 = neap.slice %arg0 {starts = array<i64: 0, 0>, sizes = array<i64: 4, 3>, steps = array<i64: 1, 9223372036854775807>} : tensor<4x8xf32> -> tensor<4x3xf32>
  return
}

// -----

func.func @slice_c2_symbolic(%arg0: tensor<?xf32, #neap.dims<"seq">>) {
  // expected-error@+1 {{'neap.slice' op expected elements inside axis 0 of 'input' (size seq), got start 1, size seq, step 1}}
  %0 = neap.slice %arg0 {starts = array<i64: 1>, sizes = #neap.dims<"seq">, steps = array<i64: 1>} : tensor<?xf32, #neap.dims<"seq">> -> tensor<?xf32, #neap.dims<"seq">>
  return
}

// -----

func.func @size_c1() {
  // expected-error@+1 {{'neap.size' op expected 'result' of type 'tensor<i64>', got 'tensor<i32>'}}
  %0 = neap.size(#neap.dim<"seq">) : tensor<i32>
  return
}

// -----

func.func @concat_c1_none() {
  // expected-error@+1 {{'neap.concat' op expected at least one input, got none}}
  %0 = "neap.concat"() {axis = 0 : i64} : () -> tensor<0xf32>
  return
}

// -----

func.func @concat_c1_axis(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.concat' op expected 'axis' in [0, 2), the rank of 'input', got 2}}
  %0 = neap.concat %arg0 {axis = 2 : i64} : tensor<4x8xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @concat_c1_sizes(%arg0: tensor<4x8xf32>, %arg1: tensor<4x7xf32>) {
  // expected-error@+1 {{'neap.concat' op expected input 1 of type 'tensor<4x8xf32>' but for axis 0, got 'tensor<4x7xf32>'}}
  %0 = neap.concat %arg0, %arg1 {axis = 0 : i64} : tensor<4x8xf32>, tensor<4x7xf32> -> tensor<8x8xf32>
  return
}

// -----

func.func @concat_c1_types(%arg0: tensor<4x8xf32>, %arg1: tensor<4x8xf64>) {
  // expected-error@+1 {{'neap.concat' op expected input 1 of type 'tensor<4x8xf32>' but for axis 0, got 'tensor<4x8xf64>'}}
  %0 = neap.concat %arg0, %arg1 {axis = 0 : i64} : tensor<4x8xf32>, tensor<4x8xf64> -> tensor<8x8xf32>
  return
}

// -----

func.func @pad_c1(%arg0: tensor<4x8xf32>, %arg1: tensor<f32>) {
  // expected-error@+1 {{'neap.pad' op expected 2 entries in 'low' (one per axis of 'input'), got 1}}
  %0 = neap.pad %arg0, %arg1 {low = array<i64: 0>, high = array<i64: 0, 0>} : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return
}

// -----

func.func @pad_c1_negative(%arg0: tensor<4x8xf32>, %arg1: tensor<f32>) {
  // expected-error@+1 {{'neap.pad' op expected entries of at least 0 in 'high', got -1}}
  %0 = neap.pad %arg0, %arg1 {low = array<i64: 0, 0>, high = array<i64: 0, -1>} : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return
}

// -----

func.func @pad_c2_value_missing(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.pad' op expected a 'value' in mode constant}}
  %0 = neap.pad %arg0 {low = array<i64: 0, 0>, high = array<i64: 0, 0>} : tensor<4x8xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @pad_c2_value_present(%arg0: tensor<4x8xf32>, %arg1: tensor<f32>) {
  // expected-error@+1 {{'neap.pad' op expected no 'value' in mode edge}}
  %0 = neap.pad %arg0, %arg1 {low = array<i64: 0, 0>, high = array<i64: 0, 0>, mode = #neap<pad_mode edge>} : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return
}

// -----

func.func @pad_c2_value_type(%arg0: tensor<4x8xf32>, %arg1: tensor<f64>) {
  // expected-error@+1 {{'neap.pad' op expected 'value' of type 'tensor<f32>', got 'tensor<f64>'}}
  %0 = neap.pad %arg0, %arg1 {low = array<i64: 0, 0>, high = array<i64: 0, 0>} : tensor<4x8xf32>, tensor<f64> -> tensor<4x8xf32>
  return
}

// -----

func.func @pad_c2_reflect(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.pad' op expected axis 0 of 'input' of size above 4 in mode reflect, got 4}}
  %0 = neap.pad %arg0 {low = array<i64: 4, 0>, high = array<i64: 0, 0>, mode = #neap<pad_mode reflect>} : tensor<4x8xf32> -> tensor<8x8xf32>
  return
}

// -----

func.func @pad_c2_empty(%arg0: tensor<0xf32>) {
  // expected-error@+1 {{'neap.pad' op expected axis 0 of 'input' of size above 0 in mode edge, got 0}}
  %0 = neap.pad %arg0 {low = array<i64: 1>, high = array<i64: 0>, mode = #neap<pad_mode edge>} : tensor<0xf32> -> tensor<1xf32>
  return
}

// -----

func.func @pad_c3(%arg0: tensor<4x8xf32>, %arg1: tensor<f32>) {
  // expected-error@+1 {{'neap.pad' op expected 'result' of type 'tensor<5x8xf32>', got 'tensor<4x8xf32>'}}
  %0 = neap.pad %arg0, %arg1 {low = array<i64: 1, 0>, high = array<i64: 0, 0>} : tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return
}

// -----

func.func @iota_c1_start(%arg0: tensor<i32>) {
  // expected-error@+1 {{'neap.iota' op expected 'start' of type 'tensor<i64>', got 'tensor<i32>'}}
  %0 = neap.iota %arg0, %arg0 : tensor<i32> -> tensor<8xi64>
  return
}

// -----

func.func @iota_c1_rank(%arg0: tensor<i64>) {
  // expected-error@+1 {{'neap.iota' op expected 'result' of rank 1, got rank 2}}
  %0 = neap.iota %arg0, %arg0 : tensor<i64> -> tensor<8x1xi64>
  return
}
