// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ThreadPoolTest.cpp - every task runs once, on threads that share the work;
// sleepers are woken; the CPUs that may be used are counted.
#include "runtime/device/cpu/ThreadPool.h"

#include "runtime/device/cpu/CpuCount.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <sched.h>
#include <sys/stat.h>
#include <thread>

namespace {

using neap::rt::countUsableCpus;
using neap::rt::readCgroupQuota;
using neap::rt::ThreadPool;

constexpr uint32_t kThreads = 16;

struct Counts {
  std::atomic<uint32_t> calls[kThreads] = {};
  static void add(void *context, uint32_t index) {
    static_cast<Counts *>(context)->calls[index].fetch_add(1);
  }
};

TEST(ThreadPool, RunsEachTaskOnce) {
  ThreadPool pool;
  ASSERT_TRUE(pool.start(kThreads).isOk());
  EXPECT_EQ(pool.numOwnThreads(), kThreads - 1);
  Counts counts;
  for (uint32_t loop = 0; loop < 125 * kThreads; ++loop)
    pool.parallelFor(1 + loop % kThreads, Counts::add, &counts);
  for (uint32_t i = 0; i < kThreads; ++i)
    EXPECT_EQ(counts.calls[i], 125 * (kThreads - i));
}

TEST(ThreadPool, WakesThreadsThatSleep) {
  ThreadPool pool;
  ASSERT_TRUE(pool.start(2).isOk());
  struct {
    std::thread::id threads[2];
  } seen;
  auto task = [](void *context, uint32_t index) {
    static_cast<decltype(seen) *>(context)->threads[index] =
        std::this_thread::get_id();
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
  };
  for (int loop = 0; loop < 3; ++loop) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    pool.parallelFor(2, task, &seen);
    EXPECT_EQ(seen.threads[0], std::this_thread::get_id());
    EXPECT_NE(seen.threads[1], std::this_thread::get_id());
  }
}

TEST(ThreadPool, TheCallerDoesWhatOthersHaveNotStarted) {
  ThreadPool pool;
  ASSERT_TRUE(pool.start(kThreads).isOk());
  Counts counts;
  // Far more loops than sleepers could be woken for one by one.
  for (int loop = 0; loop < 20000; ++loop)
    pool.parallelFor(kThreads, Counts::add, &counts);
  for (uint32_t i = 0; i < kThreads; ++i)
    EXPECT_EQ(counts.calls[i], 20000u);
}

TEST(ThreadPool, WaitsForTheSlowest) {
  ThreadPool pool;
  ASSERT_TRUE(pool.start(2).isOk());
  std::atomic<bool> done{false};
  auto task = [](void *context, uint32_t index) {
    // Long enough for the other thread to start its task.
    std::this_thread::sleep_for(std::chrono::milliseconds(30 + 30 * index));
    if (index == 1)
      static_cast<std::atomic<bool> *>(context)->store(true);
  };
  pool.parallelFor(2, task, &done);
  EXPECT_TRUE(done);
}

TEST(ThreadPool, ASingleThreadIsTheCallers) {
  ThreadPool pool;
  ASSERT_TRUE(pool.start(1).isOk());
  EXPECT_EQ(pool.numOwnThreads(), 0u);
  Counts counts;
  pool.parallelFor(1, Counts::add, &counts);
  EXPECT_EQ(counts.calls[0], 1u);
}

/// A folder tree that looks like /proc and /sys.
class FakeRoot {
public:
  FakeRoot() : root(testing::TempDir() + "neap-cgroup-XXXXXX") {
    EXPECT_NE(mkdtemp(&root[0]), nullptr);
  }
  void write(const std::string &path, const std::string &text) {
    for (size_t at = 1; (at = path.find('/', at)) != std::string::npos; ++at)
      mkdir((root + path.substr(0, at)).c_str(), 0700);
    std::ofstream(root + path) << text;
  }
  std::string root;
};

TEST(CpuCount, ReadsQuotasOfCgroupV2AndAncestors) {
  FakeRoot fake;
  fake.write("/proc/self/cgroup", "0::/a/b\n");
  EXPECT_EQ(readCgroupQuota(fake.root), 0u);
  fake.write("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  EXPECT_EQ(readCgroupQuota(fake.root), 0u);
  fake.write("/sys/fs/cgroup/a/cpu.max", "250000 100000\n");
  EXPECT_EQ(readCgroupQuota(fake.root), 3u);
  fake.write("/sys/fs/cgroup/a/b/cpu.max", "50000 100000\n");
  EXPECT_EQ(readCgroupQuota(fake.root), 1u);
}

TEST(CpuCount, ReadsQuotasOfCgroupV1) {
  FakeRoot fake;
  fake.write("/proc/self/cgroup", "5:cpuset:/x\n4:cpu,cpuacct:/job\n");
  fake.write("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "200000\n");
  fake.write("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(readCgroupQuota(fake.root), 2u);
  fake.write("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(readCgroupQuota(fake.root), 0u);
}

TEST(CpuCount, RespectsAffinity) {
  std::thread([] {
    cpu_set_t before, one;
    ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
      if (CPU_ISSET(cpu, &before)) {
        CPU_SET(cpu, &one);
        break;
      }
    ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
    EXPECT_EQ(countUsableCpus(), 1u);
  }).join();
}

} // namespace
