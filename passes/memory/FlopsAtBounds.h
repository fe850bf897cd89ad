// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FlopsAtBounds.h - the operations of a launch, whose sizes may be symbolic.
#ifndef NEAP_PASSES_MEMORY_FLOPSATBOUNDS_H
#define NEAP_PASSES_MEMORY_FLOPSATBOUNDS_H

#include "dialects/neap/IR/NeapOps.h"

namespace neap {

/// Returns the operations of a run of `op`, a launch or copies, at the upper
/// bounds of the symbols.
int64_t countFlops(mlir::Operation *op, const SymbolFacts &facts);

} // namespace neap

#endif // NEAP_PASSES_MEMORY_FLOPSATBOUNDS_H
