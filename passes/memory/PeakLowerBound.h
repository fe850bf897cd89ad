// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PeakLowerBound.h - bytes that no order of a segment can go below.
//
// While a node runs, its predecessors have run and its successors have not; of
// the others any set may have run that holds the predecessors of its members.
// The least live bytes over all those sets are a minimum cut: a storage costs
// its size if some but not all of its nodes are in the set.
#ifndef NEAP_PASSES_MEMORY_PEAKLOWERBOUND_H
#define NEAP_PASSES_MEMORY_PEAKLOWERBOUND_H

#include "passes/memory/MemoryGraph.h"
#include "passes/memory/MinimumCut.h"
#include <vector>

namespace neap {

class PeakLowerBound {
public:
  /// For the nodes [begin, end); all nodes before have run in `state`, none
  /// after can run before one of them.
  PeakLowerBound(const ExecutionState &state, unsigned begin, unsigned end);

  /// Returns a lower bound of the bytes that are live while `node` runs.
  int64_t compute(unsigned node) const;

private:
  /// A storage that nodes of the segment touch.
  struct SegmentStorage {
    unsigned storage;
    llvm::SmallVector<unsigned, 4> nodes;
    bool isTouchedBefore;
    bool isTouchedAfter;
  };

  /// The network for one node, while it is made.
  struct Network;

  const SegmentStorage *find(unsigned storage) const;
  void placeNodes(Network &network) const;
  void addStorage(Network &network, const SegmentStorage &storage) const;
  void addInPlace(Network &network) const;
  /// Returns a vertex on the source's side only if all of `vertices` are.
  static unsigned addConjunction(Network &network,
                                 llvm::ArrayRef<unsigned> vertices);

  const MemoryGraph &graph;
  const unsigned begin, end;
  std::vector<SegmentStorage> storages;
  /// Bytes live in the whole segment that no node of it touches.
  int64_t constantBytes;
};

} // namespace neap

#endif // NEAP_PASSES_MEMORY_PEAKLOWERBOUND_H
