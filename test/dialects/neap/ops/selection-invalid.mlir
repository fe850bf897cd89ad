// RUN: neap-opt %s --split-input-file --verify-diagnostics
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

func.func @true_positions_c1_rank(%arg0: tensor<4x6xi1>) {
  // expected-error@+1 {{'neap.true_positions' op expected 'input' of rank 1, got rank 2}}
  %0 = neap.true_positions %arg0 : tensor<4x6xi1> -> tensor<25xi64>
  return
}

// -----

func.func @true_positions_c1_size(%arg0: tensor<24xi1>) {
  // expected-error@+1 {{'neap.true_positions' op expected 'result' of type 'tensor<25xi64>', got 'tensor<24xi64>'}}
  %0 = neap.true_positions %arg0 : tensor<24xi1> -> tensor<24xi64>
  return
}

// -----

func.func @define_size_c1_type(%arg0: tensor<1xi32>) {
  // expected-error@+1 {{'neap.define_size' op expected 'count' of type i64, got 'i32'}}
  neap.define_size "n" = %arg0 : tensor<1xi32>
  return
}

// -----

func.func @define_size_c1_elements(%arg0: tensor<2xi64>) {
  // expected-error@+1 {{'neap.define_size' op expected 'count' of one element, got [2]}}
  neap.define_size "n" = %arg0 : tensor<2xi64>
  return
}

// -----

func.func @define_size_c2(%arg0: tensor<1xi64>) {
  // expected-error@+1 {{'neap.define_size' op expected the name of a symbol, got 'n + 1'}}
  neap.define_size "n + 1" = %arg0 : tensor<1xi64>
  return
}

// -----

func.func @sort_order_c1(%arg0: tensor<8xf32>) {
  // expected-error@+1 {{'neap.sort_order' op expected 'input' of rank 3, got rank 1}}
  %0 = neap.sort_order %arg0 : tensor<8xf32> -> tensor<8xi64>
  return
}

// -----

func.func @sort_order_c2(%arg0: tensor<2x8x1xf32>) {
  // expected-error@+1 {{'neap.sort_order' op expected 'result' of type 'tensor<2x8xi64>', got 'tensor<2x8xi32>'}}
  %0 = neap.sort_order %arg0 : tensor<2x8x1xf32> -> tensor<2x8xi32>
  return
}

// -----

func.func @non_max_suppression_c1_boxes(%boxes: tensor<1x6x5xf32>,
    %scores: tensor<1x2x6xf32>, %order: tensor<1x2x6xi64>,
    %limit: tensor<1xi64>, %iou: tensor<1xf32>) {
  // expected-error@+1 {{'neap.non_max_suppression' op expected 'boxes' of shape [B, N, 4], got [1, 6, 5]}}
  %0 = neap.non_max_suppression %boxes, %scores, %order, %limit, %iou, %iou
    : tensor<1x6x5xf32>, tensor<1x2x6xf32>, tensor<1x2x6xi64>, tensor<1xi64>,
      tensor<1xf32>, tensor<1xf32> -> tensor<1x2x3xi64>
  return
}

// -----

func.func @non_max_suppression_c1_scores(%boxes: tensor<1x6x4xf32>,
    %scores: tensor<1x2x7xf32>, %order: tensor<1x2x7xi64>,
    %limit: tensor<1xi64>, %iou: tensor<1xf32>) {
  // expected-error@+1 {{'neap.non_max_suppression' op expected 'scores' of shape [1, C, 6], got [1, 2, 7]}}
  %0 = neap.non_max_suppression %boxes, %scores, %order, %limit, %iou, %iou
    : tensor<1x6x4xf32>, tensor<1x2x7xf32>, tensor<1x2x7xi64>, tensor<1xi64>,
      tensor<1xf32>, tensor<1xf32> -> tensor<1x2x3xi64>
  return
}

// -----

func.func @non_max_suppression_c2(%boxes: tensor<1x6x4xf32>,
    %scores: tensor<1x2x6xf32>, %order: tensor<1x2x6xi64>,
    %limit: tensor<3xi64>, %iou: tensor<1xf32>) {
  // expected-error@+1 {{'neap.non_max_suppression' op expected 'limit' of one element, got [3]}}
  %0 = neap.non_max_suppression %boxes, %scores, %order, %limit, %iou, %iou
    : tensor<1x6x4xf32>, tensor<1x2x6xf32>, tensor<1x2x6xi64>, tensor<3xi64>,
      tensor<1xf32>, tensor<1xf32> -> tensor<1x2x3xi64>
  return
}

// -----

func.func @non_max_suppression_c3(%boxes: tensor<1x6x4xf32>,
    %scores: tensor<1x2x6xf32>, %order: tensor<1x2x6xi64>,
    %limit: tensor<1xi64>, %iou: tensor<1xf32>) {
  // expected-error@+1 {{'neap.non_max_suppression' op expected 'result' of type 'tensor<1x2x3xi64>', got 'tensor<1x3x3xi64>'}}
  %0 = neap.non_max_suppression %boxes, %scores, %order, %limit, %iou, %iou
    : tensor<1x6x4xf32>, tensor<1x2x6xf32>, tensor<1x2x6xi64>, tensor<1xi64>,
      tensor<1xf32>, tensor<1xf32> -> tensor<1x3x3xi64>
  return
}
