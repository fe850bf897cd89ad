// RUN: neap-opt %s --split-input-file --verify-diagnostics
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

func.func @reduce_c1_range(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.reduce' op expected 'axes' in [0, 2), the rank of 'input', got 2}}
  %0 = neap.reduce sum %arg0, [2] : tensor<4x8xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @reduce_c1_order(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.reduce' op expected strictly increasing 'axes', got 0 after 1}}
  %0 = neap.reduce sum %arg0, [1, 0] : tensor<4x8xf32> -> tensor<1x1xf32>
  return
}

// -----

func.func @reduce_c2_result(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.reduce' op expected 'result' of type 'tensor<4x1xf32>', got 'tensor<4xf32>'}}
  %0 = neap.reduce sum %arg0, [1] : tensor<4x8xf32> -> tensor<4xf32>
  return
}

// -----

func.func @reduce_c2_bool(%arg0: tensor<4x8xi1>) {
  // expected-error@+1 {{'neap.reduce' op expected kind max or min for element type 'i1', got sum}}
  %0 = neap.reduce sum %arg0, [1] : tensor<4x8xi1> -> tensor<4x1xi1>
  return
}

// -----

func.func @arg_reduce_c1_range(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.arg_reduce' op expected 'axis' in [0, 2), the rank of 'input', got -1}}
  %0 = neap.arg_reduce max %arg0 {axis = -1 : i64} : tensor<4x8xf32> -> tensor<4x1xi64>
  return
}

// -----

func.func @arg_reduce_c1_empty(%arg0: tensor<4x0xf32>) {
  // expected-error@+1 {{'neap.arg_reduce' op expected at least one element on axis 1 of 'input', got size 0}}
  %0 = neap.arg_reduce max %arg0 {axis = 1 : i64} : tensor<4x0xf32> -> tensor<4x1xi64>
  return
}

// -----

func.func @arg_reduce_c2_kind(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.arg_reduce' op expected kind max or min, got sum}}
  %0 = neap.arg_reduce sum %arg0 {axis = 1 : i64} : tensor<4x8xf32> -> tensor<4x1xi64>
  return
}

// -----

func.func @arg_reduce_c2_result(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.arg_reduce' op expected 'result' of type 'tensor<4x1xi64>', got 'tensor<4x1xi32>'}}
  %0 = neap.arg_reduce max %arg0 {axis = 1 : i64} : tensor<4x8xf32> -> tensor<4x1xi32>
  return
}

// -----

func.func @top_k_c1(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.top_k' op expected 'axis' in [0, 2), the rank of 'input', got 2}}
  %0 = neap.top_k max %arg0 {axis = 2 : i64} : tensor<4x8xf32> -> tensor<4x3xi64>
  return
}

// -----

func.func @top_k_c2(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.top_k' op expected kind max or min, got prod}}
  %0 = neap.top_k prod %arg0 {axis = 1 : i64} : tensor<4x8xf32> -> tensor<4x3xi64>
  return
}

// -----

func.func @top_k_c3_count(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.top_k' op expected at most 8 elements of axis 1, got 9}}
  %0 = neap.top_k max %arg0 {axis = 1 : i64} : tensor<4x8xf32> -> tensor<4x9xi64>
  return
}

// -----

func.func @top_k_c3_result(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.top_k' op expected 'result' of type 'tensor<4x3xi64>', got 'tensor<4x3xi32>'}}
  %0 = neap.top_k max %arg0 {axis = 1 : i64} : tensor<4x8xf32> -> tensor<4x3xi32>
  return
}

// -----

func.func @cumulative_sum_c1(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.cumulative_sum' op expected 'axis' in [0, 2), the rank of 'input', got 2}}
  %0 = neap.cumulative_sum %arg0 {axis = 2 : i64} : tensor<4x8xf32>
  return
}
