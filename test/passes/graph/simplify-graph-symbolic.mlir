// RUN: neap-opt %s --neap-simplify-graph | FileCheck %s
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

module attributes {neap.symbols = {batch = #neap.range<1, 4>, seq = #neap.range<1, 128>}} {

// CHECK-LABEL: func.func @reshape_sinks_below_elementwise_ops
// CHECK-SAME:  (%[[X:.*]]: tensor<?x?x8xf32
// CHECK-NEXT:  %[[EXP:.*]] = neap.exp %[[X]] : tensor<?x?x8xf32, #neap.dims<"batch", "seq", "8">>
// CHECK-NEXT:  %[[FLAT:.*]] = neap.reshape %[[EXP]] {{.*}} -> tensor<?x8xf32, #neap.dims<"batch*seq", "8">>
// CHECK-NEXT:  return %[[FLAT]]
func.func @reshape_sinks_below_elementwise_ops(
    %x: tensor<?x?x8xf32, #neap.dims<"batch", "seq", "8">>)
    -> tensor<?x8xf32, #neap.dims<"batch*seq", "8">> {
  %0 = neap.reshape %x : tensor<?x?x8xf32, #neap.dims<"batch", "seq", "8">>
    -> tensor<?x8xf32, #neap.dims<"batch*seq", "8">>
  %1 = neap.exp %0 : tensor<?x8xf32, #neap.dims<"batch*seq", "8">>
  return %1 : tensor<?x8xf32, #neap.dims<"batch*seq", "8">>
}

// CHECK-LABEL: func.func @transpose_sinks_below_a_split
// CHECK-SAME:  (%[[X:.*]]: tensor<?x?x12x64xf32
// CHECK-NEXT:  %[[SPLIT:.*]] = neap.reshape %[[X]] {{.*}} -> tensor<?x?x12x8x8xf32, #neap.dims<"batch", "seq", "12", "8", "8">>
// CHECK-NEXT:  %[[MOVED:.*]] = neap.transpose %[[SPLIT]], [0, 2, 1, 3, 4]
// CHECK-NEXT:  return %[[MOVED]]
func.func @transpose_sinks_below_a_split(
    %x: tensor<?x?x12x64xf32, #neap.dims<"batch", "seq", "12", "64">>)
    -> tensor<?x12x?x8x8xf32, #neap.dims<"batch", "12", "seq", "8", "8">> {
  %0 = neap.transpose %x, [0, 2, 1, 3] : tensor<?x?x12x64xf32, #neap.dims<"batch", "seq", "12", "64">>
    -> tensor<?x12x?x64xf32, #neap.dims<"batch", "12", "seq", "64">>
  %1 = neap.reshape %0 : tensor<?x12x?x64xf32, #neap.dims<"batch", "12", "seq", "64">>
    -> tensor<?x12x?x8x8xf32, #neap.dims<"batch", "12", "seq", "8", "8">>
  return %1 : tensor<?x12x?x8x8xf32, #neap.dims<"batch", "12", "seq", "8", "8">>
}

// Axes that do not stand side by side are not merged.
// CHECK-LABEL: func.func @transpose_stays_above_a_merge
// CHECK-NEXT:  neap.transpose
// CHECK-NEXT:  neap.reshape
func.func @transpose_stays_above_a_merge(
    %x: tensor<?x?x12x64xf32, #neap.dims<"batch", "seq", "12", "64">>)
    -> tensor<?x?x64xf32, #neap.dims<"12*batch", "seq", "64">> {
  %0 = neap.transpose %x, [0, 2, 1, 3] : tensor<?x?x12x64xf32, #neap.dims<"batch", "seq", "12", "64">>
    -> tensor<?x12x?x64xf32, #neap.dims<"batch", "12", "seq", "64">>
  %1 = neap.reshape %0 : tensor<?x12x?x64xf32, #neap.dims<"batch", "12", "seq", "64">>
    -> tensor<?x?x64xf32, #neap.dims<"12*batch", "seq", "64">>
  return %1 : tensor<?x?x64xf32, #neap.dims<"12*batch", "seq", "64">>
}

// An axis whose size may be 1 is not one of size 1.
// CHECK-LABEL: func.func @symbolic_axes_are_moved
// CHECK-NEXT:  neap.transpose
// CHECK-NEXT:  neap.reshape
// CHECK-NOT:   neap.transpose
// CHECK:       return
func.func @symbolic_axes_are_moved(
    %x: tensor<?x?xf32, #neap.dims<"batch", "seq">>, %y: tensor<?x1xf32, #neap.dims<"seq", "1">>)
    -> (tensor<?x?xf32, #neap.dims<"seq", "batch">>, tensor<1x?xf32, #neap.dims<"1", "seq">>) {
  %0 = neap.transpose %x, [1, 0] : tensor<?x?xf32, #neap.dims<"batch", "seq">>
    -> tensor<?x?xf32, #neap.dims<"seq", "batch">>
  %1 = neap.transpose %y, [1, 0] : tensor<?x1xf32, #neap.dims<"seq", "1">>
    -> tensor<1x?xf32, #neap.dims<"1", "seq">>
  return %0, %1 : tensor<?x?xf32, #neap.dims<"seq", "batch">>, tensor<1x?xf32, #neap.dims<"1", "seq">>
}

// CHECK-LABEL: func.func @elementwise_op_is_computed_once_per_row
// CHECK-SAME:  (%[[X:.*]]: tensor<?xf32
// CHECK:       %[[PRODUCT:.*]] = neap.mul %[[X]], %{{.*}} : tensor<?xf32, #neap.dims<"seq">>
// CHECK-NEXT:  %[[ROW:.*]] = neap.reshape %[[PRODUCT]]
// CHECK-NEXT:  neap.broadcast %[[ROW]] {{.*}} -> tensor<?x?xf32, #neap.dims<"batch", "seq">>
func.func @elementwise_op_is_computed_once_per_row(%x: tensor<?xf32, #neap.dims<"seq">>)
    -> tensor<?x?xf32, #neap.dims<"batch", "seq">> {
  %c = neap.constant dense<0.125> : tensor<f32>
  %0 = neap.broadcast %c : tensor<f32> -> tensor<?x?xf32, #neap.dims<"batch", "seq">>
  %1 = neap.broadcast %x : tensor<?xf32, #neap.dims<"seq">> -> tensor<?x?xf32, #neap.dims<"batch", "seq">>
  %2 = neap.mul %1, %0 : tensor<?x?xf32, #neap.dims<"batch", "seq">>
  return %2 : tensor<?x?xf32, #neap.dims<"batch", "seq">>
}
}
