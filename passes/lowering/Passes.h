// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes.h - from outlined kernels to code.
#ifndef NEAP_PASSES_LOWERING_PASSES_H
#define NEAP_PASSES_LOWERING_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "passes/lowering/CpuFeatures.h"

namespace neap {

#define GEN_PASS_DECL
#include "passes/lowering/Passes.h.inc"

/// Replaces the kernels of `module` by functions.
mlir::LogicalResult emitKernels(mlir::ModuleOp module,
                                const CpuFeatures &features);

#define GEN_PASS_REGISTRATION
#include "passes/lowering/Passes.h.inc"

} // namespace neap

#endif // NEAP_PASSES_LOWERING_PASSES_H
