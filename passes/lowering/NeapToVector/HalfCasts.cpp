// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// HalfCasts.cpp - see the header. By integer lanes, the same on every
// instruction set: not all of them convert 16-bit floats, and what does not
// is a call into a library that a .neap does not have.
#include "passes/lowering/NeapToVector/HalfCasts.h"

using namespace mlir;

namespace neap {

using IntPredicate = arith::CmpIPredicate;

namespace {

/// Arithmetic on the 32-bit patterns of lanes.
class BitLanes {
public:
  BitLanes(VectorEmitter &e, Type lanes)
      : e(e), type(VectorEmitter::withElementType(
                  lanes, e.getBuilder().getI32Type())) {}

  Value constant(int64_t bits) { return e.constantInt(type, bits); }
  Value mask(Value bits, int64_t mask) {
    return e.bitAnd(bits, constant(mask));
  }
  Value shiftRight(Value bits, int64_t count) {
    return e.create<arith::ShRUIOp>(bits, constant(count));
  }
  Value compare(IntPredicate predicate, Value bits, int64_t other) {
    return e.compareInt(predicate, bits, constant(other));
  }
  Value toFloat(Value bits) {
    return e.bitcast(bits, e.getBuilder().getF32Type());
  }
  Value toBits(Value number) {
    return e.bitcast(number, e.getBuilder().getI32Type());
  }
  /// The bits of 16-bit floats, zero-extended.
  Value widen(Value half) {
    Value bits = e.bitcast(half, e.getBuilder().getIntegerType(16));
    return e.create<arith::ExtUIOp>(type, bits);
  }
  /// The low 16 bits as floats of type `half`.
  Value narrow(Value bits, Type half) {
    Type target =
        VectorEmitter::withElementType(type, e.getBuilder().getIntegerType(16));
    return e.bitcast(e.create<arith::TruncIOp>(target, bits), half);
  }
  /// bits / 2^count to the nearest, ties to even; `extra` is added before.
  Value roundAway(Value bits, int64_t count, int64_t extra) {
    Value isOdd = mask(shiftRight(bits, count), 1);
    int64_t bias = (int64_t(1) << (count - 1)) - 1 + extra;
    Value rounded = e.addInt(e.addInt(bits, constant(bias)), isOdd);
    return shiftRight(rounded, count);
  }

private:
  VectorEmitter &e;
  Type type;
};

} // namespace

/// Exponent and fraction move into place, and a multiplication mends the
/// exponent's bias; it also normalizes what is subnormal in f16.
static Value widenHalf(VectorEmitter &e, Value x) {
  BitLanes lanes(e, x.getType());
  Value bits = lanes.widen(x);
  Value magnitude = e.shiftLeft(lanes.mask(bits, 0x7fff), 13);
  Value number = lanes.toFloat(magnitude);
  Value finite = lanes.toBits(
      e.create<arith::MulFOp>(number, e.constant(number.getType(), 0x1p112)));
  Value isSpecial =
      lanes.compare(IntPredicate::uge, magnitude, int64_t(0x7c00) << 13);
  Value special = e.bitOr(magnitude, lanes.constant(0x7f800000));
  Value sign = e.shiftLeft(lanes.mask(bits, 0x8000), 16);
  return lanes.toFloat(e.bitOr(e.select(isSpecial, special, finite), sign));
}

/// Three ranges: subnormal in f16, where adding 0.5 rounds the fraction at the
/// right bit; normal; and what is infinite or no number.
static Value narrowToHalf(VectorEmitter &e, Value x, Type half) {
  constexpr int64_t kInfinity = 0x7f800000, kLeastNormal = 113 << 23;
  constexpr int64_t kLeastInfinite = 0x477ff000; // 65520 rounds up
  BitLanes lanes(e, x.getType());
  Value all = lanes.toBits(x);
  Value bits = lanes.mask(all, 0x7fffffff);
  Value shift = e.constant(x.getType(), 0.5);
  Value subnormal = e.subInt(
      lanes.toBits(e.create<arith::AddFOp>(lanes.toFloat(bits), shift)),
      lanes.toBits(shift));
  Value normal = lanes.roundAway(bits, 13, -(int64_t(112) << 23));
  Value result = e.select(lanes.compare(IntPredicate::ult, bits, kLeastNormal),
                          subnormal, normal);
  result = e.select(lanes.compare(IntPredicate::uge, bits, kLeastInfinite),
                    lanes.constant(0x7c00), result);
  result = e.select(lanes.compare(IntPredicate::ugt, bits, kInfinity),
                    lanes.constant(0x7e00), result);
  Value sign = lanes.mask(lanes.shiftRight(all, 16), 0x8000);
  return lanes.narrow(e.bitOr(result, sign), half);
}

/// The upper half of an f32 is a bf16.
static Value widenBrain(VectorEmitter &e, Value x) {
  BitLanes lanes(e, x.getType());
  return lanes.toFloat(e.shiftLeft(lanes.widen(x), 16));
}

static Value narrowToBrain(VectorEmitter &e, Value x, Type brain) {
  BitLanes lanes(e, x.getType());
  Value bits = lanes.toBits(x);
  Value isNaN = lanes.compare(IntPredicate::ugt, lanes.mask(bits, 0x7fffffff),
                              0x7f800000);
  Value quiet = e.bitOr(lanes.shiftRight(bits, 16), lanes.constant(0x40));
  Value result = e.select(isNaN, quiet, lanes.roundAway(bits, 16, 0));
  return lanes.narrow(result, brain);
}

bool isHalf(Type element) { return element.isF16() || element.isBF16(); }

bool isHalfCast(Type from, Type to) {
  return (isHalf(from) && to.isF32()) || (from.isF32() && isHalf(to));
}

Value emitHalfCast(VectorEmitter &e, Value x, Type from, Type to) {
  if (isHalf(from))
    return from.isF16() ? widenHalf(e, x) : widenBrain(e, x);
  return to.isF16() ? narrowToHalf(e, x, to) : narrowToBrain(e, x, to);
}

} // namespace neap
