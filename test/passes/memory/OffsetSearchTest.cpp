// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OffsetSearchTest.cpp - against brute force and against optima that an
// independent solver (OR-tools CP-SAT) has confirmed.
#include "passes/memory/OffsetSearch.h"

#include "passes/memory/GreedyOffsets.h"
#include "passes/memory/SkylineSearch.h"
#include "test/passes/memory/RandomGraphs.h"
#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>

using namespace neap;
using namespace neap::test;

namespace {

/// Returns the least peak. In an optimal packing every buffer can sink as far
/// as those below it allow, so placing the buffers in some order, each at the
/// first gap, finds it.
int64_t findLeastPeak(llvm::ArrayRef<LiveInterval> intervals) {
  OffsetProblem problem(intervals);
  std::vector<int> order(intervals.size());
  std::iota(order.begin(), order.end(), 0);
  int64_t least = INT64_MAX;
  do {
    std::vector<int64_t> offsets =
        placeGreedily(problem, order, GapChoice::First);
    least = std::min(least, problem.computePeak(offsets));
  } while (std::next_permutation(order.begin(), order.end()));
  return least * problem.getUnitInBytes();
}

TEST(OffsetSearchTest, EqualsBruteForce) {
  for (int seed = 0; seed < 400; ++seed) {
    std::vector<LiveInterval> intervals =
        makeRandomIntervals(seed, 1 + seed % 7);
    OffsetAssignment result = assignOffsets(intervals);
    EXPECT_EQ(checkOffsets(intervals, result.offsets), result.peakInBytes);
    EXPECT_EQ(result.peakInBytes, findLeastPeak(intervals));
    EXPECT_TRUE(result.isProved());
  }
}

TEST(OffsetSearchTest, LargerInstancesAreValidAndBounded) {
  for (int seed = 0; seed < 40; ++seed) {
    std::vector<LiveInterval> intervals = makeRandomIntervals(seed, 60);
    OffsetAssignment result = assignOffsets(intervals);
    EXPECT_EQ(checkOffsets(intervals, result.offsets), result.peakInBytes);
    EXPECT_GE(result.peakInBytes, result.lowerBoundInBytes);
    EXPECT_GE(result.lowerBoundInBytes, result.maxLiveInBytes);
  }
}

TEST(OffsetSearchTest, TheSameAnswerTwice) {
  std::vector<LiveInterval> intervals = makeRandomIntervals(3, 80);
  EXPECT_EQ(assignOffsets(intervals).offsets, assignOffsets(intervals).offsets);
}

/// An instance whose optimum is above the largest live sum: the search has to
/// refute capacities.
struct GapInstance {
  int64_t optimum;
  int64_t maxLive;
  std::vector<LiveInterval> intervals;
};

const GapInstance kGapInstances[] = {
    // clang-format off
    {8, 7,
     {{0, 1, 6}, {0, 1, 1}, {1, 2, 2}, {1, 2, 3}, {1, 4, 1}, {1, 3, 1},
      {2, 3, 4}, {2, 5, 1}, {3, 4, 3}, {3, 6, 1}, {3, 6, 1}, {4, 5, 4},
      {5, 6, 5}}},
    {14, 13,
     {{0, 1, 3}, {0, 3, 4}, {0, 4, 2}, {0, 1, 3}, {0, 5, 1}, {1, 2, 3},
      {1, 2, 2}, {1, 2, 1}, {2, 4, 1}, {2, 3, 4}, {2, 5, 1}, {3, 5, 6},
      {3, 4, 2}, {4, 5, 5}}},
    {13, 12,
     {{0, 1, 4}, {0, 1, 3}, {0, 3, 2}, {0, 2, 3}, {1, 5, 5}, {1, 2, 1},
      {1, 3, 1}, {2, 4, 2}, {2, 3, 2}, {3, 4, 5}, {4, 5, 6}, {5, 6, 1},
      {5, 6, 9}, {5, 6, 1}}},
    {17, 16,
     {{0, 2, 4}, {0, 2, 3}, {0, 7, 1}, {0, 1, 1}, {0, 1, 4}, {0, 4, 3},
      {1, 6, 4}, {1, 3, 1}, {2, 6, 5}, {2, 3, 1}, {2, 4, 1}, {3, 7, 2},
      {4, 5, 1}, {4, 5, 1}, {4, 7, 2}, {5, 7, 2}, {6, 7, 9}}},
    {20, 19,
     {{0, 2, 10}, {0, 1, 1}, {0, 5, 6}, {0, 1, 1}, {0, 2, 1}, {1, 4, 2},
      {2, 3, 8}, {2, 3, 1}, {2, 6, 2}, {3, 5, 6}, {3, 4, 3}, {4, 6, 1},
      {4, 5, 4}, {5, 6, 11}, {5, 6, 1}, {5, 6, 3}, {5, 6, 1}}},
    {16, 15,
     {{0, 1, 9}, {0, 3, 2}, {0, 4, 1}, {0, 1, 1}, {0, 3, 1}, {0, 2, 1},
      {1, 2, 8}, {1, 5, 2}, {2, 3, 2}, {2, 7, 7}, {3, 6, 1}, {3, 4, 4},
      {4, 5, 3}, {4, 7, 2}, {5, 6, 4}, {5, 6, 1}, {6, 7, 5}}},
    {19, 18,
     {{0, 1, 13}, {0, 1, 1}, {0, 3, 3}, {0, 2, 1}, {1, 2, 3}, {1, 2, 3},
      {1, 3, 5}, {1, 4, 2}, {1, 5, 1}, {2, 3, 5}, {2, 5, 2}, {3, 4, 13},
      {4, 5, 3}, {4, 5, 8}, {4, 5, 1}, {4, 5, 2}, {4, 5, 1}}},
    {20, 19,
     {{0, 1, 7}, {0, 2, 6}, {0, 1, 3}, {0, 2, 3}, {1, 4, 5}, {1, 3, 5},
      {2, 4, 7}, {2, 3, 2}, {3, 4, 6}, {3, 5, 1}, {4, 5, 17}, {4, 5, 1},
      {5, 6, 6}, {5, 6, 5}, {5, 6, 6}, {5, 6, 1}, {5, 6, 1}}},
    {19, 18,
     {{0, 1, 1}, {0, 1, 17}, {1, 2, 7}, {1, 4, 2}, {1, 3, 5}, {1, 6, 2},
      {1, 2, 1}, {1, 2, 1}, {2, 4, 3}, {2, 3, 3}, {2, 5, 3}, {3, 5, 6},
      {3, 4, 1}, {4, 5, 6}, {5, 7, 13}, {5, 6, 2}, {6, 7, 4}, {7, 8, 5},
      {7, 8, 6}, {7, 8, 1}, {7, 8, 5}}},
    {20, 19,
     {{0, 4, 5}, {0, 1, 12}, {0, 1, 2}, {1, 2, 10}, {1, 2, 3}, {1, 4, 1},
      {2, 3, 8}, {2, 5, 4}, {2, 3, 1}, {3, 8, 7}, {3, 4, 2}, {4, 5, 4},
      {4, 6, 3}, {4, 5, 1}, {5, 6, 1}, {5, 7, 8}, {6, 7, 1}, {6, 7, 3},
      {7, 8, 1}, {7, 8, 10}, {7, 8, 1}}},
    {13, 12,
     {{0, 5, 1}, {0, 1, 6}, {0, 4, 1}, {0, 1, 3}, {0, 7, 1}, {1, 2, 8},
      {1, 2, 1}, {2, 3, 6}, {2, 3, 2}, {2, 3, 1}, {3, 4, 3}, {3, 7, 2},
      {3, 6, 3}, {3, 5, 1}, {4, 6, 4}, {5, 6, 2}, {6, 7, 9}, {7, 8, 1},
      {7, 8, 6}, {7, 8, 4}, {7, 8, 1}}},
    {19, 18,
     {{0, 1, 6}, {0, 1, 11}, {0, 1, 1}, {1, 6, 2}, {1, 2, 15}, {1, 2, 1},
      {2, 3, 12}, {2, 4, 3}, {2, 3, 1}, {3, 4, 6}, {3, 7, 5}, {3, 5, 2},
      {4, 5, 2}, {4, 8, 6}, {4, 7, 1}, {5, 6, 4}, {6, 7, 3}, {6, 8, 3},
      {7, 9, 8}, {8, 9, 5}, {8, 9, 4}}},
    {18, 17,
     {{0, 1, 16}, {0, 1, 1}, {1, 2, 3}, {1, 2, 11}, {1, 3, 3}, {2, 3, 8},
      {2, 4, 2}, {2, 4, 4}, {3, 5, 9}, {3, 7, 2}, {4, 5, 5}, {4, 6, 1},
      {5, 6, 12}, {5, 8, 1}, {5, 8, 1}, {6, 10, 2}, {6, 9, 4}, {6, 7, 1},
      {6, 9, 6}, {7, 10, 3}, {8, 9, 2}, {9, 10, 5}, {9, 10, 1}, {9, 10, 6}}},
    {10, 9,
     {{0, 1, 1}, {0, 1, 2}, {0, 2, 5}, {0, 1, 1}, {1, 3, 2}, {1, 6, 1},
      {1, 2, 1}, {2, 4, 2}, {2, 3, 3}, {2, 3, 1}, {3, 5, 3}, {3, 4, 2},
      {3, 5, 1}, {4, 7, 1}, {4, 6, 3}, {5, 6, 2}, {5, 7, 2}, {6, 7, 6},
      {7, 8, 8}, {8, 9, 3}, {8, 9, 3}, {8, 9, 1}, {9, 10, 4}, {9, 10, 3}}},
    // clang-format on
};

TEST(OffsetSearchTest, OptimumAboveMaxLiveIsProved) {
  for (const GapInstance &instance : kGapInstances) {
    OffsetAssignment result = assignOffsets(instance.intervals);
    EXPECT_EQ(result.maxLiveInBytes, instance.maxLive);
    EXPECT_EQ(result.peakInBytes, instance.optimum);
    EXPECT_TRUE(result.isProved());
    EXPECT_EQ(checkOffsets(instance.intervals, result.offsets),
              result.peakInBytes);
  }
}

TEST(OffsetSearchTest, LimitIsKeptAndIsNoProof) {
  const GapInstance &instance = kGapInstances[std::size(kGapInstances) - 1];
  OffsetProblem problem(instance.intervals);
  SkylineSearch search(problem);
  std::vector<int> order(problem.getNumBuffers());
  std::iota(order.begin(), order.end(), 0);
  search.setOrder(order);
  EXPECT_EQ(search.run(instance.maxLive, 3), SkylineSearch::Outcome::NodeLimit);
  EXPECT_LE(search.getNumNodes(), 4u);
  EXPECT_EQ(search.run(instance.maxLive, 1000000),
            SkylineSearch::Outcome::Infeasible);
  EXPECT_EQ(search.run(instance.optimum, 1000000),
            SkylineSearch::Outcome::Feasible);
}

TEST(OffsetSearchTest, NothingToPlace) {
  OffsetAssignment result = assignOffsets({});
  EXPECT_EQ(result.peakInBytes, 0);
  EXPECT_TRUE(result.isProved());
}

TEST(OffsetSearchTest, OverlapIsSeen) {
  const LiveInterval intervals[] = {{0, 2, 64}, {1, 3, 64}, {2, 3, 64}};
  EXPECT_EQ(checkOffsets(intervals, {0, 32, 96}), -1);
  EXPECT_EQ(checkOffsets(intervals, {0, 64, 0}), 128);
}

} // namespace
