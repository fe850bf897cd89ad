// RUN: neap-opt %s --neap-pack-weights --cse --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @product_with_weight
// CHECK:       %[[W:.*]] = neap.weight
// CHECK:       %[[P:.*]] = neap.pack_panels %[[W]] : tensor<8x20xf32> -> tensor<2x8x16xf32>
// CHECK:       neap.packed_matmul %{{.*}}, %[[P]] : tensor<3x4x8xf32>, tensor<2x8x16xf32> -> tensor<3x4x20xf32>
func.func @product_with_weight(%x: tensor<3x4x8xf32>) -> tensor<3x4x20xf32> {
  %w = neap.weight <file = 0, offset = 0, length = 640> : tensor<8x20xf32>
  %0 = neap.matmul %x, %w : tensor<3x4x8xf32>, tensor<8x20xf32> -> tensor<3x4x20xf32>
  return %0 : tensor<3x4x20xf32>
}

// -----

// CHECK-LABEL: func.func @right_operand_known_at_run_time
// CHECK-NOT:   pack
// CHECK:       neap.matmul
func.func @right_operand_known_at_run_time(%x: tensor<4x8xf32>, %w: tensor<8x20xf32>) -> tensor<4x20xf32> {
  %0 = neap.matmul %x, %w : tensor<4x8xf32>, tensor<8x20xf32> -> tensor<4x20xf32>
  return %0 : tensor<4x20xf32>
}

// -----

// CHECK-LABEL: func.func @integers_stay
// CHECK-NOT:   pack
// CHECK:       neap.matmul
func.func @integers_stay(%x: tensor<4x8xi32>) -> tensor<4x20xi32> {
  %w = neap.weight <file = 0, offset = 0, length = 640> : tensor<8x20xi32>
  %0 = neap.matmul %x, %w : tensor<4x8xi32>, tensor<8x20xi32> -> tensor<4x20xi32>
  return %0 : tensor<4x20xi32>
}

// -----

// CHECK-LABEL: func.func @whole_product_at_compile_time
// CHECK-NOT:   pack
// CHECK:       neap.matmul
func.func @whole_product_at_compile_time() -> tensor<8x8xf32> {
  %w = neap.weight <file = 0, offset = 0, length = 256> : tensor<8x8xf32>
  %0 = neap.matmul %w, %w : tensor<8x8xf32>, tensor<8x8xf32> -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}

// -----

// CHECK-LABEL: func.func @tied_embedding_exists_once
// CHECK:       %[[E:.*]] = neap.weight
// CHECK-NEXT:  %[[T:.*]] = neap.transpose %[[E]]
// CHECK-NEXT:  %[[P:.*]] = neap.pack_panels %[[T]]
// CHECK-NEXT:  %[[G:.*]] = neap.packed_gather %[[P]], %{{.*}} {columns = 40 : i64} : tensor<3x8x16xf32>, tensor<2x4xi64> -> tensor<2x4x8xf32>
// CHECK-NEXT:  neap.packed_matmul %[[G]], %[[P]]
func.func @tied_embedding_exists_once(%ids: tensor<2x4xi64>) -> tensor<2x4x40xf32> {
  %e = neap.weight <file = 0, offset = 0, length = 1280> : tensor<40x8xf32>
  %0 = neap.gather %e, %ids {axis = 0 : i64} : tensor<40x8xf32>, tensor<2x4xi64> -> tensor<2x4x8xf32>
  %1 = neap.transpose %e, [1, 0] : tensor<40x8xf32> -> tensor<8x40xf32>
  %2 = neap.matmul %0, %1 : tensor<2x4x8xf32>, tensor<8x40xf32> -> tensor<2x4x40xf32>
  return %2 : tensor<2x4x40xf32>
}

// -----

// CHECK-LABEL: func.func @embedding_alone_stays
// CHECK-NOT:   pack
// CHECK:       neap.gather
func.func @embedding_alone_stays(%ids: tensor<4xi64>) -> tensor<4x8xf32> {
  %e = neap.weight <file = 0, offset = 0, length = 1280> : tensor<40x8xf32>
  %0 = neap.gather %e, %ids {axis = 0 : i64} : tensor<40x8xf32>, tensor<4xi64> -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func.func @filter
// CHECK:       %[[M:.*]] = neap.reshape %{{.*}} : tensor<3x3x2x20xf32> -> tensor<18x20xf32>
// CHECK:       %[[P:.*]] = neap.pack_panels %[[M]]
// CHECK:       %[[F:.*]] = neap.reshape %[[P]] : tensor<2x18x16xf32> -> tensor<1x2x18x16xf32>
// CHECK:       neap.packed_conv %{{.*}}, %[[F]] {{.*}}kernel = array<i64: 3, 3>
func.func @filter(%x: tensor<1x4x4x2xf32>) -> tensor<1x2x2x20xf32> {
  %w = neap.weight <file = 0, offset = 0, length = 1440> : tensor<3x3x2x20xf32>
  %0 = neap.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #neap<layout channels_last>} : tensor<1x4x4x2xf32>, tensor<3x3x2x20xf32> -> tensor<1x2x2x20xf32>
  return %0 : tensor<1x2x2x20xf32>
}

// -----

// CHECK-LABEL: func.func @filter_of_groups
// CHECK:       neap.pad {{.*}} -> tensor<6x9x16xf32>
// CHECK:       neap.packed_conv %{{.*}} : tensor<1x4x4x6xf32>, tensor<6x1x9x16xf32> -> tensor<1x2x2x12xf32>
func.func @filter_of_groups(%x: tensor<1x4x4x6xf32>) -> tensor<1x2x2x12xf32> {
  %w = neap.weight <file = 0, offset = 0, length = 432> : tensor<3x3x1x12xf32>
  %0 = neap.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 6 : i64, layout = #neap<layout channels_last>} : tensor<1x4x4x6xf32>, tensor<3x3x1x12xf32> -> tensor<1x2x2x12xf32>
  return %0 : tensor<1x2x2x12xf32>
}

// -----

// CHECK-LABEL: func.func @channels_first_stays
// CHECK:       neap.conv
func.func @channels_first_stays(%x: tensor<1x2x4x4xf32>) -> tensor<1x5x4x4xf32> {
  %w = neap.weight <file = 0, offset = 0, length = 40> : tensor<5x2x1x1xf32>
  %0 = neap.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x2x4x4xf32>, tensor<5x2x1x1xf32> -> tensor<1x5x4x4xf32>
  return %0 : tensor<1x5x4x4xf32>
}
