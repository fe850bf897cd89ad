// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MathPolynomials.cpp - the exponential and what is built on it: erf, tanh,
// sinh, cosh. The coefficients are made by scripts/fit_polynomials.py.
#include "passes/lowering/NeapToVector/MathPolynomialsImpl.h"

#include <limits>

using namespace mlir;
using namespace neap::polynomials;

namespace neap {

using FloatPredicate = arith::CmpFPredicate;

//===----------------------------------------------------------------------===//
// What the files share
//===----------------------------------------------------------------------===//

namespace polynomials {

Format::Format(VectorEmitter &emitter, Value value) : type(value.getType()) {
  isDouble = getElementTypeOrSelf(type).isF64();
  OpBuilder &builder = emitter.getBuilder();
  integer = isDouble ? builder.getI64Type() : builder.getI32Type();
  integerType = VectorEmitter::withElementType(type, integer);
  mantissaBits = isDouble ? 52 : 23;
  exponentBias = isDouble ? 1023 : 127;
  signMask = isDouble ? std::numeric_limits<int64_t>::min()
                      : int64_t(std::numeric_limits<int32_t>::min());
}

Double fastTwoSum(VectorEmitter &e, Value lhs, Value rhs) {
  Value sum = e.add(lhs, rhs);
  return {sum, e.sub(rhs, e.sub(sum, lhs))};
}

/// Splits a value into two of half the bits each (Dekker 1971, Veltkamp).
static Double split(VectorEmitter &e, Value value) {
  Format format(e, value);
  double factor = format.pick(4097.0, 134217729.0);
  Value scaled = e.mul(value, e.constant(format.type, factor));
  Value high = e.sub(scaled, e.sub(scaled, value));
  return {high, e.sub(value, high)};
}

Double twoProduct(VectorEmitter &e, Value lhs, Value rhs) {
  Value product = e.mul(lhs, rhs);
  if (e.getFeatures().hasFma)
    return {product, e.fma(lhs, rhs, e.neg(product))};
  Double a = split(e, lhs), b = split(e, rhs);
  Value error = e.sub(e.mul(a.high, b.high), product);
  error = e.add(error, e.mul(a.high, b.low));
  error = e.add(error, e.mul(a.low, b.high));
  return {product, e.add(error, e.mul(a.low, b.low))};
}

/// Returns the bits of the float `value` in the format.
static int64_t getBits(const Format &format, double value) {
  if (format.isDouble)
    return llvm::bit_cast<int64_t>(value);
  return llvm::bit_cast<int32_t>(float(value));
}

ExpParts emitExpParts(VectorEmitter &e, Value x, int64_t bias, Value low) {
  Format format(e, x);
  // Adding 1.5 * 2^mantissaBits rounds to an integer, which then lies in the
  // low bits of the sum.
  double magic = format.pick(12582912.0, 6755399441055744.0) + double(bias);
  Value rounder = e.constant(format.type, magic);
  constexpr double kLog2E = 1.4426950408889634;
  Value shifted = e.fma(x, e.constant(format.type, kLog2E), rounder);
  Value n = e.sub(shifted, rounder);
  const double *ln2 = format.pick(kLn2F32, kLn2F64);
  Value r = e.fma(n, e.constant(format.type, -ln2[0]), x);
  r = e.fma(n, e.constant(format.type, -ln2[1]), r);
  if (low)
    r = e.add(r, low);
  ArrayRef<double> coefficients =
      format.pick(ArrayRef<double>(kExpF32), ArrayRef<double>(kExpF64));
  Value fraction = e.fma(e.mul(r, r), e.polynomial(r, coefficients), r);
  Value exponent = e.bitcast(shifted, format.integer);
  return {fraction, exponent};
}

/// Returns 2^(low bits of `biased`) as a float: `biased` holds the exponent
/// field.
static Value powerOfTwo(VectorEmitter &e, const Format &format, Value biased) {
  Value bits = e.shiftLeft(biased, format.mantissaBits);
  return e.bitcast(bits, getElementTypeOrSelf(format.type));
}

Value scaleInTwoSteps(VectorEmitter &e, const ExpParts &parts) {
  Format format(e, parts.fraction);
  int64_t base = getBits(format, format.pick(12582912.0, 6755399441055744.0));
  Value n = e.subInt(parts.exponent, e.constantInt(format.integerType, base));
  Value one = e.constantInt(format.integerType, 1);
  Value bias = e.constantInt(format.integerType, format.exponentBias);
  // |n| < 2^12, so a logical shift of n + 2^12 halves it on every CPU (AVX2 has
  // no arithmetic shift of 64-bit lanes).
  constexpr int64_t kOffset = 4096;
  Value offset = e.addInt(n, e.constantInt(format.integerType, kOffset));
  Value half = e.subInt(e.create<arith::ShRUIOp>(offset, one),
                        e.constantInt(format.integerType, kOffset / 2));
  Value first = powerOfTwo(e, format, e.addInt(half, bias));
  Value second = powerOfTwo(e, format, e.addInt(e.subInt(n, half), bias));
  return e.mul(e.fma(parts.fraction, first, first), second);
}

Value emitScaledExp(VectorEmitter &e, Value x, int64_t bias, Value low) {
  Format format(e, x);
  Value high = e.constant(format.type, format.pick(90.0, 711.0));
  Value lowest = e.constant(format.type, format.pick(-105.0, -746.0));
  Value isTiny = e.compare(FloatPredicate::OLT, x, lowest);
  // A comparison with NaN is false: NaN passes through both.
  Value isHuge = e.compare(FloatPredicate::OGT, x, high);
  x = e.select(isHuge, high, x);
  x = e.select(isTiny, e.constant(format.type, 0.0), x);
  if (low) {
    Value isClamped = e.bitOr(isTiny, isHuge);
    low = e.select(isClamped, e.constant(format.type, 0.0), low);
  }
  ExpParts parts = emitExpParts(e, x, 0, low);
  if (bias)
    parts.exponent =
        e.addInt(parts.exponent, e.constantInt(format.integerType, bias));
  Value result = scaleInTwoSteps(e, parts);
  return e.select(isTiny, e.constant(format.type, 0.0), result);
}

Value keepZero(VectorEmitter &e, Value x, Value result) {
  Value isZero =
      e.compare(FloatPredicate::OEQ, x, e.constant(x.getType(), 0.0));
  return e.select(isZero, x, result);
}

} // namespace polynomials

Value emitCopySign(VectorEmitter &e, Value magnitude, Value sign) {
  Format format(e, magnitude);
  Value mask = e.constantInt(format.integerType, format.signMask);
  Value signBit = e.bitAnd(e.bitcast(sign, format.integer), mask);
  Value rest = e.bitcast(e.abs(magnitude), format.integer);
  return e.bitcast(e.bitOr(rest, signBit), getElementTypeOrSelf(format.type));
}

//===----------------------------------------------------------------------===//
// Exponentials
//===----------------------------------------------------------------------===//

Value emitExp(VectorEmitter &e, Value x) { return emitScaledExp(e, x, 0); }

Value emitHalfExp(VectorEmitter &e, Value x) { return emitScaledExp(e, x, -1); }

Value emitExpOfNegative(VectorEmitter &e, Value x) {
  Format format(e, x);
  Value lowest = e.constant(format.type, format.pick(-87.0, -708.0));
  Value isTiny = e.compare(FloatPredicate::OLT, x, lowest);
  ExpParts parts =
      emitExpParts(e, e.select(isTiny, lowest, x), format.exponentBias);
  Value scale = powerOfTwo(e, format, parts.exponent);
  Value result = e.fma(parts.fraction, scale, scale);
  return e.select(isTiny, e.constant(format.type, 0.0), result);
}

/// erf is x + x P(x^2) near 0, else 1 - exp(-t + t Q(t)), where the exponent is
/// log(erfc(t)).
Value emitErf(VectorEmitter &e, Value x) {
  Format format(e, x);
  ArrayRef<double> small = format.pick(ArrayRef<double>(kErfSmallF32),
                                       ArrayRef<double>(kErfSmallF64));
  ArrayRef<double> large = format.pick(ArrayRef<double>(kErfLargeF32),
                                       ArrayRef<double>(kErfLargeF64));
  Value magnitude = e.abs(x);
  Value nearZero = e.fma(x, e.polynomial(e.mul(x, x), small), x);
  // Beyond the last, 1 - erfc(t) rounds to 1.
  Value last = e.constant(format.type, format.pick(4.0, 6.0));
  Value isBeyond = e.compare(FloatPredicate::OGT, magnitude, last);
  Value t = e.select(isBeyond, last, magnitude);
  Value exponent = e.fma(t, e.polynomial(t, large), e.neg(t));
  Value complement = emitExpOfNegative(e, exponent);
  Value one = e.constant(format.type, 1.0);
  Value far = emitCopySign(e, e.sub(one, complement), x);
  Value isSmall =
      e.compare(FloatPredicate::OLT, magnitude, e.constant(format.type, 0.9));
  return e.select(isSmall, nearZero, far);
}

/// tanh is x + x^3 P(x^2) near 0, else 1 - 2 / (e^2x + 1).
Value emitTanh(VectorEmitter &e, Value x) {
  Format format(e, x);
  ArrayRef<double> coefficients =
      format.pick(ArrayRef<double>(kTanhF32), ArrayRef<double>(kTanhF64));
  Value magnitude = e.abs(x);
  Value square = e.mul(x, x);
  Value nearZero =
      e.fma(e.mul(x, square), e.polynomial(square, coefficients), x);
  // Beyond the last, tanh rounds to 1.
  Value last = e.constant(format.type, format.pick(10.0, 20.0));
  Value isBeyond = e.compare(FloatPredicate::OGT, magnitude, last);
  Value t = e.select(isBeyond, last, magnitude);
  // e^-2t is computed where the shorter exponential holds:
  // 1 - 2 / (e^2t + 1) = 1 - 2 e^-2t / (1 + e^-2t).
  Value decay = emitExpOfNegative(e, e.mul(t, e.constant(format.type, -2.0)));
  Value one = e.constant(format.type, 1.0);
  Value ratio = e.div(e.add(decay, decay), e.add(one, decay));
  Value isSmall =
      e.compare(FloatPredicate::OLT, magnitude, e.constant(format.type, 0.6));
  return emitCopySign(e, e.select(isSmall, nearZero, e.sub(one, ratio)), x);
}

/// sinh is x + x^3 P(x^2) below 1, else h - 1 / (4 h) with h = e^|x| / 2.
Value emitSinh(VectorEmitter &e, Value x) {
  Format format(e, x);
  ArrayRef<double> coefficients =
      format.pick(ArrayRef<double>(kSinhF32), ArrayRef<double>(kSinhF64));
  Value magnitude = e.abs(x);
  Value square = e.mul(x, x);
  Value nearZero =
      e.fma(e.mul(x, square), e.polynomial(square, coefficients), x);
  Value half = emitHalfExp(e, magnitude);
  Value quarter = e.constant(format.type, 0.25);
  Value far = emitCopySign(e, e.sub(half, e.div(quarter, half)), x);
  Value isSmall =
      e.compare(FloatPredicate::OLT, magnitude, e.constant(format.type, 1.0));
  return e.select(isSmall, nearZero, far);
}

Value emitCosh(VectorEmitter &e, Value x) {
  Value half = emitHalfExp(e, e.abs(x));
  Value quarter = e.constant(x.getType(), 0.25);
  return e.add(half, e.div(quarter, half));
}

} // namespace neap
