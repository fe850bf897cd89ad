// RUN: neap-opt %s --neap-raise-attention --canonicalize --split-input-file | FileCheck %s
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// TorchScript's scaled_dot_product_attention: a factor of queries and keys, an
// added mask of minus infinity, 0 for NaN.
// CHECK-LABEL: func.func @factors_of_both_and_nan_to_zero
// CHECK-SAME:  (%[[Q:.*]]: tensor<2x4x8x16xf32>, %[[K:.*]]: tensor<2x8x4x16xf32>, %[[V:.*]]: tensor<2x4x8x16xf32>, %[[M:.*]]: tensor<2x1x1x8xi1>)
// CHECK-NEXT:  %[[KEY:.*]] = neap.transpose %[[K]], [0, 2, 1, 3]
// CHECK-NEXT:  %[[MASK:.*]] = neap.broadcast %[[M]] : tensor<2x1x1x8xi1> -> tensor<2x4x8x8xi1>
// CHECK-NEXT:  %[[R:.*]] = neap.attention %[[Q]], %[[KEY]], %[[V]] mask(%[[MASK]] : tensor<2x4x8x8xi1>) {masked_rows = #neap<masked_rows zero_nan>, scale = 2.500000e-01 : f64}
// CHECK-NEXT:  return %[[R]]
func.func @factors_of_both_and_nan_to_zero(
    %q: tensor<2x4x8x16xf32>, %k: tensor<2x8x4x16xf32>,
    %v: tensor<2x4x8x16xf32>, %m: tensor<2x1x1x8xi1>) -> tensor<2x4x8x16xf32> {
  %c = neap.constant dense<0.5> : tensor<2x4x8x16xf32>
  %ct = neap.constant dense<0.5> : tensor<2x4x16x8xf32>
  %zeros = neap.constant dense<0.0> : tensor<2x1x8x8xf32>
  %zero = neap.constant dense<0.0> : tensor<2x4x8x8xf32>
  %inf = neap.constant dense<0xFF800000> : tensor<2x1x8x8xf32>
  %0 = neap.mul %q, %c : tensor<2x4x8x16xf32>
  %1 = neap.transpose %k, [0, 2, 3, 1] : tensor<2x8x4x16xf32> -> tensor<2x4x16x8xf32>
  %2 = neap.mul %1, %ct : tensor<2x4x16x8xf32>
  %3 = neap.matmul %0, %2 : tensor<2x4x8x16xf32>, tensor<2x4x16x8xf32> -> tensor<2x4x8x8xf32>
  %4 = neap.broadcast %m : tensor<2x1x1x8xi1> -> tensor<2x1x8x8xi1>
  %5 = neap.select %4, %zeros, %inf : tensor<2x1x8x8xi1>, tensor<2x1x8x8xf32>
  %6 = neap.broadcast %5 : tensor<2x1x8x8xf32> -> tensor<2x4x8x8xf32>
  %7 = neap.add %3, %6 : tensor<2x4x8x8xf32>
  %8 = neap.softmax %7 : tensor<2x4x8x8xf32>
  %9 = neap.is_nan %8 : tensor<2x4x8x8xf32> -> tensor<2x4x8x8xi1>
  %10 = neap.select %9, %zero, %8 : tensor<2x4x8x8xi1>, tensor<2x4x8x8xf32>
  %11 = neap.matmul %10, %v : tensor<2x4x8x8xf32>, tensor<2x4x8x16xf32> -> tensor<2x4x8x16xf32>
  return %11 : tensor<2x4x8x16xf32>
}

// -----

