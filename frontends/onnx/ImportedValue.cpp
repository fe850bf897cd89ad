// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ImportedValue.cpp - see ImportedValue.h.
#include "frontends/onnx/ImportedValue.h"

#include "mlir/IR/Matchers.h"

#include <cmath>

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// Vectors up to this size stay visible; tensors of higher rank up to 1 KiB.
static constexpr int64_t kMaxVectorContents = 4096;
static constexpr int64_t kMaxTensorContents = 128;
/// Floats above this may have been rounded.
static constexpr double kMaxExactFloat = 1 << 24;

bool neap::frontend::canHaveContents(RankedTensorType type) {
  Type element = type.getElementType();
  bool isShapeType = element.isInteger(64) || element.isInteger(32) ||
                     element.isInteger(1) || element.isF32() || element.isF64();
  if (!isShapeType || !type.hasStaticShape() || isTooLarge(getDims(type)))
    return false;
  return type.getNumElements() <=
         (type.getRank() <= 1 ? kMaxVectorContents : kMaxTensorContents);
}

/// Returns the integer that `value` is exactly, if it is one.
static std::optional<int64_t> getIntegral(const APFloat &value) {
  double number = value.convertToDouble();
  bool isNegativeZero = value.isZero() && value.isNegative();
  if (isNegativeZero || !(std::abs(number) <= kMaxExactFloat) ||
      number != std::floor(number))
    return std::nullopt;
  return static_cast<int64_t>(number);
}

std::optional<Contents>
neap::frontend::getContents(DenseElementsAttr constant) {
  if (!canHaveContents(cast<RankedTensorType>(constant.getType())))
    return std::nullopt;
  Contents contents;
  if (!isa<FloatType>(constant.getElementType())) {
    Type element = constant.getElementType();
    bool isUnsigned = element.isUnsignedInteger() || element.isInteger(1);
    for (const APInt &value : constant.getValues<APInt>()) {
      if (isUnsigned && !value.isIntN(63))
        return std::nullopt;
      contents.push_back(isUnsigned ? static_cast<int64_t>(value.getZExtValue())
                                    : value.getSExtValue());
    }
    return contents;
  }
  for (const APFloat &value : constant.getValues<APFloat>()) {
    std::optional<int64_t> integral = getIntegral(value);
    if (!integral)
      return std::nullopt;
    contents.push_back(*integral);
  }
  return contents;
}

DenseElementsAttr neap::frontend::getConstant(RankedTensorType type,
                                              ArrayRef<DimExpr> contents) {
  SmallVector<Attribute> elements;
  Type element = type.getElementType();
  for (const DimExpr &entry : contents) {
    std::optional<int64_t> number = entry.getConstant();
    if (!number)
      return nullptr;
    if (isa<FloatType>(element))
      elements.push_back(FloatAttr::get(element, static_cast<double>(*number)));
    else
      elements.push_back(IntegerAttr::get(
          element, APInt(element.getIntOrFloatBitWidth(), *number,
                         /*isSigned=*/true, /*implicitTrunc=*/true)));
  }
  return DenseElementsAttr::get(type, elements);
}

DenseElementsAttr neap::frontend::findConstant(const ImportedValue &value) {
  if (value.contents)
    return getConstant(value.type, *value.contents);
  DenseElementsAttr constant;
  if (value.value && matchPattern(value.value, m_Constant(&constant)))
    return constant;
  return nullptr;
}
