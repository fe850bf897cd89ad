// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linear.cpp - shapes, checks and costs of matrix products.
#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/OpChecks.h"

using namespace mlir;
using namespace neap;

/// Returns the operations of a product whose outputs are chains of `depth`
/// multiply-adds.
static int64_t countProductFlops(RankedTensorType result, int64_t depth) {
  if (ShapedType::isDynamic(depth))
    return 0;
  return 2 * depth * getStaticNumElements(result);
}

//===----------------------------------------------------------------------===//
// MatmulOp
//===----------------------------------------------------------------------===//

/// Checks that the batch axes of both operands are equal.
static LogicalResult checkBatchAxes(ArrayRef<DimExpr> lhs,
                                    ArrayRef<DimExpr> rhs,
                                    EmitError emitError) {
  for (size_t axis = 0; axis + 2 < lhs.size(); ++axis)
    if (lhs[axis] != rhs[axis])
      return emitError() << "expected axis " << axis
                         << " of 'lhs' and 'rhs' of equal size, got "
                         << lhs[axis].str() << " and " << rhs[axis].str();
  return success();
}

FailureOr<RankedTensorType> MatmulOp::inferType(Adaptor adaptor,
                                                EmitError emitError) {
  auto lhs = cast<RankedTensorType>(adaptor.getLhs().getType());
  auto rhs = cast<RankedTensorType>(adaptor.getRhs().getType());
  // matmul_c1
  if (lhs.getRank() < 2)
    return emitError() << "expected 'lhs' of rank at least 2, got rank "
                       << lhs.getRank();
  if (rhs.getRank() != 2 && rhs.getRank() != lhs.getRank())
    return emitError() << "expected 'rhs' of rank 2 or the rank of 'lhs' ("
                       << lhs.getRank() << "), got rank " << rhs.getRank();
  // matmul_c2
  SmallVector<DimExpr> lhsDims = getDims(lhs), rhsDims = getDims(rhs);
  size_t rhsK = rhsDims.size() - 2;
  if (lhsDims.back() != rhsDims[rhsK])
    return emitError() << "expected K of 'lhs' (axis " << lhs.getRank() - 1
                       << ", size " << lhsDims.back().str()
                       << ") to equal K of 'rhs' (axis " << rhsK << ", size "
                       << rhsDims[rhsK].str() << ")";
  // matmul_c3
  if (rhs.getRank() == lhs.getRank() &&
      failed(checkBatchAxes(lhsDims, rhsDims, emitError)))
    return failure();
  // matmul_c4
  if (failed(checkElementTypes(emitError, "lhs", lhs, "rhs", rhs)))
    return failure();
  lhsDims.back() = rhsDims.back();
  return getTensorType(lhsDims, lhs.getElementType());
}

int64_t MatmulOp::getFlops() {
  return countProductFlops(getType(), getLhs().getType().getShape().back());
}

//===----------------------------------------------------------------------===//
// PackPanelsOp
//===----------------------------------------------------------------------===//

FailureOr<RankedTensorType> PackPanelsOp::inferType(Adaptor adaptor,
                                                    EmitError emitError) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  // pack_panels_c1
  if (input.getRank() != 2)
    return emitError() << "expected 'input' of rank 2, got rank "
                       << input.getRank();
  SmallVector<DimExpr> dims = getDims(input);
  DimExpr width(kPanelWidth);
  return getTensorType({dims[1].ceilDiv(width), dims[0], width},
                       input.getElementType());
}

int64_t PackPanelsOp::getFlops() { return 0; }

//===----------------------------------------------------------------------===//
// PackedMatmulOp
//===----------------------------------------------------------------------===//

LogicalResult PackedMatmulOp::verify() {
  RankedTensorType lhs = getLhs().getType(), rhs = getRhs().getType();
  RankedTensorType result = getType();
  // packed_matmul_c1
  if (lhs.getRank() < 2)
    return emitOpError("expected 'lhs' of rank at least 2, got rank ")
           << lhs.getRank();
  if (result.getRank() != lhs.getRank())
    return emitOpError("expected 'result' of the rank of 'lhs' (")
           << lhs.getRank() << "), got rank " << result.getRank();
  SmallVector<DimExpr> lhsDims = getDims(lhs);
  DimExpr columns = getDims(result).back();
  DimExpr width(PackPanelsOp::kPanelWidth);
  RankedTensorType panels = getTensorType(
      {columns.ceilDiv(width), lhsDims.back(), width}, rhs.getElementType());
  if (failed(checkType(*this, "rhs", rhs, panels)))
    return failure();
  // packed_matmul_c2
  if (failed(checkElementTypes([&] { return emitOpError(); }, "lhs", lhs, "rhs",
                               rhs)))
    return failure();
  lhsDims.back() = columns;
  return checkType(*this, "result", result,
                   getTensorType(lhsDims, lhs.getElementType()));
}

int64_t PackedMatmulOp::getFlops() {
  return countProductFlops(getType(), getLhs().getType().getShape().back());
}

//===----------------------------------------------------------------------===//
// TriangularizeOp
//===----------------------------------------------------------------------===//

FailureOr<RankedTensorType> TriangularizeOp::inferType(Adaptor adaptor,
                                                       EmitError emitError) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  // triangularize_c1
  if (input.getRank() < 2)
    return emitError() << "expected 'input' of rank at least 2, got rank "
                       << input.getRank();
  SmallVector<DimExpr> matrix = getDims(input);
  matrix.erase(matrix.begin(), matrix.end() - 2);
  if (matrix[0] != matrix[1])
    return emitError() << "expected equal last axes of 'input', got "
                       << printDims(matrix);
  return input;
}

int64_t TriangularizeOp::getFlops() {
  int64_t size = getType().getShape().back();
  return ShapedType::isDynamic(size)
             ? 0
             : getStaticNumElements(getType()) * size * 2 / 3;
}
