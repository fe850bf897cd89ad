// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: neap-opt %s --neap-plan-memory --split-input-file | FileCheck %s
//
// Views, concatenations and outputs.

neap.kernel region @row attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<16xf32>):
  %0 = neap.constant dense<0.0> : tensor<1x16xf32>
  neap.yield %0 : tensor<1x16xf32>
}

neap.kernel region @use attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<2x16xf32>):
  %0 = neap.constant dense<0.0> : tensor<16xf32>
  neap.yield %0 : tensor<16xf32>
}

// Operands of a concatenation are written where the result has them.
// CHECK-LABEL: plan.entry @main
// CHECK: %[[C:.*]] = plan.buffer "concat" arena offset 0 size 128
// CHECK: plan.launch {{.*}} @row({{.*}}, write %[[C]][0, 64])
// CHECK: plan.launch {{.*}} @row({{.*}}, write %[[C]][64, 64])
// CHECK-NOT: plan.copy
// CHECK: plan.launch {{.*}} @use(read %[[C]][0, 128]
func.func @main(%x: tensor<16xf32>) -> tensor<16xf32> {
  %a = neap.launch @row(%x) : (tensor<16xf32>) -> tensor<1x16xf32>
  %b = neap.launch @row(%x) : (tensor<16xf32>) -> tensor<1x16xf32>
  %c = neap.concat %a, %b {axis = 0 : i64} : tensor<1x16xf32>, tensor<1x16xf32> -> tensor<2x16xf32> loc("concat")
  %d = neap.launch @use(%c) : (tensor<2x16xf32>) -> tensor<16xf32>
  return %d : tensor<16xf32>
}

// -----

neap.kernel region @row attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<16xf32>):
  %0 = neap.constant dense<0.0> : tensor<1x16xf32>
  neap.yield %0 : tensor<1x16xf32>
}

neap.kernel region @use attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<3x16xf32>):
  %0 = neap.constant dense<0.0> : tensor<16xf32>
  neap.yield %0 : tensor<16xf32>
}

// An input and an operand that comes twice are copied.
// CHECK-LABEL: plan.entry @main
// CHECK: %[[X:.*]] = plan.buffer "x" input
// CHECK: %[[C:.*]] = plan.buffer "concat" arena
// CHECK: plan.launch {{.*}} @row({{.*}}, write %[[C]][64, 64])
// CHECK-NEXT: plan.copy "concat"(read %[[X]][0, 64], write %[[C]][0, 64])
// CHECK-NEXT: plan.copy "concat"(read %[[C]][64, 64], write %[[C]][128, 64])
// CHECK-NEXT: plan.launch {{.*}} @use(read %[[C]][0, 192]
func.func @main(%x: tensor<16xf32> loc("x")) -> tensor<16xf32> {
  %a = neap.launch @row(%x) : (tensor<16xf32>) -> tensor<1x16xf32>
  %r = neap.reshape %x : tensor<16xf32> -> tensor<1x16xf32>
  %c = neap.concat %r, %a, %a {axis = 0 : i64} : tensor<1x16xf32>, tensor<1x16xf32>, tensor<1x16xf32> -> tensor<3x16xf32> loc("concat")
  %d = neap.launch @use(%c) : (tensor<3x16xf32>) -> tensor<16xf32>
  return %d : tensor<16xf32>
}

// -----

neap.kernel region @row attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<16xf32>):
  %0 = neap.constant dense<0.0> : tensor<1x16xf32>
  neap.yield %0 : tensor<1x16xf32>
}

neap.kernel region @use attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<3x16xf32>):
  %0 = neap.constant dense<0.0> : tensor<16xf32>
  neap.yield %0 : tensor<16xf32>
}

