// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KernelGroups.h - which ops of a graph are computed together.
//
// A group holds compute ops only; views (reshape, transpose, slice, broadcast)
// belong to no group, because each group takes in its own copy of those that
// it reads through.
#ifndef NEAP_PASSES_GRAPH_KERNELGROUPS_H
#define NEAP_PASSES_GRAPH_KERNELGROUPS_H

#include "dialects/neap/IR/DimExpr.h"
#include "passes/graph/Views.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"

#include <memory>

namespace neap {

/// Ops that become one kernel.
struct KernelGroup {
  KernelKind kind;
  /// Compute ops in the order of the block; of a product or convolution the
  /// first is the root and the last gives the only result.
  llvm::SmallVector<mlir::Operation *> ops;
  /// Reshapes and transposes through which a product is stored, in order.
  llvm::SmallVector<mlir::Operation *> resultViews;
  /// Of a region: the shape [d0, ..., n] over which it iterates.
  Shape domain;
  /// Of a region: whether a row is reduced or normalized.
  bool hasRowOps = false;
  /// Whether the compiler runs the kernel; all ops of a group agree.
  bool isCompileTime = false;
};

/// Returns whether `op` becomes code and is neither a view nor free.
bool isComputeOp(mlir::Operation *op);

/// Returns whether `op` reduces exactly the last axis.
bool isLastAxisReduction(mlir::Operation *op);

/// If `value` repeats a row value [..., 1] along the last axis, returns the row
/// value, else null.
mlir::Value getRepeatedRow(mlir::Value value);

/// The partition of a block's compute ops into groups. Deterministic: it
/// depends on the order of the block alone.
class KernelGroups {
public:
  /// Tells whether an emitter takes the group.
  using LegalityFn = llvm::function_ref<bool(const KernelGroup &)>;

  KernelGroups(mlir::Block &block, CompileTimeValues &compileTime,
               LegalityFn isLegal);

  /// Forms all groups. Products and convolutions take their epilogues, later
  /// roots first; what is left grows into regions; the rest stands alone.
  void form();

  llvm::ArrayRef<std::unique_ptr<KernelGroup>> getGroups() const {
    return groups;
  }

private:
  KernelGroup *addGroup(KernelKind kind, mlir::Operation *op);
  void formEpilogue(mlir::Operation *root, KernelKind kind);
  llvm::SetVector<mlir::Operation *> collectEpilogue(mlir::Operation *root);
  void sortByPosition(llvm::SmallVectorImpl<mlir::Operation *> &ops) const;
  bool canReadThrough(mlir::OpOperand &use, mlir::Value stored) const;
  void growRegion(mlir::Operation *op);
  bool tryMerge(KernelGroup &into, KernelGroup &from);
  bool wouldCycle(const KernelGroup &a, const KernelGroup &b) const;
  bool isFree(mlir::Operation *op) const;
  void dissolveIllegalRegions();
  void chooseResultViews(KernelGroup &group);

  mlir::Block &block;
  CompileTimeValues &compileTime;
  LegalityFn isLegal;
  SymbolFacts facts;
  std::vector<std::unique_ptr<KernelGroup>> groups;
  llvm::DenseMap<mlir::Operation *, KernelGroup *> groupOf;
  llvm::DenseMap<mlir::Operation *, unsigned> position;
  /// Per op: the ops that define sizes that it uses; ops without any have none.
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<mlir::Operation *>>
      sizeDefinitions;
};

} // namespace neap

#endif // NEAP_PASSES_GRAPH_KERNELGROUPS_H
