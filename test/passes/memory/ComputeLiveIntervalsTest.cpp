// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ComputeLiveIntervalsTest.cpp - what the packer sees is what the scheduler
// counted.
#include "passes/memory/ComputeLiveIntervals.h"

#include "passes/memory/MinimumPeakOrder.h"
#include "test/passes/memory/RandomGraphs.h"
#include <gtest/gtest.h>

using namespace neap;
using namespace neap::test;

namespace {

TEST(ComputeLiveIntervalsTest, MaxLiveIsTheScheduledPeak) {
  for (int seed = 0; seed < 300; ++seed) {
    MemoryGraph graph = makeRandomGraph(seed, 5 + seed % 30);
    MinimumPeakOrder scheduled = findMinimumPeakOrder(graph);
    LiveIntervals live = computeLiveIntervals(graph, scheduled.order);
    EXPECT_EQ(live.maxLiveInBytes, scheduled.peakInBytes);
    OffsetAssignment packed = assignOffsets(live.intervals);
    EXPECT_EQ(packed.maxLiveInBytes, scheduled.peakInBytes);
    EXPECT_EQ(checkOffsets(live.intervals, packed.offsets), packed.peakInBytes);
  }
}

TEST(ComputeLiveIntervalsTest, InPlaceMergesBuffers) {
  MemoryGraph graph;
  unsigned a = graph.addStorage({64, true}), b = graph.addStorage({64, true});
  MemoryNode first, second;
  first.touched = {a};
  graph.addNode(first);
  second.touched = {a, b};
  second.predecessors = {0};
  second.inPlace = {{b, a}};
  graph.addNode(second);
  LiveIntervals live = computeLiveIntervals(graph, {0, 1});
  ASSERT_EQ(live.intervals.size(), 1u);
  EXPECT_EQ(live.intervalOfStorage[a], live.intervalOfStorage[b]);
  EXPECT_EQ(live.intervals[0].end, 2);
  ASSERT_EQ(live.reusesOfNode[1].size(), 1u);
  EXPECT_EQ(live.maxLiveInBytes, 64);
}

TEST(ComputeLiveIntervalsTest, NoReuseOfWhatIsReadLater) {
  MemoryGraph graph;
  unsigned a = graph.addStorage({64, true}), b = graph.addStorage({64, true});
  MemoryNode first, second, third;
  first.touched = {a};
  graph.addNode(first);
  second.touched = {a, b};
  second.predecessors = {0};
  second.inPlace = {{b, a}};
  graph.addNode(second);
  third.touched = {a, b};
  third.predecessors = {0, 1};
  graph.addNode(third);
  LiveIntervals live = computeLiveIntervals(graph, {0, 1, 2});
  EXPECT_EQ(live.intervals.size(), 2u);
  EXPECT_EQ(live.maxLiveInBytes, 128);
}

TEST(ComputeLiveIntervalsTest, ScratchLivesDuringItsNode) {
  MemoryGraph graph;
  unsigned a = graph.addStorage({64, true});
  MemoryNode first, second;
  first.touched = {a};
  first.scratchInBytes = 1024;
  graph.addNode(first);
  second.touched = {a};
  second.predecessors = {0};
  graph.addNode(second);
  LiveIntervals live = computeLiveIntervals(graph, {0, 1});
  ASSERT_TRUE(live.intervalOfScratch[0]);
  const LiveInterval &scratch = live.intervals[*live.intervalOfScratch[0]];
  EXPECT_EQ(scratch.begin, 0);
  EXPECT_EQ(scratch.end, 1);
  EXPECT_EQ(live.maxLiveInBytes, 1088);
  EXPECT_FALSE(live.intervalOfScratch[1]);
}

TEST(ComputeLiveIntervalsTest, MemoryOutsideTheArenaIsNotCounted) {
  MemoryGraph graph;
  MemoryNode node;
  node.touched = {graph.addStorage({64, false}), graph.addStorage({0, true})};
  graph.addNode(node);
  LiveIntervals live = computeLiveIntervals(graph, {0});
  EXPECT_TRUE(live.intervals.empty());
  EXPECT_EQ(live.maxLiveInBytes, 0);
}

} // namespace
