// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/passes/memory/RandomGraphs.h"

#include "passes/memory/DeterministicHash.h"
#include "llvm/ADT/STLExtras.h"

namespace neap::test {

/// Makes `node` read the result of an earlier node.
static void addRead(MemoryNode &node, unsigned writer, unsigned storage) {
  if (!llvm::is_contained(node.predecessors, writer))
    node.predecessors.push_back(writer);
  if (!llvm::is_contained(node.touched, storage))
    node.touched.push_back(storage);
}

/// Returns `count` of the `reach` nodes before `id`, perhaps one twice.
static std::vector<unsigned> chooseBefore(RandomSequence &random, unsigned id,
                                          unsigned count, unsigned reach) {
  std::vector<unsigned> writers;
  for (unsigned i = 0; id && i < count; ++i)
    writers.push_back(id - 1 - random.nextBelow(std::min(id, reach)));
  return writers;
}

/// Returns the nodes whose results `id` reads, perhaps one twice.
static std::vector<unsigned> chooseWriters(RandomSequence &random,
                                           GraphShape shape, unsigned id,
                                           unsigned numNodes,
                                           llvm::ArrayRef<bool> isRead) {
  constexpr unsigned kNumLanes = 8;
  const unsigned half = std::max(numNodes / 2, 1u);
  std::vector<unsigned> writers, unread;
  switch (shape) {
  case GraphShape::Local:
    return chooseBefore(random, id, random.nextBelow(3), 6);
  case GraphShape::Dense:
    return chooseBefore(random, id, 1 + random.nextBelow(4), 15);
  case GraphShape::Anywhere:
    return chooseBefore(random, id, random.nextBelow(3), id);
  case GraphShape::Lanes:
    if (id >= kNumLanes) {
      writers.push_back(id - kNumLanes);
      if (random.nextBelow(6) == 0)
        writers.push_back(id - 1 - random.nextBelow(kNumLanes));
    }
    return writers;
  case GraphShape::Halves:
    if (id >= half)
      for (unsigned i = 0; i < 1 + random.nextBelow(2); ++i)
        writers.push_back(random.nextBelow(half));
    return writers;
  case GraphShape::OutTree:
    return chooseBefore(random, id, 1, id);
  case GraphShape::InTree:
    for (unsigned node = 0; node < id; ++node)
      if (!isRead[node])
        unread.push_back(node);
    if (unread.size() > 1 && (random.nextBelow(2) || id > half))
      for (int i = 0; i < 2; ++i)
        writers.push_back(unread[random.nextBelow(unread.size())]);
    return writers;
  }
  return writers;
}

MemoryGraph makeRandomGraph(uint64_t seed, unsigned numNodes,
                            GraphShape shape) {
  RandomSequence random(seed * 7919);
  MemoryGraph graph;
  std::vector<unsigned> resultOf;
  llvm::SmallVector<bool> isRead(numNodes, false);
  for (unsigned id = 0; id < numNodes; ++id) {
    MemoryNode node;
    for (unsigned writer : chooseWriters(random, shape, id, numNodes, isRead)) {
      isRead[writer] = true;
      addRead(node, writer, resultOf[writer]);
    }
    bool sharesResult = id && random.nextBelow(8) == 0;
    unsigned result =
        sharesResult
            ? resultOf[random.nextBelow(id)]
            : graph.addStorage({int64_t(64 * (1 + random.nextBelow(6))),
                                random.nextBelow(10) != 0});
    if (!sharesResult)
      for (unsigned read : node.touched)
        if (graph.getArenaBytes(read) == graph.getArenaBytes(result) &&
            graph.getStorage(read).inArena && random.nextBelow(2))
          node.inPlace.push_back({result, read});
    if (!llvm::is_contained(node.touched, result))
      node.touched.push_back(result);
    if (random.nextBelow(5) == 0)
      node.scratchInBytes = 64 * (1 + random.nextBelow(3));
    resultOf.push_back(result);
    graph.addNode(std::move(node));
  }
  return graph;
}

bool isTopological(const MemoryGraph &graph, llvm::ArrayRef<unsigned> order) {
  std::vector<bool> hasRun(graph.getNumNodes(), false);
  for (unsigned node : order) {
    for (unsigned predecessor : graph.getNode(node).predecessors)
      if (!hasRun[predecessor])
        return false;
    if (hasRun[node])
      return false;
    hasRun[node] = true;
  }
  return order.size() == graph.getNumNodes();
}

std::vector<LiveInterval> makeRandomIntervals(uint64_t seed, unsigned count) {
  RandomSequence random(seed * 104729);
  std::vector<LiveInterval> intervals;
  for (unsigned i = 0; i < count; ++i) {
    int64_t begin = random.nextBelow(2 * count);
    int64_t end = begin + 1 + random.nextBelow(count);
    intervals.push_back({begin, end, int64_t(64 * (1 + random.nextBelow(9)))});
  }
  return intervals;
}

} // namespace neap::test
