// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GemmEmitter.h - code of `matmul` kernels.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_GEMMEMITTER_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_GEMMEMITTER_H

#include "passes/lowering/KernelEmitter.h"

namespace neap {

struct GemmDescription;

/// Returns the traits of a matmul kernel with body `body`; fails silently if it
/// is not of the form that docs/contract.md lists.
mlir::FailureOr<KernelTraits> computeGemmTraits(mlir::Block &body,
                                                const SymbolFacts &facts);

/// Appends the code of `kernel`, of kind matmul, to `code`.
mlir::LogicalResult emitGemm(KernelOp kernel, const CpuFeatures &features,
                             mlir::ModuleOp code);

/// Returns the traits of `gemm`, which describes `body`.
KernelTraits getDescribedTraits(const GemmDescription &gemm, mlir::Block &body);

/// Appends the code of `kernel`, described by `gemm`.
void emitDescribedGemm(KernelOp kernel, const GemmDescription &gemm,
                       const CpuFeatures &features, mlir::ModuleOp code);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_GEMMEMITTER_H