// The dynamo exporter: keys transposed through three axes, the lowest number in
// the mask, a comparison of positions and padding in it. Heads share keys.
// CHECK-LABEL: func.func @causal_and_padding
// CHECK-NOT:   neap.select
// CHECK:       neap.attention {{.*}} mask(%{{.*}} : tensor<?x4x?x?xi1, #neap.dims<"b", "4", "s", "past + s">>) {causal = #neap.dim<"past">, fill = -3.4028234663852886E+38 : f64, masked_rows = #neap<masked_rows zero_nan>, scale = 2.500000e-01 : f64}
// CHECK-NOT:   neap.softmax
module attributes {neap.symbols = {b = #neap.range<1, 4>, s = #neap.range<1, 128>, past = #neap.range<0, 128>}} {
func.func @causal_and_padding(
    %q: tensor<?x4x?x16xf32, #neap.dims<"b", "4", "s", "16">>,
    %k: tensor<?x2x?x16xf32, #neap.dims<"b", "2", "past + s", "16">>,
    %v: tensor<?x2x?x16xf32, #neap.dims<"b", "2", "past + s", "16">>,
    %m: tensor<?x1x1x?xi1, #neap.dims<"b", "1", "1", "past + s">>)
    -> tensor<?x4x?x16xf32, #neap.dims<"b", "4", "s", "16">> {
  %zero = neap.constant dense<0> : tensor<i64>
  %one = neap.constant dense<1> : tensor<i64>
  %true = neap.constant dense<true> : tensor<i1>
  %f0 = neap.constant dense<0.0> : tensor<f32>
  %half = neap.constant dense<0.5> : tensor<f32>
  %low = neap.constant dense<-3.40282347E+38> : tensor<f32>
  // Positions.
  %p = neap.size(#neap.dim<"past">) : tensor<i64>
  %p1 = neap.broadcast %p : tensor<i64> -> tensor<?xi64, #neap.dims<"s">>
  %i0 = neap.iota %zero, %one : tensor<i64> -> tensor<?xi64, #neap.dims<"s">>
  %i = neap.add %i0, %p1 : tensor<?xi64, #neap.dims<"s">>
  %j = neap.iota %zero, %one : tensor<i64> -> tensor<?xi64, #neap.dims<"past + s">>
  %i4 = neap.reshape %i : tensor<?xi64, #neap.dims<"s">> -> tensor<1x1x?x1xi64, #neap.dims<"1", "1", "s", "1">>
  %j4 = neap.reshape %j : tensor<?xi64, #neap.dims<"past + s">> -> tensor<1x1x1x?xi64, #neap.dims<"1", "1", "1", "past + s">>
  %ib = neap.broadcast %i4 : tensor<1x1x?x1xi64, #neap.dims<"1", "1", "s", "1">> -> tensor<1x1x?x?xi64, #neap.dims<"1", "1", "s", "past + s">>
  %jb = neap.broadcast %j4 : tensor<1x1x1x?xi64, #neap.dims<"1", "1", "1", "past + s">> -> tensor<1x1x?x?xi64, #neap.dims<"1", "1", "s", "past + s">>
  %le = neap.compare le %jb, %ib : tensor<1x1x?x?xi64, #neap.dims<"1", "1", "s", "past + s">> -> tensor<1x1x?x?xi1, #neap.dims<"1", "1", "s", "past + s">>
  %tb = neap.broadcast %true : tensor<i1> -> tensor<1x1x?x?xi1, #neap.dims<"1", "1", "s", "past + s">>
  %causal = neap.and %tb, %le : tensor<1x1x?x?xi1, #neap.dims<"1", "1", "s", "past + s">>
  %cb = neap.broadcast %causal : tensor<1x1x?x?xi1, #neap.dims<"1", "1", "s", "past + s">> -> tensor<?x1x?x?xi1, #neap.dims<"b", "1", "s", "past + s">>
  %mb = neap.broadcast %m : tensor<?x1x1x?xi1, #neap.dims<"b", "1", "1", "past + s">> -> tensor<?x1x?x?xi1, #neap.dims<"b", "1", "s", "past + s">>
  %cond = neap.and %cb, %mb : tensor<?x1x?x?xi1, #neap.dims<"b", "1", "s", "past + s">>
  %z = neap.broadcast %f0 : tensor<f32> -> tensor<?x1x?x?xf32, #neap.dims<"b", "1", "s", "past + s">>
  %l = neap.broadcast %low : tensor<f32> -> tensor<?x1x?x?xf32, #neap.dims<"b", "1", "s", "past + s">>
  %mask = neap.select %cond, %z, %l : tensor<?x1x?x?xi1, #neap.dims<"b", "1", "s", "past + s">>, tensor<?x1x?x?xf32, #neap.dims<"b", "1", "s", "past + s">>
  // Shared heads.
  %k5 = neap.reshape %k : tensor<?x2x?x16xf32, #neap.dims<"b", "2", "past + s", "16">> -> tensor<?x2x1x?x16xf32, #neap.dims<"b", "2", "1", "past + s", "16">>
  %kr = neap.broadcast %k5 : tensor<?x2x1x?x16xf32, #neap.dims<"b", "2", "1", "past + s", "16">> -> tensor<?x2x2x?x16xf32, #neap.dims<"b", "2", "2", "past + s", "16">>
  %k4 = neap.reshape %kr : tensor<?x2x2x?x16xf32, #neap.dims<"b", "2", "2", "past + s", "16">> -> tensor<?x4x?x16xf32, #neap.dims<"b", "4", "past + s", "16">>
  %v5 = neap.reshape %v : tensor<?x2x?x16xf32, #neap.dims<"b", "2", "past + s", "16">> -> tensor<?x2x1x?x16xf32, #neap.dims<"b", "2", "1", "past + s", "16">>
  %vr = neap.broadcast %v5 : tensor<?x2x1x?x16xf32, #neap.dims<"b", "2", "1", "past + s", "16">> -> tensor<?x2x2x?x16xf32, #neap.dims<"b", "2", "2", "past + s", "16">>
  %v4 = neap.reshape %vr : tensor<?x2x2x?x16xf32, #neap.dims<"b", "2", "2", "past + s", "16">> -> tensor<?x4x?x16xf32, #neap.dims<"b", "4", "past + s", "16">>
  %k3 = neap.reshape %k4 : tensor<?x4x?x16xf32, #neap.dims<"b", "4", "past + s", "16">> -> tensor<?x?x16xf32, #neap.dims<"4*b", "past + s", "16">>
  %kt = neap.transpose %k3, [0, 2, 1] : tensor<?x?x16xf32, #neap.dims<"4*b", "past + s", "16">> -> tensor<?x16x?xf32, #neap.dims<"4*b", "16", "past + s">>
  %kt4 = neap.reshape %kt : tensor<?x16x?xf32, #neap.dims<"4*b", "16", "past + s">> -> tensor<?x4x16x?xf32, #neap.dims<"b", "4", "16", "past + s">>
  %h1 = neap.broadcast %half : tensor<f32> -> tensor<?x4x?x16xf32, #neap.dims<"b", "4", "s", "16">>
  %qs = neap.mul %q, %h1 : tensor<?x4x?x16xf32, #neap.dims<"b", "4", "s", "16">>
  %h2 = neap.broadcast %half : tensor<f32> -> tensor<?x4x16x?xf32, #neap.dims<"b", "4", "16", "past + s">>
  %ks = neap.mul %kt4, %h2 : tensor<?x4x16x?xf32, #neap.dims<"b", "4", "16", "past + s">>
  %s = neap.matmul %qs, %ks : tensor<?x4x?x16xf32, #neap.dims<"b", "4", "s", "16">>, tensor<?x4x16x?xf32, #neap.dims<"b", "4", "16", "past + s">> -> tensor<?x4x?x?xf32, #neap.dims<"b", "4", "s", "past + s">>
  %maskb = neap.broadcast %mask : tensor<?x1x?x?xf32, #neap.dims<"b", "1", "s", "past + s">> -> tensor<?x4x?x?xf32, #neap.dims<"b", "4", "s", "past + s">>
  %sm = neap.add %s, %maskb : tensor<?x4x?x?xf32, #neap.dims<"b", "4", "s", "past + s">>
  %w = neap.softmax %sm : tensor<?x4x?x?xf32, #neap.dims<"b", "4", "s", "past + s">>
  %isnan = neap.is_nan %w : tensor<?x4x?x?xf32, #neap.dims<"b", "4", "s", "past + s">> -> tensor<?x4x?x?xi1, #neap.dims<"b", "4", "s", "past + s">>
  %zs = neap.broadcast %f0 : tensor<f32> -> tensor<?x4x?x?xf32, #neap.dims<"b", "4", "s", "past + s">>
  %wz = neap.select %isnan, %zs, %w : tensor<?x4x?x?xi1, #neap.dims<"b", "4", "s", "past + s">>, tensor<?x4x?x?xf32, #neap.dims<"b", "4", "s", "past + s">>
  %r = neap.matmul %wz, %v4 : tensor<?x4x?x?xf32, #neap.dims<"b", "4", "s", "past + s">>, tensor<?x4x?x16xf32, #neap.dims<"b", "4", "past + s", "16">> -> tensor<?x4x?x16xf32, #neap.dims<"b", "4", "s", "16">>
  return %r : tensor<?x4x?x16xf32, #neap.dims<"b", "4", "s", "16">>
}
}

// -----

// The body of ONNX Attention: rows whose mask is all minus infinity are 0.
// CHECK-LABEL: func.func @zero_where_the_mask_is_minus_infinity
// CHECK:       neap.attention %{{.*}} mask(%{{.*}} : tensor<2x4x8x8xf32>) {masked_rows = #neap<masked_rows zero>} :
// CHECK-NOT:   neap.softmax
func.func @zero_where_the_mask_is_minus_infinity(
    %q: tensor<2x4x8x16xf32>, %k: tensor<2x4x16x8xf32>,
    %v: tensor<2x4x8x16xf32>, %m: tensor<2x1x8x8xf32>) -> tensor<2x4x8x16xf32> {
  %inf = neap.constant dense<0xFF800000> : tensor<2x1x8x1xf32>
  %zero = neap.constant dense<0.0> : tensor<2x4x8x8xf32>
  %0 = neap.matmul %q, %k : tensor<2x4x8x16xf32>, tensor<2x4x16x8xf32> -> tensor<2x4x8x8xf32>
  %1 = neap.broadcast %m : tensor<2x1x8x8xf32> -> tensor<2x4x8x8xf32>
  %2 = neap.add %0, %1 : tensor<2x4x8x8xf32>
  %3 = neap.softmax %2 : tensor<2x4x8x8xf32>
  %4 = neap.reduce max %m, [3] : tensor<2x1x8x8xf32> -> tensor<2x1x8x1xf32>
  %5 = neap.compare eq %4, %inf : tensor<2x1x8x1xf32> -> tensor<2x1x8x1xi1>
  %6 = neap.broadcast %5 : tensor<2x1x8x1xi1> -> tensor<2x4x8x8xi1>
  %7 = neap.select %6, %zero, %3 : tensor<2x4x8x8xi1>, tensor<2x4x8x8xf32>
  %8 = neap.matmul %7, %v : tensor<2x4x8x8xf32>, tensor<2x4x8x16xf32> -> tensor<2x4x8x16xf32>
  return %8 : tensor<2x4x8x16xf32>
}

// -----

// Eager attention of three axes: one scale, scores selected by a table.
// CHECK-LABEL: func.func @selected_scores_of_three_axes
// CHECK-SAME:  (%[[Q:.*]]: tensor<6x8x16xf32>, %[[K:.*]]: tensor<6x8x16xf32>, %[[M:.*]]: tensor<8x8xi1>)
// CHECK:       %[[MASK:.*]] = neap.broadcast %[[M]] : tensor<8x8xi1> -> tensor<6x1x8x8xi1>
// CHECK:       %[[R:.*]] = neap.attention {{.*}} mask(%[[MASK]] : tensor<6x1x8x8xi1>) {fill = -1.000000e+04 : f64, scale = 2.500000e-01 : f64}
// CHECK-NEXT:  %[[BACK:.*]] = neap.reshape %[[R]] : tensor<6x1x8x16xf32> -> tensor<6x8x16xf32>
// CHECK-NEXT:  return %[[BACK]]
func.func @selected_scores_of_three_axes(
    %q: tensor<6x8x16xf32>, %k: tensor<6x8x16xf32>,
    %m: tensor<8x8xi1>) -> tensor<6x8x16xf32> {
  %c = neap.constant dense<4.0> : tensor<6x8x8xf32>
  %low = neap.constant dense<-10000.0> : tensor<6x8x8xf32>
  %0 = neap.transpose %k, [0, 2, 1] : tensor<6x8x16xf32> -> tensor<6x16x8xf32>
  %1 = neap.matmul %q, %0 : tensor<6x8x16xf32>, tensor<6x16x8xf32> -> tensor<6x8x8xf32>
  %2 = neap.div %1, %c : tensor<6x8x8xf32>
  %3 = neap.broadcast %m : tensor<8x8xi1> -> tensor<6x8x8xi1>
  %4 = neap.select %3, %2, %low : tensor<6x8x8xi1>, tensor<6x8x8xf32>
  %5 = neap.softmax %4 : tensor<6x8x8xf32>
  %6 = neap.matmul %5, %k : tensor<6x8x8xf32>, tensor<6x8x16xf32> -> tensor<6x8x16xf32>
  return %6 : tensor<6x8x16xf32>
}

// -----

// A mask that is filled in where the condition holds.
// CHECK-LABEL: func.func @negated_condition
// CHECK:       %[[NOT:.*]] = neap.not %{{.*}} : tensor<1x1x1x8xi1>
// CHECK:       neap.attention {{.*}} mask(
func.func @negated_condition(
    %q: tensor<1x4x8x16xf32>, %k: tensor<1x4x16x8xf32>,
    %v: tensor<1x4x8x16xf32>, %m: tensor<1x1x1x8xi1>) -> tensor<1x4x8x16xf32> {
  %low = neap.constant dense<0xFF800000> : tensor<1x4x8x8xf32>
  %0 = neap.matmul %q, %k : tensor<1x4x8x16xf32>, tensor<1x4x16x8xf32> -> tensor<1x4x8x8xf32>
  %1 = neap.broadcast %m : tensor<1x1x1x8xi1> -> tensor<1x4x8x8xi1>
  %2 = neap.select %1, %low, %0 : tensor<1x4x8x8xi1>, tensor<1x4x8x8xf32>
  %3 = neap.softmax %2 : tensor<1x4x8x8xf32>
  %4 = neap.matmul %3, %v : tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32> -> tensor<1x4x8x16xf32>
  return %4 : tensor<1x4x8x16xf32>
}

// -----

// CHECK-LABEL: func.func @added_numbers_stay_small
// CHECK:       %[[MASK:.*]] = neap.broadcast %{{.*}} : tensor<2x1x1x8xf32> -> tensor<2x4x8x8xf32>
// CHECK:       neap.attention {{.*}} mask(%[[MASK]] : tensor<2x4x8x8xf32>)
func.func @added_numbers_stay_small(
    %q: tensor<2x4x8x16xf32>, %k: tensor<2x4x16x8xf32>,
    %v: tensor<2x4x8x16xf32>, %m: tensor<2x1x1x8xf32>) -> tensor<2x4x8x16xf32> {
  %0 = neap.matmul %q, %k : tensor<2x4x8x16xf32>, tensor<2x4x16x8xf32> -> tensor<2x4x8x8xf32>
  %1 = neap.broadcast %m : tensor<2x1x1x8xf32> -> tensor<2x4x8x8xf32>
  %2 = neap.add %1, %0 : tensor<2x4x8x8xf32>
  %3 = neap.softmax %2 : tensor<2x4x8x8xf32>
  %4 = neap.matmul %3, %v : tensor<2x4x8x8xf32>, tensor<2x4x8x16xf32> -> tensor<2x4x8x16xf32>
  return %4 : tensor<2x4x8x16xf32>
}

// -----

// CHECK-LABEL: func.func @weights_that_are_a_result_too
// CHECK-NOT:   neap.attention
func.func @weights_that_are_a_result_too(
    %q: tensor<2x4x8x16xf32>, %k: tensor<2x4x16x8xf32>,
    %v: tensor<2x4x8x16xf32>) -> (tensor<2x4x8x16xf32>, tensor<2x4x8x8xf32>) {
  %0 = neap.matmul %q, %k : tensor<2x4x8x16xf32>, tensor<2x4x16x8xf32> -> tensor<2x4x8x8xf32>
  %1 = neap.softmax %0 : tensor<2x4x8x8xf32>
  %2 = neap.matmul %1, %v : tensor<2x4x8x8xf32>, tensor<2x4x8x16xf32> -> tensor<2x4x8x16xf32>
  return %2, %1 : tensor<2x4x8x16xf32>, tensor<2x4x8x8xf32>
}

// -----

// CHECK-LABEL: func.func @a_scale_of_the_mask
// CHECK-NOT:   neap.attention
func.func @a_scale_of_the_mask(
    %q: tensor<2x4x8x16xf32>, %k: tensor<2x4x16x8xf32>,
    %v: tensor<2x4x8x16xf32>, %m: tensor<2x4x8x8xf32>) -> tensor<2x4x8x16xf32> {
  %c = neap.constant dense<0.25> : tensor<2x4x8x8xf32>
  %0 = neap.matmul %q, %k : tensor<2x4x8x16xf32>, tensor<2x4x16x8xf32> -> tensor<2x4x8x8xf32>
  %1 = neap.add %0, %m : tensor<2x4x8x8xf32>
  %2 = neap.mul %1, %c : tensor<2x4x8x8xf32>
  %3 = neap.softmax %2 : tensor<2x4x8x8xf32>
  %4 = neap.matmul %3, %v : tensor<2x4x8x8xf32>, tensor<2x4x8x16xf32> -> tensor<2x4x8x16xf32>
  return %4 : tensor<2x4x8x16xf32>
}

// -----

// One row of a causal mask, repeated, is a mask of keys.
// CHECK-LABEL: func.func @one_row_of_positions
// CHECK:       neap.attention {{.*}} mask(
// CHECK-NOT:   causal
func.func @one_row_of_positions(
    %q: tensor<1x1x8x16xf32>, %k: tensor<1x1x16x8xf32>,
    %v: tensor<1x1x8x16xf32>) -> tensor<1x1x8x16xf32> {
  %zero = neap.constant dense<0> : tensor<i64>
  %one = neap.constant dense<1> : tensor<i64>
  %three = neap.constant dense<3> : tensor<1x8xi64>
  %low = neap.constant dense<0xFF800000> : tensor<1x1x8x8xf32>
  %i = neap.iota %zero, %one : tensor<i64> -> tensor<8xi64>
  %row = neap.reshape %i : tensor<8xi64> -> tensor<1x8xi64>
  %c = neap.compare le %row, %three : tensor<1x8xi64> -> tensor<1x8xi1>
  %cb = neap.broadcast %c : tensor<1x8xi1> -> tensor<1x1x8x8xi1>
  %0 = neap.matmul %q, %k : tensor<1x1x8x16xf32>, tensor<1x1x16x8xf32> -> tensor<1x1x8x8xf32>
  %1 = neap.select %cb, %0, %low : tensor<1x1x8x8xi1>, tensor<1x1x8x8xf32>
  %2 = neap.softmax %1 : tensor<1x1x8x8xf32>
  %3 = neap.matmul %2, %v : tensor<1x1x8x8xf32>, tensor<1x1x8x16xf32> -> tensor<1x1x8x16xf32>
  return %3 : tensor<1x1x8x16xf32>
}
