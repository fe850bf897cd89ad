// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KernelBuilder.h - makes the `neap.fused` of a group of ops.
#ifndef NEAP_PASSES_GRAPH_KERNELBUILDER_H
#define NEAP_PASSES_GRAPH_KERNELBUILDER_H

#include "passes/graph/KernelGroups.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

namespace neap {

/// Which views of its operands a kernel takes into its body.
enum class ViewPolicy {
  /// Every view, also those that split an axis: for emitters that follow these.
  AllSplit,
  /// Every view that strides can express.
  All,
  /// Repetition only; other views are stored by a kernel of their own.
  RepetitionOnly,
  /// None.
  None,
};

/// What a splat is to a kernel that reads it.
enum class SplatForm {
  /// A constant in the body.
  Constant,
  /// One element in memory, repeated by a broadcast in the body.
  RepeatedInput,
  /// A tensor in memory.
  Input,
};

/// Builds fused ops in one block. The order of the block is not kept: sort it
/// afterwards.
class KernelBuilder {
public:
  KernelBuilder(mlir::Block &block, CompileTimeValues &compileTime);

  /// Returns whether an emitter takes the group; leaves no trace.
  bool isLegal(const KernelGroup &group);

  /// Replaces the ops of the group by a fused op. Emits an error if no emitter
  /// takes it.
  mlir::LogicalResult build(const KernelGroup &group);

  /// Builds a kernel of its own for each view that some op still reads.
  mlir::LogicalResult buildRemainingViews();

private:
  struct Body;

  FusedOp tryBuild(const KernelGroup &group);
  FusedOp createFused(const KernelGroup &group, ViewPolicy policy);
  FusedOp finish(Body &body, mlir::Location loc);
  void cloneMembers(Body &body);
  mlir::Value collapse(Body &body, mlir::Value value);
  mlir::Value cloneOperand(Body &body, mlir::Value value, SplatForm splatForm);
  mlir::Value cloneChain(Body &body, mlir::Value value, SplatForm splatForm);
  mlir::Value createSplat(Body &body, mlir::Value value,
                          mlir::DenseElementsAttr splat, SplatForm form);
  mlir::Value findBase(const Body &body, mlir::Value value);
  void cloneResultViews(Body &body);
  void replaceByFused(const KernelGroup &group, FusedOp fused);
  void eraseDead(llvm::ArrayRef<mlir::Operation *> ops);

  mlir::Block &block;
  CompileTimeValues &compileTime;
  SymbolFacts facts;
  mlir::OpBuilder builder;
};

} // namespace neap

#endif // NEAP_PASSES_GRAPH_KERNELBUILDER_H
