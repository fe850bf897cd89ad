// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LeastPeaks.h - slow and obvious answers to what the searches find. Nothing
// of passes/memory but its data is used.
#ifndef NEAP_TEST_PASSES_MEMORY_LEASTPEAKS_H
#define NEAP_TEST_PASSES_MEMORY_LEASTPEAKS_H

#include "passes/memory/MemoryGraph.h"
#include "passes/memory/OffsetSearch.h"

namespace neap::test {

/// Returns the least peak of all packings. In one whose buffers have sunk as
/// far as they can, each lies on the highest of those before it in the order
/// of their offsets: dropping the buffers in every order finds it.
int64_t findLeastPeak(llvm::ArrayRef<LiveInterval> intervals);

/// Returns whether some order of the nodes, 64 at most, has a peak below
/// `bound`: visits every set of nodes that can have run by then.
bool hasOrderBelow(const MemoryGraph &graph, int64_t bound);

} // namespace neap::test

#endif // NEAP_TEST_PASSES_MEMORY_LEASTPEAKS_H
