// RUN: neap-opt %s --neap-emit-kernels | FileCheck %s

// The chain runs down the rows, side by side for all columns.
// CHECK-LABEL: func.func private @sum_of_rows_body
// CHECK:       linalg.generic {{.*}} iterator_types = ["parallel"]
// CHECK:       linalg.generic {{.*}} iterator_types = ["reduction", "parallel"]
// CHECK:       ^bb0(%[[IN:.*]]: f32, %[[SUM:.*]]: f32):
// CHECK:         arith.addf %[[SUM]], %[[IN]]
neap.kernel loops @sum_of_rows attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<9x8xf32>):
  %0 = neap.reduce sum %x, [0] : tensor<9x8xf32> -> tensor<1x8xf32>
  neap.yield %0 : tensor<1x8xf32>
}

// Bools are bytes: any is the unsigned maximum.
// CHECK-LABEL: func.func private @any_body
// CHECK:       arith.maxui %{{.*}} : i8
neap.kernel loops @any attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<9x8xi1>):
  %0 = neap.reduce max %x, [0] : tensor<9x8xi1> -> tensor<1x8xi1>
  neap.yield %0 : tensor<1x8xi1>
}

// A broadcast input has stride 0, a reversed one an index of its own.
// CHECK-LABEL: func.func private @sum_of_broadcast_body
// CHECK:       memref.reinterpret_cast %{{.*}} sizes: [9, 8], strides: [0, 1]
neap.kernel loops @sum_of_broadcast attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<8xf32>):
  %0 = neap.broadcast %x : tensor<8xf32> -> tensor<9x8xf32>
  %1 = neap.reduce sum %0, [0] : tensor<9x8xf32> -> tensor<1x8xf32>
  neap.yield %1 : tensor<1x8xf32>
}

// A NaN is beyond every number, the first one wins.
// CHECK-LABEL: func.func private @arg_max_body
// CHECK:       scf.for {{.*}} iter_args(%[[BEST:.*]] = %{{.*}}, %[[INDEX:.*]] = %{{.*}})
// CHECK:         %[[VALUE:.*]] = memref.load
// CHECK:         arith.cmpf uno, %[[VALUE]], %[[VALUE]]
// CHECK:         arith.cmpf uno, %[[BEST]], %[[BEST]]
// CHECK:         arith.cmpf ogt, %[[VALUE]], %[[BEST]]
neap.kernel loops @arg_max attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<9x8xf32>):
  %0 = neap.arg_reduce max %x {axis = 1 : i64} : tensor<9x8xf32> -> tensor<9x1xi64>
  neap.yield %0 : tensor<9x1xi64>
}

// A heap of indices in the result: built, filled, emptied from its end.
// CHECK-LABEL: func.func private @top_k_body
// CHECK:       scf.while
// CHECK:       arith.cmpf ogt
// CHECK:       scf.while
// CHECK:       scf.while
// CHECK-NOT:   scf.while
// CHECK-LABEL: func.func private @cumulative_sum_body
neap.kernel loops @top_k attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<9x8xf32>):
  %0 = neap.top_k max %x {axis = 1 : i64} : tensor<9x8xf32> -> tensor<9x3xi64>
  neap.yield %0 : tensor<9x3xi64>
}

// Row i + 1 is row i of the result plus row i + 1 of the input.
// CHECK:       linalg.generic
// CHECK:       scf.for
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel"]
// CHECK:           arith.addi
neap.kernel loops @cumulative_sum attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<9x8xi32>):
  %0 = neap.cumulative_sum %x {axis = 0 : i64} : tensor<9x8xi32>
  neap.yield %0 : tensor<9x8xi32>
}
