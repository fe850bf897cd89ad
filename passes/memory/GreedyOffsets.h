// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GreedyOffsets.h - offsets by placing buffers one after another in a gap.
#ifndef NEAP_PASSES_MEMORY_GREEDYOFFSETS_H
#define NEAP_PASSES_MEMORY_GREEDYOFFSETS_H

#include "passes/memory/OffsetProblem.h"

namespace neap {

/// Which gap between the buffers placed so far is taken.
enum class GapChoice {
  First, // the lowest that is large enough
  Best,  // the smallest that is large enough
};

/// Returns eight orders in which to place the buffers: by size, width, area,
/// pressure, conflicts, start and end.
std::vector<std::vector<int>> getPlacementOrders(const OffsetProblem &problem);

/// Places the buffers in `order`; returns their offsets in units. O(n^2 log n).
std::vector<int64_t> placeGreedily(const OffsetProblem &problem,
                                   llvm::ArrayRef<int> order, GapChoice choice);

} // namespace neap

#endif // NEAP_PASSES_MEMORY_GREEDYOFFSETS_H
