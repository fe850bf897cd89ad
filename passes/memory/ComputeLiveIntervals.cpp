// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ComputeLiveIntervals.cpp - runs the nodes in order and notes first and last
// touches. In-place is decided by ExecutionState, as in the scheduler, so that
// the largest live sum here is the peak that the scheduler computed.
#include "passes/memory/ComputeLiveIntervals.h"

#include <algorithm>

namespace neap {

/// Extends or makes the interval of `storage`, which `step` touches.
static void touch(LiveIntervals &live, const MemoryGraph &graph,
                  unsigned storage, int64_t step) {
  if (!graph.getArenaBytes(storage))
    return;
  std::optional<unsigned> &index = live.intervalOfStorage[storage];
  if (!index) {
    index = live.intervals.size();
    live.intervals.push_back({step, step + 1, graph.getArenaBytes(storage)});
  }
  live.intervals[*index].end = step + 1;
}

LiveIntervals computeLiveIntervals(const MemoryGraph &graph,
                                   llvm::ArrayRef<unsigned> order) {
  LiveIntervals live;
  live.intervalOfStorage.resize(graph.getNumStorages());
  live.intervalOfScratch.resize(graph.getNumNodes());
  live.reusesOfNode.resize(graph.getNumNodes());
  ExecutionState state(graph);
  for (unsigned step = 0; step < order.size(); ++step) {
    unsigned node = order[step];
    int64_t bytes = state.getBytesDuring(node);
    if (bytes > live.maxLiveInBytes) {
      live.maxLiveInBytes = bytes;
      live.peakStep = step;
    }
    state.forEachReuse(node, [&](InPlaceCandidate pair) {
      live.intervalOfStorage[pair.written] = live.intervalOfStorage[pair.read];
      live.reusesOfNode[node].push_back(pair);
    });
    for (unsigned storage : graph.getNode(node).touched)
      touch(live, graph, storage, step);
    state.execute(node);
  }
  for (unsigned step = 0; step < order.size(); ++step) {
    unsigned node = order[step];
    int64_t scratch = graph.getNode(node).scratchInBytes;
    if (!scratch)
      continue;
    live.intervalOfScratch[node] = live.intervals.size();
    live.intervals.push_back({step, int64_t(step) + 1, scratch});
  }
  return live;
}

} // namespace neap
