// RUN: neap-opt %s --neap-emit-kernels | FileCheck %s

// Taps, input channel, output channel: one chain of fused multiply-adds each.
// CHECK-LABEL: func.func private @channels_last_body
// CHECK:       linalg.generic {{.*}} iterator_types = ["reduction", "reduction", "parallel"]
// CHECK:         %[[SUM:.*]] = llvm.intr.fma
// CHECK:         linalg.yield %[[SUM]]
neap.kernel loops @channels_last attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<1x9x4xf32>, %w: tensor<3x4x8xf32>):
  %0 = neap.conv %x, %w {strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, groups = 1 : i64, layout = #neap<layout channels_last>} : tensor<1x9x4xf32>, tensor<3x4x8xf32> -> tensor<1x7x8xf32>
  neap.yield %0 : tensor<1x7x8xf32>
}

// One channel per group: the groups are the contiguous parallel loop.
// CHECK-LABEL: func.func private @depthwise_body
// CHECK:       memref.reinterpret_cast %{{.*}} sizes: [3, 8], strides: [8, 1]
// CHECK:       linalg.generic {{.*}} iterator_types = ["reduction", "parallel"]
neap.kernel loops @depthwise attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<1x9x8xf32>, %w: tensor<3x1x8xf32>):
  %0 = neap.conv %x, %w {strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, groups = 8 : i64, layout = #neap<layout channels_last>} : tensor<1x9x8xf32>, tensor<3x1x8xf32> -> tensor<1x7x8xf32>
  neap.yield %0 : tensor<1x7x8xf32>
}

// CHECK-LABEL: func.func private @channels_first_body
// CHECK:       linalg.generic {{.*}} iterator_types = ["reduction", "reduction", "parallel"]
neap.kernel loops @channels_first attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<1x4x9xf64>, %w: tensor<8x4x3xf64>):
  %0 = neap.conv %x, %w {strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, groups = 1 : i64} : tensor<1x4x9xf64>, tensor<8x4x3xf64> -> tensor<1x8x7xf64>
  neap.yield %0 : tensor<1x8x7xf64>
}
