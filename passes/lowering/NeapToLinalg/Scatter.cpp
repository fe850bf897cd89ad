// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scatter.cpp - writes at computed indices as loops: the input is copied, then
// the updates are applied in order, all by one tile. An update whose index
// lies outside its axis is left out and fails the kernel.
#include "passes/lowering/NeapToLinalg/Combine.h"
#include "passes/lowering/NeapToLinalg/LoopsForm.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace neap {

/// Writes `updates` over `target`, or combines both.
static void applyUpdates(LoopEmitter &emitter, ArrayRef<Index> sizes,
                         const StridedView &updates, const StridedView &target,
                         std::optional<ReduceKind> reduction) {
  if (!reduction)
    return emitter.copy(sizes, updates, target);
  Type element = target.element;
  emitter.emitMap(sizes, updates, target, [&](ValueRange elements) {
    return combine(emitter, *reduction, element, elements[1], elements[0]);
  });
}

static void emitScatterElements(ScatterElementsOp op, LoopEmitter &emitter,
                                ArrayRef<StridedView> operands,
                                const StridedView &result) {
  unsigned axis = op.getAxis(), rank = result.getRank();
  DimExpr size = getSizes(op.getInput())[axis];
  Indices sizes = emitter.indices(getSizes(op.getUpdates()));
  emitter.forEach(sizes, [&](ArrayRef<Index> indices) {
    CheckedIndex checked = emitter.checkIndex(
        emitter.load(emitter.advance(operands[1], indices)), size);
    Indices place(indices);
    place[axis] = checked.index;
    auto update = [&] {
      StridedView from = emitter.advance(operands[2], indices);
      StridedView to = emitter.advance(result, place);
      applyUpdates(emitter, {}, LoopEmitter::dropAxes(from, rank),
                   LoopEmitter::dropAxes(to, rank), op.getReduction());
    };
    emitter.ifElse(checked.isInside, update, [] {});
  });
}

static void emitScatterNd(ScatterNdOp op, LoopEmitter &emitter,
                          ArrayRef<StridedView> operands,
                          const StridedView &result) {
  VectorEmitter &vector = emitter.getVectorEmitter();
  SmallVector<DimExpr> shape = getSizes(op.getInput());
  int64_t length = op.getIndices().getType().getShape().back();
  unsigned numTupleAxes = operands[1].getRank() - 1;
  Indices tuples = emitter.indices(
      ArrayRef(getSizes(op.getUpdates())).take_front(numTupleAxes));
  Indices row = emitter.indices(ArrayRef(shape).drop_front(length));
  emitter.forEach(tuples, [&](ArrayRef<Index> indices) {
    StridedView tuple = emitter.advance(operands[1], indices), to = result;
    Value isInside = vector.constantInt(emitter.getBuilder().getI1Type(), 1);
    for (int64_t i = 0; i < length; ++i) {
      StridedView index =
          emitter.advanceAxis(tuple, numTupleAxes, emitter.constant(i));
      CheckedIndex checked = emitter.checkIndex(emitter.load(index), shape[i]);
      to = emitter.advanceAxis(to, i, checked.index);
      isInside = vector.bitAnd(isInside, checked.isInside);
    }
    StridedView from = emitter.advance(operands[2], indices);
    auto update = [&] {
      applyUpdates(emitter, row, LoopEmitter::dropAxes(from, numTupleAxes),
                   LoopEmitter::dropAxes(to, length), op.getReduction());
    };
    emitter.ifElse(isInside, update, [] {});
  });
}

template <typename OpTy>
static FailureOr<LoopsForm>
getForm(OpTy op, void (*emitUpdates)(OpTy, LoopEmitter &, ArrayRef<StridedView>,
                                     const StridedView &)) {
  if (op.getReduction() && !hasArithmetic(getElementType(op.getResult())))
    return failure();
  LoopsForm form;
  form.emit =
      [op, emitUpdates](LoopEmitter &emitter, ArrayRef<StridedView> operands,
                        const StridedView &result, const Slab &) mutable {
        emitter.copy(emitter.indices(getSizes(op.getResult())), operands[0],
                     result);
        emitUpdates(op, emitter, operands, result);
      };
  return form;
}

FailureOr<LoopsForm> getScatterForm(Operation *op, const SymbolFacts &) {
  return llvm::TypeSwitch<Operation *, FailureOr<LoopsForm>>(op)
      .Case([](ScatterElementsOp scatter) {
        return getForm(scatter, emitScatterElements);
      })
      .Case([](ScatterNdOp scatter) -> FailureOr<LoopsForm> {
        if (scatter.getIndices().getType().isDynamicDim(
                scatter.getIndices().getType().getRank() - 1))
          return failure();
        return getForm(scatter, emitScatterNd);
      })
      .Default([](Operation *) { return failure(); });
}

} // namespace neap
