// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ConvolutionEmitter.h - code of `convolution` kernels.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_CONVOLUTIONEMITTER_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_CONVOLUTIONEMITTER_H

#include "passes/lowering/KernelEmitter.h"

namespace neap {

/// Returns the traits of a convolution kernel with body `body`; fails silently
/// if it is not of the form that docs/contract.md lists.
mlir::FailureOr<KernelTraits>
computeConvolutionTraits(mlir::Block &body, const SymbolFacts &facts);

/// Appends the code of `kernel`, of kind convolution, to `code`.
mlir::LogicalResult emitConvolution(KernelOp kernel,
                                    const CpuFeatures &features,
                                    mlir::ModuleOp code);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_CONVOLUTIONEMITTER_H
