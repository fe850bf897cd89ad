// RUN: neap-opt %s --neap-emit-kernels | FileCheck %s

// The rest of a block is one nest; a dimension below 16 has no block at all.
// CHECK-LABEL: func.func private @transpose_without_block_body
// CHECK-NOT:   vector.load
// CHECK:       %[[FROM:.*]] = memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [8, 4], strides: [1, 8]
// CHECK:       %[[TO:.*]] = memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [8, 4], strides: [4, 1]
// CHECK:       linalg.generic {{.*}} ins(%[[FROM]] : {{.*}}) outs(%[[TO]] :
neap.kernel loops @transpose_without_block attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<4x8xf32>):
  %0 = neap.transpose %x, [1, 0] : tensor<4x8xf32> -> tensor<8x4xf32>
  neap.yield %0 : tensor<8x4xf32>
}

// Four rows of four, two steps of interleaving.
// CHECK-LABEL: func.func private @transpose_blocks_body
// CHECK-COUNT-4: vector.load %{{.*}} : memref<1024xf32>, vector<4xf32>
// CHECK-COUNT-8: vector.shuffle
// CHECK-COUNT-4: vector.store
// CHECK-NOT:   linalg.generic
// CHECK:       return
neap.kernel loops @transpose_blocks attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<32x32xf32>):
  %0 = neap.transpose %x, [1, 0] : tensor<32x32xf32> -> tensor<32x32xf32>
  neap.yield %0 : tensor<32x32xf32>
}

// Axes that move together are one: rows of 20 contiguous elements.
// CHECK-LABEL: func.func private @merged_axes_body
// CHECK:       sizes: [3, 2, 20], strides: [20, 60, 1]
neap.kernel loops @merged_axes attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<2x3x4x5xi8>):
  %0 = neap.transpose %x, [1, 0, 2, 3] : tensor<2x3x4x5xi8> -> tensor<3x2x4x5xi8>
  neap.yield %0 : tensor<3x2x4x5xi8>
}

// A negative step is no stride of a memref: the index is computed in the body.
// CHECK-LABEL: func.func private @backwards_body
// CHECK:       linalg.generic
// CHECK:         linalg.index 0
// CHECK:         memref.load %{{.*}} : memref<9xf32>
neap.kernel loops @backwards attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<9xf32>):
  %0 = neap.slice %x {starts = array<i64: 8>, sizes = array<i64: 9>, steps = array<i64: -1>} : tensor<9xf32> -> tensor<9xf32>
  neap.yield %0 : tensor<9xf32>
}

// CHECK-LABEL: func.func private @concat_body
// CHECK:       memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [6, 3], strides: [8, 1]
// CHECK:       linalg.generic
// CHECK:       memref.reinterpret_cast %{{.*}} to offset: [3], sizes: [6, 5], strides: [8, 1]
// CHECK:       linalg.generic
neap.kernel loops @concat attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<6x3xf32>, %y: tensor<6x5xf32>):
  %0 = neap.concat %x, %y {axis = 1 : i64} : tensor<6x3xf32>, tensor<6x5xf32> -> tensor<6x8xf32>
  neap.yield %0 : tensor<6x8xf32>
}

// A row outside is filled; one inside has three segments.
// CHECK-LABEL: func.func private @pad_body
// CHECK:       scf.for
// CHECK:         %[[INSIDE:.*]] = arith.cmpi ult
// CHECK:         scf.if %[[INSIDE]] {
// CHECK-COUNT-3:   linalg.generic
// CHECK:         } else {
// CHECK:           linalg.generic
neap.kernel loops @pad attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<4x6xf32>, %v: tensor<f32>):
  %0 = neap.pad %x, %v {low = array<i64: 1, 3>, high = array<i64: 2, 1>} : tensor<4x6xf32>, tensor<f32> -> tensor<7x10xf32>
  neap.yield %0 : tensor<7x10xf32>
}

// CHECK-LABEL: func.func private @pad_reflect_body
// CHECK:       %[[FROM_START:.*]] = arith.maxsi
// CHECK:       %[[FROM_END:.*]] = arith.subi %{{.*}}, %[[FROM_START]]
// CHECK:       arith.minsi %[[FROM_START]], %[[FROM_END]]
neap.kernel loops @pad_reflect attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<6xf32>):
  %0 = neap.pad %x {low = array<i64: 3>, high = array<i64: 1>, mode = #neap<pad_mode reflect>} : tensor<6xf32> -> tensor<10xf32>
  neap.yield %0 : tensor<10xf32>
}

// Multiplication and addition are rounded apart.
// CHECK-LABEL: func.func private @iota_body
// CHECK:       %[[NUMBER:.*]] = arith.sitofp
// CHECK:       %[[STEPS:.*]] = arith.mulf %[[NUMBER]]
// CHECK:       arith.addf %{{.*}}, %[[STEPS]]
neap.kernel loops @iota attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%s: tensor<f32>, %d: tensor<f32>):
  %0 = neap.iota %s, %d : tensor<f32> -> tensor<7xf32>
  neap.yield %0 : tensor<7xf32>
}

// A splat is no operand in memory.
// CHECK-LABEL: func.func private @fill_body
// CHECK:       %[[VALUE:.*]] = arith.constant 5.000000e-01 : f32
// CHECK:       linalg.generic
// CHECK:         linalg.yield %[[VALUE]]
neap.kernel loops @fill attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
  %c = neap.constant dense<0.5> : tensor<3x4xf32>
  neap.yield %c : tensor<3x4xf32>
}
