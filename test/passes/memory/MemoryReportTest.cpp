// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MemoryReportTest.cpp - the keys that scripts depend on, and the summary.
#include "passes/memory/MemoryReport.h"

#include <gtest/gtest.h>

using namespace neap;

namespace {

MemoryReport makeReport() {
  MemoryReport report;
  report.weightsBytes = 3 << 20;
  report.stateBytes = 64;
  report.arenaBytes = 300;
  report.maxLiveBytes = 200;
  report.arenaLowerBoundBytes = 240;
  report.greedyArenaBytes = 320;
  report.lowerBoundBytes = 100;
  report.scratchBytesPerThread = 128;
  report.flops = 7;
  report.peakTensors = {{"layer", 96, "24xf32"}};
  return report;
}

TEST(MemoryReportTest, PeakIsWhatTheBudgetCounts) {
  EXPECT_EQ(makeReport().getPeakBytes(), (3 << 20) + 64 + 300);
}

TEST(MemoryReportTest, JsonHasTheKeysOfTheContract) {
  llvm::json::Object json = makeReport().toJson();
  EXPECT_EQ(json.getInteger("peak_bytes"), (3 << 20) + 364);
  EXPECT_EQ(json.getInteger("weights_bytes"), 3 << 20);
  EXPECT_EQ(json.getInteger("state_bytes"), 64);
  EXPECT_EQ(json.getInteger("arena_bytes"), 300);
  EXPECT_EQ(json.getInteger("max_live_bytes"), 200);
  EXPECT_EQ(json.getInteger("lower_bound_bytes"), 100);
  EXPECT_EQ(json.getInteger("arena_lower_bound_bytes"), 240);
  EXPECT_EQ(json.getInteger("greedy_arena_bytes"), 320);
  EXPECT_EQ(json.getBoolean("arena_proved"), false);
  EXPECT_EQ(json.getBoolean("order_proved"), false);
  EXPECT_EQ(json.getInteger("scratch_bytes_per_thread"), 128);
  EXPECT_EQ(json.getInteger("flops"), 7);
  const llvm::json::Array *tensors = json.getArray("peak_tensors");
  ASSERT_TRUE(tensors);
  EXPECT_EQ((*tensors)[0].getAsObject()->getString("name"), "layer");
}

TEST(MemoryReportTest, SummaryHasRatiosAndTensors) {
  std::string text;
  llvm::raw_string_ostream os(text);
  makeReport().print(os);
  for (const char *part : {"3145728  (3.0 MiB)", "arena / max live", "1.5000",
                           "25.00 % above", "max live / lower bound", "2.0000",
                           "100.00 % above", "96  layer  24xf32"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
}

TEST(MemoryReportTest, ProofsAreSaid) {
  MemoryReport report = makeReport();
  report.arenaLowerBoundBytes = report.arenaBytes;
  llvm::json::Object json = report.toJson();
  EXPECT_EQ(json.getBoolean("arena_proved"), true);
  EXPECT_EQ(json.getBoolean("order_proved"), false);
  std::string text;
  llvm::raw_string_ostream os(text);
  report.print(os);
  EXPECT_NE(text.find("1.5000  proved optimal"), std::string::npos) << text;
}

TEST(MemoryReportTest, RatiosOfAnEmptyProgramAreOne) {
  std::string text;
  llvm::raw_string_ostream os(text);
  MemoryReport().print(os);
  EXPECT_NE(text.find("1.0000"), std::string::npos);
  EXPECT_EQ(text.find("nan"), std::string::npos);
}

} // namespace
