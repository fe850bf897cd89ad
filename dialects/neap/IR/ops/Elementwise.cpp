// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise.cpp - folding of elementwise ops: on constants, and where the
// result is an operand bit by bit.
#include "dialects/neap/IR/ConstantFold.h"
#include "dialects/neap/IR/NeapOps.h"

#include <cmath>

using namespace mlir;
using namespace neap;
using llvm::APFloat;
using llvm::APInt;

using FloatFunction = function_ref<std::optional<APFloat>(const APFloat &)>;
using IntFunction = function_ref<std::optional<APInt>(const Element &)>;
using FloatPairFunction =
    function_ref<std::optional<APFloat>(const APFloat &, const APFloat &)>;
using IntPairFunction =
    function_ref<std::optional<APInt>(const Element &, const APInt &)>;

/// Makes an element; declines a NaN, whose bits depend on the machine.
template <typename Value>
static std::optional<Element> makeElement(const std::optional<Value> &value,
                                          Type type) {
  if (!value)
    return std::nullopt;
  if constexpr (std::is_same_v<Value, APFloat>)
    if (value->isNaN())
      return std::nullopt;
  return Element(*value, type);
}

/// Folds a unary op by `onFloat` or `onInt`.
static OpFoldResult foldUnary(Type type, Attribute input, FloatFunction onFloat,
                              IntFunction onInt) {
  return foldElementwise(
      type, {input}, [&](ArrayRef<Element> in) -> std::optional<Element> {
        Type elementType = in[0].getType();
        if (in[0].isFloat())
          return makeElement(onFloat(in[0].getFloat()), elementType);
        return makeElement(onInt(in[0]), elementType);
      });
}

/// Folds a binary op by `onFloats` or `onInts`; the latter has the left
/// operand with its type.
static OpFoldResult foldBinary(Type type, ArrayRef<Attribute> operands,
                               FloatPairFunction onFloats,
                               IntPairFunction onInts) {
  return foldElementwise(
      type, operands, [&](ArrayRef<Element> in) -> std::optional<Element> {
        Type elementType = in[0].getType();
        if (in[0].isFloat())
          return makeElement(onFloats(in[0].getFloat(), in[1].getFloat()),
                             elementType);
        return makeElement(onInts(in[0], in[1].getInt()), elementType);
      });
}

/// For ops that fold on one kind of element only.
static std::optional<APFloat> declineFloat(const APFloat &) {
  return std::nullopt;
}
static std::optional<APFloat> declineFloats(const APFloat &, const APFloat &) {
  return std::nullopt;
}
static std::optional<APInt> declineInt(const Element &) { return std::nullopt; }

//===----------------------------------------------------------------------===//
// Unary ops
//===----------------------------------------------------------------------===//

OpFoldResult NegOp::fold(FoldAdaptor adaptor) {
  if (auto inner = getInput().getDefiningOp<NegOp>())
    return inner.getInput();
  return foldUnary(
      getType(), adaptor.getInput(), [](const APFloat &x) { return -x; },
      [](const Element &x) { return -x.getInt(); });
}

OpFoldResult AbsOp::fold(FoldAdaptor adaptor) {
  return foldUnary(
      getType(), adaptor.getInput(), [](const APFloat &x) { return abs(x); },
      [](const Element &x) {
        return x.isUnsigned() ? x.getInt() : x.getInt().abs();
      });
}

OpFoldResult SignOp::fold(FoldAdaptor adaptor) {
  return foldUnary(
      getType(), adaptor.getInput(),
      [](const APFloat &x) -> std::optional<APFloat> {
        // The sign of a zero's sign is left to run time.
        if (x.isZero() || x.isNaN())
          return std::nullopt;
        return APFloat::getOne(x.getSemantics(), x.isNegative());
      },
      [](const Element &x) {
        unsigned width = x.getInt().getBitWidth();
        if (!x.isUnsigned() && x.getInt().isNegative())
          return APInt::getAllOnes(width);
        return APInt(width, !x.getInt().isZero());
      });
}

OpFoldResult SqrtOp::fold(FoldAdaptor adaptor) {
  // The square root in double precision, rounded, is the correctly rounded one
  // of every narrower type.
  auto squareRoot = [](APFloat x) -> std::optional<APFloat> {
    const llvm::fltSemantics &semantics = x.getSemantics();
    bool losesInfo;
    x.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
    APFloat root(std::sqrt(x.convertToDouble()));
    root.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
    return root;
  };
  return foldUnary(getType(), adaptor.getInput(), squareRoot, declineInt);
}

/// Folds a rounding to an integral value.
static OpFoldResult foldRounding(Type type, Attribute input,
                                 llvm::RoundingMode mode) {
  auto round = [mode](APFloat x) {
    x.roundToIntegral(mode);
    return x;
  };
  return foldUnary(type, input, round, declineInt);
}

OpFoldResult FloorOp::fold(FoldAdaptor adaptor) {
  return foldRounding(getType(), adaptor.getInput(), APFloat::rmTowardNegative);
}

