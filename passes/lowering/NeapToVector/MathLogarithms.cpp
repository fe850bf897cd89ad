// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MathLogarithms.cpp - log, log1p, pow and the inverse hyperbolic functions.
//
// log(1 + f) is 2 atanh(s) with s = f / (2 + f), whose series in s^2 converges
// fast on [sqrt(1/2), sqrt(2)).
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/lowering/NeapToVector/MathPolynomialsImpl.h"

#include <limits>

using namespace mlir;
using namespace neap::polynomials;

namespace neap {

using FloatPredicate = arith::CmpFPredicate;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();
static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
static constexpr double kLn2 = 0.693147180559945309417;

namespace polynomials {

LogParts emitLogParts(VectorEmitter &e, Value x) {
  Format format(e, x);
  double smallest = format.pick<double>(std::numeric_limits<float>::min(),
                                        std::numeric_limits<double>::min());
  double scale = format.pick(0x1p24, 0x1p54);
  Value isSubnormal =
      e.compare(FloatPredicate::OLT, x, e.constant(format.type, smallest));
  x = e.select(isSubnormal, e.mul(x, e.constant(format.type, scale)), x);
  Value bits = e.bitcast(x, format.integer);
  // The bits of 1 minus those of sqrt(1/2): carries into the exponent field
  // from sqrt(1/2) upwards.
  int64_t carry = format.pick<int64_t>(0x3f800000 - 0x3f3504f3,
                                       0x3ff0000000000000 - 0x3fe6a09e667f3bcd);
  Value shift = e.constantInt(format.integerType, format.mantissaBits);
  Value biased = e.create<arith::ShRUIOp>(
      e.addInt(bits, e.constantInt(format.integerType, carry)), shift);
  Value bias = e.constantInt(format.integerType, format.exponentBias);
  Value power = e.shiftLeft(e.subInt(biased, bias), format.mantissaBits);
  Type element = getElementTypeOrSelf(format.type);
  Value mantissa = e.bitcast(e.subInt(bits, power), element);
  // 2^mantissaBits + biased, as a float, needs no conversion.
  double base = format.pick(0x1p23, 0x1p52);
  int64_t baseBits = (format.exponentBias + format.mantissaBits)
                     << format.mantissaBits;
  Value exponent = e.bitcast(
      e.bitOr(biased, e.constantInt(format.integerType, baseBits)), element);
  Value zero = e.constant(format.type, base + double(format.exponentBias));
  Value scaledZero =
      e.constant(format.type,
                 base + double(format.exponentBias) + format.pick(24.0, 54.0));
  exponent = e.sub(exponent, e.select(isSubnormal, scaledZero, zero));
  return {e.sub(mantissa, e.constant(format.type, 1.0)), exponent};
}

} // namespace polynomials

/// Replaces `result` where log(x) is special: 0, negative, infinite, NaN.
static Value selectLogSpecials(VectorEmitter &e, Value x, Value result) {
  Type type = x.getType();
  Value zero = e.constant(type, 0.0);
  Value infinity = e.constant(type, kInfinity);
  result = e.select(e.compare(FloatPredicate::OEQ, x, infinity), x, result);
  result = e.select(e.compare(FloatPredicate::OEQ, x, zero),
                    e.constant(type, -kInfinity), result);
  Value isInvalid = e.compare(FloatPredicate::ULT, x, zero);
  return e.select(isInvalid, e.constant(type, kNaN), result);
}

Value emitLog(VectorEmitter &e, Value x) {
  Format format(e, x);
  LogParts parts = emitLogParts(e, x);
  Value f = parts.fraction;
  Value s = e.div(f, e.add(f, e.constant(format.type, 2.0)));
  Value z = e.mul(s, s);
  ArrayRef<double> coefficients =
      format.pick(ArrayRef<double>(kLogF32), ArrayRef<double>(kLogF64));
  Value rest = e.mul(z, e.polynomial(z, coefficients));
  // 2 atanh(s) = f - (f^2 / 2 - s (f^2 / 2 + rest)): f is exact, the correction
  // small.
  Value half = e.mul(e.mul(f, f), e.constant(format.type, 0.5));
  const double *ln2 = format.pick(kLn2F32, kLn2F64);
  Value correction =
      e.fma(s, e.add(half, rest),
            e.mul(parts.exponent, e.constant(format.type, ln2[1])));
  Value low = e.sub(e.sub(half, correction), f);
  Value high = e.mul(parts.exponent, e.constant(format.type, ln2[0]));
  return selectLogSpecials(e, x, e.sub(high, low));
}

Value emitLog1p(VectorEmitter &e, Value x) {
  Type type = x.getType();
  Value one = e.constant(type, 1.0);
  Value sum = e.add(x, one);
  // What the sum lost (Knuth's TwoSum), to first order: log(u + c) = log(u) +
  // c / u.
  Value other = e.sub(sum, one);
  Value lost = e.add(e.sub(one, e.sub(sum, other)), e.sub(x, other));
  Value isPositive = e.compare(FloatPredicate::OGT, sum, e.constant(type, 0.0));
  Value isFinite =
      e.compare(FloatPredicate::OLT, sum, e.constant(type, kInfinity));
  Value correction = e.select(e.bitAnd(isPositive, isFinite), e.div(lost, sum),
                              e.constant(type, 0.0));
  return keepZero(e, x, e.add(emitLog(e, sum), correction));
}

//===----------------------------------------------------------------------===//
// Power
//===----------------------------------------------------------------------===//

/// Returns log(x) of a positive f64 as a sum of two, to some 2^-64 of its size.
static Double emitDoubleLog(VectorEmitter &e, Value x) {
  Type type = x.getType();
  LogParts parts = emitLogParts(e, x);
  Value f = parts.fraction, k = parts.exponent;
  Value two = e.constant(type, 2.0);
  Value divisor = e.add(f, two);
  Value divisorLow = e.sub(f, e.sub(divisor, two));
  Value s = e.div(f, divisor);
  Double product = twoProduct(e, s, divisor);
  Value remainder = e.sub(e.sub(f, product.high), product.low);
  remainder = e.sub(remainder, e.mul(s, divisorLow));
  Value sLow = e.div(remainder, divisor);
  // s^2, s^3 and 2/3 s^3, each with its low part.
  Double square = twoProduct(e, s, s);
  square.low = e.add(square.low, e.mul(e.mul(two, s), sLow));
  Double cube = twoProduct(e, s, square.high);
  cube.low = e.add(cube.low, e.fma(s, square.low, e.mul(sLow, square.high)));
  Value twoThirds = e.constant(type, kTwoThirds[0]);
  Double cubic = twoProduct(e, cube.high, twoThirds);
  Value cubicLow = e.fma(cube.low, twoThirds, cubic.low);
  cubicLow = e.fma(cube.high, e.constant(type, kTwoThirds[1]), cubicLow);
  Value fifth = e.mul(cube.high, square.high);
  Value tail = e.mul(fifth, e.polynomial(square.high, kLogTailF64));
  Double sum = fastTwoSum(e, e.mul(two, s), cubic.high);
  Value low = e.add(e.fma(two, sLow, cubicLow), e.add(tail, sum.low));
  Value exponentHigh = e.mul(k, e.constant(type, kLn2F64[0]));
  Double total = fastTwoSum(e, exponentHigh, sum.high);
  low = e.add(low, total.low);
  low = e.fma(k, e.constant(type, kLn2F64[1]), low);
  return fastTwoSum(e, total.high, low);
}

/// Returns |x|^y for f64 lanes, right also for 0 and infinity.
static Value emitPowOfMagnitude(VectorEmitter &e, Value magnitude, Value y) {
  Type type = magnitude.getType();
  Double logarithm = emitDoubleLog(e, magnitude);
  logarithm.high = selectLogSpecials(e, magnitude, logarithm.high);
  Double exponent = twoProduct(e, y, logarithm.high);
  Value low = e.fma(y, logarithm.low, exponent.low);
  Value isOne =
      e.compare(FloatPredicate::OEQ, magnitude, e.constant(type, 1.0));
  Value power = emitScaledExp(e, exponent.high, 0, low);
  return e.select(isOne, e.constant(type, 1.0), power);
}

/// Returns |x|^y for f32 lanes, by way of f64.
static Value emitPowOfMagnitudeF32(VectorEmitter &e, Value magnitude, Value y) {
  Type type = magnitude.getType();
  Type wide = VectorEmitter::withElementType(type, e.getBuilder().getF64Type());
  Value logarithm = emitLog(e, e.create<arith::ExtFOp>(wide, magnitude));
  Value exponent = e.mul(e.create<arith::ExtFOp>(wide, y), logarithm);
  Value isOne =
      e.compare(FloatPredicate::OEQ, magnitude, e.constant(type, 1.0));
  Value power = e.create<arith::TruncFOp>(type, emitExp(e, exponent));
  return e.select(isOne, e.constant(type, 1.0), power);
}

Value emitPow(VectorEmitter &e, Value x, Value y) {
  Format format(e, x);
  Type type = format.type;
  Value zero = e.constant(type, 0.0), one = e.constant(type, 1.0);
  Value magnitude = e.abs(x);
  Value power = format.isDouble ? emitPowOfMagnitude(e, magnitude, y)
                                : emitPowOfMagnitudeF32(e, magnitude, y);
  Value halfY = e.mul(y, e.constant(type, 0.5));
  Value isInteger =
      e.compare(FloatPredicate::OEQ, e.create<math::FloorOp>(y), y);
  Value isHalfInteger =
      e.compare(FloatPredicate::OEQ, e.create<math::FloorOp>(halfY), halfY);
  Value isOdd =
      e.select(isInteger,
               e.create<arith::XOrIOp>(isHalfInteger,
                                       e.constantInt(isInteger.getType(), 1)),
               isInteger);
  Value signedPower = emitCopySign(e, power, x);
  power = e.select(isOdd, signedPower, power);
  // A finite negative base has a real power only for integer exponents.
  Value isNegative = e.compare(FloatPredicate::OLT, x, zero);
  Value isInfinite =
      e.compare(FloatPredicate::OEQ, magnitude, e.constant(type, kInfinity));
  Value isReal = e.bitOr(isInteger, isInfinite);
  Value isInvalid = e.bitAnd(
      isNegative, e.bitXor(isReal, e.constantInt(isReal.getType(), 1)));
  power = e.select(isInvalid, e.constant(type, kNaN), power);
  Value isUnit = e.bitOr(e.compare(FloatPredicate::OEQ, y, zero),
                         e.compare(FloatPredicate::OEQ, x, one));
  return e.select(isUnit, one, power);
}

//===----------------------------------------------------------------------===//
// Inverse hyperbolic functions
//===----------------------------------------------------------------------===//

/// Returns log1p(argument), or log(2 large) where `isLarge`.
static Value emitLog1pOrLog2x(VectorEmitter &e, Value argument, Value isLarge,
                              Value large) {
  Type type = argument.getType();
  Value one = e.constant(type, 1.0);
  Value selected = e.select(isLarge, e.sub(large, one), argument);
  Value added =
      e.select(isLarge, e.constant(type, kLn2), e.constant(type, 0.0));
  return e.add(emitLog1p(e, selected), added);
}

/// Returns where 1 + x^2 rounds to x^2.
static Value isLargeForSquares(VectorEmitter &e, Value magnitude) {
  Format format(e, magnitude);
  return e.compare(FloatPredicate::OGT, magnitude,
                   e.constant(format.type, format.pick(0x1p13, 0x1p28)));
}

Value emitAsinh(VectorEmitter &e, Value x) {
  Type type = x.getType();
  Value one = e.constant(type, 1.0);
  Value magnitude = e.abs(x);
  Value isLarge = isLargeForSquares(e, magnitude);
  Value square = e.mul(magnitude, magnitude);
  Value root = e.sqrt(e.add(square, one));
  Value argument = e.add(magnitude, e.div(square, e.add(root, one)));
  Value result = emitLog1pOrLog2x(e, argument, isLarge, magnitude);
  return emitCopySign(e, result, x);
}

Value emitAcosh(VectorEmitter &e, Value x) {
  Type type = x.getType();
  Value one = e.constant(type, 1.0);
  Value t = e.sub(x, one);
  Value root = e.sqrt(e.fma(t, t, e.add(t, t)));
  Value isLarge = isLargeForSquares(e, x);
  Value result = emitLog1pOrLog2x(e, e.add(t, root), isLarge, x);
  Value isInvalid = e.compare(FloatPredicate::OLT, x, one);
  return e.select(isInvalid, e.constant(type, kNaN), result);
}

Value emitAtanh(VectorEmitter &e, Value x) {
  Type type = x.getType();
  Value magnitude = e.abs(x);
  Value ratio = e.div(e.add(magnitude, magnitude),
                      e.sub(e.constant(type, 1.0), magnitude));
  Value half = e.mul(emitLog1p(e, ratio), e.constant(type, 0.5));
  return emitCopySign(e, half, x);
}

} // namespace neap
