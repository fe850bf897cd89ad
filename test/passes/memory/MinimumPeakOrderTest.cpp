// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MinimumPeakOrderTest.cpp - against the minimum over all orders.
#include "passes/memory/MinimumPeakOrder.h"

#include "passes/memory/SegmentSearch.h"
#include "test/passes/memory/RandomGraphs.h"
#include <functional>
#include <gtest/gtest.h>
#include <map>

using namespace neap;
using namespace neap::test;

namespace {

/// Returns the least peak over all orders, by trying each next node after each
/// set of nodes.
int64_t findLeastPeak(const MemoryGraph &graph) {
  ExecutionState state(graph);
  std::map<uint32_t, int64_t> leastOfRest;
  std::function<int64_t(uint32_t)> search = [&](uint32_t done) -> int64_t {
    if (done + 1 == uint32_t(1) << graph.getNumNodes())
      return 0;
    if (auto it = leastOfRest.find(done); it != leastOfRest.end())
      return it->second;
    int64_t least = INT64_MAX;
    for (unsigned node = 0; node < graph.getNumNodes(); ++node) {
      if ((done >> node & 1) || !state.isReady(node))
        continue;
      int64_t during = state.getBytesDuring(node);
      state.execute(node);
      least =
          std::min(least, std::max(during, search(done | uint32_t(1) << node)));
      state.undo(node);
    }
    return leastOfRest[done] = least;
  };
  return search(0);
}

class MinimumPeakOrderTest : public testing::TestWithParam<int> {};

TEST_P(MinimumPeakOrderTest, EqualsBruteForce) {
  for (int i = 0; i < 40; ++i) {
    MemoryGraph graph = makeRandomGraph(GetParam() * 100 + i, 3 + i % 9);
    MinimumPeakOrder result = findMinimumPeakOrder(graph);
    ASSERT_TRUE(isTopological(graph, result.order));
    EXPECT_EQ(computePeak(graph, result.order), result.peakInBytes);
    EXPECT_EQ(result.peakInBytes, findLeastPeak(graph));
    EXPECT_EQ(result.lowerBoundInBytes, result.peakInBytes);
  }
}

TEST_P(MinimumPeakOrderTest, NeverAboveAHeuristic) {
  // The limits are so low that every search ends at them.
  OrderSearchLimits limits{/*maxStates=*/3, /*beamWidth=*/1};
  for (int i = 0; i < 10; ++i) {
    MemoryGraph graph = makeRandomGraph(GetParam() * 100 + i, 60);
    MinimumPeakOrder result = findMinimumPeakOrder(graph, limits);
    ASSERT_TRUE(isTopological(graph, result.order));
    EXPECT_EQ(computePeak(graph, result.order), result.peakInBytes);
    for (const NodeOrder &order :
         {getModelOrder(graph), getReverseDepthFirstOrder(graph),
          getGreedyListOrder(graph)}) {
      ASSERT_TRUE(isTopological(graph, order));
      EXPECT_LE(result.peakInBytes, computePeak(graph, order));
    }
    EXPECT_LE(result.lowerBoundInBytes, result.peakInBytes);
  }
}

TEST_P(MinimumPeakOrderTest, BeamIsExactIfNothingIsCutOff) {
  for (int i = 0; i < 20; ++i) {
    MemoryGraph graph = makeRandomGraph(GetParam() * 100 + i, 4 + i % 7);
    ExecutionState state(graph);
    NodeOrder segment = getModelOrder(graph);
    const int64_t least = findLeastPeak(graph);
    SegmentSearch search(state, segment, /*floor=*/0);
    bool exact = false;
    std::optional<NodeOrder> order = search.searchBeam(least + 1, 10000, exact);
    ASSERT_TRUE(exact);
    ASSERT_TRUE(order);
    EXPECT_EQ(computePeak(graph, *order), least);
    EXPECT_FALSE(search.searchBeam(least, 10000, exact));
    EXPECT_EQ(state.getLiveBytes(), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, MinimumPeakOrderTest, testing::Range(1, 9));

/// Returns how many segments there are between the nodes that are comparable
/// with all others, by the definition.
unsigned countSegments(const MemoryGraph &graph) {
  const unsigned size = graph.getNumNodes();
  std::vector<std::vector<bool>> reaches(size, std::vector<bool>(size));
  for (unsigned node = 0; node < size; ++node) {
    reaches[node][node] = true;
    for (unsigned predecessor : graph.getNode(node).predecessors)
      for (unsigned from = 0; from < size; ++from)
        if (reaches[from][predecessor])
          reaches[from][node] = true;
  }
  unsigned numSegments = 0;
  bool isCut = true;
  for (unsigned node = 0; node < size; ++node) {
    isCut = true;
    for (unsigned other = 0; other < size; ++other)
      isCut &= reaches[node][other] || reaches[other][node];
    numSegments += isCut;
  }
  return numSegments + !isCut;
}

TEST_P(MinimumPeakOrderTest, CutsWhereTheDefinitionSays) {
  for (int i = 0; i < 60; ++i) {
    MemoryGraph graph = makeRandomGraph(GetParam() * 100 + i, 1 + i % 12);
    EXPECT_EQ(findMinimumPeakOrder(graph).numSegments, countSegments(graph));
  }
}

TEST(MinimumPeakOrderTest, EmptyGraph) {
  MemoryGraph graph;
  MinimumPeakOrder result = findMinimumPeakOrder(graph);
  EXPECT_TRUE(result.order.empty());
  EXPECT_EQ(result.peakInBytes, 0);
}

TEST(MinimumPeakOrderTest, ChainIsCutIntoSegments) {
  MemoryGraph graph;
  for (unsigned id = 0; id < 2000; ++id) {
    MemoryNode node;
    if (id) {
      node.predecessors = {id - 1};
      node.touched = {id - 1};
    }
    node.touched.push_back(graph.addStorage({64, true}));
    graph.addNode(std::move(node));
  }
  MinimumPeakOrder result = findMinimumPeakOrder(graph);
  EXPECT_EQ(result.numSegments, 2000u);
  EXPECT_EQ(result.peakInBytes, 128);
  EXPECT_EQ(result.numStates, 0u);
}

} // namespace
