// RUN: neap-opt %s --split-input-file --verify-diagnostics
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

func.func @gather_c1(%arg0: tensor<4x8xf32>, %arg1: tensor<2x3xi64>) {
  // expected-error@+1 {{'neap.gather' op expected 'axis' in [0, 2), the rank of 'input', got 2}}
  %0 = neap.gather %arg0, %arg1 {axis = 2 : i64} : tensor<4x8xf32>, tensor<2x3xi64> -> tensor<4x2x3xf32>
  return
}

// -----

func.func @gather_c2(%arg0: tensor<4x8xf32>, %arg1: tensor<2x3xi64>) {
  // expected-error@+1 {{'neap.gather' op expected 'result' of type 'tensor<2x3x8xf32>', got 'tensor<4x2x3xf32>'}}
  %0 = neap.gather %arg0, %arg1 {axis = 0 : i64} : tensor<4x8xf32>, tensor<2x3xi64> -> tensor<4x2x3xf32>
  return
}

// -----

func.func @packed_gather_c1_shape(%arg0: tensor<7x4x8xf32>, %arg1: tensor<2x3xi64>) {
  // expected-error@+1 {{'neap.packed_gather' op expected 'input' of shape [P, K, 16], got [7, 4, 8]}}
  %0 = neap.packed_gather %arg0, %arg1 {columns = 50 : i64} : tensor<7x4x8xf32>, tensor<2x3xi64> -> tensor<2x3x4xf32>
  return
}

// -----

func.func @packed_gather_c1_columns(%arg0: tensor<7x4x16xf32>, %arg1: tensor<2x3xi64>) {
  // expected-error@+1 {{'neap.packed_gather' op expected 'columns' in the last of the 7 panels of 'input', got 96}}
  %0 = neap.packed_gather %arg0, %arg1 {columns = 96 : i64} : tensor<7x4x16xf32>, tensor<2x3xi64> -> tensor<2x3x4xf32>
  return
}

// -----

func.func @packed_gather_c2(%arg0: tensor<7x4x16xf32>, %arg1: tensor<2x3xi64>) {
  // expected-error@+1 {{'neap.packed_gather' op expected 'result' of type 'tensor<2x3x4xf32>', got 'tensor<2x3x7xf32>'}}
  %0 = neap.packed_gather %arg0, %arg1 {columns = 100 : i64} : tensor<7x4x16xf32>, tensor<2x3xi64> -> tensor<2x3x7xf32>
  return
}

// -----

func.func @gather_elements_c1_axis(%arg0: tensor<4x8xf32>, %arg1: tensor<4x2xi64>) {
  // expected-error@+1 {{'neap.gather_elements' op expected 'axis' in [0, 2), the rank of 'input', got 2}}
  %0 = neap.gather_elements %arg0, %arg1 {axis = 2 : i64} : tensor<4x8xf32>, tensor<4x2xi64> -> tensor<4x2xf32>
  return
}

// -----

func.func @gather_elements_c1_rank(%arg0: tensor<4x8xf32>, %arg1: tensor<4xi64>) {
  // expected-error@+1 {{'neap.gather_elements' op expected 'indices' of the rank of 'input' (2), got rank 1}}
  %0 = neap.gather_elements %arg0, %arg1 {axis = 0 : i64} : tensor<4x8xf32>, tensor<4xi64> -> tensor<4xf32>
  return
}

// -----

func.func @gather_elements_c1_size(%arg0: tensor<4x8xf32>, %arg1: tensor<5x2xi64>) {
  // expected-error@+1 {{'neap.gather_elements' op expected axis 0 of 'indices' of size at most 4, got 5}}
  %0 = neap.gather_elements %arg0, %arg1 {axis = 1 : i64} : tensor<4x8xf32>, tensor<5x2xi64> -> tensor<5x2xf32>
  return
}

// -----

func.func @gather_elements_c1_result(%arg0: tensor<4x8xf32>, %arg1: tensor<4x2xi64>) {
  // expected-error@+1 {{'neap.gather_elements' op expected 'result' of type 'tensor<4x2xf32>', got 'tensor<4x8xf32>'}}
  %0 = neap.gather_elements %arg0, %arg1 {axis = 1 : i64} : tensor<4x8xf32>, tensor<4x2xi64> -> tensor<4x8xf32>
  return
}

// -----

