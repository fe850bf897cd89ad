// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SizeDefinitions.h - which ops need a size that the data gives, and which
// `neap.define_size` gives it. No operand says so: whatever orders ops must ask
// here.
#ifndef NEAP_PASSES_ANALYSIS_SIZEDEFINITIONS_H
#define NEAP_PASSES_ANALYSIS_SIZEDEFINITIONS_H

#include "dialects/neap/IR/NeapOps.h"
#include "llvm/ADT/StringMap.h"

namespace neap {

class SizeDefinitions {
public:
  /// Finds the definitions in `block`, which outlives this.
  explicit SizeDefinitions(mlir::Block &block);

  bool empty() const { return definitions.empty(); }
  /// Returns whether `symbol` is defined by the data.
  bool contains(llvm::StringRef symbol) const {
    return definitions.contains(symbol);
  }
  /// Returns the definitions in the order of their block.
  llvm::ArrayRef<DefineSizeOp> getAll() const { return ops; }
  /// Returns the definitions of the symbols that `op`, an op of the block, or
  /// the kernel that it launches uses.
  llvm::SmallVector<mlir::Operation *> getNeeded(mlir::Operation *op) const;

private:
  llvm::SmallVector<DefineSizeOp> ops;
  llvm::StringMap<mlir::Operation *> definitions;
};

/// Sorts the ops of `block` so that operands and definitions of sizes come
/// first; the order stays otherwise. Returns whether that is possible.
bool sortBySizes(mlir::Block &block);

} // namespace neap

#endif // NEAP_PASSES_ANALYSIS_SIZEDEFINITIONS_H
