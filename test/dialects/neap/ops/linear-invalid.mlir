// RUN: neap-opt %s --split-input-file --verify-diagnostics
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

func.func @matmul_c1_lhs(%arg0: tensor<4xf32>, %arg1: tensor<4x5xf32>) {
  // expected-error@+1 {{'neap.matmul' op expected 'lhs' of rank at least 2, got rank 1}}
  %0 = neap.matmul %arg0, %arg1 : tensor<4xf32>, tensor<4x5xf32> -> tensor<5xf32>
  return
}

// -----

func.func @matmul_c1_rhs(%arg0: tensor<2x3x4x4xf32>, %arg1: tensor<3x4x5xf32>) {
  // expected-error@+1 {{'neap.matmul' op expected 'rhs' of rank 2 or the rank of 'lhs' (4), got rank 3}}
  %0 = neap.matmul %arg0, %arg1 : tensor<2x3x4x4xf32>, tensor<3x4x5xf32> -> tensor<2x3x4x5xf32>
  return
}

// -----

func.func @matmul_c2(%arg0: tensor<128x768xf32>, %arg1: tensor<512x64xf32>) {
  // expected-error@+1 {{'neap.matmul' op expected K of 'lhs' (axis 1, size 768) to equal K of 'rhs' (axis 0, size 512)}}
  %0 = neap.matmul %arg0, %arg1 : tensor<128x768xf32>, tensor<512x64xf32> -> tensor<128x64xf32>
  return
}

// -----

func.func @matmul_c2_symbolic(%arg0: tensor<4x?xf32, #neap.dims<"4", "seq">>, %arg1: tensor<?x5xf32, #neap.dims<"total", "5">>) {
  // expected-error@+1 {{'neap.matmul' op expected K of 'lhs' (axis 1, size seq) to equal K of 'rhs' (axis 0, size total)}}
  %0 = neap.matmul %arg0, %arg1 : tensor<4x?xf32, #neap.dims<"4", "seq">>, tensor<?x5xf32, #neap.dims<"total", "5">> -> tensor<4x5xf32>
  return
}

// -----

func.func @matmul_c3(%arg0: tensor<2x3x4xf32>, %arg1: tensor<1x4x5xf32>) {
  // expected-error@+1 {{'neap.matmul' op expected axis 0 of 'lhs' and 'rhs' of equal size, got 2 and 1}}
  %0 = neap.matmul %arg0, %arg1 : tensor<2x3x4xf32>, tensor<1x4x5xf32> -> tensor<2x3x5xf32>
  return
}

// -----

func.func @matmul_c4_element_types(%arg0: tensor<3x4xf32>, %arg1: tensor<4x5xf64>) {
  // expected-error@+1 {{'neap.matmul' op expected equal element types, got 'f32' in 'lhs' and 'f64' in 'rhs'}}
  %0 = neap.matmul %arg0, %arg1 : tensor<3x4xf32>, tensor<4x5xf64> -> tensor<3x5xf32>
  return
}

// -----

func.func @matmul_c4_result(%arg0: tensor<3x4xf32>, %arg1: tensor<4x5xf32>) {
  // expected-error@+1 {{'neap.matmul' op expected 'result' of type 'tensor<3x5xf32>', got 'tensor<5x3xf32>'}}
  %0 = neap.matmul %arg0, %arg1 : tensor<3x4xf32>, tensor<4x5xf32> -> tensor<5x3xf32>
  return
}

// -----

func.func @pack_panels_c1_rank(%arg0: tensor<2x4x5xf32>) {
  // expected-error@+1 {{'neap.pack_panels' op expected 'input' of rank 2, got rank 3}}
  %0 = neap.pack_panels %arg0 : tensor<2x4x5xf32> -> tensor<1x4x16xf32>
  return
}

// -----

func.func @pack_panels_c1_result(%arg0: tensor<4x17xf32>) {
  // expected-error@+1 {{'neap.pack_panels' op expected 'result' of type 'tensor<2x4x16xf32>', got 'tensor<1x4x16xf32>'}}
  %0 = neap.pack_panels %arg0 : tensor<4x17xf32> -> tensor<1x4x16xf32>
  return
}

// -----

func.func @packed_matmul_c1_lhs(%arg0: tensor<4xf32>, %arg1: tensor<1x4x16xf32>) {
  // expected-error@+1 {{'neap.packed_matmul' op expected 'lhs' of rank at least 2, got rank 1}}
  %0 = neap.packed_matmul %arg0, %arg1 : tensor<4xf32>, tensor<1x4x16xf32> -> tensor<16xf32>
  return
}

// -----

func.func @packed_matmul_c1_rank(%arg0: tensor<3x4xf32>, %arg1: tensor<1x4x16xf32>) {
  // expected-error@+1 {{'neap.packed_matmul' op expected 'result' of the rank of 'lhs' (2), got rank 1}}
  %0 = neap.packed_matmul %arg0, %arg1 : tensor<3x4xf32>, tensor<1x4x16xf32> -> tensor<16xf32>
  return
}

// -----

func.func @packed_matmul_c1_rhs(%arg0: tensor<3x4xf32>, %arg1: tensor<1x4x16xf32>) {
  // expected-error@+1 {{'neap.packed_matmul' op expected 'rhs' of type 'tensor<2x4x16xf32>', got 'tensor<1x4x16xf32>'}}
  %0 = neap.packed_matmul %arg0, %arg1 : tensor<3x4xf32>, tensor<1x4x16xf32> -> tensor<3x17xf32>
  return
}

// -----

func.func @packed_matmul_c1_result(%arg0: tensor<3x4xf32>, %arg1: tensor<1x4x16xf32>) {
  // expected-error@+1 {{'neap.packed_matmul' op expected 'result' of type 'tensor<3x16xf32>', got 'tensor<2x16xf32>'}}
  %0 = neap.packed_matmul %arg0, %arg1 : tensor<3x4xf32>, tensor<1x4x16xf32> -> tensor<2x16xf32>
  return
}

// -----

func.func @packed_matmul_c2(%arg0: tensor<3x4xf32>, %arg1: tensor<1x4x16xf64>) {
  // expected-error@+1 {{'neap.packed_matmul' op expected equal element types, got 'f32' in 'lhs' and 'f64' in 'rhs'}}
  %0 = neap.packed_matmul %arg0, %arg1 : tensor<3x4xf32>, tensor<1x4x16xf64> -> tensor<3x16xf32>
  return
}

// -----

func.func @triangularize_c1_rank(%arg0: tensor<3xf32>) {
  // expected-error@+1 {{'neap.triangularize' op expected 'input' of rank at least 2, got rank 1}}
  %0 = neap.triangularize %arg0 : tensor<3xf32> -> tensor<3xf32>
  return
}

// -----

func.func @triangularize_c1_square(%arg0: tensor<2x3x4xf32>) {
  // expected-error@+1 {{'neap.triangularize' op expected equal last axes of 'input', got [3, 4]}}
  %0 = neap.triangularize %arg0 : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return
}

// -----

func.func @triangularize_c1_result(%arg0: tensor<2x3x3xf32>) {
  // expected-error@+1 {{'neap.triangularize' op expected 'result' of type 'tensor<2x3x3xf32>', got 'tensor<3x3xf32>'}}
  %0 = neap.triangularize %arg0 : tensor<2x3x3xf32> -> tensor<3x3xf32>
  return
}
