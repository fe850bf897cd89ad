// RUN: neap-opt %s --neap-raise-attention --canonicalize --split-input-file | FileCheck %s
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Positions that the importer computed.
// CHECK-LABEL: func.func @constant_positions
// CHECK:       neap.attention {{[^m]*}} {causal = 2 : i64} :
func.func @constant_positions(
    %q: tensor<1x4x4x16xf32>, %k: tensor<1x4x16x6xf32>,
    %v: tensor<1x4x6x16xf32>) -> tensor<1x4x4x16xf32> {
  %i = neap.constant dense<[[[[12], [13], [14], [15]]]]> : tensor<1x1x4x1xi64>
  %j = neap.constant dense<[10, 11, 12, 13, 14, 15]> : tensor<6xi64>
  %low = neap.constant dense<0xFF800000> : tensor<1x4x4x6xf32>
  %0 = neap.broadcast %i : tensor<1x1x4x1xi64> -> tensor<1x1x4x6xi64>
  %1 = neap.broadcast %j : tensor<6xi64> -> tensor<1x1x4x6xi64>
  %2 = neap.compare ge %0, %1 : tensor<1x1x4x6xi64> -> tensor<1x1x4x6xi1>
  %3 = neap.broadcast %2 : tensor<1x1x4x6xi1> -> tensor<1x4x4x6xi1>
  %4 = neap.matmul %q, %k : tensor<1x4x4x16xf32>, tensor<1x4x16x6xf32> -> tensor<1x4x4x6xf32>
  %5 = neap.select %3, %4, %low : tensor<1x4x4x6xi1>, tensor<1x4x4x6xf32>
  %6 = neap.softmax %5 : tensor<1x4x4x6xf32>
  %7 = neap.matmul %6, %v : tensor<1x4x4x6xf32>, tensor<1x4x6x16xf32> -> tensor<1x4x4x16xf32>
  return %7 : tensor<1x4x4x16xf32>
}

// -----

