// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// StridedAccess.h - where the elements of a view lie in the value below it.
#ifndef NEAP_PASSES_ANALYSIS_STRIDEDACCESS_H
#define NEAP_PASSES_ANALYSIS_STRIDEDACCESS_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

namespace neap {

/// An affine map from the indices of a tensor of `shape` to the elements of
/// `base`, which lie in row-major order: element `offset + sum(strides *
/// index)`.
struct StridedAccess {
  mlir::Value base;
  /// In elements; never negative for a tensor that is not empty.
  int64_t offset = 0;
  llvm::SmallVector<int64_t> shape;
  /// In elements; 0 on axes of size 1 and on repeated ones.
  llvm::SmallVector<int64_t> strides;

  /// Returns whether the elements are adjacent and in row-major order.
  bool isContiguous() const;
  /// Returns whether every element is read at most once.
  bool isInjective() const;
};

/// Returns the access of all of `value`, row-major; fails if its shape is
/// dynamic.
mlir::FailureOr<StridedAccess> getIdentityAccess(mlir::Value value);

/// Looks through the reshape, transpose, slice and broadcast ops above `value`
/// and returns where its elements lie in the first value that is none of these.
/// Fails if a shape is dynamic or a reshape cannot be expressed by strides.
mlir::FailureOr<StridedAccess> getStridedAccess(mlir::Value value,
                                                mlir::Value base = {});

/// Looks through the reshape and transpose ops above `value` the other way:
/// `base` is the first value that is none of these, `shape` is its shape, and
/// the strides say where its elements lie in `value`. This is where to store
/// `base` so that `value` is contiguous. Fails like getStridedAccess.
mlir::FailureOr<StridedAccess> getStoreAccess(mlir::Value value);

/// Returns `access` seen under another shape of as many elements, or fails if
/// strides cannot express it.
mlir::FailureOr<StridedAccess> reshapeAccess(const StridedAccess &access,
                                             llvm::ArrayRef<int64_t> shape);

} // namespace neap

#endif // NEAP_PASSES_ANALYSIS_STRIDEDACCESS_H
