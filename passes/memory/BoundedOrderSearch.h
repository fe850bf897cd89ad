// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BoundedOrderSearch.h - exact search: can a segment run within a bound?
//
// Depth first over the sets of nodes that have run. What is live depends on
// the set alone, so a set from which no order leads to the end is remembered
// and not tried again. Nodes that are safe to run are run without branching
// (SegmentRun), and nodes that can be last without harm are kept for the end,
// by the same argument backwards.
#ifndef NEAP_PASSES_MEMORY_BOUNDEDORDERSEARCH_H
#define NEAP_PASSES_MEMORY_BOUNDEDORDERSEARCH_H

#include "passes/memory/HeuristicOrders.h"
#include "passes/memory/SegmentRun.h"
#include "llvm/ADT/DenseSet.h"

namespace neap {

class BoundedOrderSearch {
public:
  enum class Outcome { Found, Impossible, VisitLimit };

  /// For the nodes [begin, end); all nodes before have run in `state`, which
  /// is left as it is found.
  BoundedOrderSearch(ExecutionState &state, unsigned begin, unsigned end)
      : state(state), begin(begin), end(end) {}

  /// Searches for an order whose peak is at most `bound`; looks at nodes about
  /// `maxVisits` times at most.
  Outcome run(int64_t bound, uint64_t maxVisits);

  /// Returns the order, after Outcome::Found.
  const NodeOrder &getOrder() const { return order; }
  /// Returns the least bound under which the search would have gone another
  /// way: after Outcome::Impossible, a lower bound of the peak.
  int64_t getNextBound() const { return nextBound; }
  /// Returns how often a node was looked at in all runs.
  uint64_t getNumVisits() const { return numVisits; }

private:
  /// A set of nodes that has run, and the nodes that may run next.
  struct Frame {
    size_t numExecuted;
    NodeSetKey key;
    llvm::SmallVector<unsigned> choices;
    size_t next = 0;
  };

  enum class Step { Complete, Pushed, Failed };

  NodeOrder chooseLastNodes(int64_t bound);
  bool canBeLast(unsigned node, int64_t bound);
  bool hasSharedInPlaceRead() const;
  Step enter(SegmentRun &run, int64_t bound);
  Outcome search(SegmentRun &run, int64_t bound, uint64_t maxVisits);

  ExecutionState &state;
  const unsigned begin, end;
  /// The nodes that run last, in order.
  NodeOrder lastNodes;
  std::vector<Frame> frames;
  llvm::DenseSet<NodeSetKey> failedSets;
  NodeOrder order;
  int64_t nextBound = INT64_MAX;
  uint64_t numVisits = 0;
};

} // namespace neap

#endif // NEAP_PASSES_MEMORY_BOUNDEDORDERSEARCH_H
