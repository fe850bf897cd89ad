// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FloatRemainder.cpp - see the header. While the quotient is below 2^52, one
// division and one exact multiply-add give the remainder. The lanes beyond do
// the long division of the mantissas in integers.
#include "passes/lowering/NeapToVector/FloatRemainder.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/lowering/NeapToVector/MathPolynomials.h"

#include <limits>

using namespace mlir;

namespace neap {

using FloatPredicate = arith::CmpFPredicate;

static constexpr int64_t kMantissaBits = 52;

/// Returns the smallest quotient that needs the long division. Without fused
/// multiply-add the product of quotient and divisor must be exact: an f32
/// divisor leaves 29 bits for the quotient, an f64 divisor none.
static double getQuotientLimit(bool isDouble, const CpuFeatures &features) {
  if (features.hasFma)
    return 0x1p52;
  return isDouble ? 1 : 0x1p29;
}

namespace {

/// A positive f64 as mantissa * 2^(exponent - 1075), exponent >= 1.
struct Decomposed {
  Value mantissa;
  Value exponent;
};

} // namespace

/// Splits a positive, finite f64 scalar; of subnormals the exponent is 1 too.
static Decomposed decompose(VectorEmitter &e, Value x) {
  Value bits = e.bitcast(x, e.getBuilder().getI64Type());
  Value fraction = e.bitAnd(bits, e.index((int64_t(1) << kMantissaBits) - 1));
  Value field = e.create<arith::ShRUIOp>(bits, e.index(kMantissaBits));
  Value isNormal = e.compareInt(arith::CmpIPredicate::ne, field, e.index(0));
  Value hidden =
      e.select(isNormal, e.index(int64_t(1) << kMantissaBits), e.index(0));
  return {e.bitOr(fraction, hidden), e.maxSigned(field, e.index(1))};
}

/// Emits x mod y of f64 scalars, x >= y > 0 finite: eleven bits of the quotient
/// a step, as many as 64 bits hold beside a mantissa.
static Value emitLongDivision(VectorEmitter &e, Value x, Value y) {
  constexpr int64_t kBitsPerStep = 64 - (kMantissaBits + 1);
  Decomposed dividend = decompose(e, x), divisor = decompose(e, y);
  Value numBits = e.subInt(dividend.exponent, divisor.exponent);
  Value first = e.create<arith::RemUIOp>(dividend.mantissa, divisor.mantissa);
  auto step = [&](Value done, ValueRange carried) -> VectorEmitter::Values {
    Value count = e.minSigned(e.subInt(numBits, done), e.index(kBitsPerStep));
    Value shifted = e.create<arith::ShLIOp>(carried[0], count);
    return {e.create<arith::RemUIOp>(shifted, divisor.mantissa)};
  };
  Value rest =
      e.forLoop(e.index(0), numBits, e.index(kBitsPerStep), {first}, step)[0];
  // The unit of the divisor's last place; each factor is exact.
  Value power =
      e.bitcast(e.shiftLeft(divisor.exponent, kMantissaBits), x.getType());
  Value unit = e.mul(power, e.constant(x.getType(), 0x1p-52));
  return e.mul(e.create<arith::SIToFPOp>(x.getType(), rest), unit);
}

/// Emits |x| mod |y| of f64 values; `limit` is that of the quotient.
static Value emitRemainderOfMagnitudes(VectorEmitter &e, Value x, Value y,
                                       double limit) {
  Type type = x.getType();
  Value ratio = e.div(x, y);
  Value quotient = e.create<math::TruncOp>(ratio);
  Value rest = e.fma(e.neg(quotient), y, x);
  // The ratio was rounded: the quotient may be one too large.
  Value isNegative =
      e.compare(FloatPredicate::OLT, rest, e.constant(type, 0.0));
  rest = e.select(isNegative, e.add(rest, y), rest);
  // Also for an infinite y.
  rest = e.select(e.compare(FloatPredicate::OLT, x, y), x, rest);
  Value infinity = e.constant(type, std::numeric_limits<double>::infinity());
  Value isLong = e.bitAnd(
      e.compare(FloatPredicate::OGE, ratio, e.constant(type, limit)),
      e.bitAnd(e.compare(FloatPredicate::OLT, x, infinity),
               e.compare(FloatPredicate::OGT, y, e.constant(type, 0.0))));
  return e.replaceLanes(isLong, {x, y}, {rest}, [&](ValueRange scalars) {
    return VectorEmitter::Values{emitLongDivision(e, scalars[0], scalars[1])};
  })[0];
}

Value emitFloatRemainder(VectorEmitter &e, Value x, Value y) {
  Type type = x.getType();
  Type wide = VectorEmitter::withElementType(type, e.getBuilder().getF64Type());
  bool isDouble = type == wide;
  auto widen = [&](Value value) -> Value {
    return isDouble ? value : e.create<arith::ExtFOp>(wide, value);
  };
  Value rest =
      emitRemainderOfMagnitudes(e, e.abs(widen(x)), e.abs(widen(y)),
                                getQuotientLimit(isDouble, e.getFeatures()));
  if (!isDouble)
    rest = e.create<arith::TruncFOp>(type, rest);
  return emitCopySign(e, rest, x);
}

Value emitFloatModulo(VectorEmitter &e, Value x, Value y) {
  Value rest = emitFloatRemainder(e, x, y);
  Value zero = e.constant(x.getType(), 0.0);
  Value differs = e.bitXor(e.compare(FloatPredicate::OLT, rest, zero),
                           e.compare(FloatPredicate::OLT, y, zero));
  Value isZero = e.compare(FloatPredicate::OEQ, rest, zero);
  Value result = e.select(differs, e.add(rest, y), rest);
  return e.select(isZero, emitCopySign(e, zero, y), result);
}

} // namespace neap
