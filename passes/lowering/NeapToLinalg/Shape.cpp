// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape.cpp - data movement as loops: copies of strided views, and pads, which
// copy what lies inside and fill or mirror the rest.
#include "dialects/neap/IR/NeapOps.h"
#include "passes/lowering/NeapToLinalg/LoopsForm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace neap {

//===----------------------------------------------------------------------===//
// Concat
//===----------------------------------------------------------------------===//

/// Copies each operand's part of the slab; the axis itself is never cut.
static void emitConcat(ConcatOp op, LoopEmitter &emitter,
                       ArrayRef<StridedView> operands,
                       const StridedView &result, const Slab &slab) {
  unsigned axis = op.getAxis();
  DimExpr start;
  for (auto [input, view] : llvm::zip(op.getInputs(), operands)) {
    DimExpr size = getSizes(input)[axis];
    Indices sizes = slab.sizes;
    sizes[axis] = emitter.index(size);
    StridedView part = emitter.advanceAxis(result, axis, emitter.index(start));
    if (!size.isConstant(0))
      emitter.copy(sizes, emitter.advance(view, slab.offsets),
                   emitter.advance(part, slab.offsets));
    start += size;
  }
}

static LoopsForm getConcatForm(ConcatOp op) {
  LoopsForm form;
  for (unsigned axis : getResultAxes(op))
    if (axis != op.getAxis())
      form.tiledAxes.push_back(axis);
  form.emit = [op](auto &&...arguments) { emitConcat(op, arguments...); };
  return form;
}

//===----------------------------------------------------------------------===//
// Pad
//===----------------------------------------------------------------------===//

namespace {
/// The loops of one pad: the last padded axis and those after it form a row.
struct PadEmitter {
  PadOp op;
  LoopEmitter &emitter;
  StridedView input, result;
  Value padding;
  const Slab &slab;

  void emit();

private:
  unsigned getRowAxis();
  void emitFillingRows(ArrayRef<Index> indices, unsigned rowAxis);
  void emitSegments(const StridedView &from, const StridedView &to,
                    unsigned rowAxis);
  void emitMirrored(unsigned lastAxis);
  Value mapIndex(Value index, unsigned axis);
  Indices getRowSizes(unsigned rowAxis) {
    return Indices(ArrayRef<Index>(slab.sizes).drop_front(rowAxis));
  }
};
} // namespace

/// Returns the last axis that has padding; 0 if none has.
unsigned PadEmitter::getRowAxis() {
  unsigned last = 0;
  for (unsigned axis = 0; axis < op.getLow().size(); ++axis)
    if (op.getLow()[axis] || op.getHigh()[axis])
      last = axis;
  return last;
}

void PadEmitter::emit() {
  if (result.getRank() == 0)
    return emitter.copy({}, input, result);
  unsigned rowAxis = getRowAxis();
  if (op.getMode() != PadMode::Constant)
    return emitter.ifNotEmpty(
        getSizes(op.getInput()), [&] { emitMirrored(rowAxis + 1); }, [] {});
  ArrayRef<Index> outer = ArrayRef<Index>(slab.sizes).take_front(rowAxis);
  emitter.forEach(outer, [&](ArrayRef<Index> indices) {
    emitFillingRows(indices, rowAxis);
  });
}

/// Fills the row at `indices` of the outer axes if it lies in the padding of
/// one of them, else emits its segments.
void PadEmitter::emitFillingRows(ArrayRef<Index> indices, unsigned rowAxis) {
  VectorEmitter &vector = emitter.getVectorEmitter();
  StridedView from = input, to = emitter.advance(result, slab.offsets);
  to = emitter.advance(to, indices);
  Value isInside;
  for (unsigned axis = 0; axis < rowAxis; ++axis) {
    int64_t low = op.getLow()[axis], high = op.getHigh()[axis];
    Index index = emitter.add(slab.offsets[axis], indices[axis]);
    Index source = emitter.sub(index, emitter.constant(low));
    from = emitter.advanceAxis(from, axis, source);
    if (low == 0 && high == 0)
      continue;
    Value size =
        emitter.materialize(emitter.index(getSizes(op.getInput())[axis]));
    Value inAxis = vector.compareInt(arith::CmpIPredicate::ult,
                                     emitter.materialize(source), size);
    isInside = isInside ? vector.bitAnd(isInside, inAxis) : inAxis;
  }
  from = LoopEmitter::dropAxes(from, rowAxis);
  to = LoopEmitter::dropAxes(to, rowAxis);
  if (!isInside)
    return emitSegments(from, to, rowAxis);
  emitter.ifElse(
      isInside, [&] { emitSegments(from, to, rowAxis); },
      [&] { emitter.fill(getRowSizes(rowAxis), to, padding); });
}

/// Emits a row: what lies before, inside and after the input's row axis.
void PadEmitter::emitSegments(const StridedView &from, const StridedView &to,
                              unsigned rowAxis) {
  Indices sizes = getRowSizes(rowAxis), rest = slab.offsets;
  rest.erase(rest.begin(), rest.begin() + rowAxis);
  Index low = emitter.constant(op.getLow()[rowAxis]);
  Index size = emitter.index(getSizes(op.getInput())[rowAxis]);
  Index begin = rest[0], end = emitter.add(begin, sizes[0]);
  Index copyBegin = emitter.min(emitter.max(begin, low), end);
  Index copyEnd =
      emitter.max(emitter.min(end, emitter.add(low, size)), copyBegin);
  auto segment = [&](Index start, Index stop, bool isCopy) {
    Indices segmentSizes = sizes;
    segmentSizes[0] = emitter.sub(stop, start);
    if (getConstantIntValue(segmentSizes[0]) == 0)
      return;
    StridedView part = emitter.advanceAxis(to, 0, emitter.sub(start, begin));
    if (!isCopy)
      return emitter.fill(segmentSizes, part, padding);
    Indices source = rest;
    source[0] = emitter.sub(start, low);
    emitter.copy(segmentSizes, emitter.advance(from, source), part);
  };
  segment(begin, copyBegin, /*isCopy=*/false);
  segment(copyBegin, copyEnd, /*isCopy=*/true);
  segment(copyEnd, end, /*isCopy=*/false);
}

