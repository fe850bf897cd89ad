// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: neap-opt %s --split-input-file --neap-emit-kernels | FileCheck %s
// RUN: neap-opt %s --split-input-file --neap-emit-kernels=isa=x86-64-v2 | FileCheck %s --check-prefix=V2
// RUN: neap-opt %s --split-input-file --neap-emit-kernels=isa=v2 | FileCheck %s --check-prefix=V2

// The public function loads its argument and calls the private one, whose
// pointers are noalias but for the pair that may be in place.

// CHECK-LABEL: func.func private @add_body(
// CHECK-SAME: %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr {llvm.noalias}, %{{.*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: !llvm.ptr {llvm.noalias}) -> i32
// CHECK-LABEL: func.func @add(
// CHECK-SAME: %[[ARGS:.*]]: !llvm.ptr) -> i32
// CHECK: call @add_body
neap.kernel region @add attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64: 0>]} {
^bb0(%x: tensor<4x40xf32>, %y: tensor<40xf32>):
  %0 = neap.broadcast %y : tensor<40xf32> -> tensor<4x40xf32>
  %1 = neap.add %x, %0 : tensor<4x40xf32>
  neap.yield %1 : tensor<4x40xf32>
}

// -----

// Contiguous operands are one long row, whatever their shape; the tail is under a
// constant mask and nothing is fused.

// CHECK-LABEL: func.func private @multiply_add_body(
// CHECK: scf.for
// CHECK: scf.for
// CHECK: llvm.load %{{.*}} : !llvm.ptr -> vector<16xf32>
// CHECK: arith.mulf %{{.*}} : vector<16xf32>
// CHECK: arith.addf %{{.*}} : vector<16xf32>
// CHECK-NOT: fma
// CHECK: dense<[true, true, true, true, true, true, true, true, true, true, true, true, false, false, false, false]>
// CHECK: llvm.intr.masked.load
// CHECK: llvm.intr.masked.store
neap.kernel region @multiply_add attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64: 0>]} {
^bb0(%x: tensor<4x5x3xf32>, %y: tensor<4x5x3xf32>):
  %0 = neap.mul %x, %y : tensor<4x5x3xf32>
  %1 = neap.add %0, %y : tensor<4x5x3xf32>
  neap.yield %1 : tensor<4x5x3xf32>
}

// -----

// A sum has two accumulators of 16 lanes, added to one another, then the tree.

// CHECK-LABEL: func.func private @sum_body(
// CHECK: %[[SUMS:.*]]:2 = scf.for {{.*}} iter_args(%[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}}) -> (vector<16xf32>, vector<16xf32>)
// CHECK: arith.addf %[[A]], %{{.*}} : vector<16xf32>
// CHECK: arith.addf %[[B]], %{{.*}} : vector<16xf32>
// CHECK: %[[TOTAL:.*]] = arith.addf %[[SUMS]]#0, %[[SUMS]]#1 : vector<16xf32>
// CHECK-NEXT: vector.shuffle %[[TOTAL]], %[[TOTAL]] [0, 1, 2, 3, 4, 5, 6, 7]
// CHECK-NEXT: vector.shuffle %[[TOTAL]], %[[TOTAL]] [8, 9, 10, 11, 12, 13, 14, 15]
// CHECK-NEXT: arith.addf %{{.*}} : vector<8xf32>
// CHECK-NOT: vector.reduction
neap.kernel region @sum attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<4x64xf32>):
  %0 = neap.reduce sum %x, [1] : tensor<4x64xf32> -> tensor<4x1xf32>
  neap.yield %0 : tensor<4x1xf32>
}

// -----

// Without fused multiply-add a polynomial multiplies and adds; no function is
// called on either.

// CHECK-LABEL: func.func private @exp_body(
// CHECK: llvm.intr.fma
// CHECK-NOT: math.exp
// V2-LABEL: func.func private @exp_body(
// V2-NOT: fma
// V2-NOT: math.exp
// V2: return
neap.kernel region @exp attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64: 0>]} {
^bb0(%x: tensor<16xf32>):
  %0 = neap.exp %x : tensor<16xf32>
  neap.yield %0 : tensor<16xf32>
}
