// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// EmitKernels.cpp - replaces kernels by their code, for neap-opt and its tests.
#include "passes/lowering/KernelEmitter.h"
#include "passes/lowering/Passes.h"

#include "dialects/neap/IR/NeapOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#define DEBUG_TYPE "neap-emit-kernels"

using namespace mlir;

namespace neap {

#define GEN_PASS_DEF_EMITKERNELSPASS
#include "passes/lowering/Passes.h.inc"

LogicalResult emitKernels(ModuleOp module, const CpuFeatures &features) {
  OwningOpRef<ModuleOp> code = ModuleOp::create(module.getLoc());
  for (KernelOp kernel :
       llvm::make_early_inc_range(module.getOps<KernelOp>())) {
    if (failed(emitKernel(kernel, features, *code)))
      return failure();
    kernel.erase();
  }
  Block::OpListType &target = module.getBody()->getOperations();
  target.splice(target.end(), code->getBody()->getOperations());
  return success();
}

namespace {
struct EmitKernelsPass : impl::EmitKernelsPassBase<EmitKernelsPass> {
  using EmitKernelsPassBase::EmitKernelsPassBase;

  void runOnOperation() override {
    CpuFeatures features;
    features.hasFma = hasFma;
    if (failed(emitKernels(getOperation(), features)))
      signalPassFailure();
  }
};
} // namespace

} // namespace neap
