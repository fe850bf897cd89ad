// RUN: neap-opt %s --split-input-file --verify-diagnostics
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

func.func @unary_shape(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.neg' op expected operand #0 of the result's type 'tensor<8x4xf32>', got 'tensor<4x8xf32>'}}
  %0 = "neap.neg"(%arg0) : (tensor<4x8xf32>) -> tensor<8x4xf32>
  return
}

// -----

func.func @binary_symbolic_sizes(%arg0: tensor<?x8xf32, #neap.dims<"batch", "8">>, %arg1: tensor<?x8xf32, #neap.dims<"seq", "8">>) {
  // expected-error@+1 {{'neap.add' op expected operand #1 of the result's type 'tensor<?x8xf32, #neap.dims<"batch", "8">>', got 'tensor<?x8xf32, #neap.dims<"seq", "8">>'}}
  %0 = "neap.add"(%arg0, %arg1) : (tensor<?x8xf32, #neap.dims<"batch", "8">>, tensor<?x8xf32, #neap.dims<"seq", "8">>) -> tensor<?x8xf32, #neap.dims<"batch", "8">>
  return
}

// -----

func.func @float_only(%arg0: tensor<4x8xi64>) {
  // expected-error@+1 {{'neap.exp' op operand #0 must be ranked tensor of 32-bit float or 64-bit float or 16-bit float or bfloat16 type values, but got 'tensor<4x8xi64>'}}
  %0 = neap.exp %arg0 : tensor<4x8xi64>
  return
}

// -----

func.func @compare_c1(%arg0: tensor<4x8xf32>, %arg1: tensor<4x8xf64>) {
  // expected-error@+1 {{'neap.compare' op failed to verify that all of {lhs, rhs} have same type}}
  %0 = "neap.compare"(%arg0, %arg1) {predicate = #neap<compare_predicate lt>} : (tensor<4x8xf32>, tensor<4x8xf64>) -> tensor<4x8xi1>
  return
}

// -----

func.func @compare_c2(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.compare' op expected operand #0 of the result's shape [4], got [4, 8]}}
  %0 = neap.compare lt %arg0, %arg0 : tensor<4x8xf32> -> tensor<4xi1>
  return
}

// -----

func.func @is_nan_c1(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.is_nan' op expected operand #0 of the result's shape [4, 1], got [4, 8]}}
  %0 = neap.is_nan %arg0 : tensor<4x8xf32> -> tensor<4x1xi1>
  return
}

// -----

func.func @select_c1(%arg0: tensor<4x8xi1>,
    %arg1: tensor<4x8xf32>,
    %arg2: tensor<4x8xf64>) {
  // expected-error@+1 {{'neap.select' op failed to verify that all of {on_true, on_false, result} have same type}}
  %0 = "neap.select"(%arg0, %arg1, %arg2) : (tensor<4x8xi1>, tensor<4x8xf32>, tensor<4x8xf64>) -> tensor<4x8xf32>
  return
}

// -----

func.func @select_c2(%arg0: tensor<4x1xi1>, %arg1: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.select' op expected operand #0 of the result's shape [4, 8], got [4, 1]}}
  %0 = neap.select %arg0, %arg1, %arg1 : tensor<4x1xi1>, tensor<4x8xf32>
  return
}

// -----

func.func @cast_c1(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.cast' op expected operand #0 of the result's shape [8, 4], got [4, 8]}}
  %0 = neap.cast %arg0 : tensor<4x8xf32> -> tensor<8x4xi64>
  return
}

// -----

func.func @bit_cast_c1(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.bit_cast' op expected operand #0 of the result's shape [8, 4], got [4, 8]}}
  %0 = neap.bit_cast %arg0 : tensor<4x8xf32> -> tensor<8x4xi32>
  return
}

// -----

func.func @bit_cast_c2_width(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.bit_cast' op expected element types of equally many bits, not bool, got 'f32' and 'i64'}}
  %0 = neap.bit_cast %arg0 : tensor<4x8xf32> -> tensor<4x8xi64>
  return
}

// -----

func.func @bit_cast_c2_bool(%arg0: tensor<4x8xi1>) {
  // expected-error@+1 {{'neap.bit_cast' op expected element types of equally many bits, not bool, got 'i1' and 'i1'}}
  %0 = neap.bit_cast %arg0 : tensor<4x8xi1> -> tensor<4x8xi1>
  return
}
