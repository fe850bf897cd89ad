// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ElementwiseIntegers.cpp - see the header. Divisors that would trap are
// replaced before the division.
#include "passes/lowering/NeapToVector/ElementwiseIntegers.h"

#include "passes/lowering/NeapToVector/Elementwise.h"
#include "passes/lowering/NeapToVector/HalfCasts.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace neap {

using FloatPredicate = arith::CmpFPredicate;
using IntPredicate = arith::CmpIPredicate;

bool isUnsignedElement(Type element) {
  auto integer = dyn_cast<IntegerType>(element);
  return integer && (integer.isUnsigned() || integer.getWidth() == 1);
}

IntPredicate getIntPredicate(ComparePredicate predicate, bool isUnsigned) {
  switch (predicate) {
  case ComparePredicate::EQ:
    return IntPredicate::eq;
  case ComparePredicate::NE:
    return IntPredicate::ne;
  case ComparePredicate::LT:
    return isUnsigned ? IntPredicate::ult : IntPredicate::slt;
  case ComparePredicate::LE:
    return isUnsigned ? IntPredicate::ule : IntPredicate::sle;
  case ComparePredicate::GT:
    return isUnsigned ? IntPredicate::ugt : IntPredicate::sgt;
  case ComparePredicate::GE:
    return isUnsigned ? IntPredicate::uge : IntPredicate::sge;
  }
  llvm_unreachable("all predicates are handled");
}

/// Emits a comparison with a constant.
static Value compareWith(VectorEmitter &e, IntPredicate predicate, Value x,
                         int64_t constant) {
  return e.compareInt(predicate, x, e.constantInt(x.getType(), constant));
}

/// Emits 0 - x.
static Value negate(VectorEmitter &e, Value x) {
  return e.subInt(e.constantInt(x.getType(), 0), x);
}

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

/// Emits -1, 0 or 1.
static Value emitSign(VectorEmitter &e, Value x, bool isUnsigned) {
  Value one = e.constantInt(x.getType(), 1);
  Value zero = e.constantInt(x.getType(), 0);
  Value isNotZero = compareWith(e, IntPredicate::ne, x, 0);
  Value magnitude = e.select(isNotZero, one, zero);
  if (isUnsigned)
    return magnitude;
  Value isNegative = compareWith(e, IntPredicate::slt, x, 0);
  return e.select(isNegative, e.constantInt(x.getType(), -1), magnitude);
}

Value emitIntUnary(VectorEmitter &e, Operation *op, Type element, Value x) {
  bool isUnsigned = isUnsignedElement(element);
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](NegOp) { return negate(e, x); })
      .Case(
          [&](AbsOp) { return isUnsigned ? x : e.maxSigned(x, negate(e, x)); })
      .Case([&](SignOp) { return emitSign(e, x, isUnsigned); })
      .Case([&](NotOp) { return e.bitXor(x, e.constantInt(x.getType(), -1)); })
      .Default([](Operation *) { return Value(); });
}

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

namespace {

/// A divisor that cannot trap, and where it was replaced.
struct SafeDivisor {
  Value value;
  Value isZero;
  Value isMinusOne; // null if unsigned
};

} // namespace

/// Replaces 0, and -1 if signed, by 1.
static SafeDivisor makeSafe(VectorEmitter &e, Value divisor, bool isUnsigned) {
  Value one = e.constantInt(divisor.getType(), 1);
  SafeDivisor result;
  result.isZero = compareWith(e, IntPredicate::eq, divisor, 0);
  result.value = e.select(result.isZero, one, divisor);
  if (isUnsigned)
    return result;
  result.isMinusOne = compareWith(e, IntPredicate::eq, divisor, -1);
  result.value = e.select(result.isMinusOne, one, result.value);
  return result;
}

/// Emits x / y truncated; 0 for y = 0; wraps for the lowest value and -1.
static Value emitQuotient(VectorEmitter &e, Value x, Value y, bool isUnsigned) {
  SafeDivisor divisor = makeSafe(e, y, isUnsigned);
  Value zero = e.constantInt(x.getType(), 0);
  if (isUnsigned)
    return e.select(divisor.isZero, zero,
                    e.create<arith::DivUIOp>(x, divisor.value));
  Value quotient = e.create<arith::DivSIOp>(x, divisor.value);
  quotient = e.select(divisor.isMinusOne, negate(e, x), quotient);
  return e.select(divisor.isZero, zero, quotient);
}

