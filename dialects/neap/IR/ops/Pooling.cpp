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
static LogicalResult checkPooledSize(PoolOp op, const Windows &windows,
                                     size_t axis, const DimExpr &size,
                                     const DimExpr &actual) {
  DimExpr range = getWindowRange(windows, axis, size);
  DimExpr stride(windows.strides[axis]);
  DimExpr floor = range.floorDiv(stride) + DimExpr(1);
  DimExpr ceil = range.ceilDiv(stride) + DimExpr(1);
  // Of symbolic sizes, only what is wrong for all symbols is known here.
  SymbolFacts facts = getSymbolFacts(op);
  auto isBelow = [&](const DimExpr &lhs, const DimExpr &rhs) {
    auto bounds = facts.getBounds(lhs - rhs);
    return bounds && bounds->second < 0;
  };
  if (!isBelow(actual, floor) && !isBelow(ceil, actual))
    return success();
  return op.emitOpError("expected spatial axis ")
         << axis << " of 'result' of size " << floor.str() << " or "
         << ceil.str() << ", got " << actual.str();
}

LogicalResult PoolOp::verify() {
  RankedTensorType input = getInput().getType(), result = getType();
  auto emitError = [&] { return emitOpError(); };
  // pool_c1
  if (failed(checkImageRank(emitError, input)))
    return failure();
  int64_t numSpatial = input.getRank() - 2;
  if (failed(checkEntries(emitError, "window", getWindow(), numSpatial, 1,
                          "one per spatial axis")))
    return failure();
  Windows windows{{}, getStrides(), getPads(), getDilations()};
  windows.sizes.assign(getWindow().begin(), getWindow().end());
  if (failed(checkWindows(emitError, windows, numSpatial)))
    return failure();
  // pool_c2
  if (failed(checkElementTypes(emitError, "input", input, "result", result)))
    return failure();
  if (result.getRank() != input.getRank())
    return emitOpError("expected 'result' of the rank of 'input' (")
           << input.getRank() << "), got rank " << result.getRank();
  bool isChannelsFirst = getLayout() == Layout::ChannelsFirst;
  size_t channels = isChannelsFirst ? 1 : input.getRank() - 1;
  size_t firstSpatial = isChannelsFirst ? 2 : 1;
  SmallVector<DimExpr> inputDims = getDims(input), resultDims = getDims(result);
  for (size_t axis : {size_t(0), channels})
    if (inputDims[axis] != resultDims[axis])
      return emitOpError("expected axis ")
             << axis << " of 'result' of size " << inputDims[axis].str()
             << ", got " << resultDims[axis].str();
  for (int64_t axis = 0; axis < numSpatial; ++axis)
    if (failed(checkPooledSize(*this, windows, axis,
                               inputDims[firstSpatial + axis],
                               resultDims[firstSpatial + axis])))
      return failure();
  return success();
}

int64_t PoolOp::getFlops() {
  if (!isa<FloatType>(getType().getElementType()))
    return 0;
  int64_t taps = 1;
  for (int64_t size : getWindow())
    taps *= size;
  return taps * getStaticNumElements(getType());
}
