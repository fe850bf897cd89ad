// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BeamOrderSearch.h - a good order of a segment that is too hard for the exact
// search: level by level over the sets of nodes that have run, keeping the
// best few of each size.
#ifndef NEAP_PASSES_MEMORY_BEAMORDERSEARCH_H
#define NEAP_PASSES_MEMORY_BEAMORDERSEARCH_H

#include "passes/memory/HeuristicOrders.h"
#include "passes/memory/SegmentRun.h"
#include "llvm/ADT/DenseMap.h"
#include <optional>

namespace neap {

class BeamOrderSearch {
public:
  /// For the nodes [begin, end); all nodes before have run in `state`, which
  /// is left as it is found. Peaks up to `floor` are as good as any.
  BeamOrderSearch(ExecutionState &state, unsigned begin, unsigned end,
                  int64_t floor)
      : run(state, begin, end), size(end - begin), floor(floor),
        levels(size + 1), seen(size + 1) {}

  /// Returns an order whose peak is below `bound`, if one is found that way
  /// and looking at nodes `maxVisits` times is enough. To be called once.
  std::optional<NodeOrder> search(int64_t bound, unsigned width,
                                  uint64_t maxVisits);

  uint64_t getNumVisits() const { return run.getNumVisits(); }

private:
  static constexpr unsigned kNone = ~0u;

  /// A set that was reached, and how.
  struct Reached {
    int64_t peak;
    int64_t liveBytes;
    NodeSetKey key;
    unsigned parent;
    /// The node run after the parent's; safe nodes follow.
    unsigned node;
    /// Nodes run since the parent, in order; set by expand().
    llvm::SmallVector<unsigned, 0> moves;
  };

  std::optional<NodeOrder> runLevels(int64_t bound, unsigned width,
                                     uint64_t maxVisits);
  /// Makes the run stand where `index`, which has been expanded, is.
  void moveTo(unsigned index);
  /// Makes the run stand at `index` and notes its moves.
  void expand(unsigned index);
  /// Notes what running each ready node leads to.
  void reachNext(unsigned index, int64_t bound);
  void note(Reached reached);
  void cutLevel(std::vector<unsigned> &level, unsigned width) const;

  SegmentRun run;
  const unsigned size;
  const int64_t floor;
  std::vector<Reached> all;
  /// Per number of nodes run: the sets reached, in the order of discovery.
  std::vector<std::vector<unsigned>> levels;
  std::vector<llvm::DenseMap<NodeSetKey, unsigned>> seen;
};

} // namespace neap

#endif // NEAP_PASSES_MEMORY_BEAMORDERSEARCH_H
