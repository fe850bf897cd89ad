// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// IndexSpace.h - how a tensor that is reached through views is addressed over
// the loops of a product: an offset that is linear in the loops' counters.
//
// A reshape may cut an axis in two (768 columns = 12 heads of 64). The counter
// of such an axis is then split for all tensors alike, so that every offset
// stays linear.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_INDEXSPACE_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_INDEXSPACE_H

#include "dialects/neap/IR/DimExpr.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

namespace neap {

/// constant + sum(coefficient * counter).
struct LinearIndex {
  struct Term {
    unsigned counter;
    DimExpr coefficient;
  };

  DimExpr constant;
  llvm::SmallVector<Term> terms;

  /// Returns `scale` times this index.
  LinearIndex scaled(const DimExpr &scale) const;
  /// Adds `other`.
  void add(const LinearIndex &other);
  /// Returns the coefficient of `counter`, 0 if it does not occur.
  DimExpr getCoefficient(unsigned counter) const;
};

/// One index per axis of a tensor.
using TensorIndex = llvm::SmallVector<LinearIndex>;

/// The counters of a nest of loops.
class IndexSpace {
public:
  /// `facts` are of the symbols in its sizes and outlive it.
  explicit IndexSpace(const SymbolFacts &facts) : facts(facts) {}

  /// Adds the counter of a loop of `size` iterations and returns it.
  unsigned addCounter(const DimExpr &size);
  /// Adds a counter per axis of `shape` and returns the index of an element.
  TensorIndex addAxes(llvm::ArrayRef<DimExpr> shape);

  const SymbolFacts &getFacts() const { return facts; }
  const DimExpr &getSize(unsigned counter) const {
    return counters[counter].size;
  }
  /// Returns the counters that `counter` was split into, outermost first
  /// (itself if it was not); those of one iteration are left out.
  llvm::SmallVector<unsigned> getParts(unsigned counter) const;
  /// Writes `index` in counters that are not split.
  void resolve(LinearIndex &index) const;

  /// Returns the index into a tensor of shape `to` of the element that `index`
  /// names in a tensor of shape `from` with the same elements in order. Fails
  /// if it is not linear, whatever counters are split.
  mlir::FailureOr<TensorIndex> reshape(const TensorIndex &index,
                                       llvm::ArrayRef<DimExpr> from,
                                       llvm::ArrayRef<DimExpr> to);

private:
  struct Counter {
    DimExpr size;
    /// Outer and inner part, if split.
    int outer = -1;
    int inner = -1;
  };

  unsigned split(unsigned counter, const DimExpr &innerSize);
  llvm::SmallVector<unsigned> getMixedRadix(const LinearIndex &index,
                                            const DimExpr &total) const;
  mlir::FailureOr<LinearIndex>
  takeDigits(llvm::SmallVectorImpl<unsigned> &digits, const DimExpr &size);
  mlir::FailureOr<TensorIndex> distribute(LinearIndex index,
                                          llvm::ArrayRef<DimExpr> sizes);

  const SymbolFacts &facts;
  llvm::SmallVector<Counter> counters;
};

/// An element of a value that is not a view.
struct ViewedElement {
  mlir::Value base;
  /// Offset in elements from the first one of `base`.
  LinearIndex offset;
};

/// Follows reshape, transpose, slice and broadcast from the element `index` of
/// `value` to what they view. Fails if the offset is not linear.
mlir::FailureOr<ViewedElement> followViews(IndexSpace &space, mlir::Value value,
                                           TensorIndex index);

/// Returns where element `index` of `value` lies in `result`, which is reached
/// from `value` by reshape and transpose only. Fails otherwise.
mlir::FailureOr<LinearIndex> followToResult(IndexSpace &space,
                                            mlir::Value value,
                                            TensorIndex index,
                                            mlir::Value result);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_INDEXSPACE_H
