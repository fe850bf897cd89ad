// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ProductTest.cpp - products over symbols: rows, columns, depth, batches.
#include "test/passes/lowering/Symbolic/SymbolicKernelTest.h"

using namespace neap::test;

namespace {

TEST_F(SymbolicKernelTest, PackedProductOfSymbolicRows) {
  // 720 bytes a row: several blocks of rows at the bound.
  check(
      {"matmul", "batch = #neap.range<1, 3>, seq = #neap.range<0, 400>",
       "%a: tensor<[batch*seq]x180xf32>, %b: tensor<3x180x16xf32>, "
       "%c: tensor<40xf32>, %r: tensor<[batch*seq]x40xf32>",
       R"(%0 = neap.packed_matmul %a, %b : tensor<[batch*seq]x180xf32>, tensor<3x180x16xf32> -> tensor<[batch*seq]x40xf32>
            %1 = neap.broadcast %c : tensor<40xf32> -> tensor<[batch*seq]x40xf32>
            %2 = neap.add %0, %1 : tensor<[batch*seq]x40xf32>
            %3 = neap.add %2, %r : tensor<[batch*seq]x40xf32>
            neap.yield %3 : tensor<[batch*seq]x40xf32>)"},
      {{{"batch", 1}, {"seq", 0}},
       {{"batch", 1}, {"seq", 1}},
       {{"batch", 1}, {"seq", 5}},
       {{"batch", 2}, {"seq", 7}},
       {{"batch", 1}, {"seq", 64}},
       {{"batch", 3}, {"seq", 400}}});
}

TEST_F(SymbolicKernelTest, DeepProductIsCutAlongItsDepth) {
  check(
      {"matmul", "seq = #neap.range<0, 30>",
       "%a: tensor<[seq]x3100xf32>, %b: tensor<2x3100x16xf32>",
       R"(%0 = neap.packed_matmul %a, %b : tensor<[seq]x3100xf32>, tensor<2x3100x16xf32> -> tensor<[seq]x20xf32>
            neap.yield %0 : tensor<[seq]x20xf32>)"},
      sweep("seq", {0, 1, 5, 13, 30}));
}

TEST_F(SymbolicKernelTest, ColumnsSplitIntoHeads) {
  check(
      {"matmul", "batch = #neap.range<1, 3>, seq = #neap.range<0, 40>",
       "%a: tensor<[batch]x[seq]x12xf32>, %b: tensor<5x12x16xf32>",
       R"(%0 = neap.packed_matmul %a, %b : tensor<[batch]x[seq]x12xf32>, tensor<5x12x16xf32> -> tensor<[batch]x[seq]x72xf32>
            %1 = neap.reshape %0 : tensor<[batch]x[seq]x72xf32> -> tensor<[batch]x[seq]x3x24xf32>
            %2 = neap.transpose %1, [0, 2, 1, 3] : tensor<[batch]x[seq]x3x24xf32> -> tensor<[batch]x3x[seq]x24xf32>
            neap.yield %2 : tensor<[batch]x3x[seq]x24xf32>)"},
      {{{"batch", 1}, {"seq", 1}},
       {{"batch", 2}, {"seq", 17}},
       {{"batch", 3}, {"seq", 40}}});
}

TEST_F(SymbolicKernelTest, RowsOfCollapsedBatches) {
  check(
      {"matmul", "batch = #neap.range<1, 3>, seq = #neap.range<0, 40>",
       "%a: tensor<[batch]x3x[seq]x20xf32>, %b: tensor<3x60x16xf32>",
       R"(%0 = neap.transpose %a, [0, 2, 1, 3] : tensor<[batch]x3x[seq]x20xf32> -> tensor<[batch]x[seq]x3x20xf32>
            %1 = neap.reshape %0 : tensor<[batch]x[seq]x3x20xf32> -> tensor<[batch*seq]x60xf32>
            %2 = neap.packed_matmul %1, %b : tensor<[batch*seq]x60xf32>, tensor<3x60x16xf32> -> tensor<[batch*seq]x33xf32>
            neap.yield %2 : tensor<[batch*seq]x33xf32>)"},
      {{{"batch", 1}, {"seq", 1}},
       {{"batch", 2}, {"seq", 17}},
       {{"batch", 3}, {"seq", 40}}});
}

const std::vector<Sizes> kAttentionSizes = {
    {{"batch", 1}, {"past", 0}, {"seq", 1}},
    {{"batch", 2}, {"past", 3}, {"seq", 17}},
    {{"batch", 1}, {"past", 32}, {"seq", 32}},
    {{"batch", 3}, {"past", 53}, {"seq", 60}},
    {{"batch", 3}, {"past", 60}, {"seq", 0}}};
const char kAttentionSymbols[] =
    "batch = #neap.range<1, 4>, past = #neap.range<0, 60>, "
    "seq = #neap.range<0, 60>";

TEST_F(SymbolicKernelTest, AttentionScores) {
  check(
      {"matmul", kAttentionSymbols,
       "%q: tensor<[batch]x[seq]x3x24xf32>, "
       "%k: tensor<[batch]x[past + seq]x3x24xf32>",
       R"(%0 = neap.transpose %q, [0, 2, 1, 3] : tensor<[batch]x[seq]x3x24xf32> -> tensor<[batch]x3x[seq]x24xf32>
            %1 = neap.transpose %k, [0, 2, 3, 1] : tensor<[batch]x[past + seq]x3x24xf32> -> tensor<[batch]x3x24x[past + seq]xf32>
            %2 = neap.matmul %0, %1 : tensor<[batch]x3x[seq]x24xf32>, tensor<[batch]x3x24x[past + seq]xf32> -> tensor<[batch]x3x[seq]x[past + seq]xf32>
            %s = neap.constant dense<0.125> : tensor<f32>
            %c = neap.broadcast %s : tensor<f32> -> tensor<[batch]x3x[seq]x[past + seq]xf32>
            %3 = neap.mul %2, %c : tensor<[batch]x3x[seq]x[past + seq]xf32>
            neap.yield %3 : tensor<[batch]x3x[seq]x[past + seq]xf32>)"},
      kAttentionSizes);
}

TEST_F(SymbolicKernelTest, ScoresWithAMask) {
  check(
      {"matmul", kAttentionSymbols,
       "%q: tensor<[3*batch]x[seq]x24xf32>, "
       "%k: tensor<[3*batch]x24x[past + seq]xf32>, "
       "%m: tensor<[batch]x1x1x[past + seq]xf32>",
       R"(%0 = neap.reshape %q : tensor<[3*batch]x[seq]x24xf32> -> tensor<[batch]x3x[seq]x24xf32>
            %1 = neap.reshape %k : tensor<[3*batch]x24x[past + seq]xf32> -> tensor<[batch]x3x24x[past + seq]xf32>
            %2 = neap.matmul %0, %1 : tensor<[batch]x3x[seq]x24xf32>, tensor<[batch]x3x24x[past + seq]xf32> -> tensor<[batch]x3x[seq]x[past + seq]xf32>
            %3 = neap.broadcast %m : tensor<[batch]x1x1x[past + seq]xf32> -> tensor<[batch]x3x[seq]x[past + seq]xf32>
            %4 = neap.add %2, %3 : tensor<[batch]x3x[seq]x[past + seq]xf32>
            neap.yield %4 : tensor<[batch]x3x[seq]x[past + seq]xf32>)"},
      kAttentionSizes);
}

TEST_F(SymbolicKernelTest, WeightedValues) {
  check(
      {"matmul", kAttentionSymbols,
       "%p: tensor<[batch]x3x[seq]x[past + seq]xf32>, "
       "%v: tensor<[batch]x[past + seq]x3x24xf32>",
       R"(%0 = neap.transpose %v, [0, 2, 1, 3] : tensor<[batch]x[past + seq]x3x24xf32> -> tensor<[batch]x3x[past + seq]x24xf32>
            %1 = neap.matmul %p, %0 : tensor<[batch]x3x[seq]x[past + seq]xf32>, tensor<[batch]x3x[past + seq]x24xf32> -> tensor<[batch]x3x[seq]x24xf32>
            %2 = neap.transpose %1, [0, 2, 1, 3] : tensor<[batch]x3x[seq]x24xf32> -> tensor<[batch]x[seq]x3x24xf32>
            %3 = neap.reshape %2 : tensor<[batch]x[seq]x3x24xf32> -> tensor<[batch]x[seq]x72xf32>
            neap.yield %3 : tensor<[batch]x[seq]x72xf32>)"},
      kAttentionSizes);
}

TEST_F(SymbolicKernelTest, SymbolicDepthThatRunsAlongColumns) {
  check(
      {"matmul", "n = #neap.range<0, 100>",
       "%a: tensor<7x[n]xf32>, %b: tensor<20x[n]xf32>",
       R"(%0 = neap.transpose %b, [1, 0] : tensor<20x[n]xf32> -> tensor<[n]x20xf32>
            %1 = neap.matmul %a, %0 : tensor<7x[n]xf32>, tensor<[n]x20xf32> -> tensor<7x20xf32>
            neap.yield %1 : tensor<7x20xf32>)"},
      sweep("n", getTails()));
}

TEST_F(SymbolicKernelTest, SymbolicColumnsStoredAcross) {
  check(
      {"matmul", "n = #neap.range<0, 100>",
       "%a: tensor<7x12xf64>, %b: tensor<12x[n]xf64>, %c: tensor<[n]x1xf64>",
       R"(%0 = neap.matmul %a, %b : tensor<7x12xf64>, tensor<12x[n]xf64> -> tensor<7x[n]xf64>
            %1 = neap.reshape %c : tensor<[n]x1xf64> -> tensor<[n]xf64>
            %2 = neap.broadcast %1 : tensor<[n]xf64> -> tensor<7x[n]xf64>
            %3 = neap.mul %0, %2 : tensor<7x[n]xf64>
            %4 = neap.transpose %3, [1, 0] : tensor<7x[n]xf64> -> tensor<[n]x7xf64>
            neap.yield %4 : tensor<[n]x7xf64>)"},
      sweep("n", getTails()));
}

TEST_F(SymbolicKernelTest, SlicesThatStartAtASymbol) {
  check(
      {"matmul", "past = #neap.range<0, 60>, seq = #neap.range<1, 60>",
       "%a: tensor<[past + seq]x12xf32>, %b: tensor<2x12x16xf32>",
       R"(%0 = neap.slice %a {starts = dims[past, 0], sizes = dims[seq, 12], steps = dims[1, 1]} : tensor<[past + seq]x12xf32> -> tensor<[seq]x12xf32>
            %1 = neap.packed_matmul %0, %b : tensor<[seq]x12xf32>, tensor<2x12x16xf32> -> tensor<[seq]x32xf32>
            neap.yield %1 : tensor<[seq]x32xf32>)"},
      {{{"past", 0}, {"seq", 1}}, {{"past", 60}, {"seq", 59}}});
}

TEST_F(SymbolicKernelTest, LongEpilogue) {
  check(
      {"matmul", "seq = #neap.range<0, 60>",
       "%a: tensor<[seq]x12xf32>, %b: tensor<3x12x16xf32>, "
       "%r: tensor<[seq]x1xf32>",
       R"(%0 = neap.packed_matmul %a, %b : tensor<[seq]x12xf32>, tensor<3x12x16xf32> -> tensor<[seq]x45xf32>
            %1 = neap.erf %0 : tensor<[seq]x45xf32>
            %2 = neap.broadcast %r : tensor<[seq]x1xf32> -> tensor<[seq]x45xf32>
            %3 = neap.mul %1, %2 : tensor<[seq]x45xf32>
            neap.yield %3 : tensor<[seq]x45xf32>)"},
      sweep("seq", {0, 1, 3, 6, 11, 60}));
}

} // namespace
