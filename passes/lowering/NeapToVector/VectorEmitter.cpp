// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// VectorEmitter.cpp - see the header. No fast-math flag and no vector.reduction
// is ever emitted, so that the order of every operation is the written one.
#include "passes/lowering/NeapToVector/VectorEmitter.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/lowering/NeapToVector/SizeEmitter.h"

using namespace mlir;

namespace neap {

VectorEmitter::VectorEmitter(OpBuilder &builder, Location loc,
                             const CpuFeatures &features)
    : builder(builder), loc(loc), features(features) {}

//===----------------------------------------------------------------------===//
// Types and constants
//===----------------------------------------------------------------------===//

VectorType VectorEmitter::getVectorType(Type element, int64_t lanes) {
  return VectorType::get({lanes}, element);
}

Type VectorEmitter::withElementType(Type type, Type element) {
  if (auto vector = dyn_cast<VectorType>(type))
    return VectorType::get(vector.getShape(), element);
  return element;
}

Type VectorEmitter::getComputeType(Type element) {
  if (auto integer = dyn_cast<IntegerType>(element))
    return IntegerType::get(element.getContext(), integer.getWidth());
  return element;
}

Type VectorEmitter::getStorageType(Type element) {
  if (element.isInteger(1))
    return IntegerType::get(element.getContext(), 8);
  return getComputeType(element);
}

int64_t VectorEmitter::getSizeInBytes(Type element) {
  return getStorageType(element).getIntOrFloatBitWidth() / 8;
}

/// Returns the constant of `type` whose element is `element`.
static TypedAttr getSplatAttr(Type type, TypedAttr element) {
  if (auto vector = dyn_cast<VectorType>(type))
    return DenseElementsAttr::get(vector, Attribute(element));
  return element;
}

Value VectorEmitter::index(int64_t value) {
  return create<arith::ConstantOp>(builder.getI64IntegerAttr(value));
}

Value VectorEmitter::index(const DimExpr &size) {
  if (std::optional<int64_t> constant = size.getConstant())
    return index(*constant);
  return sizes->get(size);
}

Value VectorEmitter::divisor(const DimExpr &size) {
  return index(DimExpr::max(size, 1));
}

Value VectorEmitter::constant(Type type, double value) {
  TypedAttr element = builder.getFloatAttr(getElementTypeOrSelf(type), value);
  return create<arith::ConstantOp>(getSplatAttr(type, element));
}

Value VectorEmitter::constantInt(Type type, int64_t value) {
  Type elementType = getElementTypeOrSelf(type);
  APInt bits(64, value, /*isSigned=*/true);
  TypedAttr element = builder.getIntegerAttr(
      elementType, bits.sextOrTrunc(elementType.getIntOrFloatBitWidth()));
  return create<arith::ConstantOp>(getSplatAttr(type, element));
}

Value VectorEmitter::splat(Value scalar, int64_t lanes) {
  return create<vector::BroadcastOp>(getVectorType(scalar.getType(), lanes),
                                     scalar);
}

//===----------------------------------------------------------------------===//
// Floating point
//===----------------------------------------------------------------------===//

Value VectorEmitter::add(Value lhs, Value rhs) {
  return create<arith::AddFOp>(lhs, rhs);
}
Value VectorEmitter::sub(Value lhs, Value rhs) {
  return create<arith::SubFOp>(lhs, rhs);
}
Value VectorEmitter::mul(Value lhs, Value rhs) {
  return create<arith::MulFOp>(lhs, rhs);
}
Value VectorEmitter::div(Value lhs, Value rhs) {
  return create<arith::DivFOp>(lhs, rhs);
}

Value VectorEmitter::fma(Value lhs, Value rhs, Value addend) {
  // Without the instruction, llvm.fma would call libm.
  if (!features.hasFma)
    return add(mul(lhs, rhs), addend);
  return create<LLVM::FMAOp>(lhs.getType(), lhs, rhs, addend);
}

Value VectorEmitter::neg(Value value) { return create<arith::NegFOp>(value); }
Value VectorEmitter::abs(Value value) { return create<math::AbsFOp>(value); }
Value VectorEmitter::sqrt(Value value) { return create<math::SqrtOp>(value); }

Value VectorEmitter::maxOrRhs(Value lhs, Value rhs) {
  return select(compare(arith::CmpFPredicate::OGT, lhs, rhs), lhs, rhs);
}
Value VectorEmitter::minOrRhs(Value lhs, Value rhs) {
  return select(compare(arith::CmpFPredicate::OLT, lhs, rhs), lhs, rhs);
}
Value VectorEmitter::max(Value lhs, Value rhs) {
  Value isNan = compare(arith::CmpFPredicate::UNO, lhs, lhs);
  return select(isNan, lhs, maxOrRhs(lhs, rhs));
}
Value VectorEmitter::min(Value lhs, Value rhs) {
  Value isNan = compare(arith::CmpFPredicate::UNO, lhs, lhs);
  return select(isNan, lhs, minOrRhs(lhs, rhs));
}

Value VectorEmitter::compare(arith::CmpFPredicate predicate, Value lhs,
                             Value rhs) {
  return create<arith::CmpFOp>(predicate, lhs, rhs);
}

Value VectorEmitter::polynomial(Value x, ArrayRef<double> coefficients) {
  Value result = constant(x.getType(), coefficients.back());
  for (double coefficient : llvm::reverse(coefficients.drop_back()))
    result = fma(result, x, constant(x.getType(), coefficient));
  return result;
}

//===----------------------------------------------------------------------===//
// Integers and bits
//===----------------------------------------------------------------------===//

Value VectorEmitter::addInt(Value lhs, Value rhs) {
  return create<arith::AddIOp>(lhs, rhs);
}
Value VectorEmitter::subInt(Value lhs, Value rhs) {
  return create<arith::SubIOp>(lhs, rhs);
}
Value VectorEmitter::mulInt(Value lhs, Value rhs) {
  return create<arith::MulIOp>(lhs, rhs);
}
Value VectorEmitter::minSigned(Value lhs, Value rhs) {
  return create<arith::MinSIOp>(lhs, rhs);
}
Value VectorEmitter::maxSigned(Value lhs, Value rhs) {
  return create<arith::MaxSIOp>(lhs, rhs);
}
Value VectorEmitter::bitAnd(Value lhs, Value rhs) {
  return create<arith::AndIOp>(lhs, rhs);
}
Value VectorEmitter::bitOr(Value lhs, Value rhs) {
  return create<arith::OrIOp>(lhs, rhs);
}
Value VectorEmitter::bitXor(Value lhs, Value rhs) {
  return create<arith::XOrIOp>(lhs, rhs);
}
Value VectorEmitter::shiftLeft(Value value, int64_t bits) {
  return create<arith::ShLIOp>(value, constantInt(value.getType(), bits));
}
Value VectorEmitter::compareInt(arith::CmpIPredicate predicate, Value lhs,
                                Value rhs) {
  return create<arith::CmpIOp>(predicate, lhs, rhs);
}
Value VectorEmitter::select(Value condition, Value onTrue, Value onFalse) {
  return create<arith::SelectOp>(condition, onTrue, onFalse);
}
Value VectorEmitter::bitcast(Value value, Type element) {
  return create<arith::BitcastOp>(withElementType(value.getType(), element),
                                  value);
}

//===----------------------------------------------------------------------===//
// Lanes and memory
//===----------------------------------------------------------------------===//

Value VectorEmitter::firstLanes(int64_t active) {
  SmallVector<bool> lanes(kLanes);
  std::fill_n(lanes.begin(), active, true);
  return create<arith::ConstantOp>(
      DenseElementsAttr::get(getVectorType(builder.getI1Type()), lanes));
}

Value VectorEmitter::lanesBelow(Value remaining) {
  auto lanes = llvm::to_vector(llvm::seq<int32_t>(0, kLanes));
  Value iota = create<arith::ConstantOp>(DenseElementsAttr::get(
      getVectorType(builder.getI32Type()), ArrayRef<int32_t>(lanes)));
  Value clamped = maxSigned(minSigned(remaining, index(kLanes)), index(0));
  Value count = create<arith::TruncIOp>(builder.getI32Type(), clamped);
  return compareInt(arith::CmpIPredicate::slt, iota, splat(count));
}

void VectorEmitter::transpose(MutableArrayRef<Value> vectors) {
  int64_t size = vectors.size();
  for (int64_t half = size / 2; half >= 1; half /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t lane = 0; lane < size; ++lane) {
      bool isUpper = lane & half;
      low.push_back(isUpper ? size + lane - half : lane);
      high.push_back(isUpper ? size + lane : lane + half);
    }
    for (int64_t i = 0; i < size; ++i) {
      if (i & half)
        continue;
      Value first = vectors[i], second = vectors[i + half];
      vectors[i] = create<vector::ShuffleOp>(first, second, low);
      vectors[i + half] = create<vector::ShuffleOp>(first, second, high);
    }
  }
}

