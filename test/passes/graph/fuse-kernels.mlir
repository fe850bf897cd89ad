// RUN: neap-opt %s --neap-fuse-kernels --split-input-file | FileCheck %s

// Bias, activation and residual are one epilogue; the batch axes of the
// product are collapsed.
// CHECK-LABEL: func.func @epilogue
// CHECK-SAME:  (%[[X:.*]]: tensor<2x3x8xf32>, %[[R:.*]]: tensor<2x3x16xf32>, %[[B:.*]]: tensor<16xf32>)
// CHECK:       %[[X2:.*]] = neap.reshape %[[X]] : tensor<2x3x8xf32> -> tensor<6x8xf32>
// CHECK:       %[[R2:.*]] = neap.reshape %[[R]] : tensor<2x3x16xf32> -> tensor<6x16xf32>
// CHECK:       %[[F:.*]] = neap.fused matmul ins(%[[X2]], %{{.*}}, %[[B]], %[[R2]])
// CHECK-NEXT:  ^bb0
// CHECK-NEXT:    %[[M:.*]] = neap.packed_matmul
// CHECK-NEXT:    %[[BB:.*]] = neap.broadcast %{{.*}} : tensor<16xf32> -> tensor<6x16xf32>
// CHECK-NEXT:    %[[A:.*]] = neap.add %[[M]], %[[BB]]
// CHECK-NEXT:    %[[Z:.*]] = neap.constant dense<0.000000e+00>
// CHECK-NEXT:    %[[C:.*]] = neap.max %[[A]], %[[Z]]
// CHECK-NEXT:    %[[D:.*]] = neap.add %[[C]], %{{.*}}
// CHECK-NEXT:    neap.yield %[[D]]
// CHECK:       neap.reshape %[[F]] : tensor<6x16xf32> -> tensor<2x3x16xf32>
func.func @epilogue(%x: tensor<2x3x8xf32>, %r: tensor<2x3x16xf32>, %b: tensor<16xf32>) -> tensor<2x3x16xf32> {
  %w = neap.weight <file = 0, offset = 0, length = 512> : tensor<1x8x16xf32>
  %zero = neap.constant dense<0.0> : tensor<2x3x16xf32>
  %bb = neap.broadcast %b : tensor<16xf32> -> tensor<2x3x16xf32>
  %0 = neap.packed_matmul %x, %w : tensor<2x3x8xf32>, tensor<1x8x16xf32> -> tensor<2x3x16xf32>
  %1 = neap.add %0, %bb : tensor<2x3x16xf32>
  %2 = neap.max %1, %zero : tensor<2x3x16xf32>
  %3 = neap.add %2, %r : tensor<2x3x16xf32>
  return %3 : tensor<2x3x16xf32>
}

// -----

// The product itself is a result, so the activation is a kernel of its own.
// CHECK-LABEL: func.func @product_is_read_elsewhere
// CHECK:       neap.fused matmul
// CHECK:         neap.yield
// CHECK:       neap.fused region
// CHECK:         neap.tanh
func.func @product_is_read_elsewhere(%x: tensor<4x8xf32>, %y: tensor<8x16xf32>) -> (tensor<4x16xf32>, tensor<4x16xf32>) {
  %0 = neap.matmul %x, %y : tensor<4x8xf32>, tensor<8x16xf32> -> tensor<4x16xf32>
  %1 = neap.tanh %0 : tensor<4x16xf32>
  return %0, %1 : tensor<4x16xf32>, tensor<4x16xf32>
}

// -----