/// Copies one row (the axes from `lastAxis` on) for each index of the others.
void PadEmitter::emitMirrored(unsigned lastAxis) {
  ArrayRef<Index> sizes(slab.sizes);
  emitter.forEach(sizes.take_front(lastAxis), [&](ArrayRef<Index> indices) {
    Indices source = slab.offsets;
    for (unsigned axis = 0; axis < lastAxis; ++axis) {
      Index index = emitter.add(slab.offsets[axis], indices[axis]);
      source[axis] = mapIndex(emitter.materialize(index), axis);
    }
    StridedView to = emitter.advance(result, slab.offsets);
    emitter.copy(
        sizes.drop_front(lastAxis),
        LoopEmitter::dropAxes(emitter.advance(input, source), lastAxis),
        LoopEmitter::dropAxes(emitter.advance(to, indices), lastAxis));
  });
}

/// Returns the index in the input that `index` of the result shows.
Value PadEmitter::mapIndex(Value index, unsigned axis) {
  VectorEmitter &vector = emitter.getVectorEmitter();
  auto valueOf = [&](const DimExpr &size) {
    return emitter.materialize(emitter.index(size));
  };
  DimExpr size = getSizes(op.getInput())[axis];
  Value zero = valueOf(0), last = valueOf(size - 1);
  int64_t low = op.getLow()[axis];
  if (op.getMode() == PadMode::Wrap) {
    // Whole turns keep the dividend from being negative.
    DimExpr divisor = DimExpr::max(size, 1);
    DimExpr turns = DimExpr(low).ceilDiv(divisor);
    Value turned = vector.addInt(index, valueOf(turns * divisor - low));
    return emitter.create<arith::RemUIOp>(turned, valueOf(divisor));
  }
  Value source = vector.subInt(index, valueOf(low));
  if (op.getMode() == PadMode::Edge)
    return vector.minSigned(vector.maxSigned(source, zero), last);
  Value fromStart = vector.maxSigned(source, vector.subInt(zero, source));
  Value fromEnd = vector.subInt(valueOf((size - 1) * 2), fromStart);
  return vector.minSigned(fromStart, fromEnd);
}

static LoopsForm getPadForm(PadOp op) {
  LoopsForm form;
  form.tiledAxes = getResultAxes(op);
  form.emit = [op](LoopEmitter &emitter, ArrayRef<StridedView> operands,
                   const StridedView &result, const Slab &slab) mutable {
    Value padding = op.getValue() ? emitter.load(operands[1]) : Value();
    PadEmitter{op, emitter, operands[0], result, padding, slab}.emit();
  };
  return form;
}

//===----------------------------------------------------------------------===//
// Iota
//===----------------------------------------------------------------------===//

/// Returns start + index * step in the element type.
static Value computeIota(LoopEmitter &emitter, Type element, Value start,
                         Value step, Value index) {
  VectorEmitter &vector = emitter.getVectorEmitter();
  Type storage = VectorEmitter::getStorageType(element);
  Value number = emitter.create<arith::IndexCastOp>(
      emitter.getBuilder().getI64Type(), index);
  if (isa<FloatType>(storage)) {
    number = emitter.create<arith::SIToFPOp>(storage, number);
    return vector.add(start, vector.mul(number, step));
  }
  if (storage.getIntOrFloatBitWidth() < 64)
    number = emitter.create<arith::TruncIOp>(storage, number);
  return vector.addInt(start, vector.mulInt(number, step));
}

static FailureOr<LoopsForm> getIotaForm(IotaOp op) {
  Type element = getElementType(op.getResult());
  if (!element.isInteger() && !element.isF32() && !element.isF64())
    return failure();
  LoopsForm form;
  form.tiledAxes = getResultAxes(op);
  form.emit = [element](LoopEmitter &emitter, ArrayRef<StridedView> operands,
                        const StridedView &result, const Slab &slab) {
    Value start = emitter.load(operands[0]), step = emitter.load(operands[1]);
    emitter.forEach(slab.sizes, [&](ArrayRef<Index> indices) {
      Index index = emitter.add(slab.offsets[0], indices[0]);
      Value value = computeIota(emitter, element, start, step,
                                emitter.materialize(index));
      emitter.store(value, emitter.advanceAxis(result, 0, index));
    });
  };
  return form;
}

FailureOr<LoopsForm> getShapeForm(Operation *op, const SymbolFacts &) {
  return llvm::TypeSwitch<Operation *, FailureOr<LoopsForm>>(op)
      .Case([](ConcatOp concat) { return getConcatForm(concat); })
      .Case([](PadOp pad) { return getPadForm(pad); })
      .Case([](IotaOp iota) { return getIotaForm(iota); })
      .Default([](Operation *) { return failure(); });
}

} // namespace neap
