// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CpuCount.cpp - how many CPUs this process may use.
//
// Source: Linux documentation, cgroup-v2 ("cpu.max": "$MAX $PERIOD") and
// cgroup-v1 sched-bwc (cpu.cfs_quota_us, cpu.cfs_period_us; -1 is no limit).
#include "runtime/device/cpu/CpuCount.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sched.h>
#include <sstream>
#include <unistd.h>

namespace neap::rt {
namespace {

/// Returns the first line of a file; empty if there is none.
std::string readLine(const std::string &path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// Returns quota / period, rounded up; 0 for no limit.
uint32_t toCpus(const std::string &quota, const std::string &period) {
  long long allowed = std::strtoll(quota.c_str(), nullptr, 10);
  long long every = std::strtoll(period.c_str(), nullptr, 10);
  if (allowed <= 0 || every <= 0)
    return 0;
  long long cpus = (allowed - 1) / every + 1;
  return static_cast<uint32_t>(std::min(cpus, 1LL << 20));
}

uint32_t readV2(const std::string &folder) {
  std::istringstream line(readLine(folder + "/cpu.max"));
  std::string quota, period;
  line >> quota >> period;
  return toCpus(quota, period); // "max" counts as 0
}

uint32_t readV1(const std::string &folder) {
  return toCpus(readLine(folder + "/cpu.cfs_quota_us"),
                readLine(folder + "/cpu.cfs_period_us"));
}

/// Lowers `limit` to the quotas of `path` and of its ancestors under `mount`.
void applyAncestors(const std::string &mount, std::string path,
                    uint32_t (*read)(const std::string &), uint32_t &limit) {
  while (true) {
    if (uint32_t cpus = read(mount + path))
      limit = limit == 0 ? cpus : std::min(limit, cpus);
    size_t slash = path.find_last_of('/');
    if (path.empty() || slash == std::string::npos)
      return;
    path.resize(slash);
  }
}

/// Returns whether the comma-separated `controllers` name "cpu".
bool namesCpu(const std::string &controllers) {
  return ("," + controllers + ",").find(",cpu,") != std::string::npos;
}

} // namespace

uint32_t readCgroupQuota(const std::string &root) {
  std::ifstream groups(root + "/proc/self/cgroup");
  std::string line;
  uint32_t limit = 0;
  while (std::getline(groups, line)) {
    size_t first = line.find(':');
    size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos)
      continue;
    std::string controllers = line.substr(first + 1, second - first - 1);
    std::string path = line.substr(second + 1);
    if (controllers.empty())
      applyAncestors(root + "/sys/fs/cgroup", path, readV2, limit);
    if (!namesCpu(controllers))
      continue;
    applyAncestors(root + "/sys/fs/cgroup/cpu", path, readV1, limit);
    applyAncestors(root + "/sys/fs/cgroup/" + controllers, path, readV1, limit);
  }
  return limit;
}

uint32_t countUsableCpus() {
  uint32_t cpus =
      static_cast<uint32_t>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
#if defined(__linux__)
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0)
    cpus = static_cast<uint32_t>(std::max(1, CPU_COUNT(&allowed)));
#endif
  uint32_t quota = readCgroupQuota("");
  return quota == 0 ? cpus : std::min(cpus, quota);
}

} // namespace neap::rt
