// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MicroKernelTest.cpp - the shape of tiles on each instruction set, and the
// loop that is emitted for one.
#include "passes/lowering/NeapToVector/MicroKernel.h"
#include "compiler/targets/cpu/CpuTarget.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/lowering/NeapToVector/KernelShell.h"
#include "passes/lowering/cpu/LowerToLLVM.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace neap;

namespace {

class MicroKernelTest : public ::testing::Test {
protected:
  MicroKernelTest() {
    DialectRegistry registry;
    registerKernelCodeDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    operand.elementType = Float32Type::get(&context);
    operand.rowStride = 100;
    operand.depth = {{100, 1}};
  }

  void expectShape(const char *target, int64_t rows, int64_t panels,
                   int64_t expectedRows, int64_t expectedPanels) {
    TileShape shape = chooseTileShape(lookupCpuTarget(target)->features,
                                      operand, rows, panels);
    EXPECT_EQ(shape.numRows, expectedRows) << target << ", " << rows;
    EXPECT_EQ(shape.numPanels, expectedPanels) << target << ", " << rows;
  }

  MLIRContext context;
  LeftOperand operand;
};

TEST_F(MicroKernelTest, TilesFillTheRegisters) {
  expectShape("v2", 128, 2, 3, 1);
  expectShape("v3", 128, 2, 6, 1);
  expectShape("v4", 128, 2, 13, 2);
  expectShape("v3", 1, 4, 1, 4);
  expectShape("v3", 2, 4, 2, 3);
  expectShape("v3", 7, 2, 4, 1);
  expectShape("v4", 1, 4, 1, 4);
  operand.elementType = Float64Type::get(&context);
  expectShape("v3", 128, 2, 3, 1);
  expectShape("v4", 128, 2, 13, 1);
}

TEST_F(MicroKernelTest, RowsOfOneCacheSetAreFew) {
  operand.rowStride = 1024;
  expectShape("v4", 128, 2, 8, 2);
  expectShape("v3", 128, 2, 6, 1);
}

TEST_F(MicroKernelTest, DepthLoopCarriesTheTile) {
  OwningOpRef<ModuleOp> code = ModuleOp::create(UnknownLoc::get(&context));
  KernelSignature signature;
  signature.name = "tile";
  signature.numBuffers = 2;
  emitKernelShell(
      *code, signature, lookupCpuTarget("v3")->features,
      [&](VectorEmitter &emitter, const KernelArguments &arguments) -> Value {
        emitMicroKernel(emitter, operand, {6, 1}, arguments.buffers[0],
                        emitter.index(0), arguments.buffers[1]);
        return {};
      });
  SmallVector<scf::ForOp> loops;
  code->walk([&](scf::ForOp loop) { loops.push_back(loop); });
  ASSERT_EQ(loops.size(), 1u);
  EXPECT_EQ(loops[0].getInitArgs().size(), 6u);
  auto tileType = VectorType::get({16}, operand.elementType);
  for (Value carried : loops[0].getInitArgs())
    EXPECT_EQ(carried.getType(), tileType);
  // Six chains: each carried value is the addend of one fused multiply-add.
  for (auto [carried, yielded] : llvm::zip_equal(loops[0].getRegionIterArgs(),
                                                 loops[0].getYieldedValues())) {
    auto fma = yielded.getDefiningOp<LLVM::FMAOp>();
    ASSERT_TRUE(fma);
    EXPECT_EQ(fma.getC(), carried);
  }
}

} // namespace