Value VectorEmitter::reduceLanes(Value vector, Combine combine) {
  for (int64_t half = kLanes / 2; half >= 1; half /= 2) {
    auto low = llvm::to_vector(llvm::seq<int64_t>(0, half));
    auto high = llvm::to_vector(llvm::seq<int64_t>(half, 2 * half));
    Value lhs = create<vector::ShuffleOp>(vector, vector, low);
    Value rhs = create<vector::ShuffleOp>(vector, vector, high);
    vector = combine(lhs, rhs);
  }
  return create<vector::ExtractOp>(vector, ArrayRef<int64_t>{0});
}

Value VectorEmitter::advance(Value pointer, Value numElements, Type element) {
  return create<LLVM::GEPOp>(pointer.getType(), getStorageType(element),
                             pointer, ArrayRef<LLVM::GEPArg>{numElements},
                             LLVM::GEPNoWrapFlags::inbounds);
}

Value VectorEmitter::toStorage(Value value, Type element) {
  if (!element.isInteger(1))
    return value;
  Type type = withElementType(value.getType(), getStorageType(element));
  return create<arith::ExtUIOp>(type, value);
}

Value VectorEmitter::fromStorage(Value value, Type element) {
  if (!element.isInteger(1))
    return value;
  return compareInt(arith::CmpIPredicate::ne, value,
                    constantInt(value.getType(), 0));
}

