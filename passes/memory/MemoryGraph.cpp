// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MemoryGraph.cpp - nodes, storages, and what is live when.
#include "passes/memory/MemoryGraph.h"

#include "llvm/ADT/STLExtras.h"
#include <algorithm>

namespace neap {

unsigned MemoryGraph::addStorage(Storage storage) {
  storages.push_back(storage);
  touches.push_back(0);
  return storages.size() - 1;
}

unsigned MemoryGraph::addNode(MemoryNode node) {
  unsigned id = nodes.size();
  for (unsigned storage : node.touched)
    ++touches[storage];
  for (unsigned predecessor : node.predecessors)
    successors[predecessor].push_back(id);
  successors.emplace_back();
  nodes.push_back(std::move(node));
  return id;
}

int64_t MemoryGraph::getFootprint(unsigned id) const {
  const MemoryNode &node = nodes[id];
  int64_t bytes = node.scratchInBytes;
  for (unsigned storage : node.touched)
    bytes += getArenaBytes(storage);
  // At best every written storage with a candidate takes over other bytes.
  llvm::SmallVector<unsigned, 4> merged;
  for (const InPlaceCandidate &pair : node.inPlace) {
    if (llvm::is_contained(merged, pair.written))
      continue;
    merged.push_back(pair.written);
    bytes -= getArenaBytes(pair.written);
  }
  return bytes;
}

int64_t MemoryGraph::getLargestFootprint() const {
  int64_t largest = 0;
  for (unsigned node = 0; node < getNumNodes(); ++node)
    largest = std::max(largest, getFootprint(node));
  return largest;
}

ExecutionState::ExecutionState(const MemoryGraph &graph)
    : graph(graph), numLeft(graph.getNumStorages()),
      numPending(graph.getNumNodes()) {
  for (unsigned storage = 0; storage < numLeft.size(); ++storage)
    numLeft[storage] = graph.getNumTouches(storage);
  for (unsigned node = 0; node < numPending.size(); ++node)
    numPending[node] = graph.getNode(node).predecessors.size();
}

void ExecutionState::forEachReuse(
    unsigned id, llvm::function_ref<void(InPlaceCandidate)> visit) const {
  llvm::SmallVector<unsigned, 4> taken, merged;
  for (const InPlaceCandidate &pair : graph.getNode(id).inPlace) {
    if (!isNew(pair.written) || !isLastTouch(pair.read) ||
        llvm::is_contained(taken, pair.read) ||
        llvm::is_contained(merged, pair.written))
      continue;
    taken.push_back(pair.read);
    merged.push_back(pair.written);
    visit(pair);
  }
}

int64_t ExecutionState::getBytesDuring(unsigned id) const {
  const MemoryNode &node = graph.getNode(id);
  int64_t bytes = liveBytes + node.scratchInBytes;
  for (unsigned storage : node.touched)
    if (isNew(storage))
      bytes += graph.getArenaBytes(storage);
  forEachReuse(id, [&](InPlaceCandidate pair) {
    bytes -= graph.getArenaBytes(pair.written);
  });
  return bytes;
}

int64_t ExecutionState::getNetBytes(unsigned id) const {
  int64_t bytes = 0;
  for (unsigned storage : graph.getNode(id).touched) {
    if (isNew(storage))
      bytes += graph.getArenaBytes(storage);
    if (isLastTouch(storage))
      bytes -= graph.getArenaBytes(storage);
  }
  return bytes;
}

void ExecutionState::execute(unsigned id) {
  liveBytes += getNetBytes(id);
  for (unsigned storage : graph.getNode(id).touched)
    --numLeft[storage];
  for (unsigned successor : graph.getSuccessors(id))
    --numPending[successor];
}

void ExecutionState::undo(unsigned id) {
  for (unsigned storage : graph.getNode(id).touched)
    ++numLeft[storage];
  for (unsigned successor : graph.getSuccessors(id))
    ++numPending[successor];
  liveBytes -= getNetBytes(id);
}

int64_t computePeak(const MemoryGraph &graph, llvm::ArrayRef<unsigned> order) {
  ExecutionState state(graph);
  int64_t peak = 0;
  for (unsigned node : order) {
    peak = std::max(peak, state.getBytesDuring(node));
    state.execute(node);
  }
  return peak;
}

} // namespace neap
