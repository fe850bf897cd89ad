// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention.cpp - shapes, checks and cost of attention.
#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/OpChecks.h"

using namespace mlir;
using namespace neap;

/// Checks that `type` is `expected`, up to how sizes are written.
static LogicalResult checkShape(StringRef name, RankedTensorType type,
                                ArrayRef<DimExpr> expected,
                                EmitError emitError) {
  SmallVector<DimExpr> dims = getDims(type);
  bool isEqual =
      dims.size() == expected.size() &&
      llvm::none_of(llvm::zip(dims, expected), [](const auto &pair) {
        return areKnownDifferent(std::get<0>(pair), std::get<1>(pair));
      });
  if (isEqual)
    return success();
  return emitError() << "expected '" << name << "' of shape "
                     << printDims(expected) << ", got " << printDims(dims);
}

/// Checks that axis 3 of an operand is a constant and not empty.
static LogicalResult checkDepth(StringRef name, const DimExpr &depth,
                                EmitError emitError) {
  if (depth.getConstant().value_or(0) >= 1)
    return success();
  return emitError() << "expected axis 3 of '" << name
                     << "' of constant size, at least 1, got " << depth.str();
}

/// Checks the numbers.
static LogicalResult checkAttributes(const APFloat &scale, const APFloat &fill,
                                     EmitError emitError) {
  if (!scale.isFinite())
    return emitError() << "expected a finite 'scale', got "
                       << scale.convertToDouble();
  if (fill.isNaN() || !fill.isNegative() || fill.isZero())
    return emitError() << "expected a 'fill' below 0, got "
                       << fill.convertToDouble();
  return success();
}

FailureOr<RankedTensorType> AttentionOp::inferType(Adaptor adaptor,
                                                   EmitError emitError) {
  auto query = cast<RankedTensorType>(adaptor.getQuery().getType());
  auto key = cast<RankedTensorType>(adaptor.getKey().getType());
  auto value = cast<RankedTensorType>(adaptor.getValue().getType());
  // attention_c1
  for (auto [name, type] : {std::pair("query", query), std::pair("key", key),
                            std::pair("value", value)})
    if (type.getRank() != 4)
      return emitError() << "expected '" << name << "' of rank 4, got rank "
                         << type.getRank();
  SmallVector<DimExpr> queryDims = getDims(query), keyDims = getDims(key);
  SmallVector<DimExpr> valueDims = getDims(value);
  if (failed(checkDepth("query", queryDims[3], emitError)) ||
      failed(checkDepth("value", valueDims[3], emitError)) ||
      failed(checkShape("key", key,
                        {queryDims[0], queryDims[1], keyDims[2], queryDims[3]},
                        emitError)) ||
      failed(checkShape("value", value,
                        {queryDims[0], queryDims[1], keyDims[2], valueDims[3]},
                        emitError)))
    return failure();
  // attention_c3
  if (failed(checkElementTypes(emitError, "query", query, "key", key)) ||
      failed(checkElementTypes(emitError, "query", query, "value", value)))
    return failure();
  if (Value operand = adaptor.getMask()) {
    auto mask = cast<RankedTensorType>(operand.getType());
    // attention_c2
    if (failed(checkShape(
            "mask", mask,
            {queryDims[0], queryDims[1], queryDims[2], keyDims[2]}, emitError)))
      return failure();
    if (!mask.getElementType().isInteger(1) &&
        failed(checkElementTypes(emitError, "query", query, "mask", mask)))
      return failure();
  }
  // attention_c4
  if (failed(checkAttributes(adaptor.getScale(), adaptor.getFill(), emitError)))
    return failure();
  queryDims[3] = valueDims[3];
  return getTensorType(queryDims, query.getElementType());
}

// Two products, and per score a maximum, a difference, an exponential and a
// sum.
int64_t AttentionOp::getFlops() {
  int64_t numKeys = getKey().getType().getShape()[2];
  int64_t depth = getQuery().getType().getShape()[3];
  int64_t valueDepth = getType().getShape()[3];
  if (!getType().hasStaticShape() || ShapedType::isDynamic(numKeys))
    return 0;
  int64_t numRows = getStaticNumElements(getType()) / valueDepth;
  return numRows * numKeys * (2 * depth + 2 * valueDepth + 4);
}