Value VectorEmitter::load(Value pointer, Type element, Value mask) {
  VectorType type = getVectorType(getStorageType(element));
  unsigned alignment = getSizeInBytes(element);
  if (!mask)
    return fromStorage(create<LLVM::LoadOp>(type, pointer, alignment), element);
  Value zero = create<arith::ConstantOp>(builder.getZeroAttr(type));
  Value loaded = create<LLVM::MaskedLoadOp>(
      type, pointer, mask, zero, builder.getI32IntegerAttr(alignment));
  return fromStorage(loaded, element);
}

Value VectorEmitter::loadScalar(Value pointer, Type element) {
  Value loaded = create<LLVM::LoadOp>(getStorageType(element), pointer,
                                      getSizeInBytes(element));
  return fromStorage(loaded, element);
}

Value VectorEmitter::loadStrided(Value pointer, const DimExpr &stride,
                                 Type element, int64_t active) {
  VectorType type = getVectorType(getStorageType(element));
  Value result = create<arith::ConstantOp>(builder.getZeroAttr(type));
  for (int64_t lane = 0; lane < active; ++lane) {
    Value address = advance(pointer, index(stride * lane), element);
    Value loaded = create<LLVM::LoadOp>(type.getElementType(), address,
                                        getSizeInBytes(element));
    result = create<vector::InsertOp>(loaded, result, ArrayRef<int64_t>{lane});
  }
  return fromStorage(result, element);
}

Value VectorEmitter::loadStridedBelow(Value pointer, const DimExpr &stride,
                                      Type element, Value remaining) {
  VectorType type = getVectorType(getStorageType(element));
  Value result = create<arith::ConstantOp>(builder.getZeroAttr(type));
  Value last = subInt(remaining, index(1));
  for (int64_t lane = 0; lane < kLanes; ++lane) {
    Value place = mulInt(minSigned(index(lane), last), index(stride));
    Value loaded = create<LLVM::LoadOp>(type.getElementType(),
                                        advance(pointer, place, element),
                                        getSizeInBytes(element));
    result = create<vector::InsertOp>(loaded, result, ArrayRef<int64_t>{lane});
  }
  return fromStorage(result, element);
}

