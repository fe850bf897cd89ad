// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MinimumPeakOrder.cpp - cuts the graph at the nodes that have the same place
// in every order, and searches each segment between them.
//
// The peak of an order is the largest of its segments' peaks, and a segment's
// peak depends on the segment alone. Each starts from the best of three
// heuristics. If that exceeds what is needed anyway, minimum cuts raise what is
// known to be needed, and the exact search halves what is left between: it
// either finds an order within a bound or raises the lower bound above it.
#include "passes/memory/MinimumPeakOrder.h"

#include "passes/memory/BeamOrderSearch.h"
#include "passes/memory/BoundedOrderSearch.h"
#include "passes/memory/PeakLowerBound.h"
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

namespace {
/// The order of one segment, the nodes [begin, end), and what is known of it.
class SegmentOrder {
public:
  SegmentOrder(ExecutionState &state, unsigned begin, unsigned end)
      : state(state), begin(begin), end(end) {}

  /// Takes `other` if its peak is lower.
  void takeIfBetter(llvm::ArrayRef<unsigned> other);
  /// Improves on the order until its peak is at most `floor`, or proved, or
  /// the visits are spent, of which it subtracts what it used.
  void search(int64_t floor, unsigned maxBeamWidth, uint64_t &visitsLeft);

  llvm::ArrayRef<unsigned> getOrder() const { return order; }
  int64_t getPeak() const { return peak; }
  /// Returns what no order of the segment goes below.
  int64_t getLowerBound() const { return lowerBound; }

private:
  int64_t computePeak(llvm::ArrayRef<unsigned> nodes);
  void raiseLowerBoundByCuts(int64_t floor);
  void searchExactly(int64_t floor, uint64_t &visitsLeft);
  void searchBeams(int64_t floor, unsigned maxWidth, uint64_t &visitsLeft);

  ExecutionState &state;
  const unsigned begin, end;
  NodeOrder order;
  int64_t peak = INT64_MAX;
  int64_t lowerBound = 0;
};
} // namespace

int64_t SegmentOrder::computePeak(llvm::ArrayRef<unsigned> nodes) {
  int64_t most = 0;
  for (unsigned node : nodes) {
    most = std::max(most, state.getBytesDuring(node));
    state.execute(node);
  }
  for (unsigned node : llvm::reverse(nodes))
    state.undo(node);
  return most;
}

void SegmentOrder::takeIfBetter(llvm::ArrayRef<unsigned> other) {
  int64_t otherPeak = computePeak(other);
  if (otherPeak >= peak)
    return;
  peak = otherPeak;
  order.assign(other.begin(), other.end());
}

/// Bounds the segment by the nodes during which most is live: no other node
/// can show that more than `floor` is needed.
void SegmentOrder::raiseLowerBoundByCuts(int64_t floor) {
  // A cut takes time in proportion to the segment's length at least.
  constexpr size_t kMaxNodesInCuts = 40000, kMinCuts = 8;
  llvm::SmallVector<std::pair<int64_t, unsigned>> nodes;
  for (unsigned node : order) {
    nodes.push_back({-state.getBytesDuring(node), node});
    state.execute(node);
  }
  for (unsigned node : llvm::reverse(order))
    state.undo(node);
  llvm::sort(nodes);
  nodes.truncate(std::min(nodes.size(),
                          std::max(kMaxNodesInCuts / order.size(), kMinCuts)));
  const PeakLowerBound bound(state, begin, end);
  for (auto [negatedBytes, node] : nodes) {
    if (-negatedBytes <= std::max(floor, lowerBound))
      return;
    lowerBound = std::max(lowerBound, bound.compute(node));
  }
}

void SegmentOrder::searchExactly(int64_t floor, uint64_t &visitsLeft) {
  BoundedOrderSearch exact(state, begin, end);
  // Bounds below are either refuted or were given up.
  int64_t lowest = std::max(floor, lowerBound);
  for (bool isFirst = true; lowest < peak; isFirst = false) {
    // The lowest bound first: if that is enough, nothing else is needed.
    const int64_t bound = isFirst ? lowest : lowest + (peak - 1 - lowest) / 2;
    const uint64_t visitsBefore = exact.getNumVisits();
    switch (exact.run(bound, visitsLeft / 2)) {
    case BoundedOrderSearch::Outcome::Found:
      takeIfBetter(exact.getOrder());
      break;
    case BoundedOrderSearch::Outcome::Impossible:
      lowerBound = std::max(lowerBound, exact.getNextBound());
      lowest = std::max(lowest, lowerBound);
      break;
    case BoundedOrderSearch::Outcome::VisitLimit:
      lowest = bound + 1;
      break;
    }
    visitsLeft -= std::min(visitsLeft, exact.getNumVisits() - visitsBefore);
  }
}

/// Each width costs twice the one before: as wide as the visits allow.
void SegmentOrder::searchBeams(int64_t floor, unsigned maxWidth,
                               uint64_t &visitsLeft) {
  const int64_t enough = std::max(floor, lowerBound);
  for (unsigned width = 1; width <= maxWidth; width *= 2) {
    if (peak <= enough || visitsLeft == 0)
      return;
    BeamOrderSearch beam(state, begin, end, enough);
    if (std::optional<NodeOrder> found = beam.search(peak, width, visitsLeft))
      takeIfBetter(*found);
    visitsLeft -= std::min(visitsLeft, beam.getNumVisits());
  }
}

void SegmentOrder::search(int64_t floor, unsigned maxBeamWidth,
                          uint64_t &visitsLeft) {
  // A node alone has one order.
  if (end - begin == 1)
    lowerBound = peak;
  if (peak <= floor || peak == lowerBound)
    return;
  raiseLowerBoundByCuts(floor);
  uint64_t beamVisits = visitsLeft / 4, exactVisits = visitsLeft - beamVisits;
  searchExactly(floor, exactVisits);
  searchBeams(floor, maxBeamWidth, beamVisits);
  visitsLeft = exactVisits + beamVisits;
}

MinimumPeakOrder findMinimumPeakOrder(const MemoryGraph &graph,
                                      const OrderSearchLimits &limits) {
  const std::array<NodeOrder, 3> heuristics = {getModelOrder(graph),
                                               getReverseDepthFirstOrder(graph),
                                               getGreedyListOrder(graph)};
  MinimumPeakOrder result;
  result.lowerBoundInBytes = graph.getLargestFootprint();
  ExecutionState state(graph);
  uint64_t visitsLeft = limits.maxVisits;
  unsigned begin = 0;
  for (unsigned end : findSegmentEnds(graph)) {
    ++result.numSegments;
    SegmentOrder segment(state, begin, end);
    for (const NodeOrder &order : heuristics)
      segment.takeIfBetter(llvm::ArrayRef(order).slice(begin, end - begin));
    segment.search(std::max(result.lowerBoundInBytes, result.peakInBytes),
                   limits.maxBeamWidth, visitsLeft);
    result.lowerBoundInBytes =
        std::max(result.lowerBoundInBytes, segment.getLowerBound());
    result.peakInBytes = std::max(result.peakInBytes, segment.getPeak());
    for (unsigned node : segment.getOrder())
      state.execute(node);
    result.order.append(segment.getOrder().begin(), segment.getOrder().end());
    begin = end;
  }
  result.numVisits = limits.maxVisits - visitsLeft;
  return result;
}

} // namespace neap