func.func @gather_nd_c1_batch(%arg0: tensor<4x8xf32>, %arg1: tensor<4x1xi64>) {
  // expected-error@+1 {{'neap.gather_nd' op expected 'batch_dims' of at most the rank of 'input' (2) and below the rank of 'indices' (2), got 2}}
  %0 = neap.gather_nd %arg0, %arg1 {batch_dims = 2 : i64} : tensor<4x8xf32>, tensor<4x1xi64> -> tensor<4xf32>
  return
}

// -----

func.func @gather_nd_c1_batch_size(%arg0: tensor<4x8xf32>, %arg1: tensor<3x1xi64>) {
  // expected-error@+1 {{'neap.gather_nd' op expected axis 0 of 'input' and 'indices' of equal size, got 4 and 3}}
  %0 = neap.gather_nd %arg0, %arg1 {batch_dims = 1 : i64} : tensor<4x8xf32>, tensor<3x1xi64> -> tensor<3xf32>
  return
}

// -----

func.func @gather_nd_c1_length(%arg0: tensor<4x8xf32>, %arg1: tensor<4x2xi64>) {
  // expected-error@+1 {{'neap.gather_nd' op expected the last axis of 'indices' of size at most 1, got 2}}
  %0 = neap.gather_nd %arg0, %arg1 {batch_dims = 1 : i64} : tensor<4x8xf32>, tensor<4x2xi64> -> tensor<4xf32>
  return
}

// -----

func.func @gather_nd_c1_rank(%arg0: tensor<4x8xf32>, %arg1: tensor<i64>) {
  // expected-error@+1 {{'neap.gather_nd' op expected 'batch_dims' of at most the rank of 'input' (2) and below the rank of 'indices' (0), got 0}}
  %0 = neap.gather_nd %arg0, %arg1 {batch_dims = 0 : i64} : tensor<4x8xf32>, tensor<i64> -> tensor<4xf32>
  return
}

// -----

func.func @gather_nd_c2(%arg0: tensor<4x8xf32>, %arg1: tensor<5x1xi64>) {
  // expected-error@+1 {{'neap.gather_nd' op expected 'result' of type 'tensor<5x8xf32>', got 'tensor<5xf32>'}}
  %0 = neap.gather_nd %arg0, %arg1 {batch_dims = 0 : i64} : tensor<4x8xf32>, tensor<5x1xi64> -> tensor<5xf32>
  return
}

// -----

