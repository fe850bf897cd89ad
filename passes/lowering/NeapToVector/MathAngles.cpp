// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MathAngles.cpp - the argument reduction of sin, cos and tan.
//
// An angle is reduced to [-pi/4, pi/4] in f64 (Cody and Waite 1980): with fused
// multiply-add x - n pi/2 is exact in its first step, else pi/2 is taken in
// parts of 33 bits. The lanes of huge angles multiply by as many bits of 2/pi
// as their exponent asks for, in integers (Payne and Hanek 1983).
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/lowering/NeapToVector/MathPolynomialsImpl.h"

#include <limits>

using namespace mlir;
using namespace neap::polynomials;

namespace neap {

using FloatPredicate = arith::CmpFPredicate;

/// Returns the largest angle that is reduced by multiples of pi/2: beyond, they
/// are not exact.
static double getLargestNearAngle(const CpuFeatures &features) {
  return features.hasFma ? 0x1p49 : 0x1p20;
}

/// Returns the 64 bits of 2/pi that begin `shift` bits (0 to 63) into word
/// `word` of the table.
static Value loadBits(VectorEmitter &e, Value table, Value word, Value shift) {
  Value high = e.create<LLVM::ExtractElementOp>(table, word);
  Value next = e.addInt(word, e.index(1));
  Value low = e.create<LLVM::ExtractElementOp>(table, next);
  // In two steps: a shift by 64 is none.
  Value rest = e.subInt(e.index(63), shift);
  low = e.create<arith::ShRUIOp>(low, e.index(1));
  return e.bitOr(e.create<arith::ShLIOp>(high, shift),
                 e.create<arith::ShRUIOp>(low, rest));
}

namespace {

/// Unsigned 64-bit halves of a product.
struct Halves {
  Value high;
  Value low;
};

} // namespace

/// Returns lhs * rhs + addend of unsigned 64-bit integers.
static Halves multiplyAdd(VectorEmitter &e, Value lhs, Value rhs,
                          Value addend) {
  OpBuilder &builder = e.getBuilder();
  Type wide = builder.getIntegerType(128);
  auto widen = [&](Value value) -> Value {
    return e.create<arith::ExtUIOp>(wide, value);
  };
  Value product = e.mulInt(widen(lhs), widen(rhs));
  if (addend)
    product = e.addInt(product, widen(addend));
  Value high = e.create<arith::ShRUIOp>(product, e.constantInt(wide, 64));
  return {e.create<arith::TruncIOp>(builder.getI64Type(), high),
          e.create<arith::TruncIOp>(builder.getI64Type(), product)};
}

/// Returns angle * 2/pi mod 4 of a finite f64 scalar, |angle| >= 2^19, in units
/// of 2^-126: mantissa times 192 bits of 2/pi, of which the lowest 64 bits of
/// the product only carry.
static Value multiplyByTwoOverPi(VectorEmitter &e, Value magnitudeBits) {
  Type wide = e.getBuilder().getIntegerType(128);
  constexpr int64_t kHidden = int64_t(1) << 52;
  Value mantissa =
      e.bitOr(e.bitAnd(magnitudeBits, e.index(kHidden - 1)), e.index(kHidden));
  // angle = mantissa * 2^(exponent - 1075). Bit i of 2/pi has the weight 2^-i;
  // those that yield multiples of 4 are skipped. The table begins 64 bits
  // before bit 1.
  Value exponent = e.create<arith::ShRUIOp>(magnitudeBits, e.index(52));
  Value position = e.subInt(exponent, e.index(1075 + 2 - 64));
  Value word = e.create<arith::ShRUIOp>(position, e.index(6));
  Value shift = e.bitAnd(position, e.index(63));
  Type tableType = VectorEmitter::getVectorType(e.getBuilder().getI64Type(),
                                                std::size(kTwoOverPi));
  Value table = e.create<arith::ConstantOp>(DenseElementsAttr::get(
      cast<ShapedType>(tableType), ArrayRef<uint64_t>(kTwoOverPi)));
  auto load = [&](int64_t offset) {
    return loadBits(e, table, e.addInt(word, e.index(offset)), shift);
  };
  Halves low = multiplyAdd(e, mantissa, load(2), {});
  Halves middle = multiplyAdd(e, mantissa, load(1), low.high);
  Value high = e.addInt(e.mulInt(mantissa, load(0)), middle.high);
  Value wideHigh = e.create<arith::ExtUIOp>(wide, high);
  return e.bitOr(e.shiftLeft(wideHigh, 64),
                 e.create<arith::ExtUIOp>(wide, middle.low));
}

/// Returns fraction * 2^-128 * pi/2 of a positive fraction, rounded once but
/// for 2^-60 of its size.
static Value multiplyByHalfPi(VectorEmitter &e, Value fraction) {
  OpBuilder &builder = e.getBuilder();
  Type wide = fraction.getType(), f64 = builder.getF64Type();
  Value numZeros = e.create<math::CountLeadingZerosOp>(fraction);
  Value normalized = e.create<arith::ShLIOp>(fraction, numZeros);
  Value leading = e.create<arith::TruncIOp>(
      builder.getI64Type(),
      e.create<arith::ShRUIOp>(normalized, e.constantInt(wide, 64)));
  // pi/2 in units of 2^-63.
  constexpr uint64_t kHalfPiBits = 0xc90fdaa22168c235;
  Halves product =
      multiplyAdd(e, leading, e.index(static_cast<int64_t>(kHalfPiBits)), {});
  // Halved, it is positive as a signed integer.
  Value half = e.create<arith::ShRUIOp>(product.high, e.index(1));
  Value zeros = e.create<arith::TruncIOp>(builder.getI64Type(), numZeros);
  Value scale = e.shiftLeft(e.subInt(e.index(1023 - 62), zeros), 52);
  return e.mul(e.create<arith::SIToFPOp>(f64, half), e.bitcast(scale, f64));
}

/// Reduces a finite f64 scalar of magnitude 2^19 or more.
static AngleReduction reduceFarAngle(VectorEmitter &e, Value angle) {
  OpBuilder &builder = e.getBuilder();
  Type wide = builder.getIntegerType(128), i64 = builder.getI64Type();
  Value turns = multiplyByTwoOverPi(e, e.bitcast(e.abs(angle), i64));
  // The fraction, as a signed integer in units of 2^-128 from -1/2 to 1/2.
  Value fraction = e.shiftLeft(turns, 2);
  Value isUpper =
      e.compareInt(arith::CmpIPredicate::slt, fraction, e.constantInt(wide, 0));
  Value quadrant = e.create<arith::TruncIOp>(
      i64, e.create<arith::ShRUIOp>(turns, e.constantInt(wide, 126)));
  quadrant = e.addInt(quadrant, e.create<arith::ExtUIOp>(i64, isUpper));
  Value opposite = e.subInt(e.constantInt(wide, 0), fraction);
  Value rest = multiplyByHalfPi(e, e.select(isUpper, opposite, fraction));
  rest = e.select(isUpper, e.neg(rest), rest);
  Value isNegative =
      e.compare(FloatPredicate::OLT, angle, e.constant(angle.getType(), 0.0));
  return {e.select(isNegative, e.neg(rest), rest),
          e.select(isNegative, e.subInt(e.index(0), quadrant), quadrant)};
}

AngleReduction polynomials::reduceAngle(VectorEmitter &e, Value x) {
  Format format(e, x);
  OpBuilder &builder = e.getBuilder();
  Type wide = VectorEmitter::withElementType(format.type, builder.getF64Type());
  Value angle = format.isDouble ? x : e.create<arith::ExtFOp>(wide, x);
  Value rounder = e.constant(wide, 6755399441055744.0);
  constexpr double kTwoOverPiRounded = 0.63661977236758134308;
  Value shifted = e.fma(angle, e.constant(wide, kTwoOverPiRounded), rounder);
  Value n = e.sub(shifted, rounder);
  ArrayRef<double> parts = kHalfPiShort;
  if (e.getFeatures().hasFma)
    parts = ArrayRef<double>(kHalfPi).take_front(format.isDouble ? 3 : 2);
  Value rest = angle;
  for (double part : parts)
    rest = e.fma(n, e.constant(wide, -part), rest);
  Value quadrant = e.bitcast(shifted, builder.getI64Type());

  Value magnitude = e.abs(angle);
  double infinity = std::numeric_limits<double>::infinity();
  Value limit = e.constant(wide, getLargestNearAngle(e.getFeatures()));
  Value isFar = e.bitAnd(
      e.compare(FloatPredicate::OGT, magnitude, limit),
      e.compare(FloatPredicate::OLT, magnitude, e.constant(wide, infinity)));
  VectorEmitter::Values reduced =
      e.replaceLanes(isFar, {angle}, {rest, quadrant}, [&](ValueRange scalars) {
        AngleReduction far = reduceFarAngle(e, scalars[0]);
        return VectorEmitter::Values{far.rest, far.quadrant};
      });
  if (format.isDouble)
    return {reduced[0], reduced[1]};
  return {e.create<arith::TruncFOp>(format.type, reduced[0]),
          e.create<arith::TruncIOp>(format.integerType, reduced[1])};
}

} // namespace neap
