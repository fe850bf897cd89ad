// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pooling.cpp - pools as loops: for each output position the window is cut to
// the taps inside the input and combined tap by tap. With channels last, the
// innermost loop runs over the channels.
#include "passes/lowering/NeapToLinalg/Combine.h"
#include "passes/lowering/NeapToLinalg/LoopsForm.h"
#include "passes/lowering/NeapToLinalg/Windows.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace neap {

namespace {
/// The loops of one pool.
struct PoolEmitter {
  PoolOp op;
  LoopEmitter &emitter;
  const StridedView &input, &result;
  const Slab &slab;

  void emit();

private:
  unsigned getNumSpatialAxes() { return op.getWindow().size(); }
  bool isChannelsLast() { return op.getLayout() == Layout::ChannelsLast; }
  unsigned getFirstSpatialAxis() { return isChannelsLast() ? 1 : 2; }
  unsigned getChannelAxis() {
    return isChannelsLast() ? result.getRank() - 1 : 1;
  }
  void emitPosition(ArrayRef<Index> indices);
  void divide(ArrayRef<Index> channels, const StridedView &output, Index count);
};
} // namespace

/// Loops over the positions: all axes but the innermost channels.
void PoolEmitter::emit() {
  Indices sizes = slab.sizes;
  if (isChannelsLast())
    sizes.back() = emitter.constant(1);
  emitter.forEach(sizes,
                  [&](ArrayRef<Index> indices) { emitPosition(indices); });
}

void PoolEmitter::emitPosition(ArrayRef<Index> indices) {
  unsigned first = getFirstSpatialAxis(), channel = getChannelAxis();
  StridedView from = input, to = emitter.advance(result, slab.offsets);
  to = emitter.advance(to, indices);
  for (unsigned axis : {0u, channel})
    from = emitter.advanceAxis(from, axis,
                               emitter.add(slab.offsets[axis], indices[axis]));
  Indices sizes;
  SmallVector<DimExpr> inputStrides, outputStrides;
  Index numTaps = emitter.constant(1), numPaddedTaps = numTaps;
  for (unsigned i = 0; i < getNumSpatialAxes(); ++i) {
    unsigned axis = first + i;
    WindowAxis window = getWindowAxis(op, i, axis, op.getWindow()[i]);
    Index index = emitter.add(slab.offsets[axis], indices[axis]);
    Taps taps = computeTaps(emitter, window, index);
    from = emitter.advanceAxis(from, axis, taps.inputStart);
    sizes.push_back(taps.count);
    inputStrides.push_back(input.strides[axis] * window.dilation);
    numTaps = emitter.mul(numTaps, taps.count);
    numPaddedTaps = emitter.mul(numPaddedTaps, taps.paddedCount);
  }
  SmallVector<LoopKind> kinds(sizes.size(), LoopKind::Reduction);
  outputStrides.assign(sizes.size(), DimExpr());
  Indices channels;
  if (isChannelsLast()) {
    channels.push_back(slab.sizes[channel]);
    sizes.push_back(slab.sizes[channel]);
    kinds.push_back(LoopKind::Parallel);
    inputStrides.push_back(input.strides[channel]);
    outputStrides.push_back(result.strides[channel]);
  }
  from.strides = inputStrides;
  to.strides = outputStrides;
  StridedView row = LoopEmitter::dropAxes(to, getNumSpatialAxes());
  ReduceKind kind =
      op.getKind() == PoolKind::Max ? ReduceKind::Max : ReduceKind::Sum;
  Type element = getElementType(op.getResult());
  emitter.fill(channels, row, getNeutral(emitter, kind, element));
  emitter.emitNest(sizes, kinds, from, to, [&](ValueRange elements) {
    return combine(emitter, kind, element, elements[1], elements[0]);
  });
  if (op.getKind() == PoolKind::Average)
    divide(channels, row, op.getCountIncludePad() ? numPaddedTaps : numTaps);
}

/// Divides sums by their number of elements.
void PoolEmitter::divide(ArrayRef<Index> channels, const StridedView &output,
                         Index count) {
  VectorEmitter &vector = emitter.getVectorEmitter();
  Value number = emitter.create<arith::IndexCastOp>(
      emitter.getBuilder().getI64Type(), emitter.materialize(count));
  Value divisor = emitter.create<arith::SIToFPOp>(
      VectorEmitter::getStorageType(output.element), number);
  emitter.emitMap(channels, {}, output, [&](ValueRange elements) {
    return vector.div(elements[0], divisor);
  });
}

//===----------------------------------------------------------------------===//
// Positions of maxima
//===----------------------------------------------------------------------===//

namespace {
/// The largest element so far and its number in the image.
struct Choice {
  Value value, number;
};

/// The loops of one search for maxima.
struct ArgmaxEmitter {
  PoolArgmaxOp op;
  LoopEmitter &emitter;
  const StridedView &input, &result;
  const Slab &slab;

