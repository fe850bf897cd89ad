// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: neap-opt %s --neap-schedule --split-input-file | FileCheck %s

neap.kernel region @grow attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<16xf32>):
  %0 = neap.constant dense<0.0> : tensor<1024xf32>
  neap.yield %0 : tensor<1024xf32>
}

neap.kernel region @shrink attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<1024xf32>):
  %0 = neap.constant dense<0.0> : tensor<16xf32>
  neap.yield %0 : tensor<16xf32>
}

neap.kernel region @add attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64: 0, 1>]} {
^bb0(%a0: tensor<16xf32>, %a1: tensor<16xf32>):
  %0 = neap.constant dense<0.0> : tensor<16xf32>
  neap.yield %0 : tensor<16xf32>
}

// Running one branch to its end before the other starts halves the peak.
// CHECK-LABEL: func.func @main
// CHECK-SAME: neap.peak_lower_bound = 4224 : i64
func.func @main(%x: tensor<16xf32>) -> tensor<16xf32> {
  // CHECK: %[[A:.*]] = neap.launch @grow
  %a = neap.launch @grow(%x) : (tensor<16xf32>) -> tensor<1024xf32>
  // CHECK-NEXT: %[[C:.*]] = neap.launch @shrink(%[[A]])
  %b = neap.launch @grow(%x) : (tensor<16xf32>) -> tensor<1024xf32>
  // CHECK-NEXT: %[[B:.*]] = neap.launch @grow
  %c = neap.launch @shrink(%a) : (tensor<1024xf32>) -> tensor<16xf32>
  // CHECK-NEXT: %[[D:.*]] = neap.launch @shrink(%[[B]])
  %d = neap.launch @shrink(%b) : (tensor<1024xf32>) -> tensor<16xf32>
  // CHECK-NEXT: neap.launch @add(%[[C]], %[[D]])
  %e = neap.launch @add(%c, %d) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  return %e : tensor<16xf32>
}

// -----

neap.kernel region @grow attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<16xf32>):
  %0 = neap.constant dense<0.0> : tensor<1024xf32>
  neap.yield %0 : tensor<1024xf32>
}

neap.kernel region @shrink attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<1024xf32>):
  %0 = neap.constant dense<0.0> : tensor<16xf32>
  neap.yield %0 : tensor<16xf32>
}

neap.kernel region @add attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64: 0, 1>]} {
^bb0(%a0: tensor<16xf32>, %a1: tensor<16xf32>):
  %0 = neap.constant dense<0.0> : tensor<16xf32>
  neap.yield %0 : tensor<16xf32>
}

// Constants go to the front, views to their first use.
// CHECK-LABEL: func.func @main
func.func @main(%x: tensor<16xf32>) -> (tensor<1x16xf32>, tensor<16xf32>) {
  // CHECK-NEXT: %[[W:.*]] = neap.weight
  // CHECK-NEXT: %[[V:.*]] = neap.launch @add(%[[W]], %[[W]])
  // CHECK-NEXT: %[[R:.*]] = neap.reshape %{{.*}} : tensor<16xf32> -> tensor<1x16xf32>
  // CHECK-NEXT: %[[Q:.*]] = neap.reshape %[[R]]
  // CHECK-NEXT: %[[Y:.*]] = neap.launch @add(%[[Q]], %[[V]])
  // CHECK-NEXT: return %[[R]], %[[Y]]
  %r = neap.reshape %x : tensor<16xf32> -> tensor<1x16xf32>
  %q = neap.reshape %r : tensor<1x16xf32> -> tensor<16xf32>
  %w = neap.weight <file = -1, offset = 0, length = 64, seed = 1> : tensor<16xf32>
  %v = neap.launch @add(%w, %w) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  %y = neap.launch @add(%q, %v) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  return %r, %y : tensor<1x16xf32>, tensor<16xf32>
}
