// RUN: neap-opt %s --neap-emit-kernels | FileCheck %s

// The index counts from the end if it is negative; a wrong one sets the status
// and reads row 0.
// CHECK-LABEL: func.func private @gather_body
// CHECK:       %[[STATUS:.*]] = memref.alloca() : memref<i32>
// CHECK:       %[[LOADED:.*]] = memref.load %{{.*}} : memref<3xi64>
// CHECK:       arith.cmpi slt, %[[LOADED]]
// CHECK:       %[[INSIDE:.*]] = arith.cmpi ult
// CHECK:       scf.if %[[INSIDE]] {
// CHECK:       } else {
// CHECK:         memref.store %{{.*}}, %[[STATUS]][]
// CHECK:       arith.select %[[INSIDE]]
// CHECK:       linalg.generic
// CHECK:       %[[RETURNED:.*]] = memref.load %[[STATUS]][]
// CHECK:       return %[[RETURNED]]
neap.kernel loops @gather attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<50x8xf32>, %i: tensor<3xi64>):
  %0 = neap.gather %x, %i {axis = 0 : i64} : tensor<50x8xf32>, tensor<3xi64> -> tensor<3x8xf32>
  neap.yield %0 : tensor<3x8xf32>
}

// Any index into nothing is wrong.
// CHECK-LABEL: func.func private @gather_from_nothing_body
// CHECK-NOT:   linalg.generic
// CHECK:       memref.store %{{.*}}, %{{.*}}[] : memref<i32>
neap.kernel loops @gather_from_nothing attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<0x8xf32>, %i: tensor<3xi64>):
  %0 = neap.gather %x, %i {axis = 0 : i64} : tensor<0x8xf32>, tensor<3xi64> -> tensor<3x8xf32>
  neap.yield %0 : tensor<3x8xf32>
}

// CHECK-LABEL: func.func private @packed_gather_body
// CHECK:       arith.divui
// CHECK:       arith.remui
// CHECK:       memref.reinterpret_cast %{{.*}} sizes: [40], strides: [16]
neap.kernel loops @packed_gather attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<3x40x16xf32>, %i: tensor<2xi32>):
  %0 = neap.packed_gather %x, %i {columns = 35 : i64} : tensor<3x40x16xf32>, tensor<2xi32> -> tensor<2x40xf32>
  neap.yield %0 : tensor<2x40xf32>
}

// CHECK-LABEL: func.func private @gather_elements_body
// CHECK:       memref.load %{{.*}} : memref<24xi64>
// CHECK:       memref.load %{{.*}} : memref<40xf32>
// CHECK:       memref.store %{{.*}} : memref<24xf32>
neap.kernel loops @gather_elements attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<5x8xf32>, %i: tensor<3x8xi64>):
  %0 = neap.gather_elements %x, %i {axis = 0 : i64} : tensor<5x8xf32>, tensor<3x8xi64> -> tensor<3x8xf32>
  neap.yield %0 : tensor<3x8xf32>
}

// Two checked indices for each tuple, then a row.
// CHECK-LABEL: func.func private @gather_nd_body
// CHECK-COUNT-2: memref.load %{{.*}} : memref<8xi64>
// CHECK:       memref.reinterpret_cast %{{.*}} sizes: [7], strides: [1]
neap.kernel loops @gather_nd attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<5x6x7xf32>, %i: tensor<4x2xi64>):
  %0 = neap.gather_nd %x, %i {batch_dims = 0 : i64} : tensor<5x6x7xf32>, tensor<4x2xi64> -> tensor<4x7xf32>
  neap.yield %0 : tensor<4x7xf32>
}

// The input is copied, then each update inside is combined.
// CHECK-LABEL: func.func private @scatter_elements_body
// CHECK:       linalg.generic
// CHECK:       memref.load %{{.*}} : memref<6xi64>
// CHECK:       scf.if
// CHECK:       scf.if
// CHECK:         linalg.generic
// CHECK:           arith.addf
neap.kernel loops @scatter_elements attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<5x8xf32>, %i: tensor<2x3xi64>, %u: tensor<2x3xf32>):
  %0 = neap.scatter_elements %x, %i, %u {axis = 0 : i64, reduction = #neap<reduce_kind sum>} : tensor<5x8xf32>, tensor<2x3xi64>, tensor<2x3xf32> -> tensor<5x8xf32>
  neap.yield %0 : tensor<5x8xf32>
}

// CHECK-LABEL: func.func private @scatter_nd_body
// CHECK:       linalg.generic
// CHECK:       scf.if
// CHECK:         memref.reinterpret_cast %{{.*}} sizes: [7], strides: [1]
// CHECK:         linalg.generic
neap.kernel loops @scatter_nd attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<6x7xf32>, %i: tensor<3x1xi64>, %u: tensor<3x7xf32>):
  %0 = neap.scatter_nd %x, %i, %u : tensor<6x7xf32>, tensor<3x1xi64>, tensor<3x7xf32> -> tensor<6x7xf32>
  neap.yield %0 : tensor<6x7xf32>
}

// Each tap is a branch: left out if negative, an error if too large. A row of
// columns is combined with what is there.
// CHECK-LABEL: func.func private @weighted_gather_body
// CHECK:       linalg.generic
// CHECK:       scf.for
// CHECK:         %[[INDEX:.*]] = memref.load %{{.*}} : memref<12xi64>
// CHECK:         %[[TAP:.*]] = arith.cmpi sge, %[[INDEX]]
// CHECK:         scf.if %[[TAP]] {
// CHECK:           %[[INSIDE:.*]] = arith.cmpi ult
// CHECK:           scf.if %[[INSIDE]] {
// CHECK:             %[[WEIGHT:.*]] = memref.load %{{.*}} : memref<12xf32>
// CHECK:             linalg.generic
// CHECK:               llvm.intr.fma(%[[WEIGHT]]
neap.kernel loops @weighted_gather attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<1x5x8xf32>, %i: tensor<1x3x4xi64>, %w: tensor<1x3x4xf32>):
  %0 = neap.weighted_gather sum %x, %i, %w : tensor<1x5x8xf32>, tensor<1x3x4xi64>, tensor<1x3x4xf32> -> tensor<1x3x8xf32>
  neap.yield %0 : tensor<1x3x8xf32>
}
