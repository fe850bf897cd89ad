// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: neap-opt %s --neap-schedule --split-input-file --verify-diagnostics

func.func @main(%x: tensor<16xf32>) -> tensor<16xf32> {
  // expected-error @+1 {{'neap.exp' op expected to be inside of a kernel; run 'neap-fuse-kernels' and 'neap-outline-kernels'}}
  %0 = neap.exp %x : tensor<16xf32>
  return %0 : tensor<16xf32>
}

// -----

// expected-error @+1 {{'func.func' op expected argument #0 of bounded size, got 'tensor<?xf32, #neap.dims<"n">>'}}
func.func @main(%x: tensor<?xf32, #neap.dims<"n">>) -> tensor<?xf32, #neap.dims<"n">> {
  return %x : tensor<?xf32, #neap.dims<"n">>
}

// -----

func.func @main(%x: tensor<4x4xf32>) -> tensor<4x2xf32> {
  // expected-error @+1 {{expected a contiguous slice outside of kernels}}
  %0 = neap.slice %x {starts = array<i64: 0, 0>, sizes = array<i64: 4, 2>, steps = array<i64: 1, 1>} : tensor<4x4xf32> -> tensor<4x2xf32>
  return %0 : tensor<4x2xf32>
}

// -----

func.func @main(%x: tensor<2x4xf32>) -> tensor<2x8xf32> {
  // expected-error @+1 {{expected a concatenation along an outermost axis outside of kernels, got axis 1}}
  %0 = neap.concat %x, %x {axis = 1 : i64} : tensor<2x4xf32>, tensor<2x4xf32> -> tensor<2x8xf32>
  return %0 : tensor<2x8xf32>
}