/// Emits the remainder with the sign of x; 0 for y = 0.
static Value emitRemainder(VectorEmitter &e, Value x, Value y,
                           bool isUnsigned) {
  SafeDivisor divisor = makeSafe(e, y, isUnsigned);
  if (isUnsigned)
    return e.create<arith::RemUIOp>(x, divisor.value);
  return e.create<arith::RemSIOp>(x, divisor.value);
}

/// Emits the remainder with the sign of y; 0 for y = 0.
static Value emitModulo(VectorEmitter &e, Value x, Value y, bool isUnsigned) {
  Value rest = emitRemainder(e, x, y, isUnsigned);
  if (isUnsigned)
    return rest;
  Value differs = compareWith(e, IntPredicate::slt, e.bitXor(rest, y), 0);
  Value isNotZero = compareWith(e, IntPredicate::ne, rest, 0);
  return e.select(e.bitAnd(differs, isNotZero), e.addInt(rest, y), rest);
}

/// Emits x^y by squaring, modulo 2^width; 1 / x^-y truncated for y < 0.
static Value emitPower(VectorEmitter &e, Value x, Value y, bool isUnsigned) {
  Type type = x.getType();
  Value one = e.constantInt(type, 1), zero = e.constantInt(type, 0);
  unsigned width = getElementTypeOrSelf(type).getIntOrFloatBitWidth();
  Value result = one, base = x;
  for (unsigned bit = 0; bit < width; ++bit) {
    Value masked = e.bitAnd(y, e.constantInt(type, int64_t(1) << bit));
    Value isSet = compareWith(e, IntPredicate::ne, masked, 0);
    result = e.select(isSet, e.mulInt(result, base), result);
    base = e.mulInt(base, base);
  }
  if (isUnsigned)
    return result;
  // Of the bases with an integer inverse, 1 and -1, the loop is right already:
  // the low bit of y decides.
  Value isUnit = e.bitOr(compareWith(e, IntPredicate::eq, x, 1),
                         compareWith(e, IntPredicate::eq, x, -1));
  Value isNegative = compareWith(e, IntPredicate::slt, y, 0);
  Value inverse = e.select(isUnit, result, zero);
  return e.select(isNegative, inverse, result);
}

/// Emits a shift by y; 0 from the width on.
static Value emitShift(VectorEmitter &e, Value x, Value y, bool isLeft) {
  unsigned width = getElementTypeOrSelf(x.getType()).getIntOrFloatBitWidth();
  Value zero = e.constantInt(x.getType(), 0);
  Value isInside = compareWith(e, IntPredicate::ult, y, width);
  Value bits = e.select(isInside, y, zero);
  Value shifted = isLeft ? Value(e.create<arith::ShLIOp>(x, bits))
                         : Value(e.create<arith::ShRUIOp>(x, bits));
  return e.select(isInside, shifted, zero);
}

/// Emits the larger or smaller operand.
static Value emitExtremum(VectorEmitter &e, Value x, Value y, bool isUnsigned,
                          bool isMax) {
  if (isUnsigned)
    return isMax ? Value(e.create<arith::MaxUIOp>(x, y))
                 : Value(e.create<arith::MinUIOp>(x, y));
  return isMax ? e.maxSigned(x, y) : e.minSigned(x, y);
}

Value emitIntBinary(VectorEmitter &e, Operation *op, Type element, Value x,
                    Value y) {
  bool isUnsigned = isUnsignedElement(element);
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](AddOp) { return e.addInt(x, y); })
      .Case([&](SubOp) { return e.subInt(x, y); })
      .Case([&](MulOp) { return e.mulInt(x, y); })
      .Case([&](DivOp) { return emitQuotient(e, x, y, isUnsigned); })
      .Case([&](RemOp) { return emitRemainder(e, x, y, isUnsigned); })
      .Case([&](ModOp) { return emitModulo(e, x, y, isUnsigned); })
      .Case([&](PowOp) { return emitPower(e, x, y, isUnsigned); })
      .Case([&](MaxOp) { return emitExtremum(e, x, y, isUnsigned, true); })
      .Case([&](MinOp) { return emitExtremum(e, x, y, isUnsigned, false); })
      .Case([&](AndOp) { return e.bitAnd(x, y); })
      .Case([&](OrOp) { return e.bitOr(x, y); })
      .Case([&](XorOp) { return e.bitXor(x, y); })
      .Case([&](ShiftLeftOp) { return emitShift(e, x, y, /*isLeft=*/true); })
      .Case([&](ShiftRightOp) { return emitShift(e, x, y, /*isLeft=*/false); })
      .Default([](Operation *) { return Value(); });
}

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

