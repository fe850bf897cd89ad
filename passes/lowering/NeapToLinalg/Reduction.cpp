// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reduction.cpp - reductions over any axes, arg-reductions and prefix sums as
// loops. Each result is one chain over its elements in row-major order; where
// the last axis is not reduced, loops over it are innermost, so that many
// chains run side by side.
#include "passes/analysis/SizeAnalysis.h"
#include "passes/lowering/NeapToLinalg/Combine.h"
#include "passes/lowering/NeapToLinalg/LoopsForm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace neap {

//===----------------------------------------------------------------------===//
// Reduce
//===----------------------------------------------------------------------===//

/// Splits the axes of a reduction: outer results, what is reduced, inner
/// results (the axes after the last reduced one).
static void splitAxes(ReduceOp op, SmallVector<unsigned> &outer,
                      SmallVector<unsigned> &reduced,
                      SmallVector<unsigned> &inner) {
  for (unsigned axis : getResultAxes(op)) {
    bool isReduced = llvm::is_contained(op.getAxes(), axis);
    if (isReduced)
      reduced.push_back(axis);
    else if (!op.getAxes().empty() && axis > op.getAxes().back())
      inner.push_back(axis);
    else
      outer.push_back(axis);
  }
}

static void emitReduce(ReduceOp op, LoopEmitter &emitter,
                       ArrayRef<StridedView> operands,
                       const StridedView &result, const Slab &slab) {
  SmallVector<unsigned> outer, reduced, inner, row;
  splitAxes(op, outer, reduced, inner);
  Type element = getElementType(op.getResult());
  Value neutral = getNeutral(emitter, op.getKind(), element);
  StridedView input = emitter.advance(operands[0], slab.offsets);
  StridedView output = emitter.advance(result, slab.offsets);
  Indices outerSizes, rowSizes;
  SmallVector<LoopKind> kinds;
  for (unsigned axis : outer)
    outerSizes.push_back(slab.sizes[axis]);
  for (unsigned axis : reduced) {
    row.push_back(axis);
    rowSizes.push_back(emitter.index(getSizes(op.getInput())[axis]));
    kinds.push_back(LoopKind::Reduction);
  }
  for (unsigned axis : inner) {
    row.push_back(axis);
    rowSizes.push_back(slab.sizes[axis]);
    kinds.push_back(LoopKind::Parallel);
  }
  emitter.forEach(outerSizes, [&](ArrayRef<Index> indices) {
    StridedView from =
        emitter.advance(LoopEmitter::selectAxes(input, outer), indices);
    StridedView to =
        emitter.advance(LoopEmitter::selectAxes(output, outer), indices);
    from.strides = LoopEmitter::selectAxes(input, row).strides;
    to.strides = LoopEmitter::selectAxes(output, row).strides;
    size_t numReduced = reduced.size();
    emitter.fill(ArrayRef<Index>(rowSizes).drop_front(numReduced),
                 LoopEmitter::dropAxes(to, numReduced), neutral);
    emitter.emitNest(rowSizes, kinds, from, to, [&](ValueRange elements) {
      return combine(emitter, op.getKind(), element, elements[1], elements[0]);
    });
  });
}

static FailureOr<LoopsForm> getReduceForm(ReduceOp op,
                                          const SymbolFacts &facts) {
  if (!hasArithmetic(getElementType(op.getResult())))
    return failure();
  LoopsForm form;
  form.tiledAxes = getResultAxes(op);
  SmallVector<DimExpr> shape = getSizes(op.getInput());
  double factor = 1;
  for (int64_t axis : op.getAxes())
    factor *= getLargest(shape[axis], facts);
  bool isInnermost =
      !op.getAxes().empty() &&
      op.getAxes().back() + 1 == static_cast<int64_t>(shape.size());
  form.nsPerElement = factor * (isInnermost ? 1.0 : 0.2);
  form.emit = [op](auto &&...arguments) { emitReduce(op, arguments...); };
  return form;
}

//===----------------------------------------------------------------------===//
// Arg-reduce
//===----------------------------------------------------------------------===//