func.func @scatter_elements_c1_axis(%arg0: tensor<4x8xf32>,
    %arg1: tensor<4x2xi64>,
    %arg2: tensor<4x2xf32>) {
  // expected-error@+1 {{'neap.scatter_elements' op expected 'axis' in [0, 2), the rank of 'input', got 2}}
  %0 = neap.scatter_elements %arg0, %arg1, %arg2 {axis = 2 : i64} : tensor<4x8xf32>, tensor<4x2xi64>, tensor<4x2xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @scatter_elements_c1_size(%arg0: tensor<4x8xf32>,
    %arg1: tensor<5x2xi64>,
    %arg2: tensor<5x2xf32>) {
  // expected-error@+1 {{'neap.scatter_elements' op expected axis 0 of 'indices' of size at most 4, got 5}}
  %0 = neap.scatter_elements %arg0, %arg1, %arg2 {axis = 1 : i64} : tensor<4x8xf32>, tensor<5x2xi64>, tensor<5x2xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @scatter_elements_c2_updates(%arg0: tensor<4x8xf32>,
    %arg1: tensor<4x2xi64>,
    %arg2: tensor<4x3xf32>) {
  // expected-error@+1 {{'neap.scatter_elements' op expected 'updates' of type 'tensor<4x2xf32>', got 'tensor<4x3xf32>'}}
  %0 = neap.scatter_elements %arg0, %arg1, %arg2 {axis = 1 : i64} : tensor<4x8xf32>, tensor<4x2xi64>, tensor<4x3xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @scatter_elements_c2_result(%arg0: tensor<4x8xf32>,
    %arg1: tensor<4x2xi64>,
    %arg2: tensor<4x2xf32>) {
  // expected-error@+1 {{'neap.scatter_elements' op expected 'result' of type 'tensor<4x8xf32>', got 'tensor<8x4xf32>'}}
  %0 = neap.scatter_elements %arg0, %arg1, %arg2 {axis = 1 : i64} : tensor<4x8xf32>, tensor<4x2xi64>, tensor<4x2xf32> -> tensor<8x4xf32>
  return
}

// -----

func.func @scatter_nd_c1(%arg0: tensor<4x8xf32>,
    %arg1: tensor<3x3xi64>,
    %arg2: tensor<3xf32>) {
  // expected-error@+1 {{'neap.scatter_nd' op expected the last axis of 'indices' of size at most 2, got 3}}
  %0 = neap.scatter_nd %arg0, %arg1, %arg2 : tensor<4x8xf32>, tensor<3x3xi64>, tensor<3xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @scatter_nd_c2_updates(%arg0: tensor<4x8xf32>,
    %arg1: tensor<3x1xi64>,
    %arg2: tensor<3xf32>) {
  // expected-error@+1 {{'neap.scatter_nd' op expected 'updates' of type 'tensor<3x8xf32>', got 'tensor<3xf32>'}}
  %0 = neap.scatter_nd %arg0, %arg1, %arg2 : tensor<4x8xf32>, tensor<3x1xi64>, tensor<3xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @scatter_nd_c2_result(%arg0: tensor<4x8xf32>,
    %arg1: tensor<3x1xi64>,
    %arg2: tensor<3x8xf32>) {
  // expected-error@+1 {{'neap.scatter_nd' op expected 'result' of type 'tensor<4x8xf32>', got 'tensor<3x8xf32>'}}
  %0 = neap.scatter_nd %arg0, %arg1, %arg2 : tensor<4x8xf32>, tensor<3x1xi64>, tensor<3x8xf32> -> tensor<3x8xf32>
  return
}

// -----

func.func @weighted_gather_c1_rank(%arg0: tensor<49x64xf32>, %arg1: tensor<2x9x4xi64>, %arg2: tensor<2x9x4xf32>) {
  // expected-error@+1 {{'neap.weighted_gather' op expected 'input' and 'indices' of rank 3, got ranks 2 and 3}}
  %0 = neap.weighted_gather sum %arg0, %arg1, %arg2 : tensor<49x64xf32>, tensor<2x9x4xi64>, tensor<2x9x4xf32> -> tensor<2x9x64xf32>
  return
}

// -----

func.func @weighted_gather_c1_batch(%arg0: tensor<3x49x64xf32>, %arg1: tensor<2x9x4xi64>, %arg2: tensor<2x9x4xf32>) {
  // expected-error@+1 {{'neap.weighted_gather' op expected axis 0 of 'input' and 'indices' of equal size, got 3 and 2}}
  %0 = neap.weighted_gather sum %arg0, %arg1, %arg2 : tensor<3x49x64xf32>, tensor<2x9x4xi64>, tensor<2x9x4xf32> -> tensor<2x9x64xf32>
  return
}

// -----

func.func @weighted_gather_c1_weights(%arg0: tensor<2x49x64xf32>, %arg1: tensor<2x9x4xi64>, %arg2: tensor<2x9x3xf32>) {
  // expected-error@+1 {{'neap.weighted_gather' op expected 'weights' of type 'tensor<2x9x4xf32>', got 'tensor<2x9x3xf32>'}}
  %0 = neap.weighted_gather sum %arg0, %arg1, %arg2 : tensor<2x49x64xf32>, tensor<2x9x4xi64>, tensor<2x9x3xf32> -> tensor<2x9x64xf32>
  return
}

// -----

func.func @weighted_gather_c2(%arg0: tensor<2x49x64xf32>, %arg1: tensor<2x9x4xi64>, %arg2: tensor<2x9x4xf32>) {
  // expected-error@+1 {{'neap.weighted_gather' op expected kind sum or max, got prod}}
  %0 = neap.weighted_gather prod %arg0, %arg1, %arg2 : tensor<2x49x64xf32>, tensor<2x9x4xi64>, tensor<2x9x4xf32> -> tensor<2x9x64xf32>
  return
}

// -----

func.func @weighted_gather_c3(%arg0: tensor<2x49x64xf32>, %arg1: tensor<2x9x4xi64>, %arg2: tensor<2x9x4xf32>) {
  // expected-error@+1 {{'neap.weighted_gather' op expected 'result' of type 'tensor<2x9x64xf32>', got 'tensor<2x9x60xf32>'}}
  %0 = neap.weighted_gather sum %arg0, %arg1, %arg2 : tensor<2x49x64xf32>, tensor<2x9x4xi64>, tensor<2x9x4xf32> -> tensor<2x9x60xf32>
  return
}
