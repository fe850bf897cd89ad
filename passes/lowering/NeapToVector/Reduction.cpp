// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/lowering/NeapToVector/Reduction.h"

#include "passes/lowering/NeapToVector/ElementwiseIntegers.h"

#include <limits>

using namespace mlir;

namespace neap {

/// Returns the identity of an integer or bool reduction.
static APInt getIntIdentity(ReduceKind kind, Type element) {
  unsigned width = element.getIntOrFloatBitWidth();
  bool isUnsigned = isUnsignedElement(element);
  switch (kind) {
  case ReduceKind::Sum:
    return APInt(width, 0);
  case ReduceKind::Prod:
    return APInt(width, 1);
  case ReduceKind::Max:
    return isUnsigned ? APInt::getMinValue(width)
                      : APInt::getSignedMinValue(width);
  case ReduceKind::Min:
    return isUnsigned ? APInt::getMaxValue(width)
                      : APInt::getSignedMaxValue(width);
  }
  llvm_unreachable("all kinds are handled");
}

/// Returns the identity of a float reduction.
static double getFloatIdentity(ReduceKind kind) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  switch (kind) {
  case ReduceKind::Sum:
    return 0;
  case ReduceKind::Prod:
    return 1;
  case ReduceKind::Max:
    return -kInfinity;
  case ReduceKind::Min:
    return kInfinity;
  }
  llvm_unreachable("all kinds are handled");
}

Value Reduction::emitIdentity(VectorEmitter &e, Type type) const {
  if (isa<FloatType>(element))
    return e.constant(type, getFloatIdentity(kind));
  return e.constantInt(type, getIntIdentity(kind, element).getSExtValue());
}

/// Combines float lanes.
static Value combineFloats(VectorEmitter &e, const Reduction &reduction,
                           Value accumulator, Value value) {
  switch (reduction.kind) {
  case ReduceKind::Sum:
    return e.add(accumulator, value);
  case ReduceKind::Prod:
    return e.mul(accumulator, value);
  case ReduceKind::Max:
    return reduction.ignoresNaN ? e.maxOrRhs(value, accumulator)
                                : e.max(accumulator, value);
  case ReduceKind::Min:
    return reduction.ignoresNaN ? e.minOrRhs(value, accumulator)
                                : e.min(accumulator, value);
  }
  llvm_unreachable("all kinds are handled");
}

Value Reduction::emitCombine(VectorEmitter &e, Value accumulator,
                             Value value) const {
  if (isa<FloatType>(element))
    return combineFloats(e, *this, accumulator, value);
  bool isUnsigned = isUnsignedElement(element);
  switch (kind) {
  case ReduceKind::Sum:
    return e.addInt(accumulator, value);
  case ReduceKind::Prod:
    return e.mulInt(accumulator, value);
  case ReduceKind::Max:
    return isUnsigned ? Value(e.create<arith::MaxUIOp>(accumulator, value))
                      : e.maxSigned(accumulator, value);
  case ReduceKind::Min:
    return isUnsigned ? Value(e.create<arith::MinUIOp>(accumulator, value))
                      : e.minSigned(accumulator, value);
  }
  llvm_unreachable("all kinds are handled");
}

Value Reduction::emitTotal(VectorEmitter &e, ValueRange accumulators) const {
  Value total = accumulators.front();
  for (Value accumulator : accumulators.drop_front())
    total = emitCombine(e, total, accumulator);
  return e.reduceLanes(
      total, [&](Value lhs, Value rhs) { return emitCombine(e, lhs, rhs); });
}

} // namespace neap
