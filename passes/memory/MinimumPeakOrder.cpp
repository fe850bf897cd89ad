// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MinimumPeakOrder.cpp - cuts the graph at the nodes that have the same place
// in every order, and searches each segment between them.
//
// The peak of an order is the largest of its segments' peaks, and a segment's
// peak depends on the segment alone. Each starts from the best of three
// heuristics; it is searched only if that exceeds what is needed anyway.
#include "passes/memory/MinimumPeakOrder.h"

#include "passes/memory/SegmentSearch.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <array>
#include <vector>

namespace neap {

/// Returns the ends of the segments: one past each node that is comparable
/// with all others, as positions that hold in every topological order.
///
/// All nodes before a node reach it iff each of them has a successor at or
/// before it: following those ends there. And the same backwards.
static llvm::SmallVector<unsigned> findSegmentEnds(const MemoryGraph &graph) {
  const unsigned size = graph.getNumNodes();
  // Over the nodes after each one, the least of their last predecessors.
  std::vector<int64_t> leastLastPredecessor(size + 1, size);
  for (unsigned node = size; node-- > 0;) {
    int64_t last = -1;
    for (unsigned predecessor : graph.getNode(node).predecessors)
      last = std::max<int64_t>(last, predecessor);
    leastLastPredecessor[node] = std::min(leastLastPredecessor[node + 1], last);
  }
  llvm::SmallVector<unsigned> ends;
  // Over the nodes before each one, the greatest of their first successors.
  int64_t greatestFirstSuccessor = 0;
  for (unsigned node = 0; node < size; ++node) {
    if (greatestFirstSuccessor <= node &&
        leastLastPredecessor[node + 1] >= node)
      ends.push_back(node + 1);
    int64_t first = size;
    for (unsigned successor : graph.getSuccessors(node))
      first = std::min<int64_t>(first, successor);
    greatestFirstSuccessor = std::max(greatestFirstSuccessor, first);
  }
  if (size && (ends.empty() || ends.back() != size))
    ends.push_back(size);
  return ends;
}

/// Returns the peak while `nodes` run from `state`, which is left as it was.
static int64_t computeSegmentPeak(ExecutionState &state,
                                  llvm::ArrayRef<unsigned> nodes) {
  int64_t peak = 0;
  for (unsigned node : nodes) {
    peak = std::max(peak, state.getBytesDuring(node));
    state.execute(node);
  }
  for (unsigned node : llvm::reverse(nodes))
    state.undo(node);
  return peak;
}

namespace {
/// An order of one segment and what is known of it.
struct SegmentOrder {
  NodeOrder order;
  int64_t peak = INT64_MAX;
  bool isProved = false;
};
} // namespace

/// Takes `order` if its peak is lower.
static void takeIfBetter(SegmentOrder &best, ExecutionState &state,
                         llvm::ArrayRef<unsigned> order) {
  int64_t peak = computeSegmentPeak(state, order);
  if (peak >= best.peak)
    return;
  best.peak = peak;
  best.order.assign(order.begin(), order.end());
}

/// Lowers the limits for a long segment: one state costs time in proportion to
/// its length.
static OrderSearchLimits scaleLimits(OrderSearchLimits limits, uint64_t size) {
  constexpr uint64_t kMaxVisits = 8000000;
  limits.maxStates = std::min<uint64_t>(
      limits.maxStates, std::max<uint64_t>(kMaxVisits / size, 200));
  limits.beamWidth = std::min<uint64_t>(
      limits.beamWidth, std::max<uint64_t>(kMaxVisits / (size * size), 8));
  return limits;
}

/// Improves on `best`, an order of `segment` whose peak is above `floor`.
static void searchSegment(SegmentOrder &best, ExecutionState &state,
                          llvm::ArrayRef<unsigned> segment, int64_t floor,
                          OrderSearchLimits limits, uint64_t &numStates) {
  limits = scaleLimits(limits, segment.size());
  SegmentSearch search(state, segment, floor);
  if (std::optional<NodeOrder> order =
          search.searchExactly(best.peak, limits.maxStates)) {
    takeIfBetter(best, state, *order);
    best.isProved = true;
  } else if (std::optional<NodeOrder> order = search.searchBeam(
                 best.peak, limits.beamWidth, best.isProved)) {
    takeIfBetter(best, state, *order);
  }
  numStates += search.getNumStates();
}

MinimumPeakOrder findMinimumPeakOrder(const MemoryGraph &graph,
                                      const OrderSearchLimits &limits) {
  const std::array<NodeOrder, 3> heuristics = {getModelOrder(graph),
                                               getReverseDepthFirstOrder(graph),
                                               getGreedyListOrder(graph)};
  MinimumPeakOrder result;
  result.lowerBoundInBytes = graph.getLargestFootprint();
  ExecutionState state(graph);
  unsigned begin = 0;
  for (unsigned end : findSegmentEnds(graph)) {
    ++result.numSegments;
    SegmentOrder best;
    for (const NodeOrder &order : heuristics)
      takeIfBetter(best, state,
                   llvm::ArrayRef(order).slice(begin, end - begin));
    int64_t floor = std::max(result.lowerBoundInBytes, result.peakInBytes);
    if (end - begin > 1 && best.peak > floor)
      searchSegment(best, state,
                    llvm::ArrayRef(heuristics[0]).slice(begin, end - begin),
                    floor, limits, result.numStates);
    best.isProved |= end - begin == 1;
    if (best.isProved && best.peak > floor)
      result.lowerBoundInBytes = best.peak;
    for (unsigned node : best.order)
      state.execute(node);
    result.order.append(best.order);
    result.peakInBytes = std::max(result.peakInBytes, best.peak);
    begin = end;
  }
  return result;
}

} // namespace neap
