// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OffsetSearchTest.cpp - against brute force, against optima that an
// independent solver (OR-tools CP-SAT) has confirmed, and on instances that
// are published as hard.
//
// The test whose name starts with DISABLED_ takes minutes; scripts/bench_memory
// runs it, and keeps the properties that are recorded here.
#include "passes/memory/OffsetSearch.h"

#include "passes/memory/SkylineSearch.h"
#include "test/passes/memory/LeastPeaks.h"
#include "test/passes/memory/PackingInstances.h"
#include "test/passes/memory/RandomGraphs.h"
#include <ctime>
#include <gtest/gtest.h>
#include <numeric>

using namespace neap;
using namespace neap::test;

namespace {

void expectLeastPeak(llvm::ArrayRef<LiveInterval> intervals, int64_t least) {
  OffsetAssignment result = assignOffsets(intervals);
  EXPECT_EQ(checkOffsets(intervals, result.offsets), result.peakInBytes);
  EXPECT_EQ(result.peakInBytes, least);
  EXPECT_TRUE(result.isProved());
  EXPECT_GE(result.greedyPeakInBytes, least);
}

void compareWithBruteForce(int firstSeed, int count) {
  for (int seed = firstSeed; seed < firstSeed + count; ++seed) {
    std::vector<LiveInterval> intervals =
        makeRandomIntervals(seed, 1 + seed % 9);
    SCOPED_TRACE(seed);
    expectLeastPeak(intervals, findLeastPeak(intervals));
    if (testing::Test::HasFailure())
      return;
  }
  testing::Test::RecordProperty("instances", count);
}

TEST(OffsetSearchTest, EqualsBruteForce) { compareWithBruteForce(0, 2000); }

TEST(OffsetSearchTest, DISABLED_EqualsBruteForceOn100000) {
  compareWithBruteForce(2000, 100000);
}

TEST(OffsetSearchTest, ProvesWhereTheOptimumIsAboveMaxLive) {
  int numGaps = 0;
  for (const SolvedInstance &instance : readGapInstances()) {
    expectLeastPeak(instance.intervals, instance.leastPeak);
    EXPECT_EQ(assignOffsets(instance.intervals).maxLiveInBytes,
              instance.maxLive);
    numGaps += instance.leastPeak > instance.maxLive;
  }
  EXPECT_EQ(numGaps, 66);
  RecordProperty("instances_with_a_gap", numGaps);
}

class HardInstanceTest : public testing::TestWithParam<const char *> {};

TEST_P(HardInstanceTest, FitsItsCapacity) {
  std::vector<LiveInterval> intervals = readHardInstance(GetParam());
  ASSERT_FALSE(intervals.empty());
  const std::clock_t begin = std::clock();
  OffsetAssignment result = assignOffsets(intervals);
  const double seconds = double(std::clock() - begin) / CLOCKS_PER_SEC;
  EXPECT_EQ(checkOffsets(intervals, result.offsets), result.peakInBytes);
  EXPECT_LE(result.peakInBytes, 1048576);
  RecordProperty("cpu_seconds", std::to_string(seconds));
  RecordProperty("buffers", int(intervals.size()));
  RecordProperty("peak", std::to_string(result.peakInBytes));
  RecordProperty("max_live", std::to_string(result.maxLiveInBytes));
  RecordProperty("lower_bound", std::to_string(result.lowerBoundInBytes));
  RecordProperty("greedy", std::to_string(result.greedyPeakInBytes));
  RecordProperty("nodes", std::to_string(result.numNodes));
}

INSTANTIATE_TEST_SUITE_P(Published, HardInstanceTest,
                         testing::Values("A", "B", "C", "D", "E", "F", "G", "H",
                                         "I", "J", "K"),
                         [](const auto &info) { return info.param; });

TEST(OffsetSearchTest, LargerInstancesAreValidAndBounded) {
  for (int seed = 0; seed < 40; ++seed) {
    std::vector<LiveInterval> intervals = makeRandomIntervals(seed, 60);
    OffsetAssignment result = assignOffsets(intervals);
    EXPECT_EQ(checkOffsets(intervals, result.offsets), result.peakInBytes);
    EXPECT_GE(result.peakInBytes, result.lowerBoundInBytes);
    EXPECT_GE(result.lowerBoundInBytes, result.maxLiveInBytes);
    EXPECT_LE(result.peakInBytes, result.greedyPeakInBytes);
  }
}

TEST(OffsetSearchTest, TheSameAnswerTwice) {
  std::vector<LiveInterval> intervals = readHardInstance("A");
  EXPECT_EQ(assignOffsets(intervals).offsets, assignOffsets(intervals).offsets);
}

/// Returns an instance whose optimum is above its largest live sum.
SolvedInstance getGapInstance() {
  for (SolvedInstance &instance : readGapInstances())
    if (instance.leastPeak > instance.maxLive &&
        instance.intervals.size() >= 20)
      return std::move(instance);
  return {};
}

TEST(OffsetSearchTest, SearchEndsAtItsLimitWithoutAProof) {
  const SolvedInstance instance = getGapInstance();
  OffsetProblem problem(instance.intervals);
  SkylineSearch search(problem);
  std::vector<int> order(problem.getNumBuffers());
  std::iota(order.begin(), order.end(), 0);
  search.setOrder(order);
  EXPECT_EQ(search.run(instance.maxLive, 3), SkylineSearch::Outcome::NodeLimit);
  EXPECT_LE(search.getNumNodes(), 4u);
  EXPECT_EQ(search.run(instance.maxLive, 1000000),
            SkylineSearch::Outcome::Infeasible);
  EXPECT_EQ(search.run(instance.leastPeak, 1000000),
            SkylineSearch::Outcome::Feasible);
}

TEST(OffsetSearchTest, LowLimitsLeaveAGapThatIsSaid) {
  std::vector<LiveInterval> intervals = readHardInstance("K");
  OffsetAssignment result = assignOffsets(intervals, {/*maxNodes=*/10,
                                                      /*maxNodesPerStep=*/10});
  EXPECT_EQ(checkOffsets(intervals, result.offsets), result.peakInBytes);
  EXPECT_GT(result.peakInBytes, result.lowerBoundInBytes);
  EXPECT_FALSE(result.isProved());
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
