// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MinimumPeakOrder.h - a topological order of least peak memory.
#ifndef NEAP_PASSES_MEMORY_MINIMUMPEAKORDER_H
#define NEAP_PASSES_MEMORY_MINIMUMPEAKORDER_H

#include "passes/memory/HeuristicOrders.h"

namespace neap {

/// Limits of the search. They count work, never time: the result depends on
/// the graph alone.
struct OrderSearchLimits {
  /// How often all searches of one graph may look at a node.
  uint64_t maxVisits = 50000000;
  /// Sets that the beam search keeps of each size, at most.
  unsigned maxBeamWidth = 256;
};

struct MinimumPeakOrder {
  NodeOrder order;
  int64_t peakInBytes = 0;
  /// No order has a lower peak than this. Equal to `peakInBytes` if the order
  /// is proved to be the best.
  int64_t lowerBoundInBytes = 0;
  unsigned numSegments = 0;
  /// How often the searches looked at a node; 0 if the heuristics were enough.
  uint64_t numVisits = 0;

  bool isProved() const { return peakInBytes == lowerBoundInBytes; }
};

/// Returns the best order found. Its peak is never above that of any of the
/// orders of HeuristicOrders.h.
MinimumPeakOrder findMinimumPeakOrder(const MemoryGraph &graph,
                                      const OrderSearchLimits &limits = {});

} // namespace neap

#endif // NEAP_PASSES_MEMORY_MINIMUMPEAKORDER_H
