// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PeakLowerBound.cpp - the network of each node: source side = has run.
#include "passes/memory/PeakLowerBound.h"

#include "llvm/ADT/STLExtras.h"
#include <algorithm>

namespace neap {

static constexpr unsigned kSource = MinimumCut::kSource;
static constexpr unsigned kSink = MinimumCut::kSink;

struct PeakLowerBound::Network {
  unsigned node;
  MinimumCut cut;
  /// Per node of the segment.
  std::vector<unsigned> vertices;
  /// Bytes that are live whatever has run.
  int64_t bytes = 0;
};

PeakLowerBound::PeakLowerBound(const ExecutionState &state, unsigned begin,
                               unsigned end)
    : graph(state.getGraph()), begin(begin), end(end),
      constantBytes(state.getLiveBytes()) {
  std::vector<std::pair<unsigned, unsigned>> touches;
  for (unsigned node = begin; node < end; ++node)
    for (unsigned storage : graph.getNode(node).touched)
      if (graph.getArenaBytes(storage))
        touches.push_back({storage, node});
  llvm::sort(touches);
  for (auto [storage, node] : touches) {
    if (storages.empty() || storages.back().storage != storage)
      storages.push_back({storage, {}, false, false});
    storages.back().nodes.push_back(node);
  }
  for (SegmentStorage &storage : storages) {
    unsigned numLeft = state.getNumLeft(storage.storage);
    storage.isTouchedBefore = numLeft < graph.getNumTouches(storage.storage);
    storage.isTouchedAfter = numLeft > storage.nodes.size();
    if (storage.isTouchedBefore)
      constantBytes -= graph.getArenaBytes(storage.storage);
  }
}

const PeakLowerBound::SegmentStorage *
PeakLowerBound::find(unsigned storage) const {
  auto it = llvm::partition_point(storages, [&](const SegmentStorage &other) {
    return other.storage < storage;
  });
  return it != storages.end() && it->storage == storage ? &*it : nullptr;
}

/// Puts what must have run at the source and what cannot have run at the sink;
/// the others run after their predecessors.
void PeakLowerBound::placeNodes(Network &network) const {
  constexpr unsigned kFree = ~0u;
  network.vertices.assign(end - begin, kFree);
  auto place = [&](unsigned node, unsigned vertex, auto getNeighbors) {
    llvm::SmallVector<unsigned> stack{node};
    while (!stack.empty())
      for (unsigned neighbor : getNeighbors(stack.pop_back_val())) {
        if (neighbor < begin || neighbor >= end ||
            network.vertices[neighbor - begin] != kFree)
          continue;
        network.vertices[neighbor - begin] = vertex;
        stack.push_back(neighbor);
      }
  };
  network.vertices[network.node - begin] = kSink;
  place(network.node, kSource, [&](unsigned node) -> llvm::ArrayRef<unsigned> {
    return graph.getNode(node).predecessors;
  });
  place(network.node, kSink,
        [&](unsigned node) { return graph.getSuccessors(node); });
  for (unsigned node = begin; node < end; ++node) {
    unsigned &vertex = network.vertices[node - begin];
    if (vertex != kFree)
      continue;
    vertex = network.cut.addVertex();
    // Predecessors come first in model order: they have their vertex.
    for (unsigned predecessor : graph.getNode(node).predecessors)
      if (predecessor >= begin)
        network.cut.addEdge(vertex, network.vertices[predecessor - begin],
                            MinimumCut::kInfinite);
  }
}

unsigned PeakLowerBound::addConjunction(Network &network,
                                        llvm::ArrayRef<unsigned> vertices) {
  if (vertices.size() == 1)
    return vertices[0];
  unsigned all = network.cut.addVertex();
  for (unsigned vertex : vertices)
    network.cut.addEdge(all, vertex, MinimumCut::kInfinite);
  return all;
}

void PeakLowerBound::addStorage(Network &network,
                                const SegmentStorage &storage) const {
  const int64_t bytes = graph.getArenaBytes(storage.storage);
  bool hasStarted = storage.isTouchedBefore;
  bool isNeeded = storage.isTouchedAfter;
  llvm::SmallVector<unsigned, 4> vertices;
  for (unsigned node : storage.nodes) {
    unsigned vertex = network.vertices[node - begin];
    hasStarted |= vertex == kSource || node == network.node;
    isNeeded |= vertex == kSink;
    if (vertex != kSource && vertex != kSink)
      vertices.push_back(vertex);
  }
  if (hasStarted && isNeeded) {
    network.bytes += bytes;
    return;
  }
  // Dead already, or not begun.
  if (vertices.empty())
    return;
  unsigned from = kSource;
  if (!hasStarted) {
    from = vertices[0];
    if (vertices.size() > 1) {
      from = network.cut.addVertex();
      for (unsigned vertex : vertices)
        network.cut.addEdge(vertex, from, MinimumCut::kInfinite);
    }
  }
  unsigned to = isNeeded ? kSink : addConjunction(network, vertices);
  if (from != to)
    network.cut.addEdge(from, to, bytes);
}

/// Subtracts the storages that the node may write in place. Where there is one
/// candidate, that is free only if all others that touch it have run.
void PeakLowerBound::addInPlace(Network &network) const {
  const MemoryNode &node = graph.getNode(network.node);
  auto isAt = [&](unsigned other, unsigned vertex) {
    return other != network.node && network.vertices[other - begin] == vertex;
  };
  auto canDie = [&](const SegmentStorage *read) {
    return read && !read->isTouchedAfter &&
           llvm::none_of(read->nodes,
                         [&](unsigned other) { return isAt(other, kSink); });
  };
  llvm::SmallVector<unsigned, 2> seen;
  for (const InPlaceCandidate &pair : node.inPlace) {
    const SegmentStorage *written = find(pair.written);
    if (!written || llvm::is_contained(seen, pair.written))
      continue;
    seen.push_back(pair.written);
    if (written->isTouchedBefore ||
        llvm::any_of(written->nodes,
                     [&](unsigned other) { return isAt(other, kSource); }))
      continue;
    llvm::SmallVector<const SegmentStorage *, 2> reads;
    for (const InPlaceCandidate &other : node.inPlace)
      if (other.written == pair.written && canDie(find(other.read)))
        reads.push_back(find(other.read));
    if (reads.empty())
      continue;
    const int64_t bytes = graph.getArenaBytes(pair.written);
    network.bytes -= bytes;
    llvm::SmallVector<unsigned, 4> others;
    for (unsigned other : reads[0]->nodes)
      if (other != network.node && !isAt(other, kSource))
        others.push_back(network.vertices[other - begin]);
    if (reads.size() == 1 && !others.empty())
      network.cut.addEdge(kSource, addConjunction(network, others), bytes);
  }
}

int64_t PeakLowerBound::compute(unsigned node) const {
  Network network;
  network.node = node;
  network.bytes = constantBytes + graph.getNode(node).scratchInBytes;
  placeNodes(network);
  for (const SegmentStorage &storage : storages)
    addStorage(network, storage);
  addInPlace(network);
  return network.bytes + network.cut.compute();
}

} // namespace neap
