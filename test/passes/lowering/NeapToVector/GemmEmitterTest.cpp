// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GemmEmitterTest.cpp - matmul kernels against the interpreter: shapes,
// strides, batches, epilogues.
#include "test/passes/lowering/NeapToVector/ProductKernelTest.h"
#include "llvm/Support/FormatVariadic.h"
#include <random>

using namespace neap::test;
using llvm::formatv;

namespace {

class GemmEmitterTest : public ProductKernelTest {};

std::string packedType(int64_t n, int64_t k, const char *type = "f32") {
  return formatv("tensor<{0}x{1}x16x{2}>", (n + 15) / 16, k, type);
}

/// A product with a packed right operand.
std::string getPacked(int64_t m, int64_t n, int64_t k,
                      const char *type = "f32") {
  return formatv(R"(
^bb0(%a: tensor<{0}x{2}x{4}>, %b: {3}):
  %0 = neap.packed_matmul %a, %b : tensor<{0}x{2}x{4}>, {3} -> tensor<{0}x{1}x{4}>
  neap.yield %0 : tensor<{0}x{1}x{4}>)",
                 m, n, k, packedType(n, k, type), type);
}

/// A product with a plain right operand.
std::string getPlain(int64_t m, int64_t n, int64_t k) {
  return formatv(R"(
^bb0(%a: tensor<{0}x{2}xf32>, %b: tensor<{2}x{1}xf32>):
  %0 = neap.matmul %a, %b : tensor<{0}x{2}xf32>, tensor<{2}x{1}xf32> -> tensor<{0}x{1}xf32>
  neap.yield %0 : tensor<{0}x{1}xf32>)",
                 m, n, k);
}

/// A product of two transposed operands.
std::string getTransposed(int64_t m, int64_t n, int64_t k) {
  return formatv(R"(
^bb0(%a: tensor<{2}x{0}xf32>, %b: tensor<{1}x{2}xf32>):
  %at = neap.transpose %a, [1, 0] : tensor<{2}x{0}xf32> -> tensor<{0}x{2}xf32>
  %bt = neap.transpose %b, [1, 0] : tensor<{1}x{2}xf32> -> tensor<{2}x{1}xf32>
  %0 = neap.matmul %at, %bt : tensor<{0}x{2}xf32>, tensor<{2}x{1}xf32> -> tensor<{0}x{1}xf32>
  neap.yield %0 : tensor<{0}x{1}xf32>)",
                 m, n, k);
}

/// A product, a bias, a residual, and the larger of the sum and zero.
std::string getBiasResidualRelu(int64_t m, int64_t n, int64_t k) {
  return formatv(R"(
^bb0(%a: tensor<{0}x{2}xf32>, %b: {3}, %bias: tensor<{1}xf32>, %r: tensor<{0}x{1}xf32>):
  %0 = neap.packed_matmul %a, %b : tensor<{0}x{2}xf32>, {3} -> tensor<{0}x{1}xf32>
  %wide = neap.broadcast %bias : tensor<{1}xf32> -> tensor<{0}x{1}xf32>
  %1 = neap.add %0, %wide : tensor<{0}x{1}xf32>
  %2 = neap.add %1, %r : tensor<{0}x{1}xf32>
  %zero = neap.constant dense<0.0> : tensor<{0}x{1}xf32>
  %3 = neap.max %2, %zero : tensor<{0}x{1}xf32>
  neap.yield %3 : tensor<{0}x{1}xf32>)",
                 m, n, k, packedType(n, k));
}

TEST_F(GemmEmitterTest, RandomShapes) {
  std::mt19937 random(7);
  auto size = [&] { return int64_t(random() % 70 + 1); };
  for (int i = 0; i < 16; ++i) {
    check<float>("matmul", getPacked(size(), size(), size()));
    check<float>("matmul", getPlain(size(), size(), size()));
    check<float>("matmul", getTransposed(size(), size(), size()));
    check<float>("matmul", getBiasResidualRelu(size(), size(), size()));
  }
}

TEST_F(GemmEmitterTest, Float64) {
  check<double>("matmul", getPacked(7, 40, 9, "f64"));
  check<double>("matmul", getPacked(1, 100, 9, "f64"));
  check<double>("matmul", getPacked(50, 16, 33, "f64"));
}

TEST_F(GemmEmitterTest, FewRowsTakeSeveralPanels) {
  for (int64_t rows = 1; rows <= 5; ++rows) {
    check<float>("matmul", getPacked(rows, 16 * 11 + 3, 20));
    check<float>("matmul", getPacked(rows, 64, 20));
  }
}

TEST_F(GemmEmitterTest, SeveralRowBlocks) {
  check<float>("matmul", getPacked(131, 40, 3000));
  check<float>("matmul", getBiasResidualRelu(100, 24, 4096));
}

