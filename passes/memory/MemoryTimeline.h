// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MemoryTimeline.h - which tensor lies where in the arena while which layer
// runs: what `--report=FILE.html` draws.
#ifndef NEAP_PASSES_MEMORY_MEMORYTIMELINE_H
#define NEAP_PASSES_MEMORY_MEMORYTIMELINE_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/JSON.h"
#include <optional>
#include <string>
#include <vector>

namespace neap {

class MemoryLayout;

/// A command of the schedule: a launch, or the copies of a concatenation.
struct TimelineStep {
  /// The user's name of the layer.
  std::string layer;
  /// The kernel, or "copy".
  std::string kernel;
  /// Arena bytes that are live while it runs.
  int64_t liveBytes = 0;
  int64_t flops = 0;
};

/// A range of the arena during a range of steps.
struct TimelineTensor {
  /// A tensor whose bytes lie within this one's.
  struct Part {
    std::string name;
    int64_t offsetInBytes = 0;
  };

  std::string name;
  /// Such as "1x128x768xf32"; "scratch" for a kernel's scratch.
  std::string shape;
  /// The kind of kernel that writes it, "copy" or "scratch".
  std::string category;
  int64_t offsetInBytes = 0;
  int64_t sizeInBytes = 0;
  /// The first step that touches it, and the one after the last.
  unsigned begin = 0, end = 0;
  /// The tensor, by its index, over which its first step writes it.
  std::optional<unsigned> inPlaceOf;
  llvm::SmallVector<Part, 0> parts;
};

struct MemoryTimeline {
  std::vector<TimelineStep> steps;
  /// By their first step.
  std::vector<TimelineTensor> tensors;
  /// The first step at which most bytes are live.
  unsigned peakStep = 0;

  static MemoryTimeline create(const MemoryLayout &layout);

  llvm::json::Object toJson() const;
};

} // namespace neap

#endif // NEAP_PASSES_MEMORY_MEMORYTIMELINE_H
