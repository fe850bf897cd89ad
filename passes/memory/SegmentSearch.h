// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SegmentSearch.h - minimum-peak order of a run of nodes, over the sets of
// nodes that have been executed.
//
// What is live depends on the executed set alone, so a best-first search over
// sets by (peak so far, nodes left) is exact: the first complete set taken
// from the queue has the least peak. A ready node that adds nothing to the
// live bytes and does not raise the peak is run without branching.
#ifndef NEAP_PASSES_MEMORY_SEGMENTSEARCH_H
#define NEAP_PASSES_MEMORY_SEGMENTSEARCH_H

#include "passes/memory/HeuristicOrders.h"
#include <optional>

namespace neap {

/// Searches orders of `segment`, which lists its nodes in a topological order;
/// all nodes before it have been executed in the state.
class SegmentSearch {
public:
  /// Peaks up to `floor` are as good as any. Leaves `state` as it finds it.
  SegmentSearch(ExecutionState &state, llvm::ArrayRef<unsigned> segment,
                int64_t floor)
      : state(state), segment(segment), floor(floor),
        numWords((segment.size() + 63) / 64) {}

  /// Returns an order of least peak if that is at most `bound`; nothing if
  /// more than `maxStates` sets would be held.
  std::optional<NodeOrder> searchExactly(int64_t bound, unsigned maxStates);

  /// Returns an order whose peak is below `bound`, if one is found when only
  /// the `width` best sets of each size are kept. Sets `exact` if nothing was
  /// cut off.
  std::optional<NodeOrder> searchBeam(int64_t bound, unsigned width,
                                      bool &exact);

  uint64_t getNumStates() const { return numStates; }

private:
  /// Positions in the segment that have been executed, one bit each.
  using NodeSet = llvm::SmallVector<uint64_t, 4>;

  struct NodeSetHash {
    size_t operator()(const NodeSet &set) const;
  };

  static constexpr unsigned kNoParent = ~0u;

  /// A set that was reached, and how.
  struct Reached {
    NodeSet set;
    int64_t peak = 0;
    int64_t liveBytes = 0;
    unsigned numExecuted = 0;
    unsigned parent = kNoParent;
    /// Nodes run since the parent, in order.
    llvm::SmallVector<unsigned, 4> moves;
  };

  static bool contains(const NodeSet &set, unsigned position) {
    return (set[position / 64] >> (position % 64)) & 1;
  }
  static void insert(NodeSet &set, unsigned position) {
    set[position / 64] |= uint64_t(1) << (position % 64);
  }

  /// Makes the state stand at `set`.
  void moveTo(const NodeSet &set);
  /// Runs the node at `position`, raises the peak and notes the move.
  void run(Reached &reached, unsigned position);
  /// Runs all nodes that are certainly right to run now.
  void runSafeNodes(Reached &reached);
  /// Returns what running `position` after `from` reaches; the state stands
  /// at `from` before and after.
  Reached reach(const Reached &from, unsigned fromIndex, unsigned position);
  Reached makeStart();
  NodeOrder traceBack(llvm::ArrayRef<Reached> all, unsigned index) const;

  ExecutionState &state;
  llvm::ArrayRef<unsigned> segment;
  const int64_t floor;
  const unsigned numWords;
  NodeSet current;
  uint64_t numStates = 0;
};

} // namespace neap

#endif // NEAP_PASSES_MEMORY_SEGMENTSEARCH_H
