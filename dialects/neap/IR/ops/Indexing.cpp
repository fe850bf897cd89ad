// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Indexing.cpp - checks and costs of reads and writes at computed indices.
#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/OpChecks.h"

using namespace mlir;
using namespace neap;

/// Returns the bytes of a gather: its indices, and each element of the result
/// once read and once written.
static int64_t countGatherBytes(Value indices, Value result) {
  return getStoredBytes(indices.getType()) +
         2 * getStoredBytes(result.getType());
}

/// Checks that no axis of `indices` but `axis` is larger than that of `input`,
/// whose rank it must have.
static LogicalResult checkIndexShape(Operation *op, RankedTensorType input,
                                     RankedTensorType indices, int64_t axis) {
  if (indices.getRank() != input.getRank())
    return op->emitOpError("expected 'indices' of the rank of 'input' (")
           << input.getRank() << "), got rank " << indices.getRank();
  SmallVector<DimExpr> inputDims = getDims(input);
  SmallVector<DimExpr> indexDims = getDims(indices);
  for (int64_t i = 0; i < input.getRank(); ++i)
    if (i != axis && isKnownGreater(indexDims[i], inputDims[i]))
      return op->emitOpError("expected axis ")
             << i << " of 'indices' of size at most " << inputDims[i].str()
             << ", got " << indexDims[i].str();
  return success();
}

/// Returns the size of the last axis of `indices`, the length of the index
/// tuples, which must be a constant of at most `limit`.
static FailureOr<int64_t>
getTupleLength(Operation *op, RankedTensorType indices, int64_t limit) {
  if (indices.getRank() < 1)
    return op->emitOpError("expected 'indices' of rank at least 1, got rank 0");
  int64_t length = indices.getShape().back();
  if (ShapedType::isDynamic(length) || length > limit)
    return op->emitOpError("expected the last axis of 'indices' of size at "
                           "most ")
           << limit << ", got " << getDims(indices).back().str();
  return length;
}

//===----------------------------------------------------------------------===//
// Gathers
//===----------------------------------------------------------------------===//

LogicalResult GatherOp::verify() {
  RankedTensorType input = getInput().getType();
  // gather_c1
  if (failed(checkAxis([&] { return emitOpError(); }, "axis", getAxis(),
                       input.getRank())))
    return failure();
  // gather_c2
  SmallVector<DimExpr> dims = getDims(input);
  SmallVector<DimExpr> indexDims = getDims(getIndices().getType());
  dims.erase(dims.begin() + getAxis());
  dims.insert(dims.begin() + getAxis(), indexDims.begin(), indexDims.end());
  return checkType(*this, "result", getType(),
                   getTensorType(dims, input.getElementType()));
}

LogicalResult PackedGatherOp::verify() {
  RankedTensorType input = getInput().getType();
  constexpr int64_t width = PackPanelsOp::kPanelWidth;
  // packed_gather_c1
  if (input.getRank() != 3 || input.getDimSize(2) != width)
    return emitOpError("expected 'input' of shape [P, K, ")
           << width << "], got " << printDims(getDims(input));
  int64_t columns = getColumns();
  DimExpr panels = DimExpr(columns).ceilDiv(DimExpr(width));
  if (columns < 1 || getDims(input)[0] != panels)
    return emitOpError("expected 'columns' in the last of the ")
           << getDims(input)[0].str() << " panels of 'input', got " << columns;
  // packed_gather_c2
  SmallVector<DimExpr> dims = getDims(getIndices().getType());
  dims.push_back(getDims(input)[1]);
  return checkType(*this, "result", getType(),
                   getTensorType(dims, input.getElementType()));
}

LogicalResult GatherElementsOp::verify() {
  RankedTensorType input = getInput().getType();
  RankedTensorType indices = getIndices().getType();
  // gather_elements_c1
  if (failed(checkAxis([&] { return emitOpError(); }, "axis", getAxis(),
                       input.getRank())) ||
      failed(checkIndexShape(*this, input, indices, getAxis())))
    return failure();
  return checkType(*this, "result", getType(),
                   getTensorType(getDims(indices), input.getElementType()));
}

LogicalResult GatherNdOp::verify() {
  RankedTensorType input = getInput().getType();
  RankedTensorType indices = getIndices().getType();
  int64_t batch = getBatchDims();
  // gather_nd_c1
  if (batch < 0 || batch > input.getRank() || batch >= indices.getRank())
    return emitOpError("expected 'batch_dims' of at most the rank of 'input' "
                       "(")
           << input.getRank() << ") and below the rank of 'indices' ("
           << indices.getRank() << "), got " << batch;
  SmallVector<DimExpr> inputDims = getDims(input);
  SmallVector<DimExpr> dims = getDims(indices);
  for (int64_t axis = 0; axis < batch; ++axis)
    if (inputDims[axis] != dims[axis])
      return emitOpError("expected axis ")
             << axis << " of 'input' and 'indices' of equal size, got "
             << inputDims[axis].str() << " and " << dims[axis].str();
  FailureOr<int64_t> length =
      getTupleLength(*this, indices, input.getRank() - batch);
  if (failed(length))
    return failure();
  // gather_nd_c2
  dims.pop_back();
  dims.append(inputDims.begin() + batch + *length, inputDims.end());
  return checkType(*this, "result", getType(),
                   getTensorType(dims, input.getElementType()));
}