OpFoldResult CeilOp::fold(FoldAdaptor adaptor) {
  return foldRounding(getType(), adaptor.getInput(), APFloat::rmTowardPositive);
}

OpFoldResult RoundOp::fold(FoldAdaptor adaptor) {
  return foldRounding(getType(), adaptor.getInput(),
                      APFloat::rmNearestTiesToEven);
}

OpFoldResult NotOp::fold(FoldAdaptor adaptor) {
  if (auto inner = getInput().getDefiningOp<NotOp>())
    return inner.getInput();
  return foldUnary(getType(), adaptor.getInput(), declineFloat,
                   [](const Element &x) { return ~x.getInt(); });
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  // x + -0 is x for every float; x + 0 is not, at x = -0.
  bool isInteger = isa<IntegerType>(getType().getElementType());
  if (isSplatOf(adaptor.getRhs(), isInteger ? 0.0 : -0.0))
    return getLhs();
  return foldBinary(
      getType(), adaptor.getOperands(),
      [](const APFloat &x, const APFloat &y) { return x + y; },
      [](const Element &x, const APInt &y) { return x.getInt() + y; });
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  if (isSplatOf(adaptor.getRhs(), 0.0))
    return getLhs();
  return foldBinary(
      getType(), adaptor.getOperands(),
      [](const APFloat &x, const APFloat &y) { return x - y; },
      [](const Element &x, const APInt &y) { return x.getInt() - y; });
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  if (isSplatOf(adaptor.getRhs(), 1.0))
    return getLhs();
  return foldBinary(
      getType(), adaptor.getOperands(),
      [](const APFloat &x, const APFloat &y) { return x * y; },
      [](const Element &x, const APInt &y) { return x.getInt() * y; });
}

/// Returns whether `x / y` has no value in its type.
static bool isUndefinedQuotient(const Element &x, const APInt &y) {
  return y.isZero() ||
         (!x.isUnsigned() && y.isAllOnes() && x.getInt().isMinSignedValue());
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  if (isSplatOf(adaptor.getRhs(), 1.0))
    return getLhs();
  return foldBinary(
      getType(), adaptor.getOperands(),
      [](const APFloat &x, const APFloat &y) { return x / y; },
      [](const Element &x, const APInt &y) -> std::optional<APInt> {
        if (isUndefinedQuotient(x, y))
          return std::nullopt;
        return x.isUnsigned() ? x.getInt().udiv(y) : x.getInt().sdiv(y);
      });
}

/// Returns the remainder with the sign of the dividend.
static std::optional<APInt> getRemainder(const Element &x, const APInt &y) {
  if (isUndefinedQuotient(x, y))
    return std::nullopt;
  return x.isUnsigned() ? x.getInt().urem(y) : x.getInt().srem(y);
}

OpFoldResult RemOp::fold(FoldAdaptor adaptor) {
  return foldBinary(getType(), adaptor.getOperands(), declineFloats,
                    getRemainder);
}

OpFoldResult ModOp::fold(FoldAdaptor adaptor) {
  return foldBinary(
      getType(), adaptor.getOperands(), declineFloats,
      [](const Element &x, const APInt &y) -> std::optional<APInt> {
        std::optional<APInt> rest = getRemainder(x, y);
        bool hasOtherSign = rest && !x.isUnsigned() && !rest->isZero() &&
                            rest->isNegative() != y.isNegative();
        return hasOtherSign ? *rest + y : rest;
      });
}

//===----------------------------------------------------------------------===//
// Maximum and minimum
//===----------------------------------------------------------------------===//

/// Returns the larger or the smaller; declines NaN and zeros of both signs.
static std::optional<APFloat> getExtremum(const APFloat &x, const APFloat &y,
                                          bool isMax) {
  if (x.isNaN() || y.isNaN() ||
      (x.isZero() && y.isZero() && x.isNegative() != y.isNegative()))
    return std::nullopt;
  return (x < y) == isMax ? y : x;
}

/// Returns the larger or the smaller.
static APInt getExtremum(const Element &x, const APInt &y, bool isMax) {
  bool isLess = x.isUnsigned() ? x.getInt().ult(y) : x.getInt().slt(y);
  return isLess == isMax ? y : x.getInt();
}

/// Folds a maximum or minimum.
static OpFoldResult foldExtremum(Operation *op, ArrayRef<Attribute> operands,
                                 bool isMax) {
  if (op->getOperand(0) == op->getOperand(1))
    return op->getOperand(0);
  return foldBinary(
      op->getResult(0).getType(), operands,
      [isMax](const APFloat &x, const APFloat &y) {
        return getExtremum(x, y, isMax);
      },
      [isMax](const Element &x, const APInt &y) {
        return getExtremum(x, y, isMax);
      });
}

OpFoldResult MaxOp::fold(FoldAdaptor adaptor) {
  return foldExtremum(*this, adaptor.getOperands(), /*isMax=*/true);
}

OpFoldResult MinOp::fold(FoldAdaptor adaptor) {
  return foldExtremum(*this, adaptor.getOperands(), /*isMax=*/false);
}

//===----------------------------------------------------------------------===//
// Bits
//===----------------------------------------------------------------------===//

