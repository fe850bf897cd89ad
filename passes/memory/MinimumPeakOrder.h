// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MinimumPeakOrder.h - a topological order of least peak memory.
#ifndef NEAP_PASSES_MEMORY_MINIMUMPEAKORDER_H
#define NEAP_PASSES_MEMORY_MINIMUMPEAKORDER_H

#include "passes/memory/HeuristicOrders.h"

namespace neap {

/// Limits of the search. They count states, never time: the result depends on
/// the graph alone.
struct OrderSearchLimits {
  /// Sets of executed nodes that the exact search of one segment may hold.
  unsigned maxStates = 20000;
  /// Sets per level of the beam search that follows where that is not enough.
  unsigned beamWidth = 200;
};

struct MinimumPeakOrder {
  NodeOrder order;
  int64_t peakInBytes = 0;
  /// No order has a lower peak than this. Equal to `peakInBytes` if the order
  /// is proved to be the best.
  int64_t lowerBoundInBytes = 0;
  unsigned numSegments = 0;
  uint64_t numStates = 0;
};

/// Returns the best order found. Its peak is never above that of any of the
/// orders of HeuristicOrders.h.
MinimumPeakOrder findMinimumPeakOrder(const MemoryGraph &graph,
                                      const OrderSearchLimits &limits = {});

} // namespace neap

#endif // NEAP_PASSES_MEMORY_MINIMUMPEAKORDER_H
