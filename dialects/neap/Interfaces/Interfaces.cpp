// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Interfaces.cpp - the interfaces' default methods.
#include "dialects/neap/Interfaces/Interfaces.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;

/// Returns the product, or the largest value if it overflows.
static int64_t multiplySaturating(int64_t lhs, int64_t rhs) {
  int64_t product;
  if (llvm::MulOverflow(lhs, rhs, product))
    return std::numeric_limits<int64_t>::max();
  return product;
}

int64_t neap::getStaticNumElements(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return 0;
  if (llvm::is_contained(tensor.getShape(), 0))
    return 0;
  int64_t numElements = 1;
  for (int64_t size : tensor.getShape())
    numElements = multiplySaturating(numElements, size);
  return numElements;
}

/// Returns the bits that an element of `type` takes in memory.
static int64_t getStoredBits(RankedTensorType type) {
  Type element = type.getElementType();
  if (!element.isIntOrFloat())
    return 0;
  return llvm::alignTo(element.getIntOrFloatBitWidth(), 8);
}

int64_t neap::getStoredBytes(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return 0;
  return multiplySaturating(getStaticNumElements(type),
                            getStoredBits(tensor) / 8);
}

int64_t neap::defaultBytesMoved(Operation *op) {
  int64_t bytes = 0;
  for (Type type : op->getOperandTypes())
    bytes += getStoredBytes(type);
  for (Type type : op->getResultTypes())
    bytes += getStoredBytes(type);
  return bytes;
}

int64_t neap::countElementwiseFlops(Operation *op) {
  Type operand = op->getOperand(0).getType();
  Type result = op->getResult(0).getType();
  if (!isa<FloatType>(getElementTypeOrSelf(operand)) &&
      !isa<FloatType>(getElementTypeOrSelf(result)))
    return 0;
  return getStaticNumElements(result);
}

void neap::appendOperandsOfResultSize(Operation *op, unsigned result,
                                      SmallVectorImpl<unsigned> &operands) {
  auto resultType = cast<RankedTensorType>(op->getResult(result).getType());
  for (auto [index, type] : llvm::enumerate(op->getOperandTypes())) {
    auto operandType = dyn_cast<RankedTensorType>(type);
    if (!operandType || operandType.getShape() != resultType.getShape() ||
        operandType.getEncoding() != resultType.getEncoding())
      continue;
    if (getStoredBits(operandType) == getStoredBits(resultType))
      operands.push_back(index);
  }
}

#include "dialects/neap/Interfaces/Interfaces.cpp.inc"
