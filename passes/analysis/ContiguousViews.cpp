// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ContiguousViews.cpp - see ContiguousViews.h.
#include "passes/analysis/ContiguousViews.h"

using namespace mlir;

namespace neap {

std::optional<int64_t> getContiguousStart(SliceOp slice) {
  SmallVector<DimExpr> shape = getDims(slice.getInput().getType());
  SmallVector<DimExpr> sizes = slice.getSizes(), starts = slice.getStarts();
  DimExpr start, stride = 1;
  bool mustBeSingle = false;
  for (int64_t axis = shape.size(); axis-- > 0;) {
    bool isSingle = sizes[axis].isConstant(0) || sizes[axis].isConstant(1);
    if (!isSingle && (mustBeSingle || slice.getSteps()[axis] != 1))
      return std::nullopt;
    mustBeSingle |= sizes[axis] != shape[axis];
    start += starts[axis] * stride;
    stride *= shape[axis];
  }
  return start.getConstant();
}

std::optional<SmallVector<int64_t>> getConcatStarts(ConcatOp concat) {
  SmallVector<DimExpr> shape = getDims(concat.getType());
  bool isOutermost =
      llvm::all_of(ArrayRef(shape).take_front(concat.getAxis()),
                   [](const DimExpr &size) { return size.isConstant(1); });
  if (!isOutermost)
    return std::nullopt;
  DimExpr next;
  SmallVector<DimExpr> starts;
  for (Value input : concat.getInputs()) {
    starts.push_back(next);
    next += getNumElements(getDims(cast<RankedTensorType>(input.getType())));
  }
  return getConstants(starts);
}

} // namespace neap
