// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AttentionEmitter.h - makes the code of attention kernels.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_ATTENTIONEMITTER_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_ATTENTIONEMITTER_H

#include "mlir/IR/BuiltinOps.h"
#include "passes/analysis/KernelTraits.h"
#include "passes/lowering/CpuFeatures.h"

namespace neap {

class KernelOp;

/// Returns the traits of an attention kernel; fails silently if `body` is none.
mlir::FailureOr<KernelTraits> computeAttentionTraits(mlir::Block &body,
                                                     const SymbolFacts &facts);

/// Appends the code of an attention kernel to `code`.
mlir::LogicalResult emitAttention(KernelOp kernel, const CpuFeatures &features,
                                  mlir::ModuleOp code);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_ATTENTIONEMITTER_H
