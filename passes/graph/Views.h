// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Views.h - facts about ops that only move or repeat elements, and builders
// that avoid such an op where something cheaper says the same.
#ifndef NEAP_PASSES_GRAPH_VIEWS_H
#define NEAP_PASSES_GRAPH_VIEWS_H

#include "dialects/neap/IR/NeapOps.h"

#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/DenseMap.h"

#include <optional>

namespace neap {

/// Returns the ranked type of a tensor.
mlir::RankedTensorType getType(mlir::Value value);
/// Returns the (static) shape of a tensor.
llvm::ArrayRef<int64_t> getShape(mlir::Value value);
/// Returns the type with `shape` and the element type of `value`.
mlir::RankedTensorType withShape(mlir::Value value,
                                 llvm::ArrayRef<int64_t> shape);

/// Returns whether `op` is an elementwise op of the graph dialect.
bool isElementwise(mlir::Operation *op);
/// Returns whether `op` is a reshape, transpose, slice or broadcast: its
/// consumer may read its operand at other indices instead.
bool isView(mlir::Operation *op);
/// Returns whether the elements of the slice are one range of bytes.
bool isContiguousSlice(SliceOp slice);
/// Returns whether the planner gives `op` its result without any code: a
/// reshape, a contiguous slice, a concatenation along an outermost axis.
bool isFreeInPlan(mlir::Operation *op);
/// Returns the value of a constant whose elements are all equal, or null.
mlir::DenseElementsAttr getSplat(mlir::Value value);

/// Answers whether values depend on weights and constants alone. Answers are
/// kept: forget() ops that are erased.
class CompileTimeValues {
public:
  bool contains(mlir::Value value);
  /// Returns whether all results of `op` are known at compile time.
  bool containsResultsOf(mlir::Operation *op);
  /// Drops the answer for `op`, which is about to be erased.
  void forget(mlir::Operation *op) { known.erase(op); }

private:
  llvm::DenseMap<mlir::Operation *, bool> known;
};

/// Axes [first.begin, first.end) of one shape that hold the elements of axes
/// [second.begin, second.end) of another.
struct AxisGroup {
  unsigned firstBegin, firstEnd, secondBegin, secondEnd;
};

/// Splits two shapes of equally many elements into the finest groups of axes
/// that correspond under a reshape. Returns nothing for empty tensors.
std::optional<llvm::SmallVector<AxisGroup>>
associateAxes(llvm::ArrayRef<int64_t> first, llvm::ArrayRef<int64_t> second);

/// Returns the permutation that undoes `permutation`.
llvm::SmallVector<int64_t>
invertPermutation(llvm::ArrayRef<int64_t> permutation);
/// Returns `values[permutation[i]]` for each i.
llvm::SmallVector<int64_t> permute(llvm::ArrayRef<int64_t> values,
                                   llvm::ArrayRef<int64_t> permutation);
llvm::SmallVector<DimExpr> permute(llvm::ArrayRef<DimExpr> values,
                                   llvm::ArrayRef<int64_t> permutation);

/// Returns `value` under another shape: a smaller broadcast or splat where it
/// is one, else a reshape.
mlir::Value createReshape(mlir::OpBuilder &builder, mlir::Location loc,
                          mlir::Value value, llvm::ArrayRef<int64_t> shape);
/// Returns `value` with permuted axes: a broadcast, splat or reshape where
/// that suffices, else a transpose.
mlir::Value createTranspose(mlir::OpBuilder &builder, mlir::Location loc,
                            mlir::Value value,
                            llvm::ArrayRef<int64_t> permutation);
/// Returns `value` repeated up to `shape`.
mlir::Value createBroadcast(mlir::OpBuilder &builder, mlir::Location loc,
                            mlir::Value value, llvm::ArrayRef<int64_t> shape);

/// Returns whether createReshape gives a broadcast or a splat, thus costs
/// nothing and hides nothing.
bool reshapesFreely(mlir::Value value, llvm::ArrayRef<int64_t> shape);

} // namespace neap

#endif // NEAP_PASSES_GRAPH_VIEWS_H
