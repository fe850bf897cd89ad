// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Windows.h - shapes of ops that slide a window over the spatial axes of
// images: convolutions and pooling.
#ifndef NEAP_IR_WINDOWS_H
#define NEAP_IR_WINDOWS_H

#include "dialects/neap/IR/NeapAttrs.h"
#include "dialects/neap/IR/OpChecks.h"

namespace neap {

/// A window per spatial axis; `pads` has all begins, then all ends.
struct Windows {
  llvm::SmallVector<DimExpr> sizes;
  llvm::ArrayRef<int64_t> strides, pads, dilations;
};

/// Checks that `input` has a batch, channels and one to three spatial axes.
mlir::LogicalResult checkImageRank(EmitError emitError,
                                   mlir::RankedTensorType input);

/// Checks `strides`, `pads` and `dilations` for `numSpatial` axes.
mlir::LogicalResult checkWindows(EmitError emitError, const Windows &windows,
                                 int64_t numSpatial);

/// Returns the size of `spatial[axis]` with its pads less the extent of the
/// window: how far the window can move.
DimExpr getWindowRange(const Windows &windows, size_t axis,
                       const DimExpr &spatial);

/// Returns how many windows fit on each axis; fails if none does.
mlir::FailureOr<llvm::SmallVector<DimExpr>>
getWindowCounts(EmitError emitError, const Windows &windows,
                llvm::ArrayRef<DimExpr> spatial);

/// Returns the sizes of an image with its axes in the order of `layout`.
llvm::SmallVector<DimExpr> getImageDims(const DimExpr &batch,
                                        const DimExpr &channels,
                                        llvm::ArrayRef<DimExpr> spatial,
                                        Layout layout);

} // namespace neap

#endif // NEAP_IR_WINDOWS_H
