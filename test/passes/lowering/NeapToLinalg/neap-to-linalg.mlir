// RUN: neap-opt %s --neap-emit-kernels | FileCheck %s

// The op, then its elementwise ops in a nest of their own over the tile.
// CHECK-LABEL: func.func private @epilogue_body
// CHECK:       linalg.generic {{.*}} iterator_types = ["reduction", "parallel"]
// CHECK:       linalg.generic {{.*}} iterator_types = ["parallel"]
// CHECK:         arith.addf
// CHECK:         arith.cmpf uno
neap.kernel loops @epilogue attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<9x8xf32>, %b: tensor<8xf32>):
  %0 = neap.reduce sum %x, [0] : tensor<9x8xf32> -> tensor<1x8xf32>
  %1 = neap.broadcast %b : tensor<8xf32> -> tensor<1x8xf32>
  %2 = neap.add %0, %1 : tensor<1x8xf32>
  %c = neap.constant dense<0.0> : tensor<1x8xf32>
  %3 = neap.max %2, %c : tensor<1x8xf32>
  neap.yield %3 : tensor<1x8xf32>
}

// Large results are cut: the last tile may be smaller.
// CHECK-LABEL: func.func private @tiles_body
// CHECK:       scf.for %[[TILE:.*]] = %{{.*}} to %{{.*}} step
// CHECK:         %[[INDEX:.*]] = arith.index_cast %[[TILE]]
// CHECK:         %[[ROW:.*]] = arith.muli %[[INDEX]]
// CHECK:         %[[LEFT:.*]] = arith.subi %{{.*}}, %[[ROW]]
// CHECK:         %[[ROWS:.*]] = arith.minsi %{{.*}}, %[[LEFT]]
// CHECK:         sizes: [%[[ROWS]], 999]
neap.kernel loops @tiles attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<1000x1000xf32>):
  %0 = neap.slice %x {starts = array<i64: 0, 1>, sizes = array<i64: 1000, 999>, steps = array<i64: 1, 1>} : tensor<1000x1000xf32> -> tensor<1000x999xf32>
  neap.yield %0 : tensor<1000x999xf32>
}

// Nothing is computed of an empty result.
// CHECK-LABEL: func.func private @empty_body
// CHECK-NOT:   scf.for
// CHECK:       return
neap.kernel loops @empty attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<0x4xf32>):
  %0 = neap.transpose %x, [1, 0] : tensor<0x4xf32> -> tensor<4x0xf32>
  neap.yield %0 : tensor<4x0xf32>
}
