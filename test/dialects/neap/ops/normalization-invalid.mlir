// RUN: neap-opt %s --split-input-file --verify-diagnostics
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

func.func @softmax_c1(%arg0: tensor<f32>) {
  // expected-error@+1 {{'neap.softmax' op expected 'input' of rank at least 1, got rank 0}}
  %0 = neap.softmax %arg0 : tensor<f32>
  return
}

// -----

func.func @log_softmax_c1(%arg0: tensor<f32>) {
  // expected-error@+1 {{'neap.log_softmax' op expected 'input' of rank at least 1, got rank 0}}
  %0 = neap.log_softmax %arg0 : tensor<f32>
  return
}

// -----

func.func @standardize_c1(%arg0: tensor<f32>) {
  // expected-error@+1 {{'neap.standardize' op expected 'input' of rank at least 1, got rank 0}}
  %0 = neap.standardize %arg0 {epsilon = 0.0 : f64} : tensor<f32>
  return
}

// -----

func.func @standardize_c2(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.standardize' op expected a finite 'epsilon' of at least 0, got -5.000000e-01}}
  %0 = neap.standardize %arg0 {epsilon = -0.5 : f64} : tensor<4x8xf32>
  return
}

// -----

func.func @rms_standardize_c1(%arg0: tensor<f32>) {
  // expected-error@+1 {{'neap.rms_standardize' op expected 'input' of rank at least 1, got rank 0}}
  %0 = neap.rms_standardize %arg0 {epsilon = 0.0 : f64} : tensor<f32>
  return
}

// -----

func.func @rms_standardize_c2(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.rms_standardize' op expected a finite 'epsilon' of at least 0, got INF}}
  %0 = neap.rms_standardize %arg0 {epsilon = 0x7FF0000000000000 : f64} : tensor<4x8xf32>
  return
}
