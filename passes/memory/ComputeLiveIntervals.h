// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ComputeLiveIntervals.h - from an order of nodes to buffers with lifetimes.
#ifndef NEAP_PASSES_MEMORY_COMPUTELIVEINTERVALS_H
#define NEAP_PASSES_MEMORY_COMPUTELIVEINTERVALS_H

#include "passes/memory/MemoryGraph.h"
#include "passes/memory/OffsetSearch.h"
#include <optional>
#include <vector>

namespace neap {

/// What is live at which step, if the nodes run in one order.
struct LiveIntervals {
  /// Buffers of storages (those that share bytes by in-place are one), then
  /// buffers of scratch.
  std::vector<LiveInterval> intervals;
  /// Per storage: its interval; nothing outside the arena, or if no node
  /// touches it.
  std::vector<std::optional<unsigned>> intervalOfStorage;
  /// Per node: the interval of its scratch.
  std::vector<std::optional<unsigned>> intervalOfScratch;
  /// The pairs that share bytes, per node.
  std::vector<llvm::SmallVector<InPlaceCandidate, 1>> reusesOfNode;
  int64_t maxLiveInBytes = 0;
  /// The first step at which that much is live.
  unsigned peakStep = 0;
};

/// Step i is the run of `order[i]`.
LiveIntervals computeLiveIntervals(const MemoryGraph &graph,
                                   llvm::ArrayRef<unsigned> order);

} // namespace neap

#endif // NEAP_PASSES_MEMORY_COMPUTELIVEINTERVALS_H
