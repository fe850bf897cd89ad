// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SymbolsTest.cpp - the sizes of kernels and the facts of a module.
#include "dialects/neap/IR/Symbols.h"

#include "dialects/neap/IR/NeapOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace neap;

namespace {

constexpr llvm::StringLiteral kModule = R"mlir(
module attributes {neap.symbols = {seq = #neap.range<1, 512>,
                                   d = #neap.range<8, 64, 8>}} {
  neap.kernel loops @slice attributes {num_tiles = #neap.dim<"batch">,
      tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64>]} {
  ^bb0(%x: tensor<?x8xf32, #neap.dims<"seq", "8">>):
    %0 = neap.slice %x {starts = #neap.dims<"past", "0">,
        sizes = array<i64: 1, 8>, steps = array<i64: 1, 1>}
      : tensor<?x8xf32, #neap.dims<"seq", "8">> -> tensor<1x8xf32>
    %1 = neap.size (#neap.dim<"(d // 8) + seq">) : tensor<i64>
    neap.yield %0 : tensor<1x8xf32>
  }
})mlir";

class Symbols : public ::testing::Test {
protected:
  Symbols() {
    context.loadDialect<NeapDialect, mlir::func::FuncDialect>();
    module = mlir::parseSourceString<mlir::ModuleOp>(kModule, &context);
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

// What the kernel's own attributes name is no size of its code.
TEST_F(Symbols, SizesOfAKernelAreThoseOfItsBody) {
  ASSERT_TRUE(module);
  KernelOp kernel = *module->getOps<KernelOp>().begin();
  llvm::SmallVector<std::string> expected{"d", "past", "seq"};
  EXPECT_EQ(collectSymbols(kernel.getBody().front()), expected);
}

TEST_F(Symbols, FactsAreThoseOfTheModuleAround) {
  ASSERT_TRUE(module);
  KernelOp kernel = *module->getOps<KernelOp>().begin();
  mlir::Operation *inner = &kernel.getBody().front().front();
  for (mlir::Operation *op : {inner, module->getOperation()}) {
    SymbolFacts facts = getSymbolFacts(op);
    EXPECT_EQ(facts.ranges.size(), 2u);
    EXPECT_EQ(facts.getUpperBound(DimExpr::symbol("seq")), 512);
    EXPECT_EQ(facts.ranges.lookup("d").step, 8);
  }
}

} // namespace
