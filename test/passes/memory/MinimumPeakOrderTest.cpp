// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MinimumPeakOrderTest.cpp - against all orders of graphs of every shape, and
// against the heuristics where that is too many.
#include "passes/memory/MinimumPeakOrder.h"

#include "passes/memory/BeamOrderSearch.h"
#include "passes/memory/PeakLowerBound.h"
#include "test/passes/memory/LeastPeaks.h"
#include "test/passes/memory/RandomGraphs.h"
#include <gtest/gtest.h>

using namespace neap;
using namespace neap::test;

namespace {

/// Checks that the order is one, has the peak that is said, and that no order
/// has a lower one.
void expectOptimal(const MemoryGraph &graph, const MinimumPeakOrder &result) {
  ASSERT_TRUE(isTopological(graph, result.order));
  EXPECT_EQ(computePeak(graph, result.order), result.peakInBytes);
  EXPECT_EQ(result.lowerBoundInBytes, result.peakInBytes);
  EXPECT_FALSE(hasOrderBelow(graph, result.peakInBytes));
}

class MinimumPeakOrderTest : public testing::TestWithParam<GraphShape> {};

TEST_P(MinimumPeakOrderTest, SmallGraphsEqualBruteForce) {
  for (int seed = 0; seed < 400; ++seed) {
    MemoryGraph graph = makeRandomGraph(seed, 3 + seed % 12, GetParam());
    SCOPED_TRACE(seed);
    expectOptimal(graph, findMinimumPeakOrder(graph));
    if (HasFailure())
      return;
  }
  RecordProperty("graphs", 400);
}

/// Returns how large graphs brute force can do: where many nodes are ready at a
/// time, the sets of nodes are too many.
unsigned getBruteForceSize(GraphShape shape) {
  return shape == GraphShape::Dense || shape == GraphShape::Lanes ? 40 : 26;
}

TEST_P(MinimumPeakOrderTest, LargerGraphsEqualBruteForce) {
  for (int seed = 0; seed < 4; ++seed) {
    MemoryGraph graph =
        makeRandomGraph(1000 + seed, getBruteForceSize(GetParam()), GetParam());
    SCOPED_TRACE(seed);
    expectOptimal(graph, findMinimumPeakOrder(graph));
  }
  RecordProperty("graphs", 4);
}

/// What a search that has proved its result says is checked above; here, that
/// it always does.
TEST_P(MinimumPeakOrderTest, GraphsOf40NodesAreProved) {
  for (int seed = 0; seed < 50; ++seed) {
    MemoryGraph graph = makeRandomGraph(2000 + seed, 40, GetParam());
    SCOPED_TRACE(seed);
    EXPECT_TRUE(findMinimumPeakOrder(graph).isProved());
  }
  RecordProperty("graphs", 50);
}

void expectNoHeuristicIsBetter(const MemoryGraph &graph,
                               const OrderSearchLimits &limits) {
  MinimumPeakOrder result = findMinimumPeakOrder(graph, limits);
  ASSERT_TRUE(isTopological(graph, result.order));
  EXPECT_EQ(computePeak(graph, result.order), result.peakInBytes);
  EXPECT_LE(result.lowerBoundInBytes, result.peakInBytes);
  for (const NodeOrder &order :
       {getModelOrder(graph), getReverseDepthFirstOrder(graph),
        getGreedyListOrder(graph)}) {
    ASSERT_TRUE(isTopological(graph, order));
    EXPECT_LE(result.peakInBytes, computePeak(graph, order));
  }
}

TEST_P(MinimumPeakOrderTest, NeverAboveAHeuristic) {
  // The second limits are so low that every search ends at them.
  for (const OrderSearchLimits &limits :
       {OrderSearchLimits{200000, 20}, OrderSearchLimits{10, 1}})
    for (int seed = 0; seed < 30; ++seed)
      expectNoHeuristicIsBetter(
          makeRandomGraph(seed, 20 + 10 * (seed % 10), GetParam()), limits);
}

TEST_P(MinimumPeakOrderTest, ThousandsOfNodes) {
  expectNoHeuristicIsBetter(makeRandomGraph(7, 3000, GetParam()),
                            {/*maxVisits=*/500000, /*maxBeamWidth=*/16});
}

TEST_P(MinimumPeakOrderTest, TheSameAnswerTwice) {
  MemoryGraph graph = makeRandomGraph(5, 60, GetParam());
  EXPECT_EQ(findMinimumPeakOrder(graph).order,
            findMinimumPeakOrder(graph).order);
}

/// A cut never claims more than the least that is live during the node.
TEST_P(MinimumPeakOrderTest, CutsAreLowerBounds) {
  for (int seed = 0; seed < 100; ++seed) {
    MemoryGraph graph = makeRandomGraph(seed, 3 + seed % 10, GetParam());
    ExecutionState state(graph);
    PeakLowerBound bound(state, 0, graph.getNumNodes());
    int64_t largest = 0;
    for (unsigned node = 0; node < graph.getNumNodes(); ++node) {
      EXPECT_GE(bound.compute(node), graph.getFootprint(node));
      largest = std::max(largest, bound.compute(node));
    }
    EXPECT_FALSE(hasOrderBelow(graph, largest));
  }
}

TEST_P(MinimumPeakOrderTest, WideBeamFindsTheOptimum) {
  for (int seed = 0; seed < 40; ++seed) {
    MemoryGraph graph = makeRandomGraph(seed, 4 + seed % 7, GetParam());
    const int64_t least = findMinimumPeakOrder(graph).peakInBytes;
    ExecutionState state(graph);
    auto search = [&](int64_t bound) {
      return BeamOrderSearch(state, 0, graph.getNumNodes(), /*floor=*/0)
          .search(bound, /*width=*/10000, /*maxVisits=*/1000000);
    };
    std::optional<NodeOrder> order = search(least + 1);
    ASSERT_TRUE(order);
    EXPECT_EQ(computePeak(graph, *order), least);
    EXPECT_FALSE(search(least));
    EXPECT_EQ(state.getLiveBytes(), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, MinimumPeakOrderTest,
                         testing::ValuesIn(kGraphShapes));

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
  for (int seed = 0; seed < 100; ++seed) {
    MemoryGraph graph = makeRandomGraph(seed, 1 + seed % 12, GetParam());
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
  EXPECT_EQ(result.numVisits, 0u);
}

} // namespace
