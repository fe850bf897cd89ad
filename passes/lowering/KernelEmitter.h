// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KernelEmitter.h - the one door to code generation: what the plan must know of
// a kernel, and its code.
#ifndef NEAP_PASSES_LOWERING_KERNELEMITTER_H
#define NEAP_PASSES_LOWERING_KERNELEMITTER_H

#include "mlir/IR/BuiltinOps.h"
#include "passes/analysis/KernelTraits.h"
#include "passes/lowering/CpuFeatures.h"

namespace neap {

class KernelOp;

/// Appends the function @<kernel name> of the kernel ABI to `code`, in the
/// dialects that lowerToLLVM takes. Emits a diagnostic on failure.
mlir::LogicalResult emitKernel(KernelOp kernel, const CpuFeatures &features,
                               mlir::ModuleOp code);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_KERNELEMITTER_H
