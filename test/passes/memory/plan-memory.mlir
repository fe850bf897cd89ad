// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: neap-opt %s --neap-plan-memory=max-threads=2 --split-input-file | FileCheck %s

neap.kernel region @exp attributes {num_tiles = 4 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64: 0>]} {
^bb0(%a0: tensor<16xf32>):
  %0 = neap.constant dense<0.0> : tensor<16xf32>
  neap.yield %0 : tensor<16xf32>
}

neap.kernel region @sum attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 100 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<16xf32>, %a1: tensor<16xf32>):
  %0 = neap.constant dense<0.0> : tensor<16xf32>
  neap.yield %0 : tensor<16xf32>
}

// One arena; a result takes over the operand that dies; scratch is in the arena.
// CHECK: plan.module attributes
// CHECK-SAME: const_bytes = 0 : i64
// CHECK-SAME: max_threads = 2 : i64
// CHECK-NEXT: plan.kernel @exp operands 2 sizes 0
// CHECK-NEXT: plan.kernel @sum operands 3 sizes 0
// CHECK-LABEL: plan.entry @main attributes
// CHECK-SAME: {arena_bytes = 384 : i64
// CHECK-SAME: arena_lower_bound_bytes = 384 : i64
// CHECK-SAME: lower_bound_bytes = 384 : i64, max_live_bytes = 384 : i64
// CHECK-SAME: peak_tensors = [#plan.peak_tensor<"third", 256, "scratch">, #plan.peak_tensor<"first", 64, "16xf32">, #plan.peak_tensor<"third", 64, "16xf32">]
// CHECK-DAG: %[[X:.*]] = plan.buffer "x" input offset 0 size 64 as "64" bits 32
// CHECK-DAG: %[[Y:.*]] = plan.buffer "last" output offset 0 size 64
// CHECK-DAG: %[[A:.*]] = plan.buffer "first" arena offset [[OFFSET:[0-9]+]] size 64
// CHECK-DAG: %[[B:.*]] = plan.buffer "second" arena offset [[OFFSET]] size 64
// CHECK-DAG: %[[SCRATCH:.*]] = plan.buffer "third (scratch)" arena offset {{[0-9]+}} size 256
// CHECK-DAG: %[[C:.*]] = plan.buffer "third" arena offset {{[0-9]+}} size 64
// CHECK: plan.input "x" %[[X]] : f32 ["16"]
// CHECK: plan.output "y" %[[Y]] : f32 ["16"]
// CHECK: plan.launch "first" @exp(read %[[X]][0, 64], write %[[A]][0, 64]) tiles "4" per_block 1
// CHECK: plan.launch "second" @exp(read %[[A]][0, 64], write %[[B]][0, 64] in_place_of 0)
// CHECK: plan.launch "third" @sum(read %[[B]][0, 64], read %[[X]][0, 64], write %[[C]][0, 64]) {{.*}} scratch 128 per_thread in %[[SCRATCH]] <scratch, 0, 256>
// CHECK: plan.launch "last" @sum(read %[[C]][0, 64], read %[[X]][0, 64], write %[[Y]][0, 64])
func.func @main(%x: tensor<16xf32> {neap.name = "x"} loc("x")) -> (tensor<16xf32> {neap.name = "y"}) {
  %a = neap.launch @exp(%x) : (tensor<16xf32>) -> tensor<16xf32> loc("first")
  %b = neap.launch @exp(%a) : (tensor<16xf32>) -> tensor<16xf32> loc("second")
  %c = neap.launch @sum(%b, %x) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32> loc("third")
  %d = neap.launch @sum(%c, %x) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32> loc("last")
  return %d : tensor<16xf32>
}

// -----

neap.kernel region @exp attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64: 0>]} {
^bb0(%a0: tensor<16xf32>):
  %0 = neap.constant dense<0.0> : tensor<16xf32>
  neap.yield %0 : tensor<16xf32>
}

neap.kernel region @add attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64: 0, 1>]} {
^bb0(%a0: tensor<16xf32>, %a1: tensor<16xf32>):
  %0 = neap.constant dense<0.0> : tensor<16xf32>
  neap.yield %0 : tensor<16xf32>
}

// A result does not take over what is read again, an input, or an operand
// that is passed twice.
// CHECK-LABEL: plan.entry @main attributes
// CHECK: plan.launch "of input"
// CHECK-NOT: in_place_of
// CHECK: plan.launch "read again"
// CHECK-NOT: in_place_of
// CHECK: plan.launch "twice"
// CHECK-NOT: in_place_of
// CHECK: plan.launch "second operand" {{.*}} in_place_of 1
func.func @main(%x: tensor<16xf32>) -> tensor<16xf32> {
  %a = neap.launch @exp(%x) : (tensor<16xf32>) -> tensor<16xf32> loc("of input")
  %b = neap.launch @exp(%a) : (tensor<16xf32>) -> tensor<16xf32> loc("read again")
  %c = neap.launch @add(%b, %b) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32> loc("twice")
  %d = neap.launch @add(%x, %c) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32> loc("second operand")
  %e = neap.launch @add(%a, %d) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  %f = neap.launch @exp(%e) : (tensor<16xf32>) -> tensor<16xf32>
  return %f : tensor<16xf32>
}

