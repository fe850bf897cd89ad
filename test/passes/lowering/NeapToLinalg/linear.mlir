// RUN: neap-opt %s --neap-emit-kernels | FileCheck %s

// CHECK-LABEL: func.func private @matmul_body
// CHECK:       linalg.generic {{.*}} iterator_types = ["reduction", "parallel"]
// CHECK:         %[[PRODUCT:.*]] = arith.muli
// CHECK:         arith.addi %[[PRODUCT]]
neap.kernel loops @matmul attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<5x7xi32>, %y: tensor<7x9xi32>):
  %0 = neap.matmul %x, %y : tensor<5x7xi32>, tensor<7x9xi32> -> tensor<5x9xi32>
  neap.yield %0 : tensor<5x9xi32>
}

// Two whole panels, then three columns and zeros.
// CHECK-LABEL: func.func private @pack_panels_body
// CHECK:       sizes: [2, 7, 16], strides: [16, 35, 1]
// CHECK:       sizes: [7, 3], strides: [35, 1]
// CHECK:       sizes: [7, 13], strides: [16, 1]
neap.kernel loops @pack_panels attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<7x35xf32>):
  %0 = neap.pack_panels %x : tensor<7x35xf32> -> tensor<3x7x16xf32>
  neap.yield %0 : tensor<3x7x16xf32>
}

// CHECK-LABEL: func.func private @pack_transposed_panels_body
// CHECK:       vector.shuffle
neap.kernel loops @pack_transposed_panels attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<32x32xf32>):
  %0 = neap.transpose %x, [1, 0] : tensor<32x32xf32> -> tensor<32x32xf32>
  %1 = neap.pack_panels %0 : tensor<32x32xf32> -> tensor<2x32x16xf32>
  neap.yield %1 : tensor<2x32x16xf32>
}
