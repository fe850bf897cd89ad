// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise.cpp - see the header. Signedness is a matter of the tensor types;
// lanes are signless.
#include "passes/lowering/NeapToVector/Elementwise.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/lowering/NeapToVector/ElementwiseIntegers.h"
#include "passes/lowering/NeapToVector/FloatRemainder.h"
#include "passes/lowering/NeapToVector/HalfCasts.h"
#include "passes/lowering/NeapToVector/MathPolynomials.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace neap {

using FloatPredicate = arith::CmpFPredicate;
using IntPredicate = arith::CmpIPredicate;
using UnaryEmitter = Value (*)(VectorEmitter &, Value);

bool hasLanes(Type element) {
  return element.isF32() || element.isF64() || isHalf(element) ||
         isa<IntegerType>(element);
}

/// Returns the element type of a tensor operand.
static Type getElement(Value value) {
  return getElementTypeOrSelf(value.getType());
}

//===----------------------------------------------------------------------===//
// Functions of one float
//===----------------------------------------------------------------------===//

/// Returns the emitter of an elementary function, or null.
static UnaryEmitter getFunctionEmitter(Operation *op) {
  return llvm::TypeSwitch<Operation *, UnaryEmitter>(op)
      .Case([](ExpOp) { return emitExp; })
      .Case([](LogOp) { return emitLog; })
      .Case([](ErfOp) { return emitErf; })
      .Case([](TanhOp) { return emitTanh; })
      .Case([](SinOp) { return emitSin; })
      .Case([](CosOp) { return emitCos; })
      .Case([](TanOp) { return emitTan; })
      .Case([](AsinOp) { return emitAsin; })
      .Case([](AcosOp) { return emitAcos; })
      .Case([](AtanOp) { return emitAtan; })
      .Case([](SinhOp) { return emitSinh; })
      .Case([](CoshOp) { return emitCosh; })
      .Case([](AsinhOp) { return emitAsinh; })
      .Case([](AcoshOp) { return emitAcosh; })
      .Case([](AtanhOp) { return emitAtanh; })
      .Default([](Operation *) { return nullptr; });
}

/// Emits -1, 0 or 1 of floats; NaN stays.
static Value emitSignOfFloat(VectorEmitter &e, Value x) {
  Value zero = e.constant(x.getType(), 0.0);
  Value isPositive = e.compare(FloatPredicate::OGT, x, zero);
  Value isNegative = e.compare(FloatPredicate::OLT, x, zero);
  Value rest = e.select(isNegative, e.constant(x.getType(), -1.0), x);
  return e.select(isPositive, e.constant(x.getType(), 1.0), rest);
}

/// Emits the ops of one float operand.
static Value emitFloatUnary(VectorEmitter &e, Operation *op, Value x) {
  if (UnaryEmitter function = getFunctionEmitter(op))
    return function(e, x);
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](NegOp) { return e.neg(x); })
      .Case([&](AbsOp) { return e.abs(x); })
      .Case([&](SignOp) { return emitSignOfFloat(e, x); })
      .Case([&](SqrtOp) { return e.sqrt(x); })
      .Case([&](FloorOp) { return e.create<math::FloorOp>(x); })
      .Case([&](CeilOp) { return e.create<math::CeilOp>(x); })
      .Case([&](RoundOp) { return e.create<math::RoundEvenOp>(x); })
      .Case([&](IsNaNOp) { return e.compare(FloatPredicate::UNO, x, x); })
      .Default([](Operation *) { return Value(); });
}

//===----------------------------------------------------------------------===//
// Functions of two floats
//===----------------------------------------------------------------------===//

/// Emits the ops of two float operands.
static Value emitFloatBinary(VectorEmitter &e, Operation *op, Value x,
                             Value y) {
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](AddOp) { return e.add(x, y); })
      .Case([&](SubOp) { return e.sub(x, y); })
      .Case([&](MulOp) { return e.mul(x, y); })
      .Case([&](DivOp) { return e.div(x, y); })
      .Case([&](MaxOp) { return e.max(x, y); })
      .Case([&](MinOp) { return e.min(x, y); })
      .Case([&](PowOp) { return emitPow(e, x, y); })
      .Case([&](RemOp) { return emitFloatRemainder(e, x, y); })
      .Case([&](ModOp) { return emitFloatModulo(e, x, y); })
      .Default([](Operation *) { return Value(); });
}

