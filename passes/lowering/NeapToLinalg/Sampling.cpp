// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sampling.cpp - weighted gathers as loops: for each row of the result, tap by
// tap, a row of the input is combined with what is there. A row stays in the
// cache meanwhile; its elements are the innermost loop. An index beyond the
// input leaves its tap out and fails the kernel.
#include "passes/analysis/SizeAnalysis.h"
#include "passes/lowering/NeapToLinalg/Combine.h"
#include "passes/lowering/NeapToLinalg/LoopsForm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace neap {

namespace {
/// The loops of one weighted gather. Axes: batch, rows, columns; those of the
/// indices and weights: batch, rows, taps.
struct SamplingEmitter {
  WeightedGatherOp op;
  LoopEmitter &emitter;
  const StridedView &input, &indices, &weights, &result;
  const Slab &slab;

  void emit();

private:
  void emitTap(const StridedView &index, const StridedView &weight,
               const StridedView &from, const StridedView &to);
  Value combineTap(Value weight, Value element, Value sum);
};
} // namespace

void SamplingEmitter::emit() {
  Type element = result.element;
  Value neutral = getNeutral(emitter, op.getKind(), element);
  Indices columns{slab.sizes[2]};
  Index numTaps = emitter.index(getSizes(op.getIndices())[2]);
  ArrayRef<Index> offsets(slab.offsets);
  StridedView from = emitter.advanceAxis(input, 0, offsets[0]);
  from = emitter.advanceAxis(from, 2, offsets[2]);
  StridedView to = emitter.advance(result, offsets);
  StridedView index = emitter.advance(indices, offsets.take_front(2));
  StridedView weight = emitter.advance(weights, offsets.take_front(2));
  emitter.forEach(
      ArrayRef<Index>(slab.sizes).take_front(2), [&](ArrayRef<Index> place) {
        StridedView row = LoopEmitter::dropAxes(emitter.advance(to, place), 2);
        emitter.fill(columns, row, neutral);
        emitter.forEach(numTaps, [&](Index tap) {
          Indices tapPlace{place[0], place[1], tap};
          emitTap(LoopEmitter::dropAxes(emitter.advance(index, tapPlace), 3),
                  LoopEmitter::dropAxes(emitter.advance(weight, tapPlace), 3),
                  emitter.advance(from, place.take_front(1)), row);
        });
      });
}

/// Emits one tap of a row, if it is one.
void SamplingEmitter::emitTap(const StridedView &index,
                              const StridedView &weight,
                              const StridedView &from, const StridedView &to) {
  VectorEmitter &vector = emitter.getVectorEmitter();
  Value loaded = emitter.load(index);
  Value zero = vector.constantInt(loaded.getType(), 0);
  Value isTap = vector.compareInt(arith::CmpIPredicate::sge, loaded, zero);
  auto add = [&] {
    CheckedIndex row = emitter.checkIndex(loaded, getSizes(op.getInput())[1]);
    auto combineRows = [&] {
      Value factor = emitter.load(weight);
      StridedView source =
          LoopEmitter::dropAxes(emitter.advanceAxis(from, 1, row.index), 2);
      emitter.emitMap(slab.sizes[2], source, to, [&](ValueRange elements) {
        return combineTap(factor, elements[0], elements[1]);
      });
    };
    emitter.ifElse(row.isInside, combineRows, [] {});
  };
  emitter.ifElse(isTap, add, [] {});
}

Value SamplingEmitter::combineTap(Value weight, Value element, Value sum) {
  Type type = result.element;
  if (op.getKind() == ReduceKind::Sum)
    return multiplyAdd(emitter, type, weight, element, sum);
  Value product = emitter.getVectorEmitter().mul(weight, element);
  return combine(emitter, op.getKind(), type, sum, product);
}

FailureOr<LoopsForm> getSamplingForm(Operation *op, const SymbolFacts &facts) {
  auto gather = dyn_cast<WeightedGatherOp>(op);
  if (!gather || !hasArithmetic(getElementType(gather.getResult())))
    return failure();
  LoopsForm form;
  form.tiledAxes = getResultAxes(op);
  // Finding a tap costs as much as about twenty elements.
  double columns = getLargest(getSizes(gather.getResult())[2], facts);
  double perTap = 0.15 + 3.0 / std::max(columns, 1.0);
  form.nsPerElement =
      getLargest(getSizes(gather.getIndices())[2], facts) * perTap;
  form.emit = [gather](LoopEmitter &emitter, ArrayRef<StridedView> operands,
                       const StridedView &result, const Slab &slab) {
    SamplingEmitter{gather,      emitter, operands[0], operands[1],
                    operands[2], result,  slab}
        .emit();
  };
  return form;
}

} // namespace neap
