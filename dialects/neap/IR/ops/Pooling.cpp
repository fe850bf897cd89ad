// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pooling.cpp - checks and costs of windows over spatial axes.
#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/OpChecks.h"
#include "dialects/neap/IR/Symbols.h"
#include "dialects/neap/IR/Windows.h"

using namespace mlir;
using namespace neap;

/// Checks the size `actual` of one spatial axis of the result: windows that
/// fit, rounded down or up.
static LogicalResult checkPooledSize(EmitError emitError,
                                     const SymbolFacts &facts,
                                     const Windows &windows, size_t axis,
                                     const DimExpr &size,
                                     const DimExpr &actual) {
  DimExpr range = getWindowRange(windows, axis, size);
  DimExpr stride(windows.strides[axis]);
  DimExpr floor = range.floorDiv(stride) + DimExpr(1);
  DimExpr ceil = range.ceilDiv(stride) + DimExpr(1);
  // Of symbolic sizes, only what is wrong for all symbols is known here.
  auto isBelow = [&](const DimExpr &lhs, const DimExpr &rhs) {
    auto bounds = facts.getBounds(lhs - rhs);
    return bounds && bounds->second < 0;
  };
  if (!isBelow(actual, floor) && !isBelow(ceil, actual))
    return success();
  return emitError() << "expected spatial axis " << axis
                     << " of 'result' of size " << floor.str() << " or "
                     << ceil.str() << ", got " << actual.str();
}

/// Checks the attributes of `op`, and its shapes in the order of `layout`.
template <typename OpTy>
static LogicalResult checkPool(OpTy op, Layout layout) {
  RankedTensorType input = op.getInput().getType(), result = op.getType();
  auto emitError = [&] { return op.emitOpError(); };
  // pool_c1, pool_argmax_c1
  if (failed(checkImageRank(emitError, input)))
    return failure();
  int64_t numSpatial = input.getRank() - 2;
  if (failed(checkEntries(emitError, "window", op.getWindow(), numSpatial, 1,
                          "one per spatial axis")))
    return failure();
  Windows windows{{}, op.getStrides(), op.getPads(), op.getDilations()};
  windows.sizes.assign(op.getWindow().begin(), op.getWindow().end());
  if (failed(checkWindows(emitError, windows, numSpatial)))
    return failure();
  // pool_c2, pool_argmax_c2
  if (result.getRank() != input.getRank())
    return emitError() << "expected 'result' of the rank of 'input' ("
                       << input.getRank() << "), got rank " << result.getRank();
  bool isChannelsFirst = layout == Layout::ChannelsFirst;
  size_t channels = isChannelsFirst ? 1 : input.getRank() - 1;
  size_t firstSpatial = isChannelsFirst ? 2 : 1;
  SmallVector<DimExpr> inputDims = getDims(input), resultDims = getDims(result);
  for (size_t axis : {size_t(0), channels})
    if (inputDims[axis] != resultDims[axis])
      return emitError() << "expected axis " << axis << " of 'result' of size "
                         << inputDims[axis].str() << ", got "
                         << resultDims[axis].str();
  for (int64_t axis = 0; axis < numSpatial; ++axis)
    if (failed(checkPooledSize(emitError, getSymbolFacts(op), windows, axis,
                               inputDims[firstSpatial + axis],
                               resultDims[firstSpatial + axis])))
      return failure();
  return success();
}

LogicalResult PoolOp::verify() {
  // pool_c2
  if (failed(checkElementTypes([&] { return emitOpError(); }, "input",
                               getInput().getType(), "result", getType())))
    return failure();
  return checkPool(*this, getLayout());
}

LogicalResult PoolArgmaxOp::verify() {
  // pool_argmax_c2
  Type element = getType().getElementType();
  if (!element.isInteger(64))
    return emitOpError("expected 'result' of i64, got ") << element;
  return checkPool(*this, Layout::ChannelsFirst);
}

/// Returns the number of elements of a window.
static int64_t getNumTaps(ArrayRef<int64_t> window) {
  int64_t taps = 1;
  for (int64_t size : window)
    taps *= size;
  return taps;
}

int64_t PoolOp::getFlops() {
  if (!isa<FloatType>(getType().getElementType()))
    return 0;
  return getNumTaps(getWindow()) * getStaticNumElements(getType());
}

int64_t PoolArgmaxOp::getFlops() {
  if (!isa<FloatType>(getInput().getType().getElementType()))
    return 0;
  return getNumTaps(getWindow()) * getStaticNumElements(getType());
}

//===----------------------------------------------------------------------===//
// RoiAlignOp
//===----------------------------------------------------------------------===//

LogicalResult RoiAlignOp::verify() {
  RankedTensorType input = getInput().getType();
  Type element = input.getElementType();
  // roi_align_c1
  if (input.getRank() != 4)
    return emitOpError("expected 'input' of rank 4, got rank ")
           << input.getRank();
  if (getImages().getType().getRank() != 1)
    return emitOpError("expected 'images' of rank 1, got rank ")
           << getImages().getType().getRank();
  DimExpr numBoxes = getDims(getImages().getType()).front();
  if (failed(checkType(*this, "boxes", getBoxes().getType(),
                       getTensorType({numBoxes, DimExpr(4)}, element))))
    return failure();
  // roi_align_c2
  if (getKind() == PoolKind::Sum)
    return emitOpError("expected kind max or average, got sum");
  if (auto samples = static_cast<int64_t>(getSamples()); samples < 0)
    return emitOpError("expected 'samples' of at least 0, got ") << samples;
  // roi_align_c3
  if (getType().getRank() != 4)
    return emitOpError("expected 'result' of rank 4, got rank ")
           << getType().getRank();
  SmallVector<DimExpr> dims = getDims(getType());
  dims.front() = numBoxes;
  dims.back() = getDims(input).back();
  return checkType(*this, "result", getType(), getTensorType(dims, element));
}

int64_t RoiAlignOp::getFlops() {
  // Adaptive samples are about one element apart: one per bin at least.
  int64_t samples = std::max<int64_t>(getSamples(), 1);
  return 8 * samples * samples * getStaticNumElements(getType());
}
