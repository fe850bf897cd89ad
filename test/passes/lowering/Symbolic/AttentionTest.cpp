// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AttentionTest.cpp - attention over symbols: queries, keys, batches.
#include "test/passes/lowering/Symbolic/SymbolicKernelTest.h"

using namespace neap::test;

namespace {

const std::vector<Sizes> kSizes = {{{"batch", 1}, {"past", 0}, {"seq", 1}},
                                   {{"batch", 2}, {"past", 3}, {"seq", 17}},
                                   {{"batch", 1}, {"past", 32}, {"seq", 64}},
                                   {{"batch", 3}, {"past", 99}, {"seq", 120}},
                                   {{"batch", 3}, {"past", 60}, {"seq", 0}}};
const char kSymbols[] = "batch = #neap.range<1, 4>, past = #neap.range<0, 99>, "
                        "seq = #neap.range<0, 120>";

TEST_F(SymbolicKernelTest, CausalAttentionWithAPast) {
  check(
      {"attention", kSymbols,
       "%q: tensor<[batch]x[seq]x3x24xf32>, "
       "%k: tensor<[batch]x3x[past + seq]x24xf32>, "
       "%v: tensor<[batch]x3x[past + seq]x24xf32>, "
       "%n: tensor<[batch]x1x1x[past + seq]xi1>",
       R"(%0 = neap.transpose %q, [0, 2, 1, 3] : tensor<[batch]x[seq]x3x24xf32> -> tensor<[batch]x3x[seq]x24xf32>
            %m = neap.broadcast %n : tensor<[batch]x1x1x[past + seq]xi1> -> tensor<[batch]x3x[seq]x[past + seq]xi1>
            %1 = neap.attention %0, %k, %v mask(%m : tensor<[batch]x3x[seq]x[past + seq]xi1>) {scale = 0.2 : f64, causal = dim[past], fill = -3.0e38 : f64} : tensor<[batch]x3x[seq]x24xf32>, tensor<[batch]x3x[past + seq]x24xf32>, tensor<[batch]x3x[past + seq]x24xf32> -> tensor<[batch]x3x[seq]x24xf32>
            %2 = neap.transpose %1, [0, 2, 1, 3] : tensor<[batch]x3x[seq]x24xf32> -> tensor<[batch]x[seq]x3x24xf32>
            %3 = neap.reshape %2 : tensor<[batch]x[seq]x3x24xf32> -> tensor<[batch*seq]x72xf32>
            neap.yield %3 : tensor<[batch*seq]x72xf32>)"},
      kSizes);
}

TEST_F(SymbolicKernelTest, AttentionOfSharedHeads) {
  check(
      {"attention", kSymbols,
       "%q: tensor<[batch]x4x[seq]x16xf32>, "
       "%k: tensor<[batch]x2x1x[past]x16xf32>, "
       "%m: tensor<[batch]x4x[seq]x[past]xf32>",
       R"(%0 = neap.broadcast %k : tensor<[batch]x2x1x[past]x16xf32> -> tensor<[batch]x2x2x[past]x16xf32>
            %1 = neap.reshape %0 : tensor<[batch]x2x2x[past]x16xf32> -> tensor<[batch]x4x[past]x16xf32>
            %2 = neap.attention %q, %1, %1 mask(%m : tensor<[batch]x4x[seq]x[past]xf32>) {masked_rows = #neap<masked_rows zero>} : tensor<[batch]x4x[seq]x16xf32>, tensor<[batch]x4x[past]x16xf32>, tensor<[batch]x4x[past]x16xf32> -> tensor<[batch]x4x[seq]x16xf32>
            neap.yield %2 : tensor<[batch]x4x[seq]x16xf32>)"},
      kSizes);
}

} // namespace
