// RUN: neap-opt %s --split-input-file --verify-diagnostics
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

func.func @fused_c1(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.fused' op expected block argument 0 of type 'tensor<4x8xf32>', got 'tensor<8x4xf32>'}}
  %0 = neap.fused region ins(%x) {
  ^bb0(%a: tensor<8x4xf32>):
    neap.yield %a : tensor<8x4xf32>
  } : (tensor<4x8xf32>) -> tensor<8x4xf32>
  return
}

// -----

func.func @fused_c1_count(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.fused' op expected 2 block arguments, got 1}}
  %0 = neap.fused region ins(%x, %x) {
  ^bb0(%a: tensor<4x8xf32>):
    neap.yield %a : tensor<4x8xf32>
  } : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @fused_c2(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.fused' op expected yielded value 0 of type 'tensor<8x4xf32>', got 'tensor<4x8xf32>'}}
  %0 = neap.fused region ins(%x) {
  ^bb0(%a: tensor<4x8xf32>):
    neap.yield %a : tensor<4x8xf32>
  } : (tensor<4x8xf32>) -> tensor<8x4xf32>
  return
}

// -----

func.func @fused_c3(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.fused' op expected tensor ops of 'neap' in its body, got 'arith.negf'}}
  %0 = neap.fused region ins(%x) {
  ^bb0(%a: tensor<4x8xf32>):
    // expected-note@+1 {{it is here}}
    %1 = arith.negf %a : tensor<4x8xf32>
    neap.yield %1 : tensor<4x8xf32>
  } : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

// expected-error@+1 {{'neap.kernel' op expected 'num_tiles' of at least 0, got -1}}
neap.kernel region @kernel_c1_tiles attributes {
  num_tiles = -1 : i64, tiles_per_block = 4 : i64, scratch_bytes = 0 : i64,
  in_place = [array<i64: 0>]
} {
^bb0(%x: tensor<4x8xf32>):
  neap.yield %x : tensor<4x8xf32>
}

// -----

// expected-error@+1 {{'neap.kernel' op expected 'tiles_per_block' of at least 1, got 0}}
neap.kernel region @kernel_c1_tiles_per_block attributes {
  num_tiles = 4 : i64, tiles_per_block = 0 : i64, scratch_bytes = 0 : i64,
  in_place = [array<i64: 0>]
} {
^bb0(%x: tensor<4x8xf32>):
  neap.yield %x : tensor<4x8xf32>
}

// -----

// expected-error@+1 {{'neap.kernel' op expected 'scratch_bytes' of at least 0, got -1}}
neap.kernel region @kernel_c1_scratch attributes {
  num_tiles = 4 : i64, tiles_per_block = 4 : i64, scratch_bytes = -1 : i64,
  in_place = [array<i64: 0>]
} {
^bb0(%x: tensor<4x8xf32>):
  neap.yield %x : tensor<4x8xf32>
}

// -----

// expected-error@+1 {{'neap.kernel' op expected one list of inputs per result in 'in_place' (1), got 0}}
neap.kernel region @kernel_c2_count attributes {
  num_tiles = 4 : i64, tiles_per_block = 4 : i64, scratch_bytes = 0 : i64,
  in_place = []
} {
^bb0(%x: tensor<4x8xf32>):
  neap.yield %x : tensor<4x8xf32>
}

// -----

// expected-error@+1 {{'neap.kernel' op expected 'in_place' to hold arrays of i64, got [0]}}
neap.kernel region @kernel_c2_type attributes {
  num_tiles = 4 : i64, tiles_per_block = 4 : i64, scratch_bytes = 0 : i64,
  in_place = [[0]]
} {
^bb0(%x: tensor<4x8xf32>):
  neap.yield %x : tensor<4x8xf32>
}

// -----

// expected-error@+1 {{'neap.kernel' op expected inputs in [0, 1) in 'in_place', got 1}}
neap.kernel region @kernel_c2_range attributes {
  num_tiles = 4 : i64, tiles_per_block = 4 : i64, scratch_bytes = 0 : i64,
  in_place = [array<i64: 1>]
} {
^bb0(%x: tensor<4x8xf32>):
  neap.yield %x : tensor<4x8xf32>
}

// -----

// expected-error@+1 {{'neap.kernel' op expected tensor ops of 'neap' in its body, got 'neap.fused'}}
neap.kernel region @kernel_c3 attributes {
  num_tiles = 4 : i64, tiles_per_block = 4 : i64, scratch_bytes = 0 : i64,
  in_place = [array<i64: 0>]
} {
^bb0(%x: tensor<4x8xf32>):
  // expected-note@+1 {{it is here}}
  %0 = neap.fused region ins(%x) {
  ^bb0(%a: tensor<4x8xf32>):
    neap.yield %a : tensor<4x8xf32>
  } : (tensor<4x8xf32>) -> tensor<4x8xf32>
  neap.yield %0 : tensor<4x8xf32>
}

// -----

func.func @launch_c1(%arg0: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.launch' op expected the name of a 'neap.kernel', got @missing}}
  %0 = neap.launch @missing(%arg0) : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

neap.kernel region @k attributes {
  num_tiles = 4 : i64, tiles_per_block = 4 : i64, scratch_bytes = 0 : i64,
  in_place = [array<i64: 0>]
} {
^bb0(%x: tensor<4x8xf32>):
  neap.yield %x : tensor<4x8xf32>
}
func.func @launch_c2_inputs(%x: tensor<8x4xf32>) {
  // expected-error@+1 {{'neap.launch' op expected input 0 of type 'tensor<4x8xf32>', got 'tensor<8x4xf32>'}}
  %0 = neap.launch @k(%x) : (tensor<8x4xf32>) -> tensor<4x8xf32>
  return
}

// -----

neap.kernel region @k attributes {
  num_tiles = 4 : i64, tiles_per_block = 4 : i64, scratch_bytes = 0 : i64,
  in_place = [array<i64: 0>]
} {
^bb0(%x: tensor<4x8xf32>):
  neap.yield %x : tensor<4x8xf32>
}
func.func @launch_c2_outputs(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{'neap.launch' op expected 1 outputs, got 2}}
  %0:2 = neap.launch @k(%x) : (tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>)
  return
}
