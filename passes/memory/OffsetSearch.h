// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OffsetSearch.h - offsets for buffers with lifetimes, so that the peak is low.
//
// Deterministic: every limit is a number of search nodes.
#ifndef NEAP_PASSES_MEMORY_OFFSETSEARCH_H
#define NEAP_PASSES_MEMORY_OFFSETSEARCH_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>

namespace neap {

/// Bytes that are needed during the steps [begin, end). Sizes should share a
/// large divisor (an alignment): every offset is a sum of sizes.
struct LiveInterval {
  int64_t begin;
  int64_t end;
  int64_t sizeInBytes;
};

/// For up to 512 buffers; above, fewer by the square of their number.
struct OffsetSearchLimits {
  /// Nodes that the search for the lower bound may visit.
  uint64_t maxNodes = 200000;
  /// Nodes for each capacity tried after that.
  uint64_t maxNodesPerStep = 20000;
};

struct OffsetAssignment {
  /// One per interval.
  llvm::SmallVector<int64_t> offsets;
  int64_t peakInBytes = 0;
  /// The largest sum of sizes that are live together.
  int64_t maxLiveInBytes = 0;
  /// No assignment has a lower peak than this; at least `maxLiveInBytes`.
  int64_t lowerBoundInBytes = 0;
  /// The peak of one greedy placement, for comparison: the largest buffer
  /// first, each in the smallest gap that holds it.
  int64_t greedyPeakInBytes = 0;
  /// Search nodes visited after the heuristics; 0 if those were enough.
  uint64_t numNodes = 0;

  bool isProved() const { return peakInBytes == lowerBoundInBytes; }
};

/// Returns the best assignment found. Intervals that overlap in time do not
/// overlap in bytes. Sizes must be positive and intervals not empty.
OffsetAssignment assignOffsets(llvm::ArrayRef<LiveInterval> intervals,
                               const OffsetSearchLimits &limits = {});

/// Returns the peak of `offsets`, or -1 if two live intervals overlap.
int64_t checkOffsets(llvm::ArrayRef<LiveInterval> intervals,
                     llvm::ArrayRef<int64_t> offsets);

} // namespace neap

#endif // NEAP_PASSES_MEMORY_OFFSETSEARCH_H
