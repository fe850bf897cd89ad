// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// HeuristicOrders.h - topological orders that need no search. Each runs in
// O(nodes * log nodes + edges), the greedy list in O(nodes * ready nodes).
#ifndef NEAP_PASSES_MEMORY_HEURISTICORDERS_H
#define NEAP_PASSES_MEMORY_HEURISTICORDERS_H

#include "passes/memory/MemoryGraph.h"

namespace neap {

using NodeOrder = llvm::SmallVector<unsigned>;

/// Returns the order in which the model lists its nodes.
NodeOrder getModelOrder(const MemoryGraph &graph);

/// Returns the post-order of a depth-first walk from the last nodes back to
/// their predecessors.
NodeOrder getReverseDepthFirstOrder(const MemoryGraph &graph);

/// Returns the order that always runs the ready node which adds the fewest
/// live bytes; the first in model order among equals.
NodeOrder getGreedyListOrder(const MemoryGraph &graph);

} // namespace neap

#endif // NEAP_PASSES_MEMORY_HEURISTICORDERS_H
