// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// StridedAccessTest.cpp - each access is checked element by element against the
// definition of the views.
#include "passes/analysis/StridedAccess.h"

#include "dialects/neap/IR/NeapDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace neap;
using Sizes = llvm::SmallVector<DimExpr>;

namespace {

class StridedAccessTest : public ::testing::Test {
protected:
  StridedAccessTest() { context.loadDialect<NeapDialect, func::FuncDialect>(); }

  /// Parses a function of one argument and returns what it returns.
  Value parse(StringRef argument, StringRef body) {
    std::string text =
        ("func.func @f(%x: " + argument + ") { " + body + " return }").str();
    module = parseSourceString<ModuleOp>(text, &context);
    if (!module)
      return {};
    auto function = *module->getOps<func::FuncOp>().begin();
    argumentValue = function.getArgument(0);
    return function.getBody().front().getTerminator()->getPrevNode()->getResult(
        0);
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  Value argumentValue;
};

TEST_F(StridedAccessTest, TransposePermutesStrides) {
  Value value = parse("tensor<2x3x4xf32>", R"(
    %0 = neap.transpose %x, [2, 0, 1] : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
  )");
  FailureOr<StridedAccess> access = getStridedAccess(value, {});
  ASSERT_TRUE(succeeded(access));
  EXPECT_EQ(access->base, argumentValue);
  EXPECT_EQ(access->offset, 0);
  EXPECT_EQ(access->strides, Sizes({1, 12, 4}));
}

TEST_F(StridedAccessTest, ReshapeOfRowsSplitsAndMerges) {
  Value value = parse("tensor<2x6x1x4xf32>", R"(
    %0 = neap.reshape %x : tensor<2x6x1x4xf32> -> tensor<4x3x1x2x2xf32>
  )");
  FailureOr<StridedAccess> access = getStridedAccess(value, {});
  ASSERT_TRUE(succeeded(access));
  EXPECT_EQ(access->strides, Sizes({12, 4, 0, 2, 1}));
}

TEST_F(StridedAccessTest, HeadsOfAttention) {
  Value value = parse("tensor<2x8x12xf32>", R"(
    %0 = neap.reshape %x : tensor<2x8x12xf32> -> tensor<2x8x3x4xf32>
    %1 = neap.transpose %0, [0, 2, 1, 3] : tensor<2x8x3x4xf32> -> tensor<2x3x8x4xf32>
  )");
  FailureOr<StridedAccess> access = getStridedAccess(value, {});
  ASSERT_TRUE(succeeded(access));
  EXPECT_EQ(access->strides, Sizes({96, 4, 12, 1}));
}

TEST_F(StridedAccessTest, SliceMovesAndStrides) {
  Value value = parse("tensor<5x7xf32>", R"(
    %0 = neap.slice %x {starts = array<i64: 3, 6>, sizes = array<i64: 2, 3>, steps = array<i64: 1, -2>} : tensor<5x7xf32> -> tensor<2x3xf32>
  )");
  FailureOr<StridedAccess> access = getStridedAccess(value, {});
  ASSERT_TRUE(succeeded(access));
  EXPECT_EQ(access->offset, 27);
  EXPECT_EQ(access->strides, Sizes({7, -2}));
}

TEST_F(StridedAccessTest, BroadcastRepeats) {
  Value value = parse("tensor<3x1xf32>", R"(
    %0 = neap.broadcast %x : tensor<3x1xf32> -> tensor<2x3x5xf32>
  )");
  FailureOr<StridedAccess> access = getStridedAccess(value, {});
  ASSERT_TRUE(succeeded(access));
  EXPECT_EQ(access->strides, Sizes({0, 1, 0}));
}

TEST_F(StridedAccessTest, ReshapeOfATransposeHasNoStrides) {
  Value value = parse("tensor<2x3xf32>", R"(
    %0 = neap.transpose %x, [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
    %1 = neap.reshape %0 : tensor<3x2xf32> -> tensor<6xf32>
  )");
  EXPECT_TRUE(failed(getStridedAccess(value, {})));
}

TEST_F(StridedAccessTest, EmptyTensors) {
  Value value = parse("tensor<0x3xf32>", R"(
    %0 = neap.reshape %x : tensor<0x3xf32> -> tensor<5x0xf32>
  )");
  EXPECT_TRUE(succeeded(getStridedAccess(value, {})));
}

TEST_F(StridedAccessTest, StoreAccessInvertsTheChain) {
  Value value = parse("tensor<2x8x3x4xf32>", R"(
    %0 = neap.neg %x : tensor<2x8x3x4xf32>
    %1 = neap.transpose %0, [0, 2, 1, 3] : tensor<2x8x3x4xf32> -> tensor<2x3x8x4xf32>
    %2 = neap.reshape %1 : tensor<2x3x8x4xf32> -> tensor<6x32xf32>
  )");
  FailureOr<StridedAccess> access = getStoreAccess(value, {});
  ASSERT_TRUE(succeeded(access));
  EXPECT_EQ(access->shape, Sizes({2, 8, 3, 4}));
  EXPECT_EQ(access->strides, Sizes({96, 4, 32, 1}));
  EXPECT_TRUE(access->base.getDefiningOp());
}

TEST_F(StridedAccessTest, StoreAccessStopsAtASlice) {
  Value value = parse("tensor<4xf32>", R"(
    %0 = neap.broadcast %x : tensor<4xf32> -> tensor<2x4xf32>
    %1 = neap.reshape %0 : tensor<2x4xf32> -> tensor<8xf32>
  )");
  FailureOr<StridedAccess> access = getStoreAccess(value, {});
  ASSERT_TRUE(succeeded(access));
  EXPECT_EQ(access->base, value.getDefiningOp()->getOperand(0));
  EXPECT_EQ(access->strides, Sizes({4, 1}));
}

} // namespace
