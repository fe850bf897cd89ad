// RUN: neap-opt %s --neap-emit-kernels | FileCheck %s

// The taps are reductions, the channels are innermost and parallel.
// CHECK-LABEL: func.func private @max_channels_last_body
// CHECK:       %[[LOWEST:.*]] = arith.constant 0xFF800000 : f32
// CHECK:       linalg.yield %[[LOWEST]]
// CHECK:       linalg.generic {{.*}} iterator_types = ["reduction", "parallel"]
// CHECK:         arith.cmpf uno
neap.kernel loops @max_channels_last attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<1x9x8xf32>):
  %0 = neap.pool max %x {window = array<i64: 3>, pads = array<i64: 0, 0>, strides = array<i64: 2>, dilations = array<i64: 1>, layout = #neap<layout channels_last>} : tensor<1x9x8xf32> -> tensor<1x4x8xf32>
  neap.yield %0 : tensor<1x4x8xf32>
}

// Padding cuts the window, and the divisor is the number of taps left.
// CHECK-LABEL: func.func private @average_padded_body
// CHECK:       sizes: [%[[COUNT:.*]], 8]
// CHECK:       linalg.generic {{.*}} iterator_types = ["reduction", "parallel"]
// CHECK:         arith.addf
// CHECK:       %[[TAPS:.*]] = arith.index_cast %[[COUNT]]
// CHECK:       arith.sitofp %[[TAPS]]
// CHECK:       arith.divf
neap.kernel loops @average_padded attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<1x9x8xf32>):
  %0 = neap.pool average %x {window = array<i64: 3>, pads = array<i64: 1, 1>, strides = array<i64: 2>, dilations = array<i64: 1>, layout = #neap<layout channels_last>} : tensor<1x9x8xf32> -> tensor<1x5x8xf32>
  neap.yield %0 : tensor<1x5x8xf32>
}

// CHECK-LABEL: func.func private @max_channels_first_body
// CHECK:       linalg.generic {{.*}} iterator_types = ["reduction"]
// CHECK:         arith.maxui
neap.kernel loops @max_channels_first attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<1x8x9xui8>):
  %0 = neap.pool max %x {window = array<i64: 3>, pads = array<i64: 0, 0>, strides = array<i64: 2>, dilations = array<i64: 1>} : tensor<1x8x9xui8> -> tensor<1x8x4xui8>
  neap.yield %0 : tensor<1x8x4xui8>
}

// Of each bin the samples on the image, of each of those four pixels; all
// channels at once.
// CHECK-LABEL: func.func private @roi_align_body
// CHECK:       math.ceil
// CHECK:       scf.for
// CHECK:       scf.for
// CHECK:       linalg.generic {{.*}} iterator_types = ["parallel"]
// CHECK-COUNT-4: llvm.intr.fma
neap.kernel loops @roi_align attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<2x9x8x64xf32>, %b: tensor<5x4xf32>, %i: tensor<5xi64>):
  %0 = neap.roi_align average %x, %b, %i {samples = 0 : i64} : tensor<2x9x8x64xf32>, tensor<5x4xf32>, tensor<5xi64> -> tensor<5x7x7x64xf32>
  neap.yield %0 : tensor<5x7x7x64xf32>
}