// Heads: the product reads both operands through their transposes; what the
// next reader cannot express by strides is stored transposed.
// CHECK-LABEL: func.func @attention_views
// CHECK-COUNT-1: neap.fused matmul
// CHECK-NOT:   neap.fused
// CHECK-DAG:     neap.transpose %{{.*}}, [0, 2, 1, 3] : tensor<1x5x2x4xf32>
// CHECK-DAG:     neap.transpose %{{.*}}, [0, 2, 3, 1] : tensor<1x5x2x4xf32>
// CHECK:         %[[M:.*]] = neap.matmul
// CHECK:         %[[T:.*]] = neap.transpose %[[M]], [0, 2, 1, 3]
// CHECK:         neap.yield %[[T]]
// CHECK:       neap.reshape %{{.*}} : tensor<1x5x2x5xf32> -> tensor<1x5x10xf32>
func.func @attention_views(%q: tensor<1x5x8xf32>, %k: tensor<1x5x8xf32>) -> tensor<1x5x10xf32> {
  %q0 = neap.reshape %q : tensor<1x5x8xf32> -> tensor<1x5x2x4xf32>
  %q1 = neap.transpose %q0, [0, 2, 1, 3] : tensor<1x5x2x4xf32> -> tensor<1x2x5x4xf32>
  %k0 = neap.reshape %k : tensor<1x5x8xf32> -> tensor<1x5x2x4xf32>
  %k1 = neap.transpose %k0, [0, 2, 3, 1] : tensor<1x5x2x4xf32> -> tensor<1x2x4x5xf32>
  %0 = neap.matmul %q1, %k1 : tensor<1x2x5x4xf32>, tensor<1x2x4x5xf32> -> tensor<1x2x5x5xf32>
  %1 = neap.transpose %0, [0, 2, 1, 3] : tensor<1x2x5x5xf32> -> tensor<1x5x2x5xf32>
  %2 = neap.reshape %1 : tensor<1x5x2x5xf32> -> tensor<1x5x10xf32>
  return %2 : tensor<1x5x10xf32>
}

// -----

