// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Clock.h - time that only goes forward.
#ifndef NEAP_RUNTIME_BASE_CLOCK_H
#define NEAP_RUNTIME_BASE_CLOCK_H

#include <cstdint>
#include <ctime>

namespace neap::rt {

/// Returns CLOCK_MONOTONIC in nanoseconds.
inline uint64_t nowNs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return uint64_t(now.tv_sec) * 1000000000u + uint64_t(now.tv_nsec);
}

} // namespace neap::rt

#endif // NEAP_RUNTIME_BASE_CLOCK_H
