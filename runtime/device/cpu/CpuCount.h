// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CpuCount.h - how many CPUs this process may use.
#ifndef NEAP_RUNTIME_DEVICE_CPU_CPUCOUNT_H
#define NEAP_RUNTIME_DEVICE_CPU_CPUCOUNT_H

#include <cstdint>
#include <string>

namespace neap::rt {

/// Returns the CPUs that affinity and the cgroup's quota (v1 and v2, with all
/// ancestors) leave to this process; at least 1.
uint32_t countUsableCpus();

/// Returns the quota in whole CPUs, rounded up; 0 if there is none. `root` goes
/// before /proc and /sys.
uint32_t readCgroupQuota(const std::string &root);

} // namespace neap::rt

#endif // NEAP_RUNTIME_DEVICE_CPU_CPUCOUNT_H
