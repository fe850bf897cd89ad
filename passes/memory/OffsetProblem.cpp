// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OffsetProblem.cpp - compression of time and sizes.
#include "passes/memory/OffsetProblem.h"

#include <algorithm>
#include <numeric>

namespace neap {

/// Returns the times that close a maximal clique of the interval graph: each
/// end such that a start has happened since the end before it.
static std::vector<int64_t>
findCliqueEnds(llvm::ArrayRef<LiveInterval> intervals) {
  std::vector<std::pair<int64_t, bool>> events;
  for (const LiveInterval &interval : intervals) {
    events.push_back({interval.begin, true});
    events.push_back({interval.end, false});
  }
  // Ends come before starts at the same time.
  std::sort(events.begin(), events.end());
  std::vector<int64_t> ends;
  bool hasStarted = false;
  for (auto [time, isStart] : events) {
    if (!isStart && hasStarted)
      ends.push_back(time);
    hasStarted = isStart;
  }
  return ends;
}

OffsetProblem::OffsetProblem(llvm::ArrayRef<LiveInterval> intervals) {
  int64_t divisor = 0;
  for (const LiveInterval &interval : intervals)
    divisor = std::gcd(divisor, interval.sizeInBytes);
  unitInBytes = std::max<int64_t>(divisor, 1);

  // A buffer lives in clique k, which is whole just before ends[k], iff
  // begin < ends[k] <= end.
  const std::vector<int64_t> ends = findCliqueEnds(intervals);
  auto countEndsUpTo = [&](int64_t time) {
    return int(std::upper_bound(ends.begin(), ends.end(), time) - ends.begin());
  };
  liveSizes.assign(ends.size(), 0);
  for (const LiveInterval &interval : intervals) {
    PackedBuffer buffer{countEndsUpTo(interval.begin),
                        countEndsUpTo(interval.end),
                        interval.sizeInBytes / unitInBytes};
    for (int section = buffer.begin; section < buffer.end; ++section)
      liveSizes[section] += buffer.size;
    buffers.push_back(buffer);
  }
  for (int64_t size : liveSizes)
    maxLiveSize = std::max(maxLiveSize, size);
}

int64_t OffsetProblem::computePeak(llvm::ArrayRef<int64_t> offsets) const {
  int64_t peak = 0;
  for (int i = 0; i < getNumBuffers(); ++i)
    peak = std::max(peak, offsets[i] + buffers[i].size);
  return peak;
}

} // namespace neap
