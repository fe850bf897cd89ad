// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// InterfacesTest.cpp - what ops say of their cost and of computing in place.
#include "dialects/neap/IR/NeapOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace neap;

namespace {

class Interfaces : public ::testing::Test {
protected:
  Interfaces() { context.loadDialect<NeapDialect, mlir::func::FuncDialect>(); }

  /// Parses `source` and returns its last op called `name`.
  mlir::Operation *parse(llvm::StringRef source, llvm::StringRef name) {
    module = mlir::parseSourceString<mlir::ModuleOp>(source, &context);
    mlir::Operation *found = nullptr;
    if (module)
      module->walk([&](mlir::Operation *op) {
        if (op->getName().getStringRef() == name)
          found = op;
      });
    EXPECT_TRUE(found) << name.str();
    return found;
  }

  /// Returns the cost of the op `name` in a function of `arguments`.
  std::pair<int64_t, int64_t> getCost(llvm::StringRef arguments,
                                      llvm::StringRef name,
                                      llvm::StringRef rest) {
    std::string source = ("func.func @f(" + arguments + ") {\n  %0 = " + name +
                          " " + rest + "\n  return\n}\n")
                             .str();
    auto op = llvm::cast<CostedOpInterface>(parse(source, name));
    return {op.getFlops(), op.getBytesMoved()};
  }

  /// Returns the operands that result 0 of the op `name` may take over.
  llvm::SmallVector<unsigned> getInPlace(llvm::StringRef source,
                                         llvm::StringRef name) {
    llvm::SmallVector<unsigned> operands;
    llvm::cast<InPlaceOpInterface>(parse(source, name))
        .getInPlaceOperands(0, operands);
    return operands;
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

using Cost = std::pair<int64_t, int64_t>;

TEST_F(Interfaces, ElementwiseOpsCostOneOperationPerFloat) {
  EXPECT_EQ(
      getCost("%x: tensor<4x8xf32>", "neap.add", "%x, %x : tensor<4x8xf32>"),
      Cost(32, 3 * 128));
  EXPECT_EQ(
      getCost("%x: tensor<4x8xi64>", "neap.add", "%x, %x : tensor<4x8xi64>"),
      Cost(0, 3 * 256));
  EXPECT_EQ(getCost("%x: tensor<4x8xf32>", "neap.compare",
                    "lt %x, %x : tensor<4x8xf32> -> tensor<4x8xi1>"),
            Cost(32, 2 * 128 + 32));
}

TEST_F(Interfaces, ProductsCostTwoOperationsPerStep) {
  EXPECT_EQ(getCost("%x: tensor<2x3x4xf32>, %w: tensor<4x5xf32>", "neap.matmul",
                    "%x, %w : tensor<2x3x4xf32>, tensor<4x5xf32> -> "
                    "tensor<2x3x5xf32>"),
            Cost(2 * 4 * 30, 4 * (24 + 20 + 30)));
  EXPECT_EQ(getCost("%x: tensor<1x4x9xf32>, %w: tensor<6x2x3xf32>", "neap.conv",
                    "%x, %w {strides = array<i64: 1>, pads = array<i64: 0, 0>, "
                    "dilations = array<i64: 1>, groups = 2 : i64} : "
                    "tensor<1x4x9xf32>, tensor<6x2x3xf32> -> "
                    "tensor<1x6x7xf32>"),
            Cost(2 * 2 * 3 * 42, 4 * (36 + 36 + 42)));
}

TEST_F(Interfaces, WhatBecomesNoCodeCostsNothing) {
  EXPECT_EQ(getCost("%x: tensor<4x8xf32>", "neap.reshape",
                    "%x : tensor<4x8xf32> -> tensor<32xf32>"),
            Cost(0, 0));
  EXPECT_EQ(getCost("", "neap.weight",
                    "<file = 0, offset = 0, length = 128> : tensor<32xf32>"),
            Cost(0, 0));
  EXPECT_EQ(getCost("", "neap.constant", "dense<1.0> : tensor<32xf32>"),
            Cost(0, 0));
}

TEST_F(Interfaces, GathersReadOnlyWhatTheyTake) {
  EXPECT_EQ(getCost("%x: tensor<1000x8xf32>, %i: tensor<2xi64>", "neap.gather",
                    "%x, %i {axis = 0} : tensor<1000x8xf32>, tensor<2xi64> -> "
                    "tensor<2x8xf32>"),
            Cost(0, 16 + 2 * 64));
}

TEST_F(Interfaces, ReductionsCostOneOperationPerInput) {
  EXPECT_EQ(getCost("%x: tensor<4x8xf32>", "neap.reduce",
                    "sum %x, [1] : tensor<4x8xf32> -> tensor<4x1xf32>"),
            Cost(32, 4 * 36));
}

TEST_F(Interfaces, DynamicShapesCostNothingKnown) {
  EXPECT_EQ(getCost("%x: tensor<?xf32, #neap.dims<\"n\">>", "neap.exp",
                    "%x : tensor<?xf32, #neap.dims<\"n\">>"),
            Cost(0, 0));
}

TEST_F(Interfaces, OperandsOfEqualSizeMayBeTakenOver) {
  using Operands = llvm::SmallVector<unsigned>;
  EXPECT_EQ(getInPlace("func.func @f(%x: tensor<4xf32>, %y: tensor<4xf32>) {\n"
                       "  %0 = neap.add %x, %y : tensor<4xf32>\n"
                       "  return\n}\n",
                       "neap.add"),
            Operands({0, 1}));
  EXPECT_EQ(getInPlace("func.func @f(%c: tensor<4xi1>, %x: tensor<4xi8>) {\n"
                       "  %0 = neap.select %c, %x, %x : tensor<4xi1>, "
                       "tensor<4xi8>\n  return\n}\n",
                       "neap.select"),
            Operands({0, 1, 2}));
  EXPECT_EQ(getInPlace("func.func @f(%x: tensor<4xf32>) {\n"
                       "  %0 = neap.cast %x : tensor<4xf32> -> tensor<4xf64>\n"
                       "  return\n}\n",
                       "neap.cast"),
            Operands());
  EXPECT_EQ(getInPlace("func.func @f(%x: tensor<4xf32>) {\n"
                       "  %0 = neap.softmax %x : tensor<4xf32>\n"
                       "  return\n}\n",
                       "neap.softmax"),
            Operands({0}));
}

TEST_F(Interfaces, LaunchesAskTheirKernel) {
  const char *source =
      "neap.kernel region @k attributes {num_tiles = 1 : i64, "
      "tiles_per_block = 1 : i64, scratch_bytes = 0 : i64, "
      "in_place = [array<i64: 1>]} {\n"
      "^bb0(%x: tensor<4xf32>, %y: tensor<4xf32>):\n"
      "  %0 = neap.add %x, %y : tensor<4xf32>\n"
      "  %1 = neap.mul %0, %y : tensor<4xf32>\n"
      "  neap.yield %1 : tensor<4xf32>\n}\n"
      "func.func @f(%x: tensor<4xf32>) {\n"
      "  %0 = neap.launch @k(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> "
      "tensor<4xf32>\n  return\n}\n";
  EXPECT_EQ(getInPlace(source, "neap.launch"), llvm::SmallVector<unsigned>{1});
  auto launch = llvm::cast<CostedOpInterface>(parse(source, "neap.launch"));
  EXPECT_EQ(launch.getFlops(), 8);
  EXPECT_EQ(launch.getBytesMoved(), 48);
}

} // namespace