/// Returns the predicate of an ordered comparison; NaN differs from everything.
static FloatPredicate getFloatPredicate(ComparePredicate predicate) {
  switch (predicate) {
  case ComparePredicate::EQ:
    return FloatPredicate::OEQ;
  case ComparePredicate::NE:
    return FloatPredicate::UNE;
  case ComparePredicate::LT:
    return FloatPredicate::OLT;
  case ComparePredicate::LE:
    return FloatPredicate::OLE;
  case ComparePredicate::GT:
    return FloatPredicate::OGT;
  case ComparePredicate::GE:
    return FloatPredicate::OGE;
  }
  llvm_unreachable("all predicates are handled");
}

/// Emits neap.compare.
static Value emitCompare(VectorEmitter &e, CompareOp op, Value x, Value y) {
  if (isa<FloatType>(getElement(op.getLhs())))
    return e.compare(getFloatPredicate(op.getPredicate()), x, y);
  bool isUnsigned = isUnsignedElement(getElement(op.getLhs()));
  return e.compareInt(getIntPredicate(op.getPredicate(), isUnsigned), x, y);
}

//===----------------------------------------------------------------------===//
// Dispatch
//===----------------------------------------------------------------------===//

/// Whether `op` computes in 16 bits: all do but casts between those and f32,
/// and what only reads the bits.
static bool computesInHalf(Operation *op) {
  auto isHalfTensor = [](Type type) {
    return isHalf(getElementTypeOrSelf(type));
  };
  if (isa<BitCastOp>(op) ||
      (llvm::none_of(op->getOperandTypes(), isHalfTensor) &&
       llvm::none_of(op->getResultTypes(), isHalfTensor)))
    return false;
  return !isa<CastOp>(op) || !isHalfCast(getElement(op->getOperand(0)),
                                         getElement(op->getResult(0)));
}

bool canEmitElementwise(Operation *op) {
  auto hasLanesInAll = [](TypeRange types) {
    return llvm::all_of(
        types, [](Type type) { return hasLanes(getElementTypeOrSelf(type)); });
  };
  if (!op->hasTrait<OpTrait::Elementwise>() || op->getNumResults() != 1)
    return false;
  return isa<NeapDialect>(op->getDialect()) && !computesInHalf(op) &&
         hasLanesInAll(op->getOperandTypes()) &&
         hasLanesInAll(op->getResultTypes());
}

Value emitElementwise(VectorEmitter &e, Operation *op, ValueRange operands) {
  if (auto compare = dyn_cast<CompareOp>(op))
    return emitCompare(e, compare, operands[0], operands[1]);
  if (isa<SelectOp>(op))
    return e.select(operands[0], operands[1], operands[2]);
  Type element = getElement(op->getOperand(0));
  if (isa<CastOp>(op))
    return emitCast(e, operands[0], element, getElement(op->getResult(0)));
  if (isa<BitCastOp>(op))
    return e.bitcast(operands[0], VectorEmitter::getComputeType(
                                      getElement(op->getResult(0))));
  bool isFloat = isa<FloatType>(element);
  if (operands.size() == 1)
    return isFloat ? emitFloatUnary(e, op, operands[0])
                   : emitIntUnary(e, op, element, operands[0]);
  return isFloat ? emitFloatBinary(e, op, operands[0], operands[1])
                 : emitIntBinary(e, op, element, operands[0], operands[1]);
}

double estimateElementwiseCost(Operation *op) {
  Type element = getElement(op->getOperand(0));
  double width = element.isF64() || element.isInteger(64) ? 2 : 1;
  if (isa<PowOp>(op))
    return 2.0 * width;
  if (getFunctionEmitter(op))
    return isa<ExpOp>(op) ? 0.25 * width : 0.6 * width;
  if (isa<DivOp, ModOp, RemOp>(op))
    return isa<FloatType>(element) ? 0.1 * width : 2.0;
  if (isa<SqrtOp>(op))
    return 0.15 * width;
  return 0.03 * width;
}

} // namespace neap
