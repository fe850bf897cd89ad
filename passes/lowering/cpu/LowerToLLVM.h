// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LowerToLLVM.h - kernels in vector, scf, arith, math, memref and linalg to the
// llvm dialect.
#ifndef NEAP_PASSES_LOWERING_CPU_LOWERTOLLVM_H
#define NEAP_PASSES_LOWERING_CPU_LOWERTOLLVM_H

#include "mlir/IR/BuiltinOps.h"

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace neap {

/// Registers every dialect that a kernel's code may go through.
void registerKernelCodeDialects(mlir::DialectRegistry &registry);

/// Lowers `code`, which holds functions only, to the llvm dialect. Emits a
/// diagnostic and fails if something has no lowering.
mlir::LogicalResult lowerToLLVM(mlir::ModuleOp code);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_CPU_LOWERTOLLVM_H
