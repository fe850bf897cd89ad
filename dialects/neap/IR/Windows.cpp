// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Windows.cpp - shapes of ops that slide a window over images.
#include "dialects/neap/IR/Windows.h"

using namespace mlir;
using namespace neap;

LogicalResult neap::checkImageRank(EmitError emitError,
                                   RankedTensorType input) {
  if (input.getRank() >= 3 && input.getRank() <= 5)
    return success();
  return emitError() << "expected 'input' with 1 to 3 spatial axes (rank 3 to "
                     << "5), got rank " << input.getRank();
}

LogicalResult neap::checkWindows(EmitError emitError, const Windows &windows,
                                 int64_t numSpatial) {
  if (failed(checkEntries(emitError, "strides", windows.strides, numSpatial, 1,
                          "one per spatial axis")) ||
      failed(checkEntries(emitError, "dilations", windows.dilations, numSpatial,
                          1, "one per spatial axis")))
    return failure();
  return checkEntries(emitError, "pads", windows.pads, 2 * numSpatial, 0,
                      "two per spatial axis");
}

DimExpr neap::getWindowRange(const Windows &windows, size_t axis,
                             const DimExpr &spatial) {
  size_t numSpatial = windows.strides.size();
  DimExpr padded = spatial + DimExpr(windows.pads[axis]) +
                   DimExpr(windows.pads[axis + numSpatial]);
  DimExpr extent =
      (windows.sizes[axis] - DimExpr(1)) * DimExpr(windows.dilations[axis]) +
      DimExpr(1);
  return padded - extent;
}

FailureOr<SmallVector<DimExpr>>
neap::getWindowCounts(EmitError emitError, const Windows &windows,
                      ArrayRef<DimExpr> spatial) {
  SmallVector<DimExpr> counts;
  for (auto [axis, size] : llvm::enumerate(spatial)) {
    DimExpr range = getWindowRange(windows, axis, size);
    if (isKnownGreater(DimExpr(0), range))
      return emitError() << "expected a dilated kernel of at most the padded "
                         << "size of spatial axis " << axis << ", got "
                         << *range.getConstant() * -1 << " too many";
    counts.push_back(range.floorDiv(DimExpr(windows.strides[axis])) +
                     DimExpr(1));
  }
  return counts;
}

SmallVector<DimExpr> neap::getImageDims(const DimExpr &batch,
                                        const DimExpr &channels,
                                        ArrayRef<DimExpr> spatial,
                                        Layout layout) {
  SmallVector<DimExpr> dims{batch};
  if (layout == Layout::ChannelsFirst)
    dims.push_back(channels);
  dims.append(spatial.begin(), spatial.end());
  if (layout == Layout::ChannelsLast)
    dims.push_back(channels);
  return dims;
}
