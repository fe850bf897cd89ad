// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MemoryReport.h - the figures of a plan, for the summary and for
// `--report=FILE.json`.
#ifndef NEAP_PASSES_MEMORY_MEMORYREPORT_H
#define NEAP_PASSES_MEMORY_MEMORYREPORT_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace neap {

/// A tensor that is live when the peak is reached.
struct PeakTensor {
  /// The user's name of the layer that computes it.
  std::string name;
  /// Bytes in the arena, rounded to the alignment.
  int64_t bytes = 0;
  /// Such as "1x128x768xf32"; "scratch" for a kernel's scratch.
  std::string shape;
};

struct MemoryReport {
  int64_t weightsBytes = 0;
  int64_t stateBytes = 0;
  int64_t arenaBytes = 0;
  /// The largest sum of arena bytes that are live together.
  int64_t maxLiveBytes = 0;
  /// No offsets for this order of the launches need a smaller arena.
  int64_t arenaLowerBoundBytes = 0;
  /// The arena that a greedy packer makes of this order.
  int64_t greedyArenaBytes = 0;
  /// No order of the launches has less live bytes at its peak.
  int64_t lowerBoundBytes = 0;
  /// The largest scratch of a launch.
  int64_t scratchBytesPerThread = 0;
  int64_t flops = 0;
  /// Memory of the caller.
  int64_t inputBytes = 0;
  int64_t outputBytes = 0;
  /// Of values that are kept by name, beside the outputs.
  int64_t keptBytes = 0;
  /// The size of each symbol for which all of this holds.
  llvm::SmallVector<std::pair<std::string, int64_t>> bounds;
  /// The largest first, five at most.
  llvm::SmallVector<PeakTensor> peakTensors;

  /// What the memory budget is compared with.
  int64_t getPeakBytes() const {
    return weightsBytes + stateBytes + arenaBytes;
  }
  bool isArenaProved() const { return arenaBytes == arenaLowerBoundBytes; }
  bool isOrderProved() const { return maxLiveBytes == lowerBoundBytes; }

  /// Returns the members of one entry of the JSON report.
  llvm::json::Object toJson() const;
  /// Prints the summary for a terminal.
  void print(llvm::raw_ostream &os) const;
};

} // namespace neap

#endif // NEAP_PASSES_MEMORY_MEMORYREPORT_H
