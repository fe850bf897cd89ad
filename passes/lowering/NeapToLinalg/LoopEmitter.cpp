// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LoopEmitter.cpp - see the header. A stride below 0 cannot be a memref's (the
// lowering marks address arithmetic as unsigned): such inputs are loaded in the
// body at an index of their own.
#include "passes/lowering/NeapToLinalg/LoopEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/analysis/SizeAnalysis.h"

using namespace mlir;

namespace neap {

/// NEAP_KERNEL_INDEX_OUT_OF_RANGE of runtime/include/neap/kernel_abi.h.
static constexpr int64_t kIndexOutOfRange = 1;

LoopEmitter::LoopEmitter(VectorEmitter &emitter, const SymbolFacts &facts)
    : emitter(emitter), facts(facts) {
  Type i32 = getBuilder().getI32Type();
  status = create<memref::AllocaOp>(MemRefType::get({}, i32));
  create<memref::StoreOp>(emitter.constantInt(i32, 0), status);
}

//===----------------------------------------------------------------------===//
// Index arithmetic
//===----------------------------------------------------------------------===//

Index LoopEmitter::constant(int64_t value) {
  return getBuilder().getIndexAttr(value);
}

Index LoopEmitter::index(const DimExpr &size) {
  if (std::optional<int64_t> known = size.getConstant())
    return constant(*known);
  Type type = getBuilder().getIndexType();
  return create<arith::IndexCastOp>(type, emitter.index(size)).getResult();
}

Indices LoopEmitter::indices(ArrayRef<DimExpr> sizes) {
  return llvm::map_to_vector(sizes,
                             [&](const DimExpr &size) { return index(size); });
}

Value LoopEmitter::materialize(Index index) {
  return getValueOrCreateConstantIndexOp(getBuilder(), emitter.getLoc(), index);
}

Index LoopEmitter::add(Index lhs, Index rhs) {
  std::optional<int64_t> l = getConstantIntValue(lhs);
  std::optional<int64_t> r = getConstantIntValue(rhs);
  if (l && r)
    return constant(*l + *r);
  if (l == 0 || r == 0)
    return l == 0 ? rhs : lhs;
  return create<arith::AddIOp>(materialize(lhs), materialize(rhs)).getResult();
}

Index LoopEmitter::sub(Index lhs, Index rhs) {
  std::optional<int64_t> r = getConstantIntValue(rhs);
  if (r)
    return add(lhs, constant(-*r));
  return create<arith::SubIOp>(materialize(lhs), materialize(rhs)).getResult();
}

Index LoopEmitter::mul(Index lhs, Index rhs) {
  std::optional<int64_t> l = getConstantIntValue(lhs);
  std::optional<int64_t> r = getConstantIntValue(rhs);
  if (l && r)
    return constant(*l * *r);
  if (l == 0 || r == 0)
    return constant(0);
  if (l == 1 || r == 1)
    return l == 1 ? rhs : lhs;
  return create<arith::MulIOp>(materialize(lhs), materialize(rhs)).getResult();
}

Index LoopEmitter::min(Index lhs, Index rhs) {
  std::optional<int64_t> l = getConstantIntValue(lhs);
  std::optional<int64_t> r = getConstantIntValue(rhs);
  if (l && r)
    return constant(std::min(*l, *r));
  return create<arith::MinSIOp>(materialize(lhs), materialize(rhs)).getResult();
}

Index LoopEmitter::max(Index lhs, Index rhs) {
  std::optional<int64_t> l = getConstantIntValue(lhs);
  std::optional<int64_t> r = getConstantIntValue(rhs);
  if (l && r)
    return constant(std::max(*l, *r));
  return create<arith::MaxSIOp>(materialize(lhs), materialize(rhs)).getResult();
}

std::pair<Index, Index> LoopEmitter::divRem(Index index, int64_t divisor) {
  if (divisor == 1)
    return {index, constant(0)};
  if (std::optional<int64_t> known = getConstantIntValue(index))
    return {constant(*known / divisor), constant(*known % divisor)};
  Value dividend = materialize(index), by = materialize(constant(divisor));
  return {create<arith::DivUIOp>(dividend, by).getResult(),
          create<arith::RemUIOp>(dividend, by).getResult()};
}

std::pair<Index, Index> LoopEmitter::divRem(Index index,
                                            const DimExpr &divisor) {
  if (std::optional<int64_t> known = divisor.getConstant())
    return divRem(index, *known);
  Value dividend = materialize(index);
  Value by = materialize(this->index(DimExpr::max(divisor, 1)));
  return {create<arith::DivUIOp>(dividend, by).getResult(),
          create<arith::RemUIOp>(dividend, by).getResult()};
}

Index LoopEmitter::ceilDiv(Index index, int64_t divisor) {
  return divRem(add(index, constant(divisor - 1)), divisor).first;
}

//===----------------------------------------------------------------------===//
// Elements and views
//===----------------------------------------------------------------------===//

Value LoopEmitter::toCompute(Value stored, Type element) {
  if (!element.isInteger(1))
    return stored;
  Value zero = emitter.constantInt(stored.getType(), 0);
  return emitter.compareInt(arith::CmpIPredicate::ne, stored, zero);
}

Value LoopEmitter::toStorage(Value computed, Type element) {
  if (!element.isInteger(1))
    return computed;
  return create<arith::ExtUIOp>(VectorEmitter::getStorageType(element),
                                computed);
}

StridedView LoopEmitter::advance(const StridedView &view,
                                 ArrayRef<Index> indices) {
  StridedView result = view;
  for (auto [axis, index] : llvm::enumerate(indices))
    result = advanceAxis(result, axis, index);
  return result;
}

StridedView LoopEmitter::advanceAxis(const StridedView &view, unsigned axis,
                                     Index index) {
  StridedView result = view;
  if (!view.splat)
    result.offset = add(view.offset, mul(index, view.strides[axis]));
  return result;
}

StridedView LoopEmitter::selectAxes(const StridedView &view,
                                    ArrayRef<unsigned> axes) {
  StridedView result = view;
  result.strides = llvm::map_to_vector(
      axes, [&](unsigned axis) { return view.strides[axis]; });
  return result;
}

StridedView LoopEmitter::dropAxes(const StridedView &view, unsigned count) {
  StridedView result = view;
  result.strides.assign(view.strides.begin() + count, view.strides.end());
  return result;
}

Value LoopEmitter::load(const StridedView &view) {
  if (view.splat)
    return view.splat;
  return create<memref::LoadOp>(view.buffer, materialize(view.offset));
}

void LoopEmitter::store(Value value, const StridedView &view) {
  create<memref::StoreOp>(value, view.buffer, materialize(view.offset));
}

CheckedIndex LoopEmitter::checkIndex(Value loaded, const DimExpr &size) {
  OpBuilder &builder = getBuilder();
  Value index = loaded;
  if (!index.getType().isInteger(64))
    index = create<arith::ExtSIOp>(builder.getI64Type(), index);
  Value zero = emitter.index(0), bound = emitter.index(size);
  Value isNegative = emitter.compareInt(arith::CmpIPredicate::slt, index, zero);
  Value fromStart =
      emitter.select(isNegative, emitter.addInt(index, bound), index);
  Value isInside =
      emitter.compareInt(arith::CmpIPredicate::ult, fromStart, bound);
  ifElse(isInside, [] {}, [&] { failIndex(); });
  Value safe = emitter.select(isInside, fromStart, zero);
  Value result = create<arith::IndexCastOp>(builder.getIndexType(), safe);
  return {result, isInside};
}

void LoopEmitter::failIndex() {
  create<memref::StoreOp>(
      emitter.constantInt(getBuilder().getI32Type(), kIndexOutOfRange), status);
}

Value LoopEmitter::getStatus() { return create<memref::LoadOp>(status); }

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

void LoopEmitter::forEach(Index size, IndexBody body) {
  if (getConstantIntValue(size) == 1)
    return body(constant(0));
  OpBuilder &builder = getBuilder();
  auto loop = create<scf::ForOp>(materialize(constant(0)), materialize(size),
                                 materialize(constant(1)));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

void LoopEmitter::forEach(ArrayRef<Index> sizes, IndicesBody body) {
  Indices indices;
  std::function<void()> descend = [&] {
    if (indices.size() == sizes.size())
      return body(indices);
    forEach(sizes[indices.size()], [&](Index index) {
      indices.push_back(index);
      descend();
      indices.pop_back();
    });
  };
  descend();
}

void LoopEmitter::ifNotEmpty(ArrayRef<DimExpr> sizes,
                             llvm::function_ref<void()> then,
                             llvm::function_ref<void()> otherwise) {
  DimExpr numElements = getNumElements(sizes);
  if (llvm::all_of(
          sizes, [&](const DimExpr &size) { return facts.isAtLeast(size, 1); }))
    return then();
  if (numElements.isConstant(0))
    return otherwise();
  ifElse(emitter.compareInt(arith::CmpIPredicate::sgt,
                            emitter.index(numElements), emitter.index(0)),
         then, otherwise);
}

void LoopEmitter::ifElse(Value condition, llvm::function_ref<void()> then,
                         llvm::function_ref<void()> otherwise) {
  OpBuilder &builder = getBuilder();
  auto branch = create<scf::IfOp>(condition, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  then();
  builder.setInsertionPointToStart(branch.elseBlock());
  otherwise();
}

Value LoopEmitter::createMemRef(ArrayRef<Index> sizes,
                                const StridedView &view) {
  OpBuilder &builder = getBuilder();
  SmallVector<int64_t> shape;
  SmallVector<Value> dynamicSizes;
  auto strides = llvm::map_to_vector(view.strides, [](const DimExpr &stride) {
    return stride.getConstant().value_or(ShapedType::kDynamic);
  });
  dispatchIndexOpFoldResults(sizes, dynamicSizes, shape);
  int64_t offset =
      getConstantIntValue(view.offset).value_or(ShapedType::kDynamic);
  auto layout = StridedLayoutAttr::get(builder.getContext(), offset, strides);
  auto type = MemRefType::get(
      shape, cast<MemRefType>(view.buffer.getType()).getElementType(), layout);
  return create<memref::ReinterpretCastOp>(type, view.buffer, view.offset,
                                           sizes, indices(view.strides));
}

Value LoopEmitter::getLinearIndex(const StridedView &view) {
  Index index = view.offset;
  for (auto [axis, stride] : llvm::enumerate(view.strides)) {
    if (stride.isConstant(0))
      continue;
    Value loop = create<linalg::IndexOp>(axis);
    index = add(index, mul(loop, stride));
  }
  return materialize(index);
}

/// Returns the loops that run more than once, or not known to run once.
static SmallVector<unsigned> getRealLoops(ArrayRef<Index> sizes) {
  SmallVector<unsigned> loops;
  for (auto [loop, size] : llvm::enumerate(sizes))
    if (getConstantIntValue(size) != 1)
      loops.push_back(loop);
  return loops;
}

void LoopEmitter::emitNest(ArrayRef<Index> allSizes,
                           ArrayRef<LoopKind> allKinds,
                           ArrayRef<StridedView> inputs,
                           const StridedView &output, ElementBody body) {
  OpBuilder &builder = getBuilder();
  SmallVector<unsigned> loops = getRealLoops(allSizes), parallel;
  Indices sizes, parallelSizes;
  SmallVector<utils::IteratorType> iterators;
  SmallVector<AffineExpr> parallelDims;
  for (auto [dim, loop] : llvm::enumerate(loops)) {
    bool isParallel = allKinds[loop] == LoopKind::Parallel;
    sizes.push_back(allSizes[loop]);
    iterators.push_back(isParallel ? utils::IteratorType::parallel
                                   : utils::IteratorType::reduction);
    if (!isParallel)
      continue;
    parallel.push_back(loop);
    parallelSizes.push_back(allSizes[loop]);
    parallelDims.push_back(builder.getAffineDimExpr(dim));
  }

  auto isOperand = [&](const StridedView &view) {
    return !view.splat &&
           llvm::all_of(view.strides, [&](const DimExpr &stride) {
             return facts.isAtLeast(stride, 0);
           });
  };
  SmallVector<StridedView> views;
  SmallVector<Value> operands;
  for (const StridedView &input : inputs) {
    views.push_back(selectAxes(input, loops));
    if (isOperand(views.back()))
      operands.push_back(createMemRef(sizes, views.back()));
  }
  // Some operand must have every loop, else linalg cannot tell its size.
  bool needsShape = operands.empty() && parallel.size() < loops.size();
  if (needsShape) {
    StridedView shape = output;
    for (auto [stride, kind] : llvm::zip_equal(shape.strides, allKinds))
      stride = kind == LoopKind::Parallel ? stride : DimExpr();
    operands.push_back(createMemRef(sizes, selectAxes(shape, loops)));
  }
  SmallVector<AffineMap> maps(operands.size(),
                              builder.getMultiDimIdentityMap(loops.size()));
  maps.push_back(
      AffineMap::get(loops.size(), 0, parallelDims, builder.getContext()));
  Value out = createMemRef(parallelSizes, selectAxes(output, parallel));

  auto emitBody = [&](OpBuilder &nested, Location loc, ValueRange arguments) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(nested.getInsertionBlock(),
                              nested.getInsertionPoint());
    SmallVector<Value> elements;
    if (needsShape)
      arguments = arguments.drop_front();
    for (const StridedView &view : views) {
      if (view.splat)
        elements.push_back(view.splat);
      else if (!isOperand(view))
        elements.push_back(
            create<memref::LoadOp>(view.buffer, getLinearIndex(view)));
      else {
        elements.push_back(arguments.front());
        arguments = arguments.drop_front();
      }
    }
    elements.push_back(arguments.front());
    create<linalg::YieldOp>(body(elements));
  };
  create<linalg::GenericOp>(operands, ValueRange(out), maps, iterators,
                            emitBody);
}

void LoopEmitter::emitMap(ArrayRef<Index> sizes, ArrayRef<StridedView> inputs,
                          const StridedView &output, ElementBody body) {
  SmallVector<LoopKind> kinds(sizes.size(), LoopKind::Parallel);
  emitNest(sizes, kinds, inputs, output, body);
}

void LoopEmitter::fill(ArrayRef<Index> sizes, const StridedView &output,
                       Value value) {
  emitMap(sizes, {}, output, [&](ValueRange) { return value; });
}

} // namespace neap
