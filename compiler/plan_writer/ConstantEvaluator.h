// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ConstantEvaluator.h - runs the function of constants into the const segment.
#ifndef NEAP_COMPILER_PLAN_WRITER_CONSTANTEVALUATOR_H
#define NEAP_COMPILER_PLAN_WRITER_CONSTANTEVALUATOR_H

#include "compiler/plan_writer/MappedFiles.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "runtime/include/neap/kernel_abi.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace neap {

/// Returns the code of the kernel with this name, or null.
using KernelLookup = llvm::function_ref<neap_kernel_fn(llvm::StringRef)>;

/// Writes each result of `constants` (PlanMemory) at its `plan.offset` of
/// `segment`, whose bytes are 0. Weights are read where they are mapped;
/// values between are freed when the last op that reads them has run. Kernels
/// are called with the scratch of one thread. On failure emits a diagnostic.
mlir::LogicalResult evaluateConstants(mlir::func::FuncOp constants,
                                      const MappedFiles &files,
                                      KernelLookup lookupKernel,
                                      llvm::MutableArrayRef<uint8_t> segment);

} // namespace neap

#endif // NEAP_COMPILER_PLAN_WRITER_CONSTANTEVALUATOR_H
