// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OffsetSearch.cpp - takes the best of the greedy portfolio (eight orders,
// each with the first and the best gap); if that is above the largest live
// size, OffsetDescent improves it.
#include "passes/memory/OffsetSearch.h"

#include "passes/memory/GreedyOffsets.h"
#include "passes/memory/OffsetDescent.h"

namespace neap {

/// Returns the best of the greedy portfolio; stops at the largest live size.
static OffsetSolution
runGreedyPortfolio(const OffsetProblem &problem,
                   llvm::ArrayRef<std::vector<int>> orders) {
  OffsetSolution best;
  best.lowerBound = problem.getMaxLiveSize();
  for (const std::vector<int> &order : orders) {
    for (GapChoice choice : {GapChoice::First, GapChoice::Best}) {
      std::vector<int64_t> offsets = placeGreedily(problem, order, choice);
      int64_t peak = problem.computePeak(offsets);
      if (peak < best.peak) {
        best.offsets = std::move(offsets);
        best.peak = peak;
      }
      if (best.peak == best.lowerBound)
        return best;
    }
  }
  return best;
}

/// Lowers the limits for very many buffers: a node costs time in proportion to
/// those live at a time and to the sections.
static OffsetSearchLimits scaleLimits(OffsetSearchLimits limits,
                                      uint64_t numBuffers) {
  constexpr uint64_t kManyBuffers = 512;
  const uint64_t divisor =
      std::max<uint64_t>(numBuffers * numBuffers, kManyBuffers * kManyBuffers);
  limits.maxNodes = limits.maxNodes * kManyBuffers * kManyBuffers / divisor;
  limits.maxNodesPerStep =
      limits.maxNodesPerStep * kManyBuffers * kManyBuffers / divisor;
  return limits;
}

OffsetAssignment assignOffsets(llvm::ArrayRef<LiveInterval> intervals,
                               const OffsetSearchLimits &limits) {
  OffsetProblem problem(intervals);
  const int64_t unit = problem.getUnitInBytes();
  OffsetAssignment result;
  result.maxLiveInBytes = problem.getMaxLiveSize() * unit;
  result.lowerBoundInBytes = result.maxLiveInBytes;
  if (intervals.empty())
    return result;
  const std::vector<std::vector<int>> orders = getPlacementOrders(problem);
  result.greedyPeakInBytes =
      unit * problem.computePeak(
                 placeGreedily(problem, orders.front(), GapChoice::Best));
  OffsetSolution best = runGreedyPortfolio(problem, orders);
  if (best.peak > best.lowerBound)
    best = OffsetDescent(problem, orders)
               .improve(std::move(best), scaleLimits(limits, intervals.size()));
  for (int64_t offset : best.offsets)
    result.offsets.push_back(offset * unit);
  result.peakInBytes = best.peak * unit;
  result.lowerBoundInBytes = best.lowerBound * unit;
  result.numNodes = best.numNodes;
  return result;
}

int64_t checkOffsets(llvm::ArrayRef<LiveInterval> intervals,
                     llvm::ArrayRef<int64_t> offsets) {
  int64_t peak = 0;
  for (size_t i = 0; i < intervals.size(); ++i) {
    const LiveInterval &a = intervals[i];
    peak = std::max(peak, offsets[i] + a.sizeInBytes);
    for (size_t j = 0; j < i; ++j) {
      const LiveInterval &b = intervals[j];
      bool overlapsInTime = a.begin < b.end && b.begin < a.end;
      bool overlapsInBytes = offsets[i] < offsets[j] + b.sizeInBytes &&
                             offsets[j] < offsets[i] + a.sizeInBytes;
      if (overlapsInTime && overlapsInBytes)
        return -1;
    }
  }
  return peak;
}

} // namespace neap
