// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Interfaces.cpp - the interfaces' default methods.
#include "dialects/neap/Interfaces/Interfaces.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

int64_t neap::getStaticNumElements(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return 0;
  return tensor.getNumElements();
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
  return getStaticNumElements(type) * (getStoredBits(tensor) / 8);
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
