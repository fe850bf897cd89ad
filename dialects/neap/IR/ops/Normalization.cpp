// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Normalization.cpp - checks and costs of norms and softmax.
#include "dialects/neap/IR/NeapOps.h"

using namespace mlir;
using namespace neap;

/// Checks the epsilon of a norm.
static LogicalResult checkEpsilon(Operation *op, const APFloat &epsilon) {
  if (epsilon.isFinite() && !(epsilon.isNegative() && !epsilon.isZero()))
    return success();
  return op->emitOpError("expected a finite 'epsilon' of at least 0, got ")
         << epsilon.convertToDouble();
}

/// Checks that there is a last axis to work over.
static LogicalResult checkHasRow(Operation *op) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (type.getRank() >= 1)
    return success();
  return op->emitOpError("expected 'input' of rank at least 1, got rank 0");
}

// softmax_c1, log_softmax_c1
LogicalResult SoftmaxOp::verify() { return checkHasRow(*this); }
LogicalResult LogSoftmaxOp::verify() { return checkHasRow(*this); }

LogicalResult StandardizeOp::verify() {
  // standardize_c1
  if (failed(checkHasRow(*this)))
    return failure();
  // standardize_c2
  return checkEpsilon(*this, getEpsilon());
}

LogicalResult RmsStandardizeOp::verify() {
  // rms_standardize_c1
  if (failed(checkHasRow(*this)))
    return failure();
  // rms_standardize_c2
  return checkEpsilon(*this, getEpsilon());
}

// Operations per element: maximum, difference, exponential, sum, and a product
// or a difference.
int64_t SoftmaxOp::getFlops() { return 5 * getStaticNumElements(getType()); }
int64_t LogSoftmaxOp::getFlops() { return 5 * getStaticNumElements(getType()); }
// Sum, difference, square and sum, difference, product.
int64_t StandardizeOp::getFlops() {
  return 6 * getStaticNumElements(getType());
}
// Square and sum, product.
int64_t RmsStandardizeOp::getFlops() {
  return 3 * getStaticNumElements(getType());
}
