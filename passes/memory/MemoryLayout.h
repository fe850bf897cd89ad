// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MemoryLayout.h - where each storage of a function lies.
#ifndef NEAP_PASSES_MEMORY_MEMORYLAYOUT_H
#define NEAP_PASSES_MEMORY_MEMORYLAYOUT_H

#include "passes/memory/ComputeLiveIntervals.h"
#include "passes/memory/MemoryReport.h"
#include "passes/memory/StorageAssignment.h"

namespace neap {

class MemoryLayout {
public:
  /// Lays out `function`, whose ops run in the order in which they stand. On
  /// failure emits a diagnostic.
  static mlir::FailureOr<MemoryLayout>
  compute(mlir::func::FuncOp function, const StorageOptions &options,
          const OffsetSearchLimits &limits = {});

  const StorageAssignment &getAssignment() const { return assignment; }
  /// Returns the storages that commands use and those of the signature, in
  /// the order of inputs, outputs, constants by offset, arena by first use.
  llvm::ArrayRef<unsigned> getStorages() const { return storages; }
  /// Returns the byte of its segment at which `storage` starts.
  int64_t getOffset(unsigned storage) const { return offsets[storage]; }
  /// Returns the byte of the arena at which the scratch of `node` starts.
  std::optional<int64_t> getScratchOffset(unsigned node) const;
  /// Returns the storage whose bytes `storage`, written by `node`, takes over.
  std::optional<unsigned> getReplacedStorage(unsigned node,
                                             unsigned storage) const;
  const LiveIntervals &getLiveIntervals() const { return live; }
  int64_t getConstBytes() const { return constBytes; }
  int64_t getArenaBytes() const { return packing.peakInBytes; }
  int64_t getMaxLiveBytes() const { return live.maxLiveInBytes; }

  /// Returns the figures of the layout.
  MemoryReport makeReport(mlir::func::FuncOp function) const;

private:
  MemoryLayout(StorageAssignment assignment)
      : assignment(std::move(assignment)) {}

  void layOutSignature(mlir::func::FuncOp function);
  void layOutStorage(unsigned storage);
  void layOutCommands(mlir::func::FuncOp function);
  void groupStorages();
  llvm::SmallVector<PeakTensor> findPeakTensors() const;

  StorageAssignment assignment;
  LiveIntervals live;
  OffsetAssignment packing;
  llvm::SmallVector<unsigned> storages;
  /// Per storage; -1 if it is not used.
  std::vector<int64_t> offsets;
  int64_t constBytes = 0;
};

} // namespace neap

#endif // NEAP_PASSES_MEMORY_MEMORYLAYOUT_H
