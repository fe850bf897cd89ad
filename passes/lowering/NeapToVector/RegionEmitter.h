// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RegionEmitter.h - code of region kernels.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_REGIONEMITTER_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_REGIONEMITTER_H

#include "passes/lowering/KernelEmitter.h"

namespace neap {

/// See computeKernelTraits.
mlir::FailureOr<KernelTraits> computeRegionTraits(mlir::Block &body,
                                                  const SymbolFacts &facts);

/// See emitKernel.
mlir::LogicalResult emitRegionKernel(KernelOp kernel,
                                     const CpuFeatures &features,
                                     mlir::ModuleOp code);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_REGIONEMITTER_H
