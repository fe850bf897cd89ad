// RUN: neap-opt %s --neap-emit-kernels --split-input-file --verify-diagnostics

// expected-error@+1 {{expected views into one op that has loops, and one yield}}
neap.kernel loops @two_ops attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<9x8xf32>):
  %0 = neap.reduce sum %x, [0] : tensor<9x8xf32> -> tensor<1x8xf32>
  %1 = neap.reduce sum %0, [1] : tensor<1x8xf32> -> tensor<1x1xf32>
  neap.yield %1 : tensor<1x1xf32>
}

// -----

// expected-error@+1 {{expected views into one op that has loops, and one yield}}
neap.kernel loops @another_type_after_the_op attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<9x8xf32>):
  %0 = neap.reduce sum %x, [0] : tensor<9x8xf32> -> tensor<1x8xf32>
  %1 = neap.cast %0 : tensor<1x8xf32> -> tensor<1x8xi64>
  neap.yield %1 : tensor<1x8xi64>
}

// -----

// expected-error@+1 {{expected views into one op that has loops, and one yield}}
neap.kernel loops @half_has_no_arithmetic attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
^bb0(%x: tensor<9x8xf16>):
  %0 = neap.reduce sum %x, [0] : tensor<9x8xf16> -> tensor<1x8xf16>
  neap.yield %0 : tensor<1x8xf16>
}
