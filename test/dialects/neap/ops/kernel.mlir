// RUN: neap-opt %s | neap-opt | FileCheck %s
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CHECK-LABEL: func.func @fused
// CHECK: %[[R:.*]]:2 = neap.fused region ins(%arg0, %arg1) {
// CHECK-NEXT: ^bb0(%[[X:.*]]: tensor<4x8xf32>, %[[B:.*]]: tensor<8xf32>):
// CHECK-NEXT:   %[[BB:.*]] = neap.broadcast %[[B]]
// CHECK-NEXT:   %[[S:.*]] = neap.add %[[X]], %[[BB]] : tensor<4x8xf32>
// CHECK-NEXT:   neap.yield %[[S]], %[[X]] : tensor<4x8xf32>, tensor<4x8xf32>
// CHECK-NEXT: } : (tensor<4x8xf32>, tensor<8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>)
func.func @fused(%x: tensor<4x8xf32>, %b: tensor<8xf32>) -> tensor<4x8xf32> {
  %r:2 = neap.fused region ins(%x, %b) {
  ^bb0(%a0: tensor<4x8xf32>, %a1: tensor<8xf32>):
    %0 = neap.broadcast %a1 : tensor<8xf32> -> tensor<4x8xf32>
    %1 = neap.add %a0, %0 : tensor<4x8xf32>
    neap.yield %1, %a0 : tensor<4x8xf32>, tensor<4x8xf32>
  } : (tensor<4x8xf32>, tensor<8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>)
  return %r#0 : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @no_inputs
// CHECK: neap.fused loops ins() {
func.func @no_inputs() -> tensor<4xf32> {
  %r = neap.fused loops ins() {
    %0 = neap.constant dense<1.0> : tensor<4xf32>
    neap.yield %0 : tensor<4xf32>
  } : () -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK: neap.kernel matmul @product attributes {in_place = [array<i64>], num_tiles = 1 : i64, scratch_bytes = 64 : i64, tiles_per_block = 1 : i64} {
neap.kernel matmul @product attributes {
  in_place = [array<i64>], num_tiles = 1 : i64, scratch_bytes = 64 : i64,
  tiles_per_block = 1 : i64
} {
^bb0(%x: tensor<4x8xf32>, %w: tensor<8x2xf32>):
  %0 = neap.matmul %x, %w : tensor<4x8xf32>, tensor<8x2xf32> -> tensor<4x2xf32>
  neap.yield %0 : tensor<4x2xf32>
}

// CHECK-LABEL: func.func @launch
// CHECK: neap.launch @product(%arg0, %arg1) : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
func.func @launch(%x: tensor<4x8xf32>, %w: tensor<8x2xf32>) -> tensor<4x2xf32> {
  %0 = neap.launch @product(%x, %w) : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
  return %0 : tensor<4x2xf32>
}

// CHECK: neap.kernel region @symbolic attributes {in_place = [array<i64: 0>], num_tiles = #neap.dim<"((seq + 3) // 4)">, scratch_bytes = 0 : i64, tiles_per_block = 1 : i64} {
neap.kernel region @symbolic attributes {
  in_place = [array<i64: 0>], num_tiles = #neap.dim<"((seq + 3) // 4)">,
  scratch_bytes = 0 : i64, tiles_per_block = 1 : i64
} {
^bb0(%x: tensor<?x8xf32, #neap.dims<"seq", "8">>):
  %0 = neap.exp %x : tensor<?x8xf32, #neap.dims<"seq", "8">>
  neap.yield %0 : tensor<?x8xf32, #neap.dims<"seq", "8">>
}
