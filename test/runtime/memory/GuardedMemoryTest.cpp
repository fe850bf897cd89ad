// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GuardedMemoryTest.cpp - zeroed pages, guards on both sides, clear errors.
#include "runtime/memory/GuardedMemory.h"

#include <gtest/gtest.h>

namespace {

using neap::rt::GuardedMemory;
using neap::rt::StatusCode;

TEST(GuardedMemory, IsZeroedAndInWholePages) {
  GuardedMemory memory;
  ASSERT_TRUE(memory.allocate(5000, "test").isOk());
  EXPECT_EQ(memory.mappedBytes() % 4096, 0u);
  EXPECT_GE(memory.mappedBytes(), 5000u);
  for (size_t i = 0; i < memory.mappedBytes(); ++i)
    ASSERT_EQ(memory.data()[i], 0);
}

TEST(GuardedMemory, NothingIsMappedForNothing) {
  GuardedMemory memory;
  ASSERT_TRUE(memory.allocate(0, "test").isOk());
  EXPECT_EQ(memory.data(), nullptr);
  EXPECT_EQ(memory.mappedBytes(), 0u);
}

TEST(GuardedMemory, RefusesWhatCannotBeHad) {
  GuardedMemory memory;
  for (uint64_t size : {UINT64_MAX, UINT64_MAX - 4096, uint64_t(1) << 61}) {
    auto status = memory.allocate(size, "arena");
    EXPECT_EQ(status.code(), StatusCode::ResourceExhausted);
    EXPECT_NE(status.message().find("bytes for the arena"), std::string::npos);
  }
}

TEST(GuardedMemoryDeathTest, FaultsOutside) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  GuardedMemory memory;
  ASSERT_TRUE(memory.allocate(4096, "test").isOk());
  volatile uint8_t *begin = memory.data();
  EXPECT_DEATH(begin[-1] = 1, "");
  EXPECT_DEATH(begin[memory.mappedBytes()] = 1, "");
}

} // namespace
