// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// EmitKernels.cpp - makes what the emitters write visible to neap-opt. The
// compiler itself emits each kernel in a context of its own.
#include "dialects/neap/IR/NeapOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/lowering/KernelEmitter.h"
#include "passes/lowering/Passes.h"

using namespace mlir;

namespace neap {

#define GEN_PASS_DEF_EMITKERNELS
#include "passes/lowering/Passes.h.inc"

LogicalResult emitKernels(ModuleOp module, const CpuFeatures &features) {
  // The functions take over the kernels' names: the kernels go to a module that
  // knows the same symbols.
  OwningOpRef<ModuleOp> kernels = ModuleOp::create(module.getLoc());
  if (Attribute symbols = module->getAttr(NeapDialect::kSymbolsAttr))
    (*kernels)->setAttr(NeapDialect::kSymbolsAttr, symbols);
  for (KernelOp kernel : llvm::to_vector(module.getOps<KernelOp>())) {
    kernel->moveBefore(kernels->getBody(), kernels->getBody()->end());
    if (failed(emitKernel(kernel, features, module)))
      return failure();
  }
  return success();
}

namespace {

struct EmitKernelsPass : impl::EmitKernelsBase<EmitKernelsPass> {
  using EmitKernelsBase::EmitKernelsBase;

  void runOnOperation() override {
    std::optional<CpuFeatures> features = lookupX86Features(isa);
    if (!features) {
      getOperation().emitError("expected an isa of x86-64-v2, x86-64-v3 or "
                               "x86-64-v4, got '")
          << isa << "'";
      return signalPassFailure();
    }
    if (failed(emitKernels(getOperation(), *features)))
      signalPassFailure();
  }
};

} // namespace
} // namespace neap
