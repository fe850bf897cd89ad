// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/passes/memory/LeastPeaks.h"

#include <algorithm>
#include <unordered_set>
#include <vector>

namespace neap::test {

//===----------------------------------------------------------------------===//
// Packings
//===----------------------------------------------------------------------===//

static bool overlap(const LiveInterval &a, const LiveInterval &b) {
  return a.begin < b.end && b.begin < a.end;
}

/// Returns the largest sum of sizes live at one time, which is the start of
/// some buffer.
static int64_t computeMaxLive(llvm::ArrayRef<LiveInterval> intervals) {
  int64_t most = 0;
  for (const LiveInterval &at : intervals) {
    int64_t live = 0;
    for (const LiveInterval &interval : intervals)
      if (interval.begin <= at.begin && at.begin < interval.end)
        live += interval.sizeInBytes;
    most = std::max(most, live);
  }
  return most;
}

namespace {
/// All orders of dropping; leaves those that are no better than the best.
class DropSearch {
public:
  explicit DropSearch(llvm::ArrayRef<LiveInterval> intervals)
      : intervals(intervals), maxLive(computeMaxLive(intervals)),
        tops(intervals.size(), -1) {}

  int64_t run() {
    dropNext(/*numDropped=*/0, /*peak=*/0);
    return least;
  }

private:
  void dropNext(size_t numDropped, int64_t peak) {
    if (peak >= least || least == maxLive)
      return;
    if (numDropped == intervals.size()) {
      least = peak;
      return;
    }
    for (size_t i = 0; i < intervals.size(); ++i) {
      if (tops[i] >= 0)
        continue;
      int64_t offset = 0;
      for (size_t j = 0; j < intervals.size(); ++j)
        if (tops[j] >= 0 && overlap(intervals[i], intervals[j]))
          offset = std::max(offset, tops[j]);
      tops[i] = offset + intervals[i].sizeInBytes;
      dropNext(numDropped + 1, std::max(peak, tops[i]));
      tops[i] = -1;
    }
  }

  llvm::ArrayRef<LiveInterval> intervals;
  const int64_t maxLive;
  /// Per buffer: one past its bytes; -1 before it is dropped.
  std::vector<int64_t> tops;
  int64_t least = INT64_MAX;
};
} // namespace

int64_t findLeastPeak(llvm::ArrayRef<LiveInterval> intervals) {
  return DropSearch(intervals).run();
}

//===----------------------------------------------------------------------===//
// Orders
//===----------------------------------------------------------------------===//

namespace {
/// The graph as sets of nodes.
class NodeSets {
public:
  explicit NodeSets(const MemoryGraph &graph)
      : graph(graph), touchers(graph.getNumStorages()),
        predecessors(graph.getNumNodes()) {
    for (unsigned node = 0; node < graph.getNumNodes(); ++node) {
      for (unsigned storage : graph.getNode(node).touched)
        touchers[storage] |= uint64_t(1) << node;
      for (unsigned predecessor : graph.getNode(node).predecessors)
        predecessors[node] |= uint64_t(1) << predecessor;
    }
  }

  bool canRun(unsigned node, uint64_t done) const {
    return !(done >> node & 1) && !(predecessors[node] & ~done);
  }

  /// Returns the bytes that are live while `node` runs after the set `done`.
  int64_t getBytesDuring(unsigned node, uint64_t done) const {
    const uint64_t self = uint64_t(1) << node;
    int64_t bytes = graph.getNode(node).scratchInBytes;
    for (unsigned storage = 0; storage < touchers.size(); ++storage) {
      const uint64_t all = touchers[storage];
      if ((all & self) || ((all & done) && (all & ~done)))
        bytes += graph.getArenaBytes(storage);
    }
    std::vector<unsigned> merged;
    auto isFree = [&](unsigned storage) {
      return std::find(merged.begin(), merged.end(), storage) == merged.end();
    };
    for (const InPlaceCandidate &pair : graph.getNode(node).inPlace) {
      bool isNew = !(touchers[pair.written] & done);
      bool dies = !(touchers[pair.read] & ~(done | self));
      if (!isNew || !dies || !isFree(pair.written) || !isFree(pair.read))
        continue;
      bytes -= graph.getArenaBytes(pair.written);
      merged.push_back(pair.written);
      merged.push_back(pair.read);
    }
    return bytes;
  }

private:
  const MemoryGraph &graph;
  std::vector<uint64_t> touchers, predecessors;
};
} // namespace

bool hasOrderBelow(const MemoryGraph &graph, int64_t bound) {
  const NodeSets sets(graph);
  std::unordered_set<uint64_t> level{0};
  for (unsigned step = 0; step < graph.getNumNodes(); ++step) {
    std::unordered_set<uint64_t> next;
    for (uint64_t done : level)
      for (unsigned node = 0; node < graph.getNumNodes(); ++node)
        if (sets.canRun(node, done) && sets.getBytesDuring(node, done) < bound)
          next.insert(done | uint64_t(1) << node);
    level = std::move(next);
  }
  return !level.empty();
}

} // namespace neap::test
