// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MinimumCut.h - the least capacity that separates two vertices of a network
// (Dinic 1970: shortest augmenting paths, level by level).
#ifndef NEAP_PASSES_MEMORY_MINIMUMCUT_H
#define NEAP_PASSES_MEMORY_MINIMUMCUT_H

#include <cstdint>
#include <vector>

namespace neap {

class MinimumCut {
public:
  static constexpr unsigned kSource = 0, kSink = 1;
  /// The capacity of an edge that must not be cut.
  static constexpr int64_t kInfinite = INT64_MAX / 4;

  MinimumCut() : edgesOf(2) {}

  unsigned addVertex() {
    edgesOf.emplace_back();
    return edgesOf.size() - 1;
  }
  void addEdge(unsigned from, unsigned to, int64_t capacity);

  /// Returns the least capacity of edges from the source's side to the sink's;
  /// at least `kInfinite` if infinite edges connect them. To be called once.
  int64_t compute();

private:
  struct Edge {
    unsigned to;
    /// What may still flow; the edge back is the one next to it.
    int64_t residual;
  };

  bool computeLevels();
  /// Sends flow along one path of the levels; returns 0 if there is none.
  int64_t augment();
  unsigned getTail(unsigned edge) const { return edges[edge ^ 1].to; }

  std::vector<Edge> edges;
  std::vector<std::vector<unsigned>> edgesOf;
  std::vector<int> levels;
  /// Per vertex: the first of its edges that may lead on.
  std::vector<unsigned> nextEdge;
};

} // namespace neap

#endif // NEAP_PASSES_MEMORY_MINIMUMCUT_H
