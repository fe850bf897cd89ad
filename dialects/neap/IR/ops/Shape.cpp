// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape.cpp - shapes, checks and costs of data movement. Folding is in
// ShapeFold.cpp.
#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/OpChecks.h"

using namespace mlir;
using namespace neap;

//===----------------------------------------------------------------------===//
// ReshapeOp
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::verify() {
  RankedTensorType input = getInput().getType(), result = getType();
  // reshape_c1
  if (failed(checkElementTypes([&] { return emitOpError(); }, "input", input,
                               "result", result)))
    return failure();
  DimExpr inputElements = getNumElements(getDims(input));
  DimExpr resultElements = getNumElements(getDims(result));
  if (areKnownDifferent(inputElements, resultElements))
    return emitOpError("expected 'result' with the ")
           << inputElements.str() << " elements of 'input', got "
           << resultElements.str();
  return success();
}

int64_t ReshapeOp::getFlops() { return 0; }
int64_t ReshapeOp::getBytesMoved() { return 0; }

//===----------------------------------------------------------------------===//
// TransposeOp
//===----------------------------------------------------------------------===//

FailureOr<RankedTensorType> TransposeOp::inferType(Adaptor adaptor,
                                                   EmitError emitError) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  ArrayRef<int64_t> permutation = adaptor.getPermutation();
  SmallVector<DimExpr> dims = getDims(input), resultDims;
  // transpose_c1
  if (failed(checkEntries(emitError, "permutation", permutation,
                          input.getRank(), 0, "one per axis of 'input'")))
    return failure();
  SmallVector<bool> isTaken(input.getRank(), false);
  for (int64_t axis : permutation) {
    if (failed(checkAxis(emitError, "permutation", axis, input.getRank())))
      return failure();
    if (isTaken[axis])
      return emitError() << "expected each axis once in 'permutation', got "
                         << axis << " twice";
    isTaken[axis] = true;
    resultDims.push_back(dims[axis]);
  }
  return getTensorType(resultDims, input.getElementType());
}

int64_t TransposeOp::getFlops() { return 0; }

//===----------------------------------------------------------------------===//
// BroadcastOp
//===----------------------------------------------------------------------===//

LogicalResult BroadcastOp::verify() {
  RankedTensorType input = getInput().getType(), result = getType();
  // broadcast_c1
  if (failed(checkElementTypes([&] { return emitOpError(); }, "input", input,
                               "result", result)))
    return failure();
  int64_t numNewAxes = result.getRank() - input.getRank();
  if (numNewAxes < 0)
    return emitOpError("expected 'result' of rank at least ")
           << input.getRank() << ", the rank of 'input', got "
           << result.getRank();
  SmallVector<DimExpr> inputDims = getDims(input), resultDims = getDims(result);
  for (int64_t axis = 0; axis < input.getRank(); ++axis) {
    const DimExpr &target = resultDims[axis + numNewAxes];
    if (!inputDims[axis].isConstant(1) && inputDims[axis] != target)
      return emitOpError("expected axis ")
             << axis << " of 'input' of size 1 or " << target.str()
             << ", that of axis " << axis + numNewAxes << " of 'result', got "
             << inputDims[axis].str();
  }
  return success();
}

int64_t BroadcastOp::getFlops() { return 0; }

//===----------------------------------------------------------------------===//
// SliceOp
//===----------------------------------------------------------------------===//

/// Checks that the elements taken from `axis` lie inside it.
static LogicalResult checkSlicedAxis(EmitError emitError, int64_t axis,
                                     const DimExpr &start, const DimExpr &size,
                                     int64_t step, const DimExpr &inputSize) {
  if (size.getConstant().value_or(0) < 0)
    return emitError() << "expected entries of at least 0 in 'sizes', got "
                       << size.str();
  if (size.isConstant(0))
    return success();
  DimExpr last = start + (size - DimExpr(1)) * DimExpr(step);
  // Of a symbolic position, only what is wrong for all symbols is known here.
  auto isOutside = [&](const DimExpr &position) {
    std::optional<int64_t> offset = position.getConstant();
    std::optional<int64_t> above = (position - inputSize).getConstant();
    return (offset && *offset < 0) || (above && *above >= 0);
  };
  if (last.isKnown() && !isOutside(start) && !isOutside(last))
    return success();
  return emitError() << "expected elements inside axis " << axis
                     << " of 'input' (size " << inputSize.str()
                     << "), got start " << start.str() << ", size "
                     << size.str() << ", step " << step;
}

/// Checks that attribute `name` of a slice has one entry per axis.
static LogicalResult checkPerAxis(EmitError emitError, StringRef name,
                                  size_t numEntries, size_t rank) {
  if (numEntries == rank)
    return success();
  return emitError() << "expected " << rank << " entries in '" << name
                     << "' (one per axis of 'input'), got " << numEntries;
}