// Concatenations nest.
// CHECK-LABEL: plan.entry @main
// CHECK: %[[C:.*]] = plan.buffer "outer" arena
// CHECK: plan.launch {{.*}} @row({{.*}}, write %[[C]][64, 64])
// CHECK-NEXT: plan.launch {{.*}} @row({{.*}}, write %[[C]][128, 64])
// CHECK-NEXT: plan.launch {{.*}} @row({{.*}}, write %[[C]][0, 64])
// CHECK-NEXT: plan.launch {{.*}} @use(read %[[C]][0, 192]
func.func @main(%x: tensor<16xf32>) -> tensor<16xf32> {
  %a = neap.launch @row(%x) : (tensor<16xf32>) -> tensor<1x16xf32>
  %b = neap.launch @row(%x) : (tensor<16xf32>) -> tensor<1x16xf32>
  %i = neap.concat %a, %b {axis = 0 : i64} : tensor<1x16xf32>, tensor<1x16xf32> -> tensor<2x16xf32> loc("inner")
  %e = neap.launch @row(%x) : (tensor<16xf32>) -> tensor<1x16xf32>
  %c = neap.concat %e, %i {axis = 0 : i64} : tensor<1x16xf32>, tensor<2x16xf32> -> tensor<3x16xf32> loc("outer")
  %d = neap.launch @use(%c) : (tensor<3x16xf32>) -> tensor<16xf32>
  return %d : tensor<16xf32>
}

// -----

neap.kernel region @big attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<16xf32>):
  %0 = neap.constant dense<0.0> : tensor<2x16xf32>
  neap.yield %0 : tensor<2x16xf32>
}

neap.kernel region @exp attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64: 0>]} {
^bb0(%a0: tensor<16xf32>):
  %0 = neap.constant dense<0.0> : tensor<16xf32>
  neap.yield %0 : tensor<16xf32>
}

// A contiguous slice is a range; nothing is computed in place of a part.
// CHECK-LABEL: plan.entry @main
// CHECK: %[[B:.*]] = plan.buffer "big" arena offset 0 size 128
// CHECK: plan.launch {{.*}} @exp(read %[[B]][64, 64], write %{{.*}}[0, 64])
func.func @main(%x: tensor<16xf32>) -> tensor<16xf32> {
  %a = neap.launch @big(%x) : (tensor<16xf32>) -> tensor<2x16xf32> loc("big")
  %s = neap.slice %a {starts = array<i64: 1, 0>, sizes = array<i64: 1, 16>, steps = array<i64: 1, 1>} : tensor<2x16xf32> -> tensor<1x16xf32>
  %r = neap.reshape %s : tensor<1x16xf32> -> tensor<16xf32>
  %e = neap.launch @exp(%r) : (tensor<16xf32>) -> tensor<16xf32>
  %f = neap.launch @exp(%e) : (tensor<16xf32>) -> tensor<16xf32>
  return %f : tensor<16xf32>
}

// -----

neap.kernel region @exp attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<16xf32>):
  %0 = neap.constant dense<0.0> : tensor<16xf32>
  neap.yield %0 : tensor<16xf32>
}

// Outputs that are inputs, constants, or outputs already are copied.
// CHECK-LABEL: plan.entry @main
// CHECK: %[[X:.*]] = plan.buffer "x" input
// CHECK-NEXT: %[[Y0:.*]] = plan.buffer "y" output
// CHECK-NEXT: %[[Y1:.*]] = plan.buffer "view" output
// CHECK-NEXT: %[[Y2:.*]] = plan.buffer "x" output
// CHECK-NEXT: %[[Y3:.*]] = plan.buffer "w" output
// CHECK-NEXT: %[[W:.*]] = plan.buffer "w" const
// CHECK: plan.output "output1" %[[Y1]] : f32 ["4", "4"]
// CHECK: plan.copy "x"(read %[[X]][0, 64], write %[[Y2]][0, 64])
// CHECK-NEXT: plan.copy "w"(read %[[W]][0, 64], write %[[Y3]][0, 64])
// CHECK-NEXT: plan.launch "y" @exp(read %[[X]][0, 64], write %[[Y0]][0, 64])
// CHECK-NEXT: plan.copy "view"(read %[[Y0]][0, 64], write %[[Y1]][0, 64])
func.func @main(%x: tensor<16xf32> loc("x")) -> (tensor<16xf32>, tensor<4x4xf32>, tensor<16xf32>, tensor<16xf32>) {
  %w = neap.weight <file = -1, offset = 0, length = 64, seed = 1> : tensor<16xf32> loc("w")
  %y = neap.launch @exp(%x) : (tensor<16xf32>) -> tensor<16xf32> loc("y")
  %v = neap.reshape %y : tensor<16xf32> -> tensor<4x4xf32> loc("view")
  return %y, %v, %x, %w : tensor<16xf32>, tensor<4x4xf32>, tensor<16xf32>, tensor<16xf32>
}
