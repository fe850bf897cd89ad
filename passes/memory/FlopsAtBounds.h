// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FlopsAtBounds.h - the cost of a kernel whose sizes are symbolic.
#ifndef NEAP_PASSES_MEMORY_FLOPSATBOUNDS_H
#define NEAP_PASSES_MEMORY_FLOPSATBOUNDS_H

#include "dialects/neap/IR/NeapOps.h"

namespace neap {

/// Returns the operations of a run of `kernel` at the upper bounds of the
/// symbols.
int64_t countFlopsAtBounds(KernelOp kernel, const SymbolFacts &facts);

} // namespace neap

#endif // NEAP_PASSES_MEMORY_FLOPSATBOUNDS_H
