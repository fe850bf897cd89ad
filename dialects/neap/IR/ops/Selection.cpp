// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Selection.cpp - checks and costs of what is taken by the data.
#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/OpChecks.h"

using namespace mlir;
using namespace neap;

/// Checks that `value`, which `op` calls `name`, has one element.
static LogicalResult checkOneElement(Operation *op, StringRef name,
                                     Value value) {
  SmallVector<DimExpr> dims = getDims(cast<RankedTensorType>(value.getType()));
  if (getNumElements(dims).isConstant(1))
    return success();
  return op->emitOpError("expected '")
         << name << "' of one element, got " << printDims(dims);
}

//===----------------------------------------------------------------------===//
// TruePositionsOp
//===----------------------------------------------------------------------===//

LogicalResult TruePositionsOp::verify() {
  // true_positions_c1
  if (getInput().getType().getRank() != 1)
    return emitOpError("expected 'input' of rank 1, got rank ")
           << getInput().getType().getRank();
  DimExpr size = getDims(getInput().getType()).front() + 1;
  return checkType(*this, "result", getType(),
                   getTensorType({size}, IntegerType::get(getContext(), 64)));
}

int64_t TruePositionsOp::getFlops() { return 0; }

//===----------------------------------------------------------------------===//
// DefineSizeOp
//===----------------------------------------------------------------------===//

LogicalResult DefineSizeOp::verify() {
  // define_size_c1
  if (!getCount().getType().getElementType().isInteger(64))
    return emitOpError("expected 'count' of type i64, got ")
           << getCount().getType().getElementType();
  if (failed(checkOneElement(*this, "count", getCount())))
    return failure();
  // define_size_c2
  if (!DimExpr::isSymbolName(getSymbol()))
    return emitOpError("expected the name of a symbol, got '")
           << getSymbol() << "'";
  return success();
}

//===----------------------------------------------------------------------===//
// SortOrderOp
//===----------------------------------------------------------------------===//

LogicalResult SortOrderOp::verify() {
  // sort_order_c1
  if (getInput().getType().getRank() != 3)
    return emitOpError("expected 'input' of rank 3, got rank ")
           << getInput().getType().getRank();
  // sort_order_c2
  SmallVector<DimExpr> dims = getDims(getInput().getType());
  dims.pop_back();
  return checkType(*this, "result", getType(),
                   getTensorType(dims, IntegerType::get(getContext(), 64)));
}

int64_t SortOrderOp::getFlops() { return 0; }

//===----------------------------------------------------------------------===//
// NonMaxSuppressionOp
//===----------------------------------------------------------------------===//

LogicalResult NonMaxSuppressionOp::verify() {
  // non_max_suppression_c1
  SmallVector<DimExpr> boxes = getDims(getBoxes().getType());
  if (boxes.size() != 3 || !boxes[2].isConstant(4))
    return emitOpError("expected 'boxes' of shape [B, N, 4], got ")
           << printDims(boxes);
  SmallVector<DimExpr> scores = getDims(getScores().getType());
  if (scores.size() != 3 || areKnownDifferent(scores[0], boxes[0]) ||
      areKnownDifferent(scores[2], boxes[1]))
    return emitOpError("expected 'scores' of shape [")
           << boxes[0].str() << ", C, " << boxes[1].str() << "], got "
           << printDims(scores);
  Type index = IntegerType::get(getContext(), 64);
  if (failed(checkType(*this, "order", getOrder().getType(),
                       getTensorType(scores, index))))
    return failure();
  // non_max_suppression_c2
  if (failed(checkOneElement(*this, "limit", getLimit())) ||
      failed(checkOneElement(*this, "iou_threshold", getIouThreshold())) ||
      failed(checkOneElement(*this, "score_threshold", getScoreThreshold())))
    return failure();
  // non_max_suppression_c3
  SmallVector<DimExpr> dims = getDims(getType());
  if (dims.size() != 3)
    return emitOpError("expected 'result' of rank 3, got rank ") << dims.size();
  scores[2] = dims[2];
  return checkType(*this, "result", getType(), getTensorType(scores, index));
}

int64_t NonMaxSuppressionOp::getFlops() { return 0; }
