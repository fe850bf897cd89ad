// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LowerToLLVM.cpp - the upstream conversions in order. Emitters of the hot road
// leave scf, arith, math and vector ops; only kernels on memrefs pay for the
// passes about memrefs and linalg.
#include "passes/lowering/cpu/LowerToLLVM.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace neap {

void registerKernelCodeDialects(DialectRegistry &registry) {
  registry
      .insert<affine::AffineDialect, arith::ArithDialect,
              cf::ControlFlowDialect, func::FuncDialect, linalg::LinalgDialect,
              LLVM::LLVMDialect, math::MathDialect, memref::MemRefDialect,
              scf::SCFDialect, ub::UBDialect, vector::VectorDialect>();
}

/// Returns whether some value in `code` is a memref.
static bool usesMemRefs(ModuleOp code) {
  return code
      .walk([](Operation *op) {
        bool found = llvm::any_of(op->getResultTypes(), [](Type type) {
          return isa<MemRefType>(type);
        });
        return found ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

LogicalResult lowerToLLVM(ModuleOp code) {
  bool hasMemRefs = usesMemRefs(code);
  PassManager manager(code.getContext());
  manager.enableVerifier(false);
  if (hasMemRefs) {
    manager.addNestedPass<func::FuncOp>(createConvertLinalgToLoopsPass());
    manager.addPass(createCanonicalizerPass());
    manager.addPass(memref::createFoldMemRefAliasOpsPass());
    manager.addPass(memref::createExpandStridedMetadataPass());
    manager.addPass(createLowerAffinePass());
  }
  manager.addPass(createSCFToControlFlowPass());
  manager.addPass(createConvertVectorToLLVMPass());
  manager.addPass(createConvertMathToLLVMPass());
  if (hasMemRefs) {
    manager.addPass(createFinalizeMemRefToLLVMConversionPass());
    manager.addPass(createConvertIndexToLLVMPass());
    manager.addPass(createUBToLLVMConversionPass());
  }
  manager.addPass(createArithToLLVMConversionPass());
  manager.addPass(createConvertControlFlowToLLVMPass());
  manager.addPass(createConvertFuncToLLVMPass());
  manager.addPass(createReconcileUnrealizedCastsPass());
  return manager.run(code);
}

} // namespace neap
