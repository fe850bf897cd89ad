// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ProcessMemory.h - what the system says this process uses.
#ifndef NEAP_RUNTIME_TOOLS_PROCESSMEMORY_H
#define NEAP_RUNTIME_TOOLS_PROCESSMEMORY_H

#include <cstdint>
#include <string>

namespace neap::tools {

/// What neap-run has in writable memory besides what plan and session declare:
/// relocations, heap and stack of the tool itself. Measured under `ulimit -d`
/// with glibc 2.36 (magika, one thread): 512 KiB suffice, 256 KiB do not.
/// Declared with room for other systems.
inline constexpr uint64_t kProcessReserveBytes = 16 << 20;

/// Figures of /proc/self/status, in bytes; 0 where the system does not tell.
struct ProcessMemory {
  uint64_t peakRss = 0;
  uint64_t rssAnon = 0;
  uint64_t rssFile = 0;
};

ProcessMemory readProcessMemory();

/// Returns the bytes of all private anonymous writable mappings of
/// /proc/self/smaps, and in `outResident` how many of them are in memory.
/// Allocates nothing while it reads, so that it does not change what it counts.
uint64_t readAnonymousWritable(uint64_t &outResident);

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_PROCESSMEMORY_H