TEST_F(GemmEmitterTest, DepthInBlocks) {
  // Two and three blocks, the last one shorter; sums pass through scratch.
  check<float>("matmul", getPacked(23, 40, 3500));
  check<float>("matmul", getPacked(5, 7, 6203));
  check<float>("matmul", getPlain(9, 35, 3073));
  check<double>("matmul", getPacked(8, 20, 1601, "f64"));
  // The tile's long epilogue has scratch of its own behind them.
  check<double>("matmul",
                formatv(R"(
^bb0(%a: tensor<13x1601xf64>, %b: {0}):
  %0 = neap.packed_matmul %a, %b : tensor<13x1601xf64>, {0} -> tensor<13x33xf64>
  %1 = neap.tanh %0 : tensor<13x33xf64>
  %2 = neap.mul %0, %1 : tensor<13x33xf64>
  neap.yield %2 : tensor<13x33xf64>)",
                        packedType(33, 1601, "f64")),
                Agreement::Close);
}

TEST_F(GemmEmitterTest, RightOperandInChunks) {
  // 15 groups in 2 chunks of 8: the last tile of each row block is empty.
  check<float>("matmul", getPacked(40, 480, 3001));
}

TEST_F(GemmEmitterTest, HeadsAsBatch) {
  // Attention scores: heads lie in the columns of both operands.
  check<float>("matmul", R"(
^bb0(%q: tensor<1x20x3x24xf32>, %k: tensor<1x17x3x24xf32>):
  %0 = neap.transpose %q, [0, 2, 1, 3] : tensor<1x20x3x24xf32> -> tensor<1x3x20x24xf32>
  %1 = neap.transpose %k, [0, 2, 3, 1] : tensor<1x17x3x24xf32> -> tensor<1x3x24x17xf32>
  %2 = neap.matmul %0, %1 : tensor<1x3x20x24xf32>, tensor<1x3x24x17xf32> -> tensor<1x3x20x17xf32>
  %c = neap.constant dense<0.125> : tensor<1x3x20x17xf32>
  %3 = neap.mul %2, %c : tensor<1x3x20x17xf32>
  neap.yield %3 : tensor<1x3x20x17xf32>)");
  // Weighted values, written with the heads side by side.
  check<float>("matmul", R"(
^bb0(%p: tensor<1x3x20x17xf32>, %v: tensor<1x17x3x24xf32>):
  %0 = neap.transpose %v, [0, 2, 1, 3] : tensor<1x17x3x24xf32> -> tensor<1x3x17x24xf32>
  %1 = neap.matmul %p, %0 : tensor<1x3x20x17xf32>, tensor<1x3x17x24xf32> -> tensor<1x3x20x24xf32>
  %2 = neap.transpose %1, [0, 2, 1, 3] : tensor<1x3x20x24xf32> -> tensor<1x20x3x24xf32>
  %3 = neap.reshape %2 : tensor<1x20x3x24xf32> -> tensor<1x20x72xf32>
  neap.yield %3 : tensor<1x20x72xf32>)");
}

TEST_F(GemmEmitterTest, ColumnsSplitIntoHeads) {
  for (int64_t size : {16, 24, 7})
    check<float>("matmul", formatv(R"(
^bb0(%a: tensor<2x9x12xf32>, %b: {1}, %bias: tensor<{2}xf32>):
  %0 = neap.packed_matmul %a, %b : tensor<2x9x12xf32>, {1} -> tensor<2x9x{2}xf32>
  %wide = neap.broadcast %bias : tensor<{2}xf32> -> tensor<2x9x{2}xf32>
  %1 = neap.add %0, %wide : tensor<2x9x{2}xf32>
  %2 = neap.reshape %1 : tensor<2x9x{2}xf32> -> tensor<2x9x3x{0}xf32>
  %3 = neap.transpose %2, [0, 2, 1, 3] : tensor<2x9x3x{0}xf32> -> tensor<2x3x9x{0}xf32>
  neap.yield %3 : tensor<2x3x9x{0}xf32>)",
                                   size, packedType(3 * size, 12), 3 * size));
}

TEST_F(GemmEmitterTest, DepthSplitIntoHeads) {
  check<float>("matmul", formatv(R"(
^bb0(%a: tensor<3x9x20xf32>, %b: {0}):
  %0 = neap.transpose %a, [1, 0, 2] : tensor<3x9x20xf32> -> tensor<9x3x20xf32>
  %1 = neap.reshape %0 : tensor<9x3x20xf32> -> tensor<9x60xf32>
  %2 = neap.packed_matmul %1, %b : tensor<9x60xf32>, {0} -> tensor<9x33xf32>
  neap.yield %2 : tensor<9x33xf32>)",
                                 packedType(33, 60)));
}