OpFoldResult AndOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs())
    return getLhs();
  return foldBinary(
      getType(), adaptor.getOperands(), declineFloats,
      [](const Element &x, const APInt &y) { return x.getInt() & y; });
}

OpFoldResult OrOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs())
    return getLhs();
  return foldBinary(
      getType(), adaptor.getOperands(), declineFloats,
      [](const Element &x, const APInt &y) { return x.getInt() | y; });
}

OpFoldResult XorOp::fold(FoldAdaptor adaptor) {
  return foldBinary(
      getType(), adaptor.getOperands(), declineFloats,
      [](const Element &x, const APInt &y) { return x.getInt() ^ y; });
}

/// Returns `amount` as a shift count of at most the width.
static unsigned getShiftCount(const APInt &amount) {
  return amount.getLimitedValue(amount.getBitWidth());
}

OpFoldResult ShiftLeftOp::fold(FoldAdaptor adaptor) {
  return foldBinary(getType(), adaptor.getOperands(), declineFloats,
                    [](const Element &x, const APInt &y) {
                      return x.getInt().shl(getShiftCount(y));
                    });
}

OpFoldResult ShiftRightOp::fold(FoldAdaptor adaptor) {
  return foldBinary(getType(), adaptor.getOperands(), declineFloats,
                    [](const Element &x, const APInt &y) {
                      return x.getInt().lshr(getShiftCount(y));
                    });
}

//===----------------------------------------------------------------------===//
// Comparison, selection, casts
//===----------------------------------------------------------------------===//

/// Returns what `predicate` says of an order: less, equal, greater or none.
static bool holds(ComparePredicate predicate, APFloat::cmpResult order) {
  bool isLess = order == APFloat::cmpLessThan;
  bool isEqual = order == APFloat::cmpEqual;
  bool isGreater = order == APFloat::cmpGreaterThan;
  switch (predicate) {
  case ComparePredicate::EQ:
    return isEqual;
  case ComparePredicate::NE:
    return !isEqual;
  case ComparePredicate::LT:
    return isLess;
  case ComparePredicate::LE:
    return isLess || isEqual;
  case ComparePredicate::GT:
    return isGreater;
  case ComparePredicate::GE:
    return isGreater || isEqual;
  }
  llvm_unreachable("all predicates are handled");
}

/// Returns the order of two elements of one type.
static APFloat::cmpResult compareElements(const Element &x, const Element &y) {
  if (x.isFloat())
    return x.getFloat().compare(y.getFloat());
  if (x.getInt() == y.getInt())
    return APFloat::cmpEqual;
  bool isLess =
      x.isUnsigned() ? x.getInt().ult(y.getInt()) : x.getInt().slt(y.getInt());
  return isLess ? APFloat::cmpLessThan : APFloat::cmpGreaterThan;
}

OpFoldResult CompareOp::fold(FoldAdaptor adaptor) {
  Type boolType = getType().getElementType();
  ComparePredicate predicate = getPredicate();
  return foldElementwise(
      getType(), {adaptor.getLhs(), adaptor.getRhs()},
      [&](ArrayRef<Element> in) -> std::optional<Element> {
        return Element(
            APInt(1, holds(predicate, compareElements(in[0], in[1]))),
            boolType);
      });
}

OpFoldResult IsNaNOp::fold(FoldAdaptor adaptor) {
  Type boolType = getType().getElementType();
  return foldElementwise(getType(), {adaptor.getInput()},
                         [&](ArrayRef<Element> in) -> std::optional<Element> {
                           return Element(APInt(1, in[0].getFloat().isNaN()),
                                          boolType);
                         });
}

OpFoldResult SelectOp::fold(FoldAdaptor adaptor) {
  if (getOnTrue() == getOnFalse())
    return getOnTrue();
  if (std::optional<Element> condition = getSplat(adaptor.getCondition()))
    return condition->getInt().isZero() ? getOnFalse() : getOnTrue();
  return foldElementwise(
      getType(),
      {adaptor.getCondition(), adaptor.getOnTrue(), adaptor.getOnFalse()},
      [](ArrayRef<Element> in) -> std::optional<Element> {
        return in[0].getInt().isZero() ? in[2] : in[1];
      });
}

OpFoldResult CastOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  Type elementType = getType().getElementType();
  return foldElementwise(
      getType(), {adaptor.getInput()},
      [&](ArrayRef<Element> in) { return castElement(in[0], elementType); });
}

LogicalResult BitCastOp::verify() {
  // bit_cast_c2
  Type from = getInput().getType().getElementType();
  Type to = getType().getElementType();
  if (from.isInteger(1) || to.isInteger(1) ||
      from.getIntOrFloatBitWidth() != to.getIntOrFloatBitWidth())
    return emitOpError("expected element types of equally many bits, not bool, "
                       "got ")
           << from << " and " << to;
  return success();
}

OpFoldResult BitCastOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  Type elementType = getType().getElementType();
  return foldElementwise(getType(), {adaptor.getInput()},
                         [&](ArrayRef<Element> in) -> std::optional<Element> {
                           return Element(in[0].getInt(), elementType);
                         });
}
