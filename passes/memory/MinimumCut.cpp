// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MinimumCut.cpp - maximum flow, with no recursion.
#include "passes/memory/MinimumCut.h"

#include <algorithm>

namespace neap {

void MinimumCut::addEdge(unsigned from, unsigned to, int64_t capacity) {
  edgesOf[from].push_back(edges.size());
  edges.push_back({to, capacity});
  edgesOf[to].push_back(edges.size());
  edges.push_back({from, 0});
}

/// Numbers the vertices by their distance from the source. Returns whether
/// the sink can be reached.
bool MinimumCut::computeLevels() {
  levels.assign(edgesOf.size(), -1);
  levels[kSource] = 0;
  std::vector<unsigned> queue{kSource};
  for (size_t i = 0; i < queue.size(); ++i)
    for (unsigned edge : edgesOf[queue[i]]) {
      unsigned to = edges[edge].to;
      if (edges[edge].residual == 0 || levels[to] >= 0)
        continue;
      levels[to] = levels[queue[i]] + 1;
      queue.push_back(to);
    }
  return levels[kSink] >= 0;
}

int64_t MinimumCut::augment() {
  std::vector<unsigned> path;
  unsigned vertex = kSource;
  while (vertex != kSink) {
    if (nextEdge[vertex] < edgesOf[vertex].size()) {
      unsigned edge = edgesOf[vertex][nextEdge[vertex]];
      unsigned to = edges[edge].to;
      if (edges[edge].residual > 0 && levels[to] == levels[vertex] + 1) {
        path.push_back(edge);
        vertex = to;
        continue;
      }
      ++nextEdge[vertex];
      continue;
    }
    // A dead end: back by one edge, which leads nowhere.
    if (path.empty())
      return 0;
    vertex = getTail(path.back());
    path.pop_back();
    ++nextEdge[vertex];
  }
  int64_t flow = kInfinite;
  for (unsigned edge : path)
    flow = std::min(flow, edges[edge].residual);
  for (unsigned edge : path) {
    edges[edge].residual -= flow;
    edges[edge ^ 1].residual += flow;
  }
  return flow;
}

int64_t MinimumCut::compute() {
  int64_t total = 0;
  while (total < kInfinite && computeLevels()) {
    nextEdge.assign(edgesOf.size(), 0);
    while (int64_t flow = augment()) {
      total += flow;
      if (total >= kInfinite)
        break;
    }
  }
  return total;
}

} // namespace neap
