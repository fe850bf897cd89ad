// RUN: neap-opt %s --neap-fuse-kernels --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @softmax_with_mask_and_nan_guard
// CHECK-COUNT-1: neap.fused region
// CHECK-NOT:   neap.fused
// CHECK:         neap.mul
// CHECK:         neap.add
// CHECK:         neap.softmax
// CHECK:         neap.is_nan
// CHECK:         neap.select
// CHECK:         neap.yield
func.func @softmax_with_mask_and_nan_guard(%x: tensor<2x4x8xf32>, %mask: tensor<1x8xf32>) -> tensor<2x4x8xf32> {
  %scale = neap.constant dense<0.5> : tensor<2x4x8xf32>
  %zero = neap.constant dense<0.0> : tensor<2x4x8xf32>
  %m = neap.broadcast %mask : tensor<1x8xf32> -> tensor<2x4x8xf32>
  %0 = neap.mul %x, %scale : tensor<2x4x8xf32>
  %1 = neap.add %0, %m : tensor<2x4x8xf32>
  %2 = neap.softmax %1 : tensor<2x4x8xf32>
  %3 = neap.is_nan %2 : tensor<2x4x8xf32> -> tensor<2x4x8xi1>
  %4 = neap.select %3, %zero, %2 : tensor<2x4x8xi1>, tensor<2x4x8xf32>
  return %4 : tensor<2x4x8xf32>
}

// -----

// Row values stay inside, and come back by broadcast.
// CHECK-LABEL: func.func @rms_norm_from_its_parts
// CHECK:       %{{.*}} = neap.fused region ins(%{{.*}}) {
// CHECK:         neap.mul
// CHECK:         neap.reduce sum
// CHECK:         neap.div {{.*}} : tensor<4x1xf32>
// CHECK:         neap.sqrt {{.*}} : tensor<4x1xf32>
// CHECK:         neap.broadcast {{.*}} : tensor<4x1xf32> -> tensor<4x8xf32>
// CHECK:         neap.div {{.*}} : tensor<4x8xf32>
// CHECK:         neap.yield %{{.*}} : tensor<4x8xf32>
// CHECK-NOT:   neap.fused
func.func @rms_norm_from_its_parts(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %n = neap.constant dense<8.0> : tensor<4x1xf32>
  %0 = neap.mul %x, %x : tensor<4x8xf32>
  %1 = neap.reduce sum %0, [1] : tensor<4x8xf32> -> tensor<4x1xf32>
  %2 = neap.div %1, %n : tensor<4x1xf32>
  %3 = neap.sqrt %2 : tensor<4x1xf32>
  %4 = neap.broadcast %3 : tensor<4x1xf32> -> tensor<4x8xf32>
  %5 = neap.div %x, %4 : tensor<4x8xf32>
  return %5 : tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func.func @residual_and_norm_are_both_results
// CHECK:       %{{.*}}:2 = neap.fused region
// CHECK:         neap.yield %{{.*}}, %{{.*}} : tensor<4x8xf32>, tensor<4x8xf32>
// CHECK-NOT:   neap.fused
func.func @residual_and_norm_are_both_results(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %0 = neap.add %x, %y : tensor<4x8xf32>
  %1 = neap.standardize %0 {epsilon = 1.0e-5} : tensor<4x8xf32>
  return %0, %1 : tensor<4x8xf32>, tensor<4x8xf32>
}

// -----

// One kernel would read, through the product, what it gives itself.
// CHECK-LABEL: func.func @no_cycle_through_a_product
// CHECK:       neap.fused region
// CHECK:         neap.exp
// CHECK:       neap.fused matmul
// CHECK:         neap.add
// CHECK-NOT:   neap.fused
func.func @no_cycle_through_a_product(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %0 = neap.exp %x : tensor<8x8xf32>
  %1 = neap.matmul %0, %0 : tensor<8x8xf32>, tensor<8x8xf32> -> tensor<8x8xf32>
  %2 = neap.add %0, %1 : tensor<8x8xf32>
  return %2 : tensor<8x8xf32>
}

// -----

// CHECK-LABEL: func.func @no_cycle_through_a_transpose
// CHECK:       %[[E:.*]] = neap.fused region
// CHECK:         neap.exp
// CHECK:       neap.fused region ins(%[[E]])
// CHECK:         neap.transpose
// CHECK:         neap.add
func.func @no_cycle_through_a_transpose(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %0 = neap.exp %x : tensor<8x8xf32>
  %1 = neap.transpose %0, [1, 0] : tensor<8x8xf32> -> tensor<8x8xf32>
  %2 = neap.add %0, %1 : tensor<8x8xf32>
  return %2 : tensor<8x8xf32>
}

// -----

// CHECK-LABEL: func.func @other_domain_is_another_kernel
// CHECK:       neap.fused region
// CHECK:         neap.exp {{.*}} : tensor<8xf32>
// CHECK:       neap.fused region
// CHECK:         neap.add {{.*}} : tensor<4x8xf32>
func.func @other_domain_is_another_kernel(%x: tensor<8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = neap.exp %x : tensor<8xf32>
  %1 = neap.broadcast %0 : tensor<8xf32> -> tensor<4x8xf32>
  %2 = neap.add %1, %y : tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func.func @trailing_axes_become_one
// CHECK:       %[[F:.*]] = neap.reshape %{{.*}} : tensor<2x3x4x5xf32> -> tensor<2x3x20xf32>
// CHECK:       neap.fused region ins(%[[F]])
// CHECK:         neap.reduce max %{{.*}}, [2] : tensor<2x3x20xf32> -> tensor<2x3x1xf32>
// CHECK:       neap.reshape %{{.*}} : tensor<2x3x1xf32> -> tensor<2x3x1x1xf32>
func.func @trailing_axes_become_one(%x: tensor<2x3x4x5xf32>) -> tensor<2x3x1x1xf32> {
  %0 = neap.reduce max %x, [2, 3] : tensor<2x3x4x5xf32> -> tensor<2x3x1x1xf32>
  return %0 : tensor<2x3x1x1xf32>
}

// -----

// CHECK-LABEL: func.func @inner_axis_is_loops
// CHECK:       neap.fused loops
// CHECK:         neap.reduce max
func.func @inner_axis_is_loops(%x: tensor<2x3x4xf32>) -> tensor<2x1x4xf32> {
  %0 = neap.reduce max %x, [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  return %0 : tensor<2x1x4xf32>
}

// -----

// CHECK-LABEL: func.func @scalars
// CHECK:       neap.fused region
// CHECK:         neap.add {{.*}} : tensor<1xf32>
// CHECK:       neap.reshape %{{.*}} : tensor<1xf32> -> tensor<f32>
func.func @scalars(%x: tensor<f32>, %y: tensor<f32>) -> tensor<f32> {
  %0 = neap.add %x, %y : tensor<f32>
  return %0 : tensor<f32>
}