// CHECK-LABEL: func.func @convolution
// CHECK:       neap.fused convolution
// CHECK:         neap.packed_conv
// CHECK:         neap.add
// CHECK:         neap.max
// CHECK:         neap.yield
// CHECK-NOT:   neap.fused
func.func @convolution(%x: tensor<1x4x4x2xf32>, %r: tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32> {
  %w = neap.weight <file = 0, offset = 0, length = 128> : tensor<1x1x2x16xf32>
  %zero = neap.constant dense<0.0> : tensor<1x4x4x16xf32>
  %0 = neap.packed_conv %x, %w {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x4x4x2xf32>, tensor<1x1x2x16xf32> -> tensor<1x4x4x16xf32>
  %1 = neap.add %0, %r : tensor<1x4x4x16xf32>
  %2 = neap.max %1, %zero : tensor<1x4x4x16xf32>
  return %2 : tensor<1x4x4x16xf32>
}

// -----

// A convolution reads its input as it lies: the transpose is stored first.
// CHECK-LABEL: func.func @convolution_of_transposed_input
// CHECK:       %[[T:.*]] = neap.fused loops
// CHECK:         neap.transpose
// CHECK:       neap.fused convolution ins(%[[T]],
func.func @convolution_of_transposed_input(%x: tensor<1x2x4x4xf32>) -> tensor<1x4x4x16xf32> {
  %w = neap.weight <file = 0, offset = 0, length = 128> : tensor<1x1x2x16xf32>
  %t = neap.transpose %x, [0, 2, 3, 1] : tensor<1x2x4x4xf32> -> tensor<1x4x4x2xf32>
  %0 = neap.packed_conv %t, %w {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x4x4x2xf32>, tensor<1x1x2x16xf32> -> tensor<1x4x4x16xf32>
  return %0 : tensor<1x4x4x16xf32>
}

// -----

// What only weights give is never fused with what a run computes.
// CHECK-LABEL: func.func @compile_time_values_stay_apart
// CHECK:       %[[W:.*]] = neap.fused region ins(%{{.*}}) {
// CHECK:         neap.mul
// CHECK:       neap.fused region ins(%{{.*}}, %[[W]])
// CHECK:         neap.add
func.func @compile_time_values_stay_apart(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %w = neap.weight <file = 0, offset = 0, length = 128> : tensor<4x8xf32>
  %0 = neap.mul %w, %w : tensor<4x8xf32>
  %1 = neap.add %x, %0 : tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func.func @free_in_the_plan
// CHECK-NOT:   neap.fused
// CHECK:       return
func.func @free_in_the_plan(%x: tensor<4x8xf32>, %y: tensor<2x8xf32>) -> (tensor<6x8xf32>, tensor<2x8xf32>, tensor<32xf32>) {
  %0 = neap.concat %x, %y {axis = 0 : i64} : tensor<4x8xf32>, tensor<2x8xf32> -> tensor<6x8xf32>
  %1 = neap.slice %x {starts = array<i64: 1, 0>, sizes = array<i64: 2, 8>, steps = array<i64: 1, 1>} : tensor<4x8xf32> -> tensor<2x8xf32>
  %2 = neap.reshape %x : tensor<4x8xf32> -> tensor<32xf32>
  return %0, %1, %2 : tensor<6x8xf32>, tensor<2x8xf32>, tensor<32xf32>
}

// -----

// CHECK-LABEL: func.func @costs_code
// CHECK:       neap.fused loops
// CHECK:         neap.concat
// CHECK:       neap.fused loops
// CHECK:         neap.slice
func.func @costs_code(%x: tensor<4x8xf32>, %y: tensor<4x2xf32>) -> (tensor<4x10xf32>, tensor<4x4xf32>) {
  %0 = neap.concat %x, %y {axis = 1 : i64} : tensor<4x8xf32>, tensor<4x2xf32> -> tensor<4x10xf32>
  %1 = neap.slice %x {starts = array<i64: 0, 0>, sizes = array<i64: 4, 4>, steps = array<i64: 1, 2>} : tensor<4x8xf32> -> tensor<4x4xf32>
  return %0, %1 : tensor<4x10xf32>, tensor<4x4xf32>
}

// -----

// Strides cannot express the reshape of the transpose, so it is stored.
// CHECK-LABEL: func.func @view_that_strides_cannot_express
// CHECK:       %[[T:.*]] = neap.fused loops
// CHECK:         neap.transpose
// CHECK:       %[[R:.*]] = neap.reshape %[[T]] : tensor<6x4xf32> -> tensor<24xf32>
// CHECK:       neap.fused region ins(%[[R]])
// CHECK:         neap.slice
// CHECK:         neap.exp
func.func @view_that_strides_cannot_express(%x: tensor<4x6xf32>) -> tensor<12xf32> {
  %0 = neap.transpose %x, [1, 0] : tensor<4x6xf32> -> tensor<6x4xf32>
  %1 = neap.reshape %0 : tensor<6x4xf32> -> tensor<24xf32>
  %2 = neap.slice %1 {starts = array<i64: 0>, sizes = array<i64: 12>, steps = array<i64: 2>} : tensor<24xf32> -> tensor<12xf32>
  %3 = neap.exp %2 : tensor<12xf32>
  return %3 : tensor<12xf32>
}

// -----

// A splat factor stays one element.
// CHECK-LABEL: func.func @splat_factor
// CHECK:       %[[C:.*]] = neap.constant dense<2.000000e+00> : tensor<1x1xf32>
// CHECK:       neap.fused matmul ins(%{{.*}}, %[[C]])
// CHECK:         neap.broadcast %{{.*}} : tensor<1x1xf32> -> tensor<8x16xf32>
func.func @splat_factor(%x: tensor<4x8xf32>) -> tensor<4x16xf32> {
  %w = neap.constant dense<2.0> : tensor<8x16xf32>
  %0 = neap.matmul %x, %w : tensor<4x8xf32>, tensor<8x16xf32> -> tensor<4x16xf32>
  return %0 : tensor<4x16xf32>
}

// -----

// The compiler packs a transposed weight in one step; a run reads what the
// compiler has transposed.
// CHECK-LABEL: func.func @transposed_weights
// CHECK-DAG:   %[[W:.*]] = neap.weight
// CHECK-DAG:   neap.fused loops ins(%[[W]]) {{{[[:space:]]*}}^bb0(%[[A:.*]]: tensor<16x8xf32>):{{[[:space:]]*}}%[[T:.*]] = neap.transpose %[[A]], [1, 0] : tensor<16x8xf32> -> tensor<8x16xf32>{{[[:space:]]*}}%{{.*}} = neap.pack_panels %[[T]]
// CHECK-DAG:   neap.fused region ins(%{{.*}}, %{{.*}}) {{{[[:space:]]*}}^bb0(%{{.*}}: tensor<8x16xf32>, %{{.*}}: tensor<8x16xf32>)
func.func @transposed_weights(%x: tensor<8x16xf32>) -> (tensor<8x16xf32>, tensor<8x16xf32>) {
  %w = neap.weight <file = 0, offset = 0, length = 512> : tensor<16x8xf32>
  %t = neap.transpose %w, [1, 0] : tensor<16x8xf32> -> tensor<8x16xf32>
  %p = neap.pack_panels %t : tensor<8x16xf32> -> tensor<1x8x16xf32>
  %q = neap.reshape %p : tensor<1x8x16xf32> -> tensor<8x16xf32>
  %0 = neap.add %x, %t : tensor<8x16xf32>
  return %0, %q : tensor<8x16xf32>, tensor<8x16xf32>
}