// -----

neap.kernel region @add attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<16xf32>, %a1: tensor<16xf32>):
  %0 = neap.constant dense<0.0> : tensor<16xf32>
  neap.yield %0 : tensor<16xf32>
}

// What is computed from weights is a constant: equal ones exist once, in the
// order of their first use, and intermediate ones not at all.
// CHECK: func.func private @constants()
// CHECK-SAME: -> (tensor<16xf32> {plan.offset = 0 : i64}, tensor<16xf32> {plan.offset = 64 : i64})
// CHECK-NEXT: %[[W:.*]] = neap.weight <file = -1, offset = 0, length = 64, seed = 1>
// CHECK-NEXT: %[[V:.*]] = neap.weight <file = -1, offset = 0, length = 64, seed = 2>
// CHECK-NEXT: %[[C:.*]] = neap.launch @add(%[[W]], %[[V]])
// CHECK-NEXT: return %[[C]], %[[V]]
// CHECK: plan.module attributes {const_bytes = 128 : i64
// CHECK-LABEL: plan.entry @main attributes
// CHECK: %[[SUM:.*]] = plan.buffer "sum" const offset 0 size 64
// CHECK: %[[WEIGHT:.*]] = plan.buffer "v" const offset 64 size 64
// CHECK: plan.launch {{.*}} @add(read %{{.*}}[0, 64], read %[[SUM]][0, 64]
// CHECK: plan.launch {{.*}} @add(read %{{.*}}[0, 64], read %[[WEIGHT]][0, 64]
// CHECK: plan.launch {{.*}} @add(read %{{.*}}[0, 64], read %[[SUM]][0, 64]
func.func @main(%x: tensor<16xf32>) -> tensor<16xf32> {
  %w = neap.weight <file = -1, offset = 0, length = 64, seed = 1> : tensor<16xf32> loc("w")
  %v = neap.weight <file = -1, offset = 0, length = 64, seed = 2> : tensor<16xf32> loc("v")
  %u = neap.weight <file = -1, offset = 0, length = 64, seed = 2> : tensor<16xf32> loc("u")
  %c = neap.launch @add(%w, %v) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32> loc("sum")
  %d = neap.launch @add(%w, %u) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32> loc("sum again")
  %0 = neap.launch @add(%x, %c) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  %1 = neap.launch @add(%0, %v) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  %2 = neap.launch @add(%1, %d) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  return %2 : tensor<16xf32>
}

// -----

neap.kernel region @empty attributes {num_tiles = 0 : i64, tiles_per_block = 1 : i64,
    scratch_bytes = 0 : i64, in_place = [array<i64>]} {
^bb0(%a0: tensor<0x4xf32>):
  %0 = neap.exp %a0 : tensor<0x4xf32>
  neap.yield %0 : tensor<0x4xf32>
}

// Tensors without bytes, bools, scalars, and an input that nobody reads.
// CHECK: plan.module attributes {const_bytes = 0 : i64
// CHECK-LABEL: plan.entry @main attributes
// CHECK-SAME: {arena_bytes = 0 : i64
// CHECK: plan.buffer "none" input offset 0 size 0 as "0" bits 32
// CHECK: plan.buffer "flags" input offset 0 size 3 as "3" bits 8
// CHECK: plan.buffer "unused" input offset 0 size 8 as "8" bits 64
// CHECK: plan.buffer "inner" arena offset 0 size 0 as "0" bits 32
// CHECK: plan.input "flags" %{{.*}} : i1 ["3"]
// CHECK-NEXT: plan.input "input2" %{{.*}} : f64 []
// CHECK: plan.copy "flags"(read %{{.*}}[0, 3], write %{{.*}}[0, 3])
// CHECK-NEXT: plan.launch "inner"
// CHECK-NEXT: plan.launch "outer"
// CHECK-NEXT: }
func.func @main(%e: tensor<0x4xf32> loc("none"), %b: tensor<3xi1> {neap.name = "flags"} loc("flags"),
    %s: tensor<f64> loc("unused")) -> (tensor<0x4xf32>, tensor<3xi1>) {
  %0 = neap.launch @empty(%e) : (tensor<0x4xf32>) -> tensor<0x4xf32> loc("inner")
  %1 = neap.launch @empty(%0) : (tensor<0x4xf32>) -> tensor<0x4xf32> loc("outer")
  return %1, %b : tensor<0x4xf32>, tensor<3xi1>
}
