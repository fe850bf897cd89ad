// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KernelTraits.h - what is known of a kernel before its code is made. Declared
// here for the passes that form kernels; passes/lowering, which has the
// emitters, defines it.
#ifndef NEAP_PASSES_ANALYSIS_KERNELTRAITS_H
#define NEAP_PASSES_ANALYSIS_KERNELTRAITS_H

#include "dialects/neap/IR/DimExpr.h"

#include "mlir/IR/Block.h"
#include "llvm/ADT/SmallVector.h"

namespace neap {

enum class KernelKind : uint32_t;

/// What the plan must know of a kernel; equal on every instruction set. What
/// is no expression is decided at the upper bounds of the symbols.
struct KernelTraits {
  /// Independent units of work, over the symbols of the body.
  DimExpr numTiles = 1;
  /// Least number of tiles that is worth a thread.
  int64_t tilesPerBlock = 1;
  /// Scratch per thread, 64-byte aligned.
  int64_t scratchBytes = 0;
  /// For each result the inputs whose bytes it may take over.
  llvm::SmallVector<llvm::SmallVector<unsigned>> inPlace;
};

/// Returns the traits of a kernel of `kind` with body `body` (terminated by
/// neap.yield). Fails silently if no emitter of that kind can take the body.
/// `facts` bound the symbols of `body`, which need not be inside a module yet.
mlir::FailureOr<KernelTraits>
computeKernelTraits(KernelKind kind, mlir::Block &body,
                    const SymbolFacts &facts = {});

} // namespace neap

#endif // NEAP_PASSES_ANALYSIS_KERNELTRAITS_H