void VectorEmitter::store(Value value, Value pointer, Type element,
                          Value mask) {
  unsigned alignment = getSizeInBytes(element);
  value = toStorage(value, element);
  if (mask)
    create<LLVM::MaskedStoreOp>(value, pointer, mask, alignment);
  else
    create<LLVM::StoreOp>(value, pointer, alignment);
}

void VectorEmitter::storeStrided(Value value, Value pointer,
                                 const DimExpr &stride, Type element,
                                 int64_t active) {
  value = toStorage(value, element);
  for (int64_t lane = 0; lane < active; ++lane) {
    Value address = advance(pointer, index(stride * lane), element);
    Value scalar = create<vector::ExtractOp>(value, ArrayRef<int64_t>{lane});
    create<LLVM::StoreOp>(scalar, address, getSizeInBytes(element));
  }
}

void VectorEmitter::storeLanesBelow(Value value, Type element, Value remaining,
                                    llvm::function_ref<Value(Value)> place) {
  value = toStorage(value, element);
  auto body = [&](Value lane, ValueRange) -> Values {
    Value scalar = create<LLVM::ExtractElementOp>(value, lane);
    create<LLVM::StoreOp>(scalar, place(lane), getSizeInBytes(element));
    return {};
  };
  Value count = minSigned(remaining, index(kLanes));
  forLoop(index(0), count, index(1), {}, body);
}

void VectorEmitter::storeScalar(Value value, Value pointer, Type element) {
  create<LLVM::StoreOp>(toStorage(value, element), pointer,
                        getSizeInBytes(element));
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

VectorEmitter::Values VectorEmitter::forLoop(Value lower, Value upper,
                                             Value step, ValueRange init,
                                             LoopBody body) {
  auto loop = create<scf::ForOp>(lower, upper, step, init);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Values next = body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (!init.empty())
    create<scf::YieldOp>(next);
  return Values(loop.getResults());
}

VectorEmitter::Values VectorEmitter::ifThen(Value condition,
                                            llvm::function_ref<Values()> then,
                                            ValueRange otherwise) {
  bool hasResults = !otherwise.empty();
  auto branch = create<scf::IfOp>(TypeRange(otherwise), condition,
                                  /*withElseRegion=*/hasResults);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  Values results = then();
  if (!hasResults)
    return {};
  create<scf::YieldOp>(results);
  builder.setInsertionPointToStart(branch.elseBlock());
  create<scf::YieldOp>(otherwise);
  return Values(branch.getResults());
}

VectorEmitter::Values VectorEmitter::replaceLanes(Value mask, ValueRange inputs,
                                                  ValueRange results,
                                                  LaneBody body) {
  auto type = dyn_cast<VectorType>(mask.getType());
  if (!type)
    return ifThen(mask, [&] { return body(inputs); }, results);
  Type bitsType = builder.getIntegerType(type.getNumElements());
  Value bits = create<LLVM::BitcastOp>(bitsType, mask);
  Value isAny =
      compareInt(arith::CmpIPredicate::ne, bits, constantInt(bitsType, 0));
  Value wideBits = create<arith::ExtUIOp>(builder.getI64Type(), bits);
  auto replaceLane = [&](Value lane, ValueRange carried) -> Values {
    Value shifted = create<arith::ShRUIOp>(wideBits, lane);
    Value isSet = create<arith::TruncIOp>(builder.getI1Type(), shifted);
    auto compute = [&] {
      Values scalars;
      for (Value input : inputs)
        scalars.push_back(create<LLVM::ExtractElementOp>(input, lane));
      Values computed = body(scalars);
      for (auto [value, vector] : llvm::zip_equal(computed, carried))
        value = create<LLVM::InsertElementOp>(vector, value, lane);
      return computed;
    };
    return ifThen(isSet, compute, carried);
  };
  auto replaceAll = [&] {
    return forLoop(index(0), index(type.getNumElements()), index(1), results,
                   replaceLane);
  };
  return ifThen(isAny, replaceAll, results);
}

} // namespace neap