TEST_F(GemmEmitterTest, TransposedResult) {
  check<float>("matmul", formatv(R"(
^bb0(%a: tensor<9x12xf32>, %b: {0}):
  %0 = neap.packed_matmul %a, %b : tensor<9x12xf32>, {0} -> tensor<9x21xf32>
  %1 = neap.transpose %0, [1, 0] : tensor<9x21xf32> -> tensor<21x9xf32>
  neap.yield %1 : tensor<21x9xf32>)",
                                 packedType(21, 12)));
}

TEST_F(GemmEmitterTest, SlicedOperands) {
  check<float>("matmul", R"(
^bb0(%a: tensor<10x40xf32>, %b: tensor<30x50xf32>):
  %0 = neap.slice %a {starts = array<i64: 9, 3>, sizes = array<i64: 5, 12>, steps = array<i64: -2, 3>} : tensor<10x40xf32> -> tensor<5x12xf32>
  %1 = neap.slice %b {starts = array<i64: 4, 1>, sizes = array<i64: 12, 24>, steps = array<i64: 2, 2>} : tensor<30x50xf32> -> tensor<12x24xf32>
  %2 = neap.matmul %0, %1 : tensor<5x12xf32>, tensor<12x24xf32> -> tensor<5x24xf32>
  neap.yield %2 : tensor<5x24xf32>)");
}

TEST_F(GemmEmitterTest, BatchOfOneRightOperandBecomesRows) {
  check<float>("matmul", R"(
^bb0(%a: tensor<4x3x5x12xf32>, %b: tensor<12x18xf32>):
  %0 = neap.matmul %a, %b : tensor<4x3x5x12xf32>, tensor<12x18xf32> -> tensor<4x3x5x18xf32>
  neap.yield %0 : tensor<4x3x5x18xf32>)");
}

TEST_F(GemmEmitterTest, LongEpilogueRunsInALoop) {
  std::string block = formatv(R"(
^bb0(%a: tensor<20x12xf32>, %b: {0}, %bias: tensor<1x45xf32>, %row: tensor<20x1xf32>):
  %0 = neap.packed_matmul %a, %b : tensor<20x12xf32>, {0} -> tensor<20x45xf32>
  %wide = neap.broadcast %bias : tensor<1x45xf32> -> tensor<20x45xf32>
  %1 = neap.add %0, %wide : tensor<20x45xf32>
  %2 = neap.tanh %1 : tensor<20x45xf32>
  %tall = neap.broadcast %row : tensor<20x1xf32> -> tensor<20x45xf32>
  %3 = neap.mul %2, %tall : tensor<20x45xf32>
  neap.yield %3 : tensor<20x45xf32>)",
                              packedType(45, 12));
  check<float>("matmul", block, Agreement::Close);
}

TEST_F(GemmEmitterTest, CompilesForEveryTarget) {
  checkCompiles("matmul", getBiasResidualRelu(128, 100, 1024));
  checkCompiles("matmul", getTransposed(40, 50, 60));
  checkCompiles("matmul", getPacked(3, 200, 60, "f64"));
}

TEST_F(GemmEmitterTest, ResidualMayBeTakenOver) {
  auto traits = getTraits("matmul", getBiasResidualRelu(8, 32, 5));
  ASSERT_TRUE(succeeded(traits));
  ASSERT_EQ(traits->inPlace.size(), 1u);
  ASSERT_EQ(traits->inPlace[0].size(), 1u);
  EXPECT_EQ(traits->inPlace[0][0], 3u);
}

TEST_F(GemmEmitterTest, DeclinesWhatItCannotTake) {
  // An op that is neither elementwise nor a view.
  EXPECT_TRUE(failed(getTraits("matmul", R"(
^bb0(%a: tensor<4x8xf32>, %b: tensor<8x16xf32>):
  %0 = neap.matmul %a, %b : tensor<4x8xf32>, tensor<8x16xf32> -> tensor<4x16xf32>
  %1 = neap.softmax %0 : tensor<4x16xf32>
  neap.yield %1 : tensor<4x16xf32>)")));
  // Computed operands.
  EXPECT_TRUE(failed(getTraits("matmul", R"(
^bb0(%a: tensor<4x4xf32>, %b: tensor<4x4xf32>):
  %0 = neap.add %a, %a : tensor<4x4xf32>
  %1 = neap.matmul %0, %b : tensor<4x4xf32>, tensor<4x4xf32> -> tensor<4x4xf32>
  neap.yield %1 : tensor<4x4xf32>)")));
  // Integers.
  EXPECT_TRUE(failed(getTraits("matmul", R"(
^bb0(%a: tensor<4x4xi32>, %b: tensor<4x4xi32>):
  %1 = neap.matmul %a, %b : tensor<4x4xi32>, tensor<4x4xi32> -> tensor<4x4xi32>
  neap.yield %1 : tensor<4x4xi32>)")));
}

} // namespace
