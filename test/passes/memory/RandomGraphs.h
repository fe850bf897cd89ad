// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RandomGraphs.h - memory graphs and packing problems for the tests.
#ifndef NEAP_TEST_PASSES_MEMORY_RANDOMGRAPHS_H
#define NEAP_TEST_PASSES_MEMORY_RANDOMGRAPHS_H

#include "passes/memory/MemoryGraph.h"
#include "passes/memory/OffsetSearch.h"
#include <vector>

namespace neap::test {

/// Whose results the nodes of a random graph read.
enum class GraphShape {
  Local,    ///< Up to two of the six nodes before.
  Dense,    ///< One to four of the fifteen nodes before.
  Anywhere, ///< Up to two of all nodes before.
  Lanes,    ///< Eight chains that sometimes read from each other.
  Halves,   ///< The second half reads one or two nodes of the first.
  OutTree,  ///< One node before.
  InTree,   ///< Two results that nobody reads yet, or none.
};

inline constexpr GraphShape kGraphShapes[] = {
    GraphShape::Local, GraphShape::Dense,  GraphShape::Anywhere,
    GraphShape::Lanes, GraphShape::Halves, GraphShape::OutTree,
    GraphShape::InTree};

/// Returns a graph of `numNodes` nodes, each with one result. Some results
/// are written by two nodes (as concatenations are), some may be computed in
/// place, some nodes need scratch.
MemoryGraph makeRandomGraph(uint64_t seed, unsigned numNodes,
                            GraphShape shape = GraphShape::Local);

/// Returns whether each node of the graph is in `order` once and after its
/// predecessors.
bool isTopological(const MemoryGraph &graph, llvm::ArrayRef<unsigned> order);

/// Returns `count` intervals.
std::vector<LiveInterval> makeRandomIntervals(uint64_t seed, unsigned count);

} // namespace neap::test

#endif // NEAP_TEST_PASSES_MEMORY_RANDOMGRAPHS_H
