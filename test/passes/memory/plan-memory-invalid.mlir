// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: neap-opt %s --neap-plan-memory=memory-budget=191 --verify-diagnostics

neap.kernel region @exp attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<16xf32>):
  %0 = neap.constant dense<0.0> : tensor<16xf32>
  neap.yield %0 : tensor<16xf32>
}

neap.kernel region @add attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<16xf32>, %a1: tensor<16xf32>):
  %0 = neap.constant dense<0.0> : tensor<16xf32>
  neap.yield %0 : tensor<16xf32>
}

// expected-error @+4 {{the memory budget of 191 bytes cannot be met: at least 192 bytes are needed}}
// expected-note @+3 {{64 bytes of weights, 0 of state and 128 of arena}}
// expected-note @+2 {{64 bytes at the peak: 'first' (16xf32)}}
// expected-note @+1 {{64 bytes at the peak: 'second' (16xf32)}}
func.func @main(%x: tensor<16xf32>) -> tensor<16xf32> {
  %w = neap.weight <file = -1, offset = 0, length = 64, seed = 1> : tensor<16xf32> loc("w")
  %a = neap.launch @add(%x, %w) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32> loc("first")
  %b = neap.launch @exp(%a) : (tensor<16xf32>) -> tensor<16xf32> loc("second")
  %c = neap.launch @exp(%b) : (tensor<16xf32>) -> tensor<16xf32>
  return %c : tensor<16xf32>
}
