// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// HeuristicOrders.cpp - topological orders that need no search.
#include "passes/memory/HeuristicOrders.h"

#include <numeric>

namespace neap {

NodeOrder getModelOrder(const MemoryGraph &graph) {
  NodeOrder order(graph.getNumNodes());
  std::iota(order.begin(), order.end(), 0);
  return order;
}

namespace {
/// A node of the walk and the next of its predecessors to visit.
struct Visit {
  unsigned node;
  unsigned next = 0;
};
} // namespace

/// Appends `root` and what it needs, predecessors first.
static void appendPostOrder(const MemoryGraph &graph, unsigned root,
                            llvm::SmallVectorImpl<bool> &seen,
                            NodeOrder &order) {
  llvm::SmallVector<Visit> stack{{root}};
  seen[root] = true;
  while (!stack.empty()) {
    Visit &visit = stack.back();
    llvm::ArrayRef<unsigned> predecessors =
        graph.getNode(visit.node).predecessors;
    if (visit.next == predecessors.size()) {
      order.push_back(visit.node);
      stack.pop_back();
      continue;
    }
    unsigned predecessor = predecessors[visit.next++];
    if (seen[predecessor])
      continue;
    seen[predecessor] = true;
    stack.push_back({predecessor});
  }
}

NodeOrder getReverseDepthFirstOrder(const MemoryGraph &graph) {
  NodeOrder order;
  llvm::SmallVector<bool> seen(graph.getNumNodes(), false);
  for (unsigned node = 0; node < graph.getNumNodes(); ++node)
    if (graph.getSuccessors(node).empty())
      appendPostOrder(graph, node, seen, order);
  return order;
}

/// Removes and returns the ready node that adds the fewest live bytes.
static unsigned takeCheapest(const ExecutionState &state,
                             llvm::SmallVectorImpl<unsigned> &ready) {
  unsigned best = 0;
  int64_t bestBytes = state.getNetBytes(ready[0]);
  for (unsigned i = 1; i < ready.size(); ++i) {
    int64_t bytes = state.getNetBytes(ready[i]);
    if (bytes < bestBytes || (bytes == bestBytes && ready[i] < ready[best])) {
      best = i;
      bestBytes = bytes;
    }
  }
  unsigned node = ready[best];
  ready.erase(ready.begin() + best);
  return node;
}

NodeOrder getGreedyListOrder(const MemoryGraph &graph) {
  ExecutionState state(graph);
  NodeOrder order;
  llvm::SmallVector<unsigned> ready;
  for (unsigned node = 0; node < graph.getNumNodes(); ++node)
    if (state.isReady(node))
      ready.push_back(node);
  while (!ready.empty()) {
    unsigned node = takeCheapest(state, ready);
    state.execute(node);
    order.push_back(node);
    for (unsigned successor : graph.getSuccessors(node))
      if (state.isReady(successor))
        ready.push_back(successor);
  }
  return order;
}

} // namespace neap
