// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OffsetSearch.cpp - takes the best of the greedy portfolio: eight orders,
// each with the first and the best gap.
#include "passes/memory/OffsetSearch.h"

#include "passes/memory/GreedyOffsets.h"

namespace neap {

namespace {
/// The best offsets found so far, in units.
struct Incumbent {
  std::vector<int64_t> offsets;
  int64_t peak = INT64_MAX;
};
} // namespace

/// Returns the best of the greedy portfolio; stops at the largest live size.
static Incumbent runGreedyPortfolio(const OffsetProblem &problem) {
  Incumbent best;
  for (const std::vector<int> &order : getPlacementOrders(problem)) {
    for (GapChoice choice : {GapChoice::First, GapChoice::Best}) {
      std::vector<int64_t> offsets = placeGreedily(problem, order, choice);
      int64_t peak = problem.computePeak(offsets);
      if (peak < best.peak)
        best = {std::move(offsets), peak};
      if (best.peak == problem.getMaxLiveSize())
        return best;
    }
  }
  return best;
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
  Incumbent best = runGreedyPortfolio(problem);
  for (int64_t offset : best.offsets)
    result.offsets.push_back(offset * unit);
  result.peakInBytes = best.peak * unit;
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
