// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// neap-opt.cpp - reads IR, runs passes, prints IR.
//
// A pass library adds one line to registerNeapPasses(), a dialect one name to
// registerNeapDialects().
#include "compiler/tools/neap-opt/DebugOnly.h"
#include "dialects/neap/IR/NeapDialect.h"
#include "dialects/plan/IR/PlanDialect.h"
#include "passes/graph/Passes.h"
#include "passes/lowering/Passes.h"
#include "passes/memory/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/PrettyStackTrace.h"

using namespace mlir;

static void registerNeapDialects(DialectRegistry &registry) {
  registry.insert<neap::NeapDialect, neap::planir::PlanDialect>();
  registry.insert<affine::AffineDialect, arith::ArithDialect,
                  bufferization::BufferizationDialect, cf::ControlFlowDialect,
                  func::FuncDialect, linalg::LinalgDialect, LLVM::LLVMDialect,
                  math::MathDialect, memref::MemRefDialect, scf::SCFDialect,
                  tensor::TensorDialect, vector::VectorDialect>();
}

static void registerNeapPasses() {
  registerTransformsPasses();
  neap::registerNeapGraphPasses();
  neap::registerNeapLoweringPasses();
  neap::registerNeapMemoryPasses();
}

int main(int argc, char **argv) {
  llvm::setBugReportMsg("neap-opt has crashed: please report this with the "
                        "input, the command line and the stack trace above\n");
  DialectRegistry registry;
  registerNeapDialects(registry);
  registerNeapPasses();
  neap::registerDebugOnlyFlag();
  return asMainReturnCode(
      MlirOptMain(argc, argv, "Neap's pass driver (neap-opt)\n", registry));
}