/// Emits the conversion of floats to signed integers of `width` bits as x86
/// does it: the lowest value where out of range or NaN.
static Value emitTruncation(VectorEmitter &e, Value x, unsigned width) {
  OpBuilder &builder = e.getBuilder();
  Type target = VectorEmitter::withElementType(x.getType(),
                                               builder.getIntegerType(width));
  double limit = width == 32 ? 0x1p31 : 0x1p63;
  // In f32, -2^31 - 1 is not representable: >= -2^31 is then the exact bound,
  // and in f64 values down to -2^31 - 1 (exclusive) truncate into range.
  bool hasFraction = width == 32 && getElementTypeOrSelf(x.getType()).isF64();
  Value isAbove = hasFraction ? e.compare(FloatPredicate::OGT, x,
                                          e.constant(x.getType(), -limit - 1))
                              : e.compare(FloatPredicate::OGE, x,
                                          e.constant(x.getType(), -limit));
  Value isBelow =
      e.compare(FloatPredicate::OLT, x, e.constant(x.getType(), limit));
  Value isInside = e.bitAnd(isAbove, isBelow);
  Value safe = e.select(isInside, x, e.constant(x.getType(), 0.0));
  Value converted = e.create<arith::FPToSIOp>(target, safe);
  int64_t lowest = width == 32 ? std::numeric_limits<int32_t>::min()
                               : std::numeric_limits<int64_t>::min();
  return e.select(isInside, converted, e.constantInt(target, lowest));
}

/// Emits the conversion of floats to ui64: the upper half is shifted down
/// first.
static Value emitTruncationToUnsigned64(VectorEmitter &e, Value x) {
  Value half = e.constant(x.getType(), 0x1p63);
  Value isUpper = e.compare(FloatPredicate::OGE, x, half);
  Value low = emitTruncation(e, e.select(isUpper, e.sub(x, half), x), 64);
  Value top = e.constantInt(low.getType(), std::numeric_limits<int64_t>::min());
  return e.select(isUpper, e.bitXor(low, top), low);
}

/// Emits float to integer.
static Value castFloatToInt(VectorEmitter &e, Value x, Type to) {
  auto integer = cast<IntegerType>(to);
  Type target = VectorEmitter::withElementType(
      x.getType(), VectorEmitter::getComputeType(to));
  if (integer.isUnsigned() && integer.getWidth() == 64)
    return emitTruncationToUnsigned64(e, x);
  bool isWide = integer.getWidth() == 64 ||
                (integer.isUnsigned() && integer.getWidth() == 32);
  Value converted = emitTruncation(e, x, isWide ? 64 : 32);
  if (converted.getType() == target)
    return converted;
  return e.create<arith::TruncIOp>(target, converted);
}

/// Emits integer (or bool) to integer.
static Value castIntToInt(VectorEmitter &e, Value x, Type from, Type to) {
  Type target = VectorEmitter::withElementType(
      x.getType(), VectorEmitter::getComputeType(to));
  unsigned fromWidth = from.getIntOrFloatBitWidth();
  unsigned toWidth = to.getIntOrFloatBitWidth();
  if (fromWidth == toWidth)
    return x;
  if (fromWidth > toWidth)
    return e.create<arith::TruncIOp>(target, x);
  if (isUnsignedElement(from))
    return e.create<arith::ExtUIOp>(target, x);
  return e.create<arith::ExtSIOp>(target, x);
}

Value emitCast(VectorEmitter &e, Value x, Type from, Type to) {
  if (from == to)
    return x;
  if (isHalfCast(from, to))
    return emitHalfCast(e, x, from, to);
  Type target = VectorEmitter::withElementType(
      x.getType(), VectorEmitter::getComputeType(to));
  if (isa<FloatType>(from)) {
    if (to.isInteger(1))
      return e.compare(FloatPredicate::UNE, x, e.constant(x.getType(), 0.0));
    if (isa<IntegerType>(to))
      return castFloatToInt(e, x, to);
    if (from.getIntOrFloatBitWidth() < to.getIntOrFloatBitWidth())
      return e.create<arith::ExtFOp>(target, x);
    return e.create<arith::TruncFOp>(target, x);
  }
  if (to.isInteger(1))
    return compareWith(e, IntPredicate::ne, x, 0);
  if (isa<IntegerType>(to))
    return castIntToInt(e, x, from, to);
  if (isUnsignedElement(from))
    return e.create<arith::UIToFPOp>(target, x);
  return e.create<arith::SIToFPOp>(target, x);
}

} // namespace neap