  void emit();

private:
  Choice search(unsigned axis, ArrayRef<Taps> taps, const StridedView &from,
                Index number, Choice best);
};
} // namespace

void ArgmaxEmitter::emit() {
  Value lowest = getNeutral(emitter, ReduceKind::Max, input.element);
  emitter.forEach(slab.sizes, [&](ArrayRef<Index> indices) {
    StridedView from = input;
    SmallVector<Taps> taps;
    for (unsigned axis = 0; axis < result.getRank(); ++axis) {
      Index index = emitter.add(slab.offsets[axis], indices[axis]);
      if (axis < 2) {
        from = emitter.advanceAxis(from, axis, index);
        continue;
      }
      WindowAxis window =
          getWindowAxis(op, axis - 2, axis, op.getWindow()[axis - 2]);
      taps.push_back(computeTaps(emitter, window, index));
      from = emitter.advanceAxis(from, axis, taps.back().inputStart);
    }
    Choice none{lowest, emitter.materialize(emitter.constant(-1))};
    Value number = search(0, taps, from, emitter.constant(0), none).number;
    StridedView to = emitter.advance(result, slab.offsets);
    emitter.store(emitter.create<arith::IndexCastOp>(
                      emitter.getBuilder().getI64Type(), number),
                  emitter.advance(to, indices));
  });
}

/// Searches the taps of spatial axes from `axis` on. `number` is that of the
/// window's place on the axes before.
Choice ArgmaxEmitter::search(unsigned axis, ArrayRef<Taps> taps,
                             const StridedView &from, Index number,
                             Choice best) {
  VectorEmitter &vector = emitter.getVectorEmitter();
  if (axis == taps.size()) {
    Value value = emitter.load(from), place = emitter.materialize(number);
    Value isFirst = vector.compareInt(arith::CmpIPredicate::slt, best.number,
                                      emitter.materialize(emitter.constant(0)));
    Value better = vector.bitOr(isFirst, isBetter(emitter, ReduceKind::Max,
                                                  /*last=*/false, input.element,
                                                  value, best.value));
    return {vector.select(better, value, best.value),
            vector.select(better, place, best.number)};
  }
  DimExpr size = getSizes(op.getInput())[2 + axis];
  int64_t dilation = op.getDilations()[axis];
  auto body = [&](Value counter, ValueRange carried) {
    Index tap =
        emitter.mul(emitter
                        .create<arith::IndexCastOp>(
                            emitter.getBuilder().getIndexType(), counter)
                        .getResult(),
                    dilation);
    Index place = emitter.add(emitter.mul(number, size),
                              emitter.add(taps[axis].inputStart, tap));
    Choice choice =
        search(axis + 1, taps, emitter.advanceAxis(from, 2 + axis, tap), place,
               {carried[0], carried[1]});
    return VectorEmitter::Values{choice.value, choice.number};
  };
  Value end = emitter.create<arith::IndexCastOp>(
      emitter.getBuilder().getI64Type(), emitter.materialize(taps[axis].count));
  VectorEmitter::Values chosen = vector.forLoop(
      vector.index(0), end, vector.index(1), {best.value, best.number}, body);
  return {chosen[0], chosen[1]};
}

/// Returns the form of a search for maxima.
static FailureOr<LoopsForm> getArgmaxForm(PoolArgmaxOp op) {
  if (!hasArithmetic(getElementType(op.getInput())))
    return failure();
  LoopsForm form;
  form.tiledAxes = getResultAxes(op);
  form.nsPerElement = 1.5;
  for (int64_t taps : op.getWindow())
    form.nsPerElement *= taps;
  form.emit = [op](LoopEmitter &emitter, ArrayRef<StridedView> operands,
                   const StridedView &result, const Slab &slab) {
    ArgmaxEmitter{op, emitter, operands[0], result, slab}.emit();
  };
  return form;
}

FailureOr<LoopsForm> getPoolingForm(Operation *op, const SymbolFacts &) {
  if (auto argmax = dyn_cast<PoolArgmaxOp>(op))
    return getArgmaxForm(argmax);
  auto pool = dyn_cast<PoolOp>(op);
  if (!pool)
    return failure();
  Type element = getElementType(pool.getResult());
  if (!hasArithmetic(element) ||
      (pool.getKind() == PoolKind::Average && !isa<FloatType>(element)))
    return failure();
  LoopsForm form;
  form.tiledAxes = getResultAxes(op);
  int64_t numTaps = 1;
  for (int64_t taps : pool.getWindow())
    numTaps *= taps;
  bool isChannelsLast = pool.getLayout() == Layout::ChannelsLast;
  form.nsPerElement = numTaps * (isChannelsLast ? 0.15 : 1.0);
  form.emit = [pool](LoopEmitter &emitter, ArrayRef<StridedView> operands,
                     const StridedView &result, const Slab &slab) {
    PoolEmitter{pool, emitter, operands[0], result, slab}.emit();
  };
  return form;
}

} // namespace neap
