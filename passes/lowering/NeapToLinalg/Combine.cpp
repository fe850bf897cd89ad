// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Combine.cpp - see the header.
#include "passes/lowering/NeapToLinalg/Combine.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/APInt.h"
#include <limits>

using namespace mlir;

namespace neap {

bool hasArithmetic(Type element) {
  return element.isInteger() || element.isF32() || element.isF64();
}

Value getZero(LoopEmitter &emitter, Type element) {
  VectorEmitter &vector = emitter.getVectorEmitter();
  Type storage = VectorEmitter::getStorageType(element);
  return isa<FloatType>(storage) ? vector.constant(storage, 0)
                                 : vector.constantInt(storage, 0);
}

/// Returns the lowest or the highest integer of `element`.
static int64_t getExtreme(Type element, bool highest) {
  unsigned width = element.getIntOrFloatBitWidth();
  bool isUnsigned = element.isUnsignedInteger() || width == 1;
  if (isUnsigned)
    return highest ? llvm::APInt::getMaxValue(width).getZExtValue() : 0;
  return (highest ? llvm::APInt::getSignedMaxValue(width)
                  : llvm::APInt::getSignedMinValue(width))
      .getSExtValue();
}

Value getNeutral(LoopEmitter &emitter, ReduceKind kind, Type element) {
  VectorEmitter &vector = emitter.getVectorEmitter();
  Type storage = VectorEmitter::getStorageType(element);
  bool isFloat = isa<FloatType>(storage);
  if (kind == ReduceKind::Sum)
    return getZero(emitter, element);
  if (kind == ReduceKind::Prod)
    return isFloat ? vector.constant(storage, 1)
                   : vector.constantInt(storage, 1);
  bool highest = kind == ReduceKind::Min;
  double infinity = std::numeric_limits<double>::infinity();
  if (isFloat)
    return vector.constant(storage, highest ? infinity : -infinity);
  return vector.constantInt(storage, getExtreme(element, highest));
}

/// Combines floats.
static Value combineFloats(VectorEmitter &vector, ReduceKind kind, Value lhs,
                           Value rhs) {
  switch (kind) {
  case ReduceKind::Sum:
    return vector.add(lhs, rhs);
  case ReduceKind::Prod:
    return vector.mul(lhs, rhs);
  case ReduceKind::Max:
    return vector.max(lhs, rhs);
  case ReduceKind::Min:
    return vector.min(lhs, rhs);
  }
  llvm_unreachable("unknown reduction");
}

/// Combines integers; bools lie in bytes 0 and 1, so that the unsigned maximum
/// is their disjunction.
static Value combineIntegers(LoopEmitter &emitter, ReduceKind kind,
                             bool isUnsigned, Value lhs, Value rhs) {
  switch (kind) {
  case ReduceKind::Sum:
    return emitter.create<arith::AddIOp>(lhs, rhs);
  case ReduceKind::Prod:
    return emitter.create<arith::MulIOp>(lhs, rhs);
  case ReduceKind::Max:
    if (isUnsigned)
      return emitter.create<arith::MaxUIOp>(lhs, rhs);
    return emitter.create<arith::MaxSIOp>(lhs, rhs);
  case ReduceKind::Min:
    if (isUnsigned)
      return emitter.create<arith::MinUIOp>(lhs, rhs);
    return emitter.create<arith::MinSIOp>(lhs, rhs);
  }
  llvm_unreachable("unknown reduction");
}

Value combine(LoopEmitter &emitter, ReduceKind kind, Type element, Value lhs,
              Value rhs) {
  if (isa<FloatType>(element))
    return combineFloats(emitter.getVectorEmitter(), kind, lhs, rhs);
  bool isUnsigned = element.isUnsignedInteger() || element.isInteger(1);
  return combineIntegers(emitter, kind, isUnsigned, lhs, rhs);
}

Value multiplyAdd(LoopEmitter &emitter, Type element, Value lhs, Value rhs,
                  Value addend) {
  if (isa<FloatType>(element))
    return emitter.getVectorEmitter().fma(lhs, rhs, addend);
  Value product = emitter.create<arith::MulIOp>(lhs, rhs);
  return emitter.create<arith::AddIOp>(product, addend);
}

Value isBetter(LoopEmitter &emitter, ReduceKind kind, bool last, Type element,
               Value value, Value best) {
  VectorEmitter &vector = emitter.getVectorEmitter();
  bool isMax = kind == ReduceKind::Max;
  if (isa<FloatType>(element)) {
    using P = arith::CmpFPredicate;
    P predicate = isMax ? (last ? P::OGE : P::OGT) : (last ? P::OLE : P::OLT);
    Value isNaN = vector.compare(P::UNO, value, value);
    Value isBestNaN = vector.compare(P::UNO, best, best);
    Value one = vector.constantInt(isNaN.getType(), 1);
    Value newNaN =
        last ? isNaN : vector.bitAnd(isNaN, vector.bitXor(isBestNaN, one));
    return vector.bitOr(vector.compare(predicate, value, best), newNaN);
  }
  using P = arith::CmpIPredicate;
  P predicate = isMax ? (last ? P::sge : P::sgt) : (last ? P::sle : P::slt);
  if (element.isUnsignedInteger())
    predicate = isMax ? (last ? P::uge : P::ugt) : (last ? P::ule : P::ult);
  return vector.compareInt(predicate, value, best);
}

} // namespace neap
