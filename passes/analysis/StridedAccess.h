// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// StridedAccess.h - where the elements of a view lie in the value below it.
#ifndef NEAP_PASSES_ANALYSIS_STRIDEDACCESS_H
#define NEAP_PASSES_ANALYSIS_STRIDEDACCESS_H

#include "dialects/neap/IR/DimExpr.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

namespace neap {

/// An affine map from the indices of a tensor of `shape` to the elements of
/// `base`, which lie in row-major order: element `offset + sum(strides *
/// index)`.
struct StridedAccess {
  mlir::Value base;
  /// In elements; never negative for a tensor that is not empty.
  DimExpr offset;
  llvm::SmallVector<DimExpr> shape;
  /// In elements; 0 on axes of the constant size 1 and on repeated ones.
  llvm::SmallVector<DimExpr> strides;
};

/// Returns the strides of a row-major tensor, 0 on axes of the constant size 1.
llvm::SmallVector<DimExpr> getRowMajorStrides(llvm::ArrayRef<DimExpr> shape);

/// Returns the access of all of `value`, row-major; fails if its sizes are not
/// known.
mlir::FailureOr<StridedAccess> getIdentityAccess(mlir::Value value);

/// Looks through the reshape, transpose, slice and broadcast ops above `value`
/// (up to `base`, if given) and returns where its elements lie in the first
/// value that is none of these. Fails if a size is not known or a reshape
/// cannot be expressed by strides.
mlir::FailureOr<StridedAccess> getStridedAccess(mlir::Value value,
                                                const SymbolFacts &facts,
                                                mlir::Value base = {});

/// Looks through the reshape and transpose ops above `value` the other way:
/// `base` is the first value that is none of these, `shape` is its shape, and
/// the strides say where its elements lie in `value`. This is where to store
/// `base` so that `value` is contiguous. Fails like getStridedAccess.
mlir::FailureOr<StridedAccess> getStoreAccess(mlir::Value value,
                                              const SymbolFacts &facts);

/// Returns `access` seen under another shape of as many elements, or fails if
/// strides cannot express it.
mlir::FailureOr<StridedAccess> reshapeAccess(const StridedAccess &access,
                                             llvm::ArrayRef<DimExpr> shape,
                                             const SymbolFacts &facts);

} // namespace neap

#endif // NEAP_PASSES_ANALYSIS_STRIDEDACCESS_H
