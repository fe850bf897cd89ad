// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ByteMap.h - what the verifier knows of each byte of one memory: which buffer
// it holds, which commands wrote it and which have read it since. Equal
// neighbours share one region, so the map is as large as the number of live
// buffers.
#ifndef NEAP_RUNTIME_PLAN_BYTEMAP_H
#define NEAP_RUNTIME_PLAN_BYTEMAP_H

#include "runtime/plan/Plan.h"

#include <cstdint>
#include <map>
#include <vector>

namespace neap::plan {

/// A point in the order of commands: the `time`-th command of `stream`.
struct Event {
  uint32_t stream = 0;
  uint32_t time = 0;
  const Command *command = nullptr;

  bool operator==(const Event &other) const {
    return stream == other.stream && time == other.time;
  }
};

/// No buffer: the bytes are undefined.
constexpr uint32_t kNoOwner = UINT32_MAX;
/// Bytes that are defined at the start and that any buffer may read.
constexpr uint32_t kAnyOwner = UINT32_MAX - 1;

/// Bytes with one history.
struct Region {
  uint64_t end = 0;
  uint32_t owner = kNoOwner;
  std::vector<Event> writers;
  /// Reads since the last write, the latest of each stream.
  std::vector<Event> readers;
};

/// The regions of one memory, keyed by their first byte. Bytes in no region are
/// undefined and untouched.
class ByteMap {
public:
  using Regions = std::map<uint64_t, Region>;

  /// Declares [begin, end) defined from the start.
  void define(uint64_t begin, uint64_t end);

  /// Cuts regions at `begin` and `end` and returns those between, in order.
  std::pair<Regions::iterator, Regions::iterator> cut(uint64_t begin,
                                                      uint64_t end);

  /// Replaces the history of [begin, end) by one write of `owner`.
  void write(uint64_t begin, uint64_t end, uint32_t owner, const Event &writer);

  /// Adds a read of [begin, end), which must be covered by regions.
  void read(uint64_t begin, uint64_t end, const Event &reader);

  /// Makes every event later than `base` (one time per stream) that of `whole`:
  /// seen from outside, the commands of a nested block are one command.
  void relabel(const std::vector<uint32_t> &base, const Event &whole);

  /// Returns what is known after either of two alternatives.
  static ByteMap merge(const ByteMap &a, const ByteMap &b);

  const Regions &getRegions() const { return regions; }

private:
  void splitAt(uint64_t position);

  Regions regions;
};

} // namespace neap::plan

#endif // NEAP_RUNTIME_PLAN_BYTEMAP_H
