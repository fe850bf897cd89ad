// RUN: neap-opt %s --neap-raise-rotary-embedding --canonicalize --split-input-file | FileCheck %s
// RUN: neap-opt %s --neap-raise-rotary-embedding --canonicalize --neap-fuse-kernels --split-input-file | FileCheck %s --check-prefix=FUSED
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Transformers: the rotated columns are joined, then multiplied. One kernel.
// CHECK-LABEL: func.func @joined_then_multiplied
// CHECK-SAME:  (%[[X:.*]]: tensor<4x8x64xf32>, %[[C:.*]]: tensor<8x64xf32>, %[[S:.*]]: tensor<8x64xf32>)
// CHECK-DAG:   %[[COS:.*]] = neap.broadcast %[[C]]
// CHECK-DAG:   %[[SIN:.*]] = neap.broadcast %[[S]]
// CHECK:       %[[R:.*]] = neap.rotary_embedding %[[X]], %[[COS]], %[[SIN]] : tensor<4x8x64xf32>
// CHECK-NEXT:  return %[[R]]
// FUSED-LABEL: func.func @joined_then_multiplied
// FUSED:       neap.fused region
// FUSED:         neap.slice %{{.*}} {sizes = array<i64: 4, 8, 2, 32>, starts = array<i64: 0, 0, 1, 0>, steps = array<i64: 1, 1, -1, 1>}
// FUSED-NOT:   neap.fused
// FUSED:       return
func.func @joined_then_multiplied(%x: tensor<4x8x64xf32>, %c: tensor<8x64xf32>, %s: tensor<8x64xf32>) -> tensor<4x8x64xf32> {
  %cos = neap.broadcast %c : tensor<8x64xf32> -> tensor<4x8x64xf32>
  %sin = neap.broadcast %s : tensor<8x64xf32> -> tensor<4x8x64xf32>
  %x1 = neap.slice %x {starts = array<i64: 0, 0, 0>, sizes = array<i64: 4, 8, 32>, steps = array<i64: 1, 1, 1>} : tensor<4x8x64xf32> -> tensor<4x8x32xf32>
  %x2 = neap.slice %x {starts = array<i64: 0, 0, 32>, sizes = array<i64: 4, 8, 32>, steps = array<i64: 1, 1, 1>} : tensor<4x8x64xf32> -> tensor<4x8x32xf32>
  %n = neap.neg %x2 : tensor<4x8x32xf32>
  %r = neap.concat %n, %x1 {axis = 2 : i64} : tensor<4x8x32xf32>, tensor<4x8x32xf32> -> tensor<4x8x64xf32>
  %0 = neap.mul %x, %cos : tensor<4x8x64xf32>
  %1 = neap.mul %r, %sin : tensor<4x8x64xf32>
  %2 = neap.add %0, %1 : tensor<4x8x64xf32>
  return %2 : tensor<4x8x64xf32>
}

// -----

// The body of ONNX RotaryEmbedding: angles of half the width.
// CHECK-LABEL: func.func @multiplied_then_joined
// CHECK:       %[[R:.*]] = neap.rotary_embedding %arg0, %{{.*}}, %{{.*}} : tensor<8x64xf32>
// CHECK-NEXT:  return %[[R]]
func.func @multiplied_then_joined(%x: tensor<8x64xf32>, %c: tensor<8x32xf32>, %s: tensor<8x32xf32>) -> tensor<8x64xf32> {
  %x1 = neap.slice %x {starts = array<i64: 0, 0>, sizes = array<i64: 8, 32>, steps = array<i64: 1, 1>} : tensor<8x64xf32> -> tensor<8x32xf32>
  %x2 = neap.slice %x {starts = array<i64: 0, 32>, sizes = array<i64: 8, 32>, steps = array<i64: 1, 1>} : tensor<8x64xf32> -> tensor<8x32xf32>
  %0 = neap.mul %c, %x1 : tensor<8x32xf32>
  %1 = neap.mul %s, %x2 : tensor<8x32xf32>
  %2 = neap.sub %0, %1 : tensor<8x32xf32>
  %3 = neap.mul %s, %x1 : tensor<8x32xf32>
  %4 = neap.mul %c, %x2 : tensor<8x32xf32>
  %5 = neap.add %3, %4 : tensor<8x32xf32>
  %6 = neap.concat %2, %5 {axis = 1 : i64} : tensor<8x32xf32>, tensor<8x32xf32> -> tensor<8x64xf32>
  return %6 : tensor<8x64xf32>
}

// -----

// The wrong half is negated.
// CHECK-LABEL: func.func @turned_the_other_way
// CHECK-NOT:   neap.rotary_embedding
func.func @turned_the_other_way(%x: tensor<8x64xf32>, %c: tensor<8x64xf32>, %s: tensor<8x64xf32>) -> tensor<8x64xf32> {
  %x1 = neap.slice %x {starts = array<i64: 0, 0>, sizes = array<i64: 8, 32>, steps = array<i64: 1, 1>} : tensor<8x64xf32> -> tensor<8x32xf32>
  %x2 = neap.slice %x {starts = array<i64: 0, 32>, sizes = array<i64: 8, 32>, steps = array<i64: 1, 1>} : tensor<8x64xf32> -> tensor<8x32xf32>
  %n = neap.neg %x1 : tensor<8x32xf32>
  %r = neap.concat %x2, %n {axis = 1 : i64} : tensor<8x32xf32>, tensor<8x32xf32> -> tensor<8x64xf32>
  %0 = neap.mul %x, %c : tensor<8x64xf32>
  %1 = neap.mul %r, %s : tensor<8x64xf32>
  %2 = neap.add %0, %1 : tensor<8x64xf32>
  return %2 : tensor<8x64xf32>
}
