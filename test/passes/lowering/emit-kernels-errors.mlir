// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: neap-opt %s --split-input-file --verify-diagnostics --neap-emit-kernels

// expected-error @below {{'neap.kernel' op has a body that is no region}}
neap.kernel region @reduces_rows attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<4x64xf32>):
  %0 = neap.reduce sum %x, [0] : tensor<4x64xf32> -> tensor<1x64xf32>
  neap.yield %0 : tensor<1x64xf32>
}
