// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OffsetProblem.h - the packing problem, compressed: time is reduced to the
// sections in which a maximal set of buffers is live, sizes to units.
#ifndef NEAP_PASSES_MEMORY_OFFSETPROBLEM_H
#define NEAP_PASSES_MEMORY_OFFSETPROBLEM_H

#include "passes/memory/OffsetSearch.h"
#include <vector>

namespace neap {

/// A buffer that is live in the sections [begin, end).
struct PackedBuffer {
  int begin;
  int end;
  int64_t size;

  bool overlaps(const PackedBuffer &other) const {
    return begin < other.end && other.begin < end;
  }
  int getWidth() const { return end - begin; }
  bool operator==(const PackedBuffer &other) const {
    return begin == other.begin && end == other.end && size == other.size;
  }
};

class OffsetProblem {
public:
  explicit OffsetProblem(llvm::ArrayRef<LiveInterval> intervals);

  int getNumBuffers() const { return buffers.size(); }
  int getNumSections() const { return liveSizes.size(); }
  const PackedBuffer &getBuffer(int buffer) const { return buffers[buffer]; }
  /// Returns the sum of the sizes live in `section`.
  int64_t getLiveSize(int section) const { return liveSizes[section]; }
  int64_t getMaxLiveSize() const { return maxLiveSize; }
  /// Returns the bytes of one unit of size.
  int64_t getUnitInBytes() const { return unitInBytes; }

  /// Returns the peak of `offsets`, in units.
  int64_t computePeak(llvm::ArrayRef<int64_t> offsets) const;

private:
  std::vector<PackedBuffer> buffers;
  std::vector<int64_t> liveSizes;
  int64_t unitInBytes = 1;
  int64_t maxLiveSize = 0;
};

} // namespace neap

#endif // NEAP_PASSES_MEMORY_OFFSETPROBLEM_H