// Positions that are no line stay a mask.
// CHECK-LABEL: func.func @other_positions
// CHECK:       neap.attention {{.*}} mask(
func.func @other_positions(
    %q: tensor<1x4x4x16xf32>, %k: tensor<1x4x16x4xf32>,
    %v: tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32> {
  %i = neap.constant dense<[[[[0], [1], [3], [4]]]]> : tensor<1x1x4x1xi64>
  %j = neap.constant dense<[0, 1, 2, 3]> : tensor<4xi64>
  %low = neap.constant dense<0xFF800000> : tensor<1x4x4x4xf32>
  %0 = neap.broadcast %i : tensor<1x1x4x1xi64> -> tensor<1x1x4x4xi64>
  %1 = neap.broadcast %j : tensor<4xi64> -> tensor<1x1x4x4xi64>
  %2 = neap.compare ge %0, %1 : tensor<1x1x4x4xi64> -> tensor<1x1x4x4xi1>
  %3 = neap.broadcast %2 : tensor<1x1x4x4xi1> -> tensor<1x4x4x4xi1>
  %4 = neap.matmul %q, %k : tensor<1x4x4x16xf32>, tensor<1x4x16x4xf32> -> tensor<1x4x4x4xf32>
  %5 = neap.select %3, %4, %low : tensor<1x4x4x4xi1>, tensor<1x4x4x4xf32>
  %6 = neap.softmax %5 : tensor<1x4x4x4xf32>
  %7 = neap.matmul %6, %v : tensor<1x4x4x4xf32>, tensor<1x4x4x16xf32> -> tensor<1x4x4x16xf32>
  return %7 : tensor<1x4x4x16xf32>
}

// -----

// The dynamo exporter without an attention mask: tokens belong to one sequence
// while their positions grow by one, which they always do here. Positions are
// read through gather_nd.
// CHECK-LABEL: func.func @packed_sequences
// CHECK:       neap.attention {{[^m]*}} {causal = 0 : i64} :
module attributes {neap.symbols = {s = #neap.range<1, 1024>}} {
func.func @packed_sequences(
    %q: tensor<1x4x?x16xf32, #neap.dims<"1", "4", "s", "16">>,
    %k: tensor<1x4x16x?xf32, #neap.dims<"1", "4", "16", "s">>,
    %v: tensor<1x4x?x16xf32, #neap.dims<"1", "4", "s", "16">>)
    -> tensor<1x4x?x16xf32, #neap.dims<"1", "4", "s", "16">> {
  %zero = neap.constant dense<0> : tensor<i64>
  %one = neap.constant dense<1> : tensor<i64>
  %one2 = neap.constant dense<1> : tensor<1x1xi64>
  %zeros = neap.constant dense<0> : tensor<1x1x1x1xi64>
  %iota = neap.iota %zero, %one : tensor<i64> -> tensor<?xi64, #neap.dims<"s">>
  %p = neap.reshape %iota : tensor<?xi64, #neap.dims<"s">> -> tensor<1x?xi64, #neap.dims<"1", "s">>
  %first = neap.slice %p {sizes = array<i64: 1, 1>, starts = array<i64: 0, 0>, steps = array<i64: 1, 1>} : tensor<1x?xi64, #neap.dims<"1", "s">> -> tensor<1x1xi64>
  %before = neap.sub %first, %one2 : tensor<1x1xi64>
  %all = neap.concat %before, %p {axis = 1 : i64} : tensor<1x1xi64>, tensor<1x?xi64, #neap.dims<"1", "s">> -> tensor<1x?xi64, #neap.dims<"1", "s + 1">>
  %lower = neap.slice %all {sizes = #neap.dims<"1", "s">, starts = array<i64: 0, 0>, steps = array<i64: 1, 1>} : tensor<1x?xi64, #neap.dims<"1", "s + 1">> -> tensor<1x?xi64, #neap.dims<"1", "s">>
  %upper = neap.slice %all {sizes = #neap.dims<"1", "s">, starts = array<i64: 0, 1>, steps = array<i64: 1, 1>} : tensor<1x?xi64, #neap.dims<"1", "s + 1">> -> tensor<1x?xi64, #neap.dims<"1", "s">>
  %step = neap.sub %upper, %lower : tensor<1x?xi64, #neap.dims<"1", "s">>
  %ones = neap.broadcast %one : tensor<i64> -> tensor<1x?xi64, #neap.dims<"1", "s">>
  %follows = neap.compare eq %step, %ones : tensor<1x?xi64, #neap.dims<"1", "s">> -> tensor<1x?xi1, #neap.dims<"1", "s">>
  %starts = neap.not %follows : tensor<1x?xi1, #neap.dims<"1", "s">>
  %count = neap.cast %starts : tensor<1x?xi1, #neap.dims<"1", "s">> -> tensor<1x?xi64, #neap.dims<"1", "s">>
  %sequence = neap.cumulative_sum %count {axis = 1 : i64} : tensor<1x?xi64, #neap.dims<"1", "s">>
  // Indices [0, i] of queries and [0, j] of keys.
  %zq = neap.broadcast %zeros : tensor<1x1x1x1xi64> -> tensor<1x1x?x1xi64, #neap.dims<"1", "1", "s", "1">>
  %zq5 = neap.reshape %zq : tensor<1x1x?x1xi64, #neap.dims<"1", "1", "s", "1">> -> tensor<1x1x?x1x1xi64, #neap.dims<"1", "1", "s", "1", "1">>
  %iq5 = neap.reshape %iota : tensor<?xi64, #neap.dims<"s">> -> tensor<1x1x?x1x1xi64, #neap.dims<"1", "1", "s", "1", "1">>
  %iq = neap.concat %zq5, %iq5 {axis = 4 : i64} : tensor<1x1x?x1x1xi64, #neap.dims<"1", "1", "s", "1", "1">>, tensor<1x1x?x1x1xi64, #neap.dims<"1", "1", "s", "1", "1">> -> tensor<1x1x?x1x2xi64, #neap.dims<"1", "1", "s", "1", "2">>
  %zk5 = neap.reshape %zq : tensor<1x1x?x1xi64, #neap.dims<"1", "1", "s", "1">> -> tensor<1x1x1x?x1xi64, #neap.dims<"1", "1", "1", "s", "1">>
  %ik5 = neap.reshape %iota : tensor<?xi64, #neap.dims<"s">> -> tensor<1x1x1x?x1xi64, #neap.dims<"1", "1", "1", "s", "1">>
  %ik = neap.concat %zk5, %ik5 {axis = 4 : i64} : tensor<1x1x1x?x1xi64, #neap.dims<"1", "1", "1", "s", "1">>, tensor<1x1x1x?x1xi64, #neap.dims<"1", "1", "1", "s", "1">> -> tensor<1x1x1x?x2xi64, #neap.dims<"1", "1", "1", "s", "2">>
  %sq = neap.gather_nd %sequence, %iq {batch_dims = 0 : i64} : tensor<1x?xi64, #neap.dims<"1", "s">>, tensor<1x1x?x1x2xi64, #neap.dims<"1", "1", "s", "1", "2">> -> tensor<1x1x?x1xi64, #neap.dims<"1", "1", "s", "1">>
  %sk = neap.gather_nd %sequence, %ik {batch_dims = 0 : i64} : tensor<1x?xi64, #neap.dims<"1", "s">>, tensor<1x1x1x?x2xi64, #neap.dims<"1", "1", "1", "s", "2">> -> tensor<1x1x1x?xi64, #neap.dims<"1", "1", "1", "s">>
  %sqb = neap.broadcast %sq : tensor<1x1x?x1xi64, #neap.dims<"1", "1", "s", "1">> -> tensor<1x1x?x?xi64, #neap.dims<"1", "1", "s", "s">>
  %skb = neap.broadcast %sk : tensor<1x1x1x?xi64, #neap.dims<"1", "1", "1", "s">> -> tensor<1x1x?x?xi64, #neap.dims<"1", "1", "s", "s">>
  %same = neap.compare eq %sqb, %skb : tensor<1x1x?x?xi64, #neap.dims<"1", "1", "s", "s">> -> tensor<1x1x?x?xi1, #neap.dims<"1", "1", "s", "s">>
  %pq = neap.gather_nd %p, %iq {batch_dims = 0 : i64} : tensor<1x?xi64, #neap.dims<"1", "s">>, tensor<1x1x?x1x2xi64, #neap.dims<"1", "1", "s", "1", "2">> -> tensor<1x1x?x1xi64, #neap.dims<"1", "1", "s", "1">>
  %pk = neap.gather_nd %p, %ik {batch_dims = 0 : i64} : tensor<1x?xi64, #neap.dims<"1", "s">>, tensor<1x1x1x?x2xi64, #neap.dims<"1", "1", "1", "s", "2">> -> tensor<1x1x1x?xi64, #neap.dims<"1", "1", "1", "s">>
  %pqb = neap.broadcast %pq : tensor<1x1x?x1xi64, #neap.dims<"1", "1", "s", "1">> -> tensor<1x1x?x?xi64, #neap.dims<"1", "1", "s", "s">>
  %pkb = neap.broadcast %pk : tensor<1x1x1x?xi64, #neap.dims<"1", "1", "1", "s">> -> tensor<1x1x?x?xi64, #neap.dims<"1", "1", "s", "s">>
  %causal = neap.compare le %pkb, %pqb : tensor<1x1x?x?xi64, #neap.dims<"1", "1", "s", "s">> -> tensor<1x1x?x?xi1, #neap.dims<"1", "1", "s", "s">>
  %cond = neap.and %causal, %same : tensor<1x1x?x?xi1, #neap.dims<"1", "1", "s", "s">>
  %f0 = neap.constant dense<0.0> : tensor<f32>
  %low = neap.constant dense<0xFF800000> : tensor<f32>
  %z = neap.broadcast %f0 : tensor<f32> -> tensor<1x1x?x?xf32, #neap.dims<"1", "1", "s", "s">>
  %l = neap.broadcast %low : tensor<f32> -> tensor<1x1x?x?xf32, #neap.dims<"1", "1", "s", "s">>
  %mask = neap.select %cond, %z, %l : tensor<1x1x?x?xi1, #neap.dims<"1", "1", "s", "s">>, tensor<1x1x?x?xf32, #neap.dims<"1", "1", "s", "s">>
  %maskb = neap.broadcast %mask : tensor<1x1x?x?xf32, #neap.dims<"1", "1", "s", "s">> -> tensor<1x4x?x?xf32, #neap.dims<"1", "4", "s", "s">>
  %scores = neap.matmul %q, %k : tensor<1x4x?x16xf32, #neap.dims<"1", "4", "s", "16">>, tensor<1x4x16x?xf32, #neap.dims<"1", "4", "16", "s">> -> tensor<1x4x?x?xf32, #neap.dims<"1", "4", "s", "s">>
  %masked = neap.add %scores, %maskb : tensor<1x4x?x?xf32, #neap.dims<"1", "4", "s", "s">>
  %w = neap.softmax %masked : tensor<1x4x?x?xf32, #neap.dims<"1", "4", "s", "s">>
  %r = neap.matmul %w, %v : tensor<1x4x?x?xf32, #neap.dims<"1", "4", "s", "s">>, tensor<1x4x?x16xf32, #neap.dims<"1", "4", "s", "16">> -> tensor<1x4x?x16xf32, #neap.dims<"1", "4", "s", "16">>
  return %r : tensor<1x4x?x16xf32, #neap.dims<"1", "4", "s", "16">>
}
}

// -----

// Keys after the query: not causal.
// CHECK-LABEL: func.func @transposed_positions
// CHECK:       neap.attention {{.*}} mask(
func.func @transposed_positions(
    %q: tensor<1x4x6x16xf32>, %k: tensor<1x4x16x6xf32>,
    %v: tensor<1x4x6x16xf32>) -> tensor<1x4x6x16xf32> {
  %zero = neap.constant dense<0> : tensor<i64>
  %one = neap.constant dense<1> : tensor<i64>
  %low = neap.constant dense<0xFF800000> : tensor<1x4x6x6xf32>
  %p = neap.iota %zero, %one : tensor<i64> -> tensor<6xi64>
  %column = neap.reshape %p : tensor<6xi64> -> tensor<6x1xi64>
  %0 = neap.broadcast %column : tensor<6x1xi64> -> tensor<6x6xi64>
  %1 = neap.broadcast %p : tensor<6xi64> -> tensor<6x6xi64>
  %2 = neap.compare ge %0, %1 : tensor<6x6xi64> -> tensor<6x6xi1>
  %3 = neap.transpose %2, [1, 0] : tensor<6x6xi1> -> tensor<6x6xi1>
  %4 = neap.broadcast %3 : tensor<6x6xi1> -> tensor<1x4x6x6xi1>
  %5 = neap.matmul %q, %k : tensor<1x4x6x16xf32>, tensor<1x4x16x6xf32> -> tensor<1x4x6x6xf32>
  %6 = neap.select %4, %5, %low : tensor<1x4x6x6xi1>, tensor<1x4x6x6xf32>
  %7 = neap.softmax %6 : tensor<1x4x6x6xf32>
  %8 = neap.matmul %7, %v : tensor<1x4x6x6xf32>, tensor<1x4x6x16xf32> -> tensor<1x4x6x16xf32>
  return %8 : tensor<1x4x6x16xf32>
}

// -----

// ONNX Attention without a mask: zeros of two shapes are one mask of nothing.
// CHECK-LABEL: func.func @masks_of_zeros
// CHECK:       neap.attention {{[^m]*}} {masked_rows = #neap<masked_rows zero>} :
// CHECK-NOT:   neap.softmax
func.func @masks_of_zeros(
    %q: tensor<1x4x6x16xf32>, %k: tensor<1x4x16x6xf32>,
    %v: tensor<1x4x6x16xf32>) -> tensor<1x4x6x16xf32> {
  %inf = neap.constant dense<0xFF800000> : tensor<1x1x6x1xf32>
  %zeros = neap.constant dense<0.0> : tensor<1x1x6x6xf32>
  %zero = neap.constant dense<0.0> : tensor<1x4x6x6xf32>
  %0 = neap.matmul %q, %k : tensor<1x4x6x16xf32>, tensor<1x4x16x6xf32> -> tensor<1x4x6x6xf32>
  %1 = neap.add %0, %zero : tensor<1x4x6x6xf32>
  %2 = neap.softmax %1 : tensor<1x4x6x6xf32>
  %3 = neap.reduce max %zeros, [3] : tensor<1x1x6x6xf32> -> tensor<1x1x6x1xf32>
  %4 = neap.compare eq %3, %inf : tensor<1x1x6x1xf32> -> tensor<1x1x6x1xi1>
  %5 = neap.broadcast %4 : tensor<1x1x6x1xi1> -> tensor<1x4x6x6xi1>
  %6 = neap.select %5, %zero, %2 : tensor<1x4x6x6xi1>, tensor<1x4x6x6xf32>
  %7 = neap.matmul %6, %v : tensor<1x4x6x6xf32>, tensor<1x4x6x16xf32> -> tensor<1x4x6x16xf32>
  return %7 : tensor<1x4x6x16xf32>
}
