// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MathTrigonometry.cpp - sin, cos, tan and their inverses.
#include "passes/lowering/NeapToVector/MathPolynomialsImpl.h"

using namespace mlir;
using namespace neap::polynomials;

namespace neap {

using FloatPredicate = arith::CmpFPredicate;

namespace {

/// sin and cos of the rest, which the quadrant permutes.
struct SineAndCosine {
  Value sine;
  Value cosine;
};

} // namespace

/// Emits sin and cos on [-pi/4, pi/4].
static SineAndCosine emitKernels(VectorEmitter &e, Value x) {
  Format format(e, x);
  ArrayRef<double> sine =
      format.pick(ArrayRef<double>(kSinF32), ArrayRef<double>(kSinF64));
  ArrayRef<double> cosine =
      format.pick(ArrayRef<double>(kCosF32), ArrayRef<double>(kCosF64));
  Value square = e.mul(x, x);
  Value sin = e.fma(e.mul(x, square), e.polynomial(square, sine), x);
  Value head = e.fma(square, e.constant(format.type, -0.5),
                     e.constant(format.type, 1.0));
  Value cos = e.fma(e.mul(square, square), e.polynomial(square, cosine), head);
  return {sin, cos};
}

/// Returns whether bit `bit` of each integer is set.
static Value testBit(VectorEmitter &e, Value value, int64_t bit) {
  Value masked = e.bitAnd(value, e.constantInt(value.getType(), 1 << bit));
  return e.compareInt(arith::CmpIPredicate::ne, masked,
                      e.constantInt(value.getType(), 0));
}

/// Emits sin(x + quadrants pi/2).
static Value emitSinOfShifted(VectorEmitter &e, Value x, int64_t quadrants) {
  AngleReduction reduction = reduceAngle(e, x);
  SineAndCosine kernels = emitKernels(e, reduction.rest);
  Value quadrant = reduction.quadrant;
  if (quadrants)
    quadrant = e.addInt(quadrant, e.constantInt(quadrant.getType(), quadrants));
  Value result =
      e.select(testBit(e, quadrant, 0), kernels.cosine, kernels.sine);
  return e.select(testBit(e, quadrant, 1), e.neg(result), result);
}

Value emitSin(VectorEmitter &e, Value x) {
  return keepZero(e, x, emitSinOfShifted(e, x, 0));
}

Value emitCos(VectorEmitter &e, Value x) { return emitSinOfShifted(e, x, 1); }

Value emitTan(VectorEmitter &e, Value x) {
  AngleReduction reduction = reduceAngle(e, x);
  SineAndCosine kernels = emitKernels(e, reduction.rest);
  // A quarter turn further, tan is -cos / sin.
  Value isOdd = testBit(e, reduction.quadrant, 0);
  Value numerator = e.select(isOdd, e.neg(kernels.cosine), kernels.sine);
  Value denominator = e.select(isOdd, kernels.sine, kernels.cosine);
  return keepZero(e, x, e.div(numerator, denominator));
}

//===----------------------------------------------------------------------===//
// Inverses
//===----------------------------------------------------------------------===//

/// Returns pi/2 as a sum of two values of the format.
static Double getHalfPi(VectorEmitter &e, const Format &format) {
  const double *parts = format.pick(kHalfPiF32, kHalfPi);
  return {e.constant(format.type, parts[0]), e.constant(format.type, parts[1])};
}

namespace {

/// What asin and acos share: asin(|x|) is `angle` up to 1/2, and pi/2 - 2
/// `angle` above.
struct ArcSine {
  Value angle;
  Value isLarge;
};

} // namespace

/// Emits x + x^3 P(x^2) on |x|, or on sqrt((1 - |x|) / 2) above 1/2.
static ArcSine emitArcSine(VectorEmitter &e, Value x) {
  Format format(e, x);
  ArrayRef<double> coefficients =
      format.pick(ArrayRef<double>(kAsinF32), ArrayRef<double>(kAsinF64));
  Value half = e.constant(format.type, 0.5);
  Value magnitude = e.abs(x);
  Value isLarge = e.compare(FloatPredicate::OGT, magnitude, half);
  Value rest = e.mul(e.sub(e.constant(format.type, 1.0), magnitude), half);
  Value square = e.select(isLarge, rest, e.mul(magnitude, magnitude));
  Value base = e.select(isLarge, e.sqrt(rest), magnitude);
  Value cube = e.mul(base, square);
  return {e.fma(cube, e.polynomial(square, coefficients), base), isLarge};
}

Value emitAsin(VectorEmitter &e, Value x) {
  Format format(e, x);
  ArcSine parts = emitArcSine(e, x);
  Double halfPi = getHalfPi(e, format);
  Value twice = e.add(parts.angle, parts.angle);
  Value large = e.sub(halfPi.high, e.sub(twice, halfPi.low));
  return emitCopySign(e, e.select(parts.isLarge, large, parts.angle), x);
}

Value emitAcos(VectorEmitter &e, Value x) {
  Format format(e, x);
  ArcSine parts = emitArcSine(e, x);
  Double halfPi = getHalfPi(e, format);
  Value angle = emitCopySign(e, parts.angle, x);
  Value small = e.sub(halfPi.high, e.sub(angle, halfPi.low));
  Value twice = e.add(parts.angle, parts.angle);
  Value piLow = e.add(halfPi.low, halfPi.low);
  Value opposite = e.sub(e.add(halfPi.high, halfPi.high), e.sub(twice, piLow));
  Value isNegative =
      e.compare(FloatPredicate::OLT, x, e.constant(format.type, 0.0));
  Value large = e.select(isNegative, opposite, twice);
  return e.select(parts.isLarge, large, small);
}

/// atan is x + x^3 P(x^2) below tan(pi/8); above, it is pi/4 + atan((x - 1) /
/// (x + 1)), and from tan(3 pi/8) on pi/2 + atan(-1 / x).
Value emitAtan(VectorEmitter &e, Value x) {
  Format format(e, x);
  Type type = format.type;
  ArrayRef<double> coefficients =
      format.pick(ArrayRef<double>(kAtanF32), ArrayRef<double>(kAtanF64));
  Value one = e.constant(type, 1.0), zero = e.constant(type, 0.0);
  Value magnitude = e.abs(x);
  Value isLarge = e.compare(FloatPredicate::OGT, magnitude,
                            e.constant(type, 2.41421356237309504880));
  Value isMiddle = e.compare(FloatPredicate::OGT, magnitude,
                             e.constant(type, 0.41421356237309504880));
  auto choose = [&](Value large, Value middle, Value small) {
    return e.select(isLarge, large, e.select(isMiddle, middle, small));
  };
  Value numerator =
      choose(e.constant(type, -1.0), e.sub(magnitude, one), magnitude);
  Value denominator = choose(magnitude, e.add(magnitude, one), one);
  Value t = e.div(numerator, denominator);
  Double halfPi = getHalfPi(e, format);
  Value half = e.constant(type, 0.5);
  Value high = choose(halfPi.high, e.mul(halfPi.high, half), zero);
  Value low = choose(halfPi.low, e.mul(halfPi.low, half), zero);
  Value square = e.mul(t, t);
  Value rest = e.fma(e.mul(t, square), e.polynomial(square, coefficients), low);
  return emitCopySign(e, e.add(high, e.add(t, rest)), x);
}

} // namespace neap
