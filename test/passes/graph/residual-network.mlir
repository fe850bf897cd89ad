// RUN: neap-opt %s --canonicalize --cse --neap-simplify-graph --neap-assign-layouts --neap-simplify-graph --neap-pack-weights --cse --neap-fuse-kernels --neap-outline-kernels | FileCheck %s
//
// A small residual network: one launch per convolution, one transpose in all.

// CHECK-LABEL: func.func @main
// CHECK-SAME:  (%[[X:.*]]: tensor<1x3x8x8xf32>)
// CHECK:       neap.launch @transpose_loops_1x8x8x3_f32_0(%[[X]])
// CHECK:       neap.launch @packed_conv_convolution_1x8x8x16_f32_0
// CHECK:       neap.launch @packed_conv_convolution_1x8x8x16_f32_1
// CHECK:       neap.launch @packed_conv_convolution_1x8x8x16_f32_2
// CHECK-NEXT:  neap.launch @pool_loops_1x4x4x16
// CHECK-NEXT:  neap.launch @reduce_loops_1x1x1x16
// CHECK-NEXT:  neap.launch @div_region_1x1x1x16
// CHECK:       neap.launch @packed_matmul_matmul_1x10
// CHECK-NEXT:  return
func.func @main(%x: tensor<1x3x8x8xf32>) -> tensor<1x10xf32> {
  %w1 = neap.weight <file = 0, offset = 0, length = 1728> : tensor<16x3x3x3xf32>
  %w2 = neap.weight <file = 0, offset = 1728, length = 9216> : tensor<16x16x3x3xf32>
  %w3 = neap.weight <file = 0, offset = 0, length = 576> : tensor<16x1x3x3xf32>
  %fc = neap.weight <file = 0, offset = 0, length = 640> : tensor<10x16xf32>
  %b = neap.weight <file = 0, offset = 0, length = 64> : tensor<16xf32>
  %b4 = neap.reshape %b : tensor<16xf32> -> tensor<16x1x1xf32>
  %bb = neap.broadcast %b4 : tensor<16x1x1xf32> -> tensor<1x16x8x8xf32>
  %z = neap.constant dense<0.0> : tensor<1x16x8x8xf32>
  %c1 = neap.conv %x, %w1 {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x3x8x8xf32>, tensor<16x3x3x3xf32> -> tensor<1x16x8x8xf32>
  %c2 = neap.add %c1, %bb : tensor<1x16x8x8xf32>
  %c3 = neap.max %c2, %z : tensor<1x16x8x8xf32>
  %d1 = neap.conv %c3, %w2 {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x16x8x8xf32>, tensor<16x16x3x3xf32> -> tensor<1x16x8x8xf32>
  %d2 = neap.add %d1, %bb : tensor<1x16x8x8xf32>
  %d3 = neap.add %d2, %c3 : tensor<1x16x8x8xf32>
  %d4 = neap.max %d3, %z : tensor<1x16x8x8xf32>
  %e1 = neap.conv %d4, %w3 {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 16 : i64} : tensor<1x16x8x8xf32>, tensor<16x1x3x3xf32> -> tensor<1x16x8x8xf32>
  %e2 = neap.add %e1, %bb : tensor<1x16x8x8xf32>
  %p = neap.pool max %e2 {window = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x16x8x8xf32> -> tensor<1x16x4x4xf32>
  %m = neap.reduce sum %p, [2, 3] : tensor<1x16x4x4xf32> -> tensor<1x16x1x1xf32>
  %n = neap.constant dense<16.0> : tensor<1x16x1x1xf32>
  %m1 = neap.div %m, %n : tensor<1x16x1x1xf32>
  %m2 = neap.reshape %m1 : tensor<1x16x1x1xf32> -> tensor<1x16xf32>
  %fct = neap.transpose %fc, [1, 0] : tensor<10x16xf32> -> tensor<16x10xf32>
  %o = neap.matmul %m2, %fct : tensor<1x16xf32>, tensor<16x10xf32> -> tensor<1x10xf32>
  return %o : tensor<1x10xf32>
}