/// Emits the loop over one chain and returns the index that it chose.
static Value emitChoice(ArgReduceOp op, LoopEmitter &emitter,
                        const StridedView &chain) {
  VectorEmitter &vector = emitter.getVectorEmitter();
  unsigned axis = op.getAxis();
  Value size = vector.index(getSizes(op.getInput())[axis]);
  Value one = vector.index(1);
  auto body = [&](Value index, ValueRange carried) {
    Value position = emitter.create<arith::IndexCastOp>(
        emitter.getBuilder().getIndexType(), index);
    Value value = emitter.load(emitter.advanceAxis(chain, axis, position));
    Value better = isBetter(emitter, op.getKind(), op.getSelectLast(),
                            chain.element, value, carried[0]);
    return VectorEmitter::Values{vector.select(better, value, carried[0]),
                                 vector.select(better, index, carried[1])};
  };
  Value first = emitter.load(chain);
  return vector.forLoop(one, size, one, {first, vector.index(0)}, body)[1];
}

static void emitArgReduce(ArgReduceOp op, LoopEmitter &emitter,
                          ArrayRef<StridedView> operands,
                          const StridedView &result, const Slab &slab) {
  StridedView input = emitter.advance(operands[0], slab.offsets);
  StridedView output = emitter.advance(result, slab.offsets);
  auto emitChoices = [&] {
    emitter.forEach(slab.sizes, [&](ArrayRef<Index> indices) {
      Value chosen = emitChoice(op, emitter, emitter.advance(input, indices));
      if (!getElementType(op.getResult()).isInteger(64))
        chosen = emitter.create<arith::TruncIOp>(getElementType(op.getResult()),
                                                 chosen);
      emitter.store(chosen, emitter.advance(output, indices));
    });
  };
  emitter.ifNotEmpty(getSizes(op.getInput())[op.getAxis()], emitChoices,
                     [&] { emitter.failIndex(); });
}

static FailureOr<LoopsForm> getArgReduceForm(ArgReduceOp op,
                                             const SymbolFacts &facts) {
  if (!hasArithmetic(getElementType(op.getInput())))
    return failure();
  LoopsForm form;
  form.tiledAxes = getResultAxes(op);
  form.nsPerElement = getLargest(getSizes(op.getInput())[op.getAxis()], facts);
  form.emit = [op](auto &&...arguments) { emitArgReduce(op, arguments...); };
  return form;
}

//===----------------------------------------------------------------------===//
// Cumulative sum
//===----------------------------------------------------------------------===//

/// Emits the prefix sums of the slab: row i is row i - 1 plus an input row.
static void emitCumulativeSum(CumulativeSumOp op, LoopEmitter &emitter,
                              ArrayRef<StridedView> operands,
                              const StridedView &result, const Slab &slab) {
  unsigned axis = op.getAxis();
  DimExpr size = getSizes(op.getResult())[axis];
  Type element = getElementType(op.getResult());
  Indices row = slab.sizes;
  row[axis] = emitter.constant(1);
  StridedView input = emitter.advance(operands[0], slab.offsets);
  StridedView output = emitter.advance(result, slab.offsets);
  auto at = [&](const StridedView &view, Index step) {
    Index index =
        op.getReverse() ? emitter.sub(emitter.index(size - 1), step) : step;
    return emitter.advanceAxis(view, axis, index);
  };
  Index first = emitter.constant(0), one = emitter.constant(1);
  if (op.getExclusive())
    emitter.fill(row, at(output, first), getZero(emitter, element));
  else
    emitter.copy(row, at(input, first), at(output, first));
  emitter.forEach(emitter.index(size - 1), [&](Index step) {
    Index next = emitter.add(step, one);
    StridedView addend = at(input, op.getExclusive() ? step : next);
    emitter.emitMap(row, {at(output, step), addend}, at(output, next),
                    [&](ValueRange elements) {
                      return combine(emitter, ReduceKind::Sum, element,
                                     elements[0], elements[1]);
                    });
  });
}

static FailureOr<LoopsForm> getCumulativeSumForm(CumulativeSumOp op) {
  if (!hasArithmetic(getElementType(op.getResult())))
    return failure();
  LoopsForm form;
  for (unsigned axis : getResultAxes(op))
    if (axis != op.getAxis())
      form.tiledAxes.push_back(axis);
  form.nsPerElement = 1.0;
  form.emit = [op](auto &&...arguments) {
    emitCumulativeSum(op, arguments...);
  };
  return form;
}

FailureOr<LoopsForm> getReductionForm(Operation *op, const SymbolFacts &facts) {
  return llvm::TypeSwitch<Operation *, FailureOr<LoopsForm>>(op)
      .Case([&](ReduceOp reduce) { return getReduceForm(reduce, facts); })
      .Case([&](ArgReduceOp reduce) { return getArgReduceForm(reduce, facts); })
      .Case([](CumulativeSumOp sum) { return getCumulativeSumForm(sum); })
      .Default([](Operation *) { return failure(); });
}

} // namespace neap
