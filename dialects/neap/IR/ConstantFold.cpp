// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ConstantFold.cpp - evaluates ops on constants at compile time.
#include "dialects/neap/IR/ConstantFold.h"

#include "dialects/neap/IR/NeapOps.h"

using namespace mlir;
using namespace neap;
using llvm::APFloat;
using llvm::APInt;
using llvm::APSInt;

//===----------------------------------------------------------------------===//
// Constants as elements
//===----------------------------------------------------------------------===//

/// Returns the bits of the element of `elements` at row-major `index`.
static Element getElement(DenseElementsAttr elements, int64_t index) {
  Type type = elements.getElementType();
  if (elements.isSplat())
    index = 0;
  if (isa<FloatType>(type))
    return Element(*(elements.value_begin<APFloat>() + index), type);
  return Element(*(elements.value_begin<APInt>() + index), type);
}

/// Builds a constant; a single element makes a splat.
static DenseElementsAttr makeConstant(RankedTensorType type,
                                      ArrayRef<Element> elements) {
  if (isa<FloatType>(type.getElementType())) {
    SmallVector<APFloat> values;
    for (const Element &element : elements)
      values.push_back(element.getFloat());
    return DenseElementsAttr::get(type, values);
  }
  SmallVector<APInt> values;
  for (const Element &element : elements)
    values.push_back(element.getInt());
  return DenseElementsAttr::get(type, values);
}

bool neap::isFoldableSize(RankedTensorType type) {
  return type.hasStaticShape() && getStoredBytes(type) <= ConstantOp::kMaxBytes;
}

std::optional<Element> neap::getSplat(Attribute attribute) {
  auto elements = dyn_cast_if_present<DenseElementsAttr>(attribute);
  if (!elements || !elements.isSplat())
    return std::nullopt;
  return getElement(elements, 0);
}

bool neap::isSplatOf(Attribute attribute, double value) {
  std::optional<Element> splat = getSplat(attribute);
  if (!splat)
    return false;
  if (splat->isFloat()) {
    APFloat expected(value);
    bool losesInfo;
    expected.convert(splat->getFloat().getSemantics(),
                     APFloat::rmNearestTiesToEven, &losesInfo);
    return !losesInfo && splat->getFloat().bitwiseIsEqual(expected);
  }
  // A zero that must be negative is no integer.
  if (std::signbit(value) && value == 0)
    return false;
  return splat->getInt() == APInt(splat->getInt().getBitWidth(),
                                  static_cast<uint64_t>(value),
                                  /*isSigned=*/true, /*implicitTrunc=*/true);
}

OpFoldResult neap::foldElementwise(Type resultType,
                                   ArrayRef<Attribute> operands,
                                   ElementFunction function) {
  auto type = cast<RankedTensorType>(resultType);
  SmallVector<DenseElementsAttr> constants;
  bool areSplats = true;
  for (Attribute operand : operands) {
    auto elements = dyn_cast_if_present<DenseElementsAttr>(operand);
    if (!elements)
      return {};
    areSplats &= elements.isSplat();
    constants.push_back(elements);
  }
  if (!type.hasStaticShape() || (!areSplats && !isFoldableSize(type)))
    return {};
  SmallVector<Element> results;
  int64_t numElements = areSplats ? 1 : type.getNumElements();
  for (int64_t index = 0; index < numElements; ++index) {
    SmallVector<Element> inputs;
    for (DenseElementsAttr elements : constants)
      inputs.push_back(getElement(elements, index));
    std::optional<Element> result = function(inputs);
    if (!result)
      return {};
    results.push_back(*result);
  }
  return makeConstant(type, results);
}

OpFoldResult
neap::foldMovement(RankedTensorType resultType, Attribute input,
                   function_ref<int64_t(ArrayRef<int64_t>)> sourceIndex) {
  auto elements = dyn_cast_if_present<DenseElementsAttr>(input);
  if (!elements || !resultType.hasStaticShape())
    return {};
  if (elements.isSplat())
    return elements.resizeSplat(resultType);
  if (!isFoldableSize(resultType))
    return {};
  ArrayRef<int64_t> shape = resultType.getShape();
  SmallVector<int64_t> index(shape.size(), 0);
  SmallVector<Element> results;
  for (int64_t i = 0, e = resultType.getNumElements(); i < e; ++i) {
    results.push_back(getElement(elements, sourceIndex(index)));
    for (int64_t axis = shape.size() - 1; axis >= 0; --axis) {
      if (++index[axis] < shape[axis])
        break;
      index[axis] = 0;
    }
  }
  if (results.empty())
    return {};
  return makeConstant(resultType, results);
}

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

/// Rounds to nearest even; declines where a conversion by way of a wider type
/// would round twice.
static std::optional<Element> castFloatToFloat(APFloat value, FloatType from,
                                               FloatType to) {
  bool losesInfo;
  value.convert(to.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                &losesInfo);
  bool isOneStep = from.getWidth() <= 32 || to.getWidth() >= 32;
  if (losesInfo && !isOneStep)
    return std::nullopt;
  return Element(value, to);
}

/// Truncates toward zero; declines out of range.
static std::optional<Element> castFloatToInt(const APFloat &value,
                                             IntegerType to) {
  APSInt result(to.getWidth(), /*isUnsigned=*/to.isUnsigned());
  bool isExact;
  if (value.convertToInteger(result, APFloat::rmTowardZero, &isExact) ==
      APFloat::opInvalidOp)
    return std::nullopt;
  return Element(result, to);
}

/// Rounds to nearest even; declines if a 16-bit float is not exact.
static std::optional<Element> castIntToFloat(const Element &element,
                                             FloatType to) {
  APFloat result(to.getFloatSemantics());
  APFloat::opStatus status = result.convertFromAPInt(
      element.getInt(), !element.isUnsigned(), APFloat::rmNearestTiesToEven);
  if (to.getWidth() < 32 && status != APFloat::opOK)
    return std::nullopt;
  return Element(result, to);
}

std::optional<Element> neap::castElement(const Element &element, Type type) {
  if (element.isFloat()) {
    APFloat value = element.getFloat();
    if (type.isInteger(1))
      return Element(APInt(1, !value.isZero()), type);
    if (value.isNaN())
      return std::nullopt;
    if (auto to = dyn_cast<FloatType>(type))
      return castFloatToFloat(value, cast<FloatType>(element.getType()), to);
    return castFloatToInt(value, cast<IntegerType>(type));
  }
  if (type.isInteger(1))
    return Element(APInt(1, !element.getInt().isZero()), type);
  if (auto to = dyn_cast<FloatType>(type))
    return castIntToFloat(element, to);
  unsigned width = type.getIntOrFloatBitWidth();
  return Element(element.isUnsigned() ? element.getInt().zextOrTrunc(width)
                                      : element.getInt().sextOrTrunc(width),
                 type);
}