FailureOr<RankedTensorType> SliceOp::inferType(Adaptor adaptor,
                                               EmitError emitError) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  SmallVector<DimExpr> dims = getDims(input);
  SmallVector<DimExpr> starts = adaptor.getStarts(), sizes = adaptor.getSizes();
  ArrayRef<int64_t> steps = adaptor.getSteps();
  // slice_c1
  if (failed(checkPerAxis(emitError, "starts", starts.size(), dims.size())) ||
      failed(checkPerAxis(emitError, "sizes", sizes.size(), dims.size())) ||
      failed(checkPerAxis(emitError, "steps", steps.size(), dims.size())))
    return failure();
  for (auto [axis, dim] : llvm::enumerate(dims)) {
    if (steps[axis] == 0)
      return emitError() << "expected entries other than 0 in 'steps', got 0 "
                         << "for axis " << axis;
    // slice_c2
    if (failed(checkSlicedAxis(emitError, axis, starts[axis], sizes[axis],
                               steps[axis], dim)))
      return failure();
    dim = sizes[axis];
  }
  return getTensorType(dims, input.getElementType());
}

int64_t SliceOp::getFlops() { return 0; }
int64_t SliceOp::getBytesMoved() { return 2 * getStoredBytes(getType()); }

//===----------------------------------------------------------------------===//
// ConcatOp
//===----------------------------------------------------------------------===//

FailureOr<RankedTensorType> ConcatOp::inferType(Adaptor adaptor,
                                                EmitError emitError) {
  ValueRange inputs = adaptor.getInputs();
  int64_t axis = adaptor.getAxis();
  // concat_c1
  if (inputs.empty())
    return emitError() << "expected at least one input, got none";
  auto first = cast<RankedTensorType>(inputs.front().getType());
  if (failed(checkAxis(emitError, "axis", axis, first.getRank())))
    return failure();
  SmallVector<DimExpr> total = getDims(first);
  total[axis] = DimExpr(0);
  for (auto [index, input] : llvm::enumerate(inputs)) {
    auto type = cast<RankedTensorType>(input.getType());
    SmallVector<DimExpr> dims = getDims(type);
    bool fits = type.getElementType() == first.getElementType() &&
                dims.size() == total.size();
    if (fits) {
      total[axis] += dims[axis];
      dims[axis] = total[axis];
      fits = llvm::equal(dims, total);
    }
    if (!fits)
      return emitError() << "expected input " << index << " of type " << first
                         << " but for axis " << axis << ", got " << type;
  }
  return getTensorType(total, first.getElementType());
}

int64_t ConcatOp::getFlops() { return 0; }

//===----------------------------------------------------------------------===//
// PadOp
//===----------------------------------------------------------------------===//

/// Checks the pads of `axis` against what `mode` can read there.
static LogicalResult checkPaddedAxis(PadOp op, int64_t axis,
                                     const DimExpr &size) {
  int64_t largest = std::max(op.getLow()[axis], op.getHigh()[axis]);
  int64_t limit = op.getMode() == PadMode::Reflect ? largest : 0;
  if (largest == 0 || isKnownGreater(size, DimExpr(limit)) ||
      !size.getConstant())
    return success();
  return op.emitOpError("expected axis ")
         << axis << " of 'input' of size above " << limit << " in mode "
         << stringifyPadMode(op.getMode()) << ", got " << size.str();
}

LogicalResult PadOp::verify() {
  RankedTensorType input = getInput().getType();
  auto emitError = [&] { return emitOpError(); };
  // pad_c1
  if (failed(checkEntries(emitError, "low", getLow(), input.getRank(), 0,
                          "one per axis of 'input'")) ||
      failed(checkEntries(emitError, "high", getHigh(), input.getRank(), 0,
                          "one per axis of 'input'")))
    return failure();
  // pad_c2
  bool isConstant = getMode() == PadMode::Constant;
  if (isConstant != static_cast<bool>(getValue()))
    return emitOpError(isConstant ? "expected a 'value' in mode "
                                  : "expected no 'value' in mode ")
           << stringifyPadMode(getMode());
  if (isConstant &&
      failed(checkType(*this, "value", getValue().getType(),
                       RankedTensorType::get({}, input.getElementType()))))
    return failure();
  SmallVector<DimExpr> dims = getDims(input);
  for (auto [axis, dim] : llvm::enumerate(dims)) {
    if (!isConstant && failed(checkPaddedAxis(*this, axis, dim)))
      return failure();
    dim += DimExpr(getLow()[axis]) + DimExpr(getHigh()[axis]);
  }
  // pad_c3
  return checkType(*this, "result", getType(),
                   getTensorType(dims, input.getElementType()));
}

int64_t PadOp::getFlops() { return 0; }

//===----------------------------------------------------------------------===//
// IotaOp
//===----------------------------------------------------------------------===//

LogicalResult IotaOp::verify() {
  // iota_c1
  auto scalar = RankedTensorType::get({}, getType().getElementType());
  if (failed(checkType(*this, "start", getStart().getType(), scalar)))
    return failure();
  if (getType().getRank() == 1)
    return success();
  return emitOpError("expected 'result' of rank 1, got rank ")
         << getType().getRank();
}

int64_t IotaOp::getFlops() { return 0; }

//===----------------------------------------------------------------------===//
// SizeOp
//===----------------------------------------------------------------------===//

LogicalResult SizeOp::verify() {
  // size_c1
  Type expected = RankedTensorType::get({}, IntegerType::get(getContext(), 64));
  return checkType(*this, "result", getType(), expected);
}

int64_t SizeOp::getFlops() { return 0; }
