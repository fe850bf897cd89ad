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

MemoryGraph makeRandomGraph(uint64_t seed, unsigned numNodes) {
  RandomSequence random(seed * 7919);
  MemoryGraph graph;
  std::vector<unsigned> resultOf;
  for (unsigned id = 0; id < numNodes; ++id) {
    MemoryNode node;
    unsigned numReads = id ? random.nextBelow(3) : 0;
    for (unsigned read = 0; read < numReads; ++read) {
      unsigned writer = id - 1 - random.nextBelow(std::min(id, 6u));
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
