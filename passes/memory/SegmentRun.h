// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SegmentRun.h - one partial order of a segment, which a search extends and
// takes back: what has run, what is ready, and which nodes are safe to run.
//
// What is live after a set of nodes, as a function of the set, is submodular:
// a node that lowers it now lowers it later too. So if running a node, or a
// chain of nodes each of which needs the one before, leaves no more bytes live
// than before and stays within the bound, then doing it first is as good as
// any order, and no search has to branch on it.
#ifndef NEAP_PASSES_MEMORY_SEGMENTRUN_H
#define NEAP_PASSES_MEMORY_SEGMENTRUN_H

#include "passes/memory/MemoryGraph.h"
#include <vector>

namespace neap {

/// Identifies a set of nodes.
using NodeSetKey = std::pair<uint64_t, uint64_t>;

class SegmentRun {
public:
  /// Runs the nodes [begin, end), which are in a topological order; all nodes
  /// before them have run in `state`. Leaves it so.
  SegmentRun(ExecutionState &state, unsigned begin, unsigned end);
  ~SegmentRun() { undoTo(0); }
  SegmentRun(const SegmentRun &) = delete;
  SegmentRun &operator=(const SegmentRun &) = delete;

  const ExecutionState &getState() const { return state; }
  /// Keeps `node` from being ready.
  void bar(unsigned node);
  /// Returns the nodes run so far, in order.
  llvm::ArrayRef<unsigned> getExecuted() const { return executed; }
  /// Returns the key of the set of nodes run so far.
  NodeSetKey getKey() const { return key; }
  llvm::SmallVector<unsigned> getReadyNodes() const;

  /// Returns whether `node` could run now within `bound`.
  bool fits(unsigned node, int64_t bound);
  void execute(unsigned node);
  /// Takes back all but the first `count` nodes.
  void undoTo(size_t count);
  /// Runs nodes and chains that are safe to run, until none is.
  void runSafeNodes(int64_t bound);

  /// Returns the least bytes of a node that did not fit, ever.
  int64_t getLeastExcess() const { return leastExcess; }
  /// Returns how often a node was looked at: the cost of a search.
  uint64_t getNumVisits() const { return numVisits; }

private:
  bool isReady(unsigned node) const {
    return readySet[(node - begin) / 64] >> ((node - begin) % 64) & 1;
  }
  void setReady(unsigned node, bool isReady);
  void toggleKey(unsigned node);
  bool runSafeNode(int64_t bound);
  bool runSafeChain(int64_t bound);
  bool runChain(unsigned first, int64_t bound);

  ExecutionState &state;
  const unsigned begin, end;
  /// One bit per node.
  std::vector<uint64_t> readySet;
  std::vector<bool> barred;
  llvm::SmallVector<unsigned> executed;
  NodeSetKey key{0, 0};
  int64_t leastExcess = INT64_MAX;
  uint64_t numVisits = 0;
};

} // namespace neap

#endif // NEAP_PASSES_MEMORY_SEGMENTRUN_H