LogicalResult WeightedGatherOp::verify() {
  RankedTensorType input = getInput().getType();
  RankedTensorType indices = getIndices().getType();
  // weighted_gather_c1
  if (input.getRank() != 3 || indices.getRank() != 3)
    return emitOpError("expected 'input' and 'indices' of rank 3, got ranks ")
           << input.getRank() << " and " << indices.getRank();
  SmallVector<DimExpr> dims = getDims(indices), inputDims = getDims(input);
  if (dims[0] != inputDims[0])
    return emitOpError("expected axis 0 of 'input' and 'indices' of equal "
                       "size, got ")
           << inputDims[0].str() << " and " << dims[0].str();
  if (failed(checkType(*this, "weights", getWeights().getType(),
                       getTensorType(dims, input.getElementType()))))
    return failure();
  // weighted_gather_c2
  if (getKind() != ReduceKind::Sum && getKind() != ReduceKind::Max)
    return emitOpError("expected kind sum or max, got ")
           << stringifyReduceKind(getKind());
  // weighted_gather_c3
  return checkType(
      *this, "result", getType(),
      getTensorType({dims[0], dims[1], inputDims[2]}, input.getElementType()));
}

//===----------------------------------------------------------------------===//
// Scatters
//===----------------------------------------------------------------------===//

/// Checks that a scatter's result has the type of its input, and its updates
/// the shape `dims`.
static LogicalResult checkScatterTypes(Operation *op, RankedTensorType input,
                                       RankedTensorType updates,
                                       RankedTensorType result,
                                       ArrayRef<DimExpr> dims) {
  if (failed(checkType(op, "updates", updates,
                       getTensorType(dims, input.getElementType()))))
    return failure();
  return checkType(op, "result", result, input);
}

LogicalResult ScatterElementsOp::verify() {
  RankedTensorType input = getInput().getType();
  RankedTensorType indices = getIndices().getType();
  // scatter_elements_c1
  if (failed(checkAxis([&] { return emitOpError(); }, "axis", getAxis(),
                       input.getRank())) ||
      failed(checkIndexShape(*this, input, indices, getAxis())))
    return failure();
  // scatter_elements_c2
  return checkScatterTypes(*this, input, getUpdates().getType(), getType(),
                           getDims(indices));
}

LogicalResult ScatterNdOp::verify() {
  RankedTensorType input = getInput().getType();
  RankedTensorType indices = getIndices().getType();
  // scatter_nd_c1
  FailureOr<int64_t> length = getTupleLength(*this, indices, input.getRank());
  if (failed(length))
    return failure();
  // scatter_nd_c2
  SmallVector<DimExpr> inputDims = getDims(input);
  SmallVector<DimExpr> dims = getDims(indices);
  dims.pop_back();
  dims.append(inputDims.begin() + *length, inputDims.end());
  return checkScatterTypes(*this, input, getUpdates().getType(), getType(),
                           dims);
}

//===----------------------------------------------------------------------===//
// Costs
//===----------------------------------------------------------------------===//

int64_t GatherOp::getFlops() { return 0; }
int64_t PackedGatherOp::getFlops() { return 0; }
int64_t GatherElementsOp::getFlops() { return 0; }
int64_t GatherNdOp::getFlops() { return 0; }
int64_t ScatterElementsOp::getFlops() { return 0; }
int64_t ScatterNdOp::getFlops() { return 0; }

int64_t GatherOp::getBytesMoved() {
  return countGatherBytes(getIndices(), getResult());
}
int64_t PackedGatherOp::getBytesMoved() {
  return countGatherBytes(getIndices(), getResult());
}
int64_t GatherElementsOp::getBytesMoved() {
  return countGatherBytes(getIndices(), getResult());
}
int64_t GatherNdOp::getBytesMoved() {
  return countGatherBytes(getIndices(), getResult());
}

/// Returns the number of taps per row of the result; 0 if symbolic.
static int64_t getNumTaps(WeightedGatherOp op) {
  int64_t numTaps = op.getIndices().getType().getDimSize(2);
  return ShapedType::isDynamic(numTaps) ? 0 : numTaps;
}

int64_t WeightedGatherOp::getFlops() {
  return 2 * getNumTaps(*this) * getStaticNumElements(getType());
}
int64_t WeightedGatherOp::getBytesMoved() {
  return getStoredBytes(getIndices().getType()) +
         getStoredBytes(getWeights().getType()) +
         (getNumTaps(*this) + 1) * getStoredBytes(getType());
}
