// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NeapToLinalg.h - the cold road of code generation: kernels of kind `loops`,
// one op each, as linalg on memrefs and scf loops.
#ifndef NEAP_PASSES_LOWERING_NEAPTOLINALG_NEAPTOLINALG_H
#define NEAP_PASSES_LOWERING_NEAPTOLINALG_NEAPTOLINALG_H

#include "passes/lowering/KernelEmitter.h"

namespace neap {

/// Returns the traits of a `loops` kernel with this body: views of block
/// arguments and splat constants into one op that has loops, elementwise ops on
/// its result, reshapes, and one yield. Fails silently if the body has another
/// form.
mlir::FailureOr<KernelTraits> computeLoopsTraits(mlir::Block &body,
                                                 const SymbolFacts &facts);

/// Appends the kernel to `code`. Emits a diagnostic on failure.
mlir::LogicalResult emitLoopsKernel(KernelOp kernel,
                                    const CpuFeatures &features,
                                    mlir::ModuleOp code);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOLINALG_NEAPTOLINALG_H
