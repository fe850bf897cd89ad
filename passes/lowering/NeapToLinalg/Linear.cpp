// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linear.cpp - products without microkernels (integers) and the packing of
// panels as loops.
#include "passes/analysis/SizeAnalysis.h"
#include "passes/lowering/NeapToLinalg/Combine.h"
#include "passes/lowering/NeapToLinalg/LoopsForm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace neap {

//===----------------------------------------------------------------------===//
// Matmul
//===----------------------------------------------------------------------===//

/// Emits row by row: a row of the result gathers the rows of `rhs`.
static void emitMatmul(MatmulOp op, LoopEmitter &emitter,
                       ArrayRef<StridedView> operands,
                       const StridedView &result, const Slab &slab) {
  unsigned rank = result.getRank();
  unsigned numBatchAxes = operands[1].getRank() - 2;
  Type element = getElementType(op.getResult());
  ArrayRef<Index> offsets(slab.offsets), sizes(slab.sizes);
  StridedView lhs = emitter.advance(operands[0], offsets.drop_back());
  StridedView rhs =
      emitter.advance(operands[1], offsets.take_front(numBatchAxes));
  rhs = emitter.advanceAxis(rhs, numBatchAxes + 1, offsets.back());
  StridedView output = emitter.advance(result, offsets);
  Indices loops{emitter.index(getSizes(op.getLhs()).back()), sizes.back()};
  emitter.forEach(sizes.drop_back(), [&](ArrayRef<Index> indices) {
    StridedView a = emitter.advance(lhs, indices);
    StridedView b = emitter.advance(rhs, indices.take_front(numBatchAxes));
    StridedView c = emitter.advance(output, indices);
    a.strides = {lhs.strides.back(), 0};
    b.strides = {rhs.strides[numBatchAxes], rhs.strides[numBatchAxes + 1]};
    c.strides = {0, output.strides[rank - 1]};
    emitter.fill(loops.back(), LoopEmitter::dropAxes(c, 1),
                 getZero(emitter, element));
    emitter.emitNest(loops, {LoopKind::Reduction, LoopKind::Parallel}, {a, b},
                     c, [&](ValueRange elements) {
                       return multiplyAdd(emitter, element, elements[0],
                                          elements[1], elements[2]);
                     });
  });
}

static FailureOr<LoopsForm> getMatmulForm(MatmulOp op,
                                          const SymbolFacts &facts) {
  if (!hasArithmetic(getElementType(op.getResult())))
    return failure();
  LoopsForm form;
  form.tiledAxes = getResultAxes(op);
  form.nsPerElement = 0.15 * getLargest(getSizes(op.getLhs()).back(), facts);
  form.emit = [op](auto &&...arguments) { emitMatmul(op, arguments...); };
  return form;
}

//===----------------------------------------------------------------------===//
// Pack panels
//===----------------------------------------------------------------------===//

/// Emits panels [first, first + count) of `width` columns, and zeros beside.
static void packPanels(LoopEmitter &emitter, Type element,
                       const StridedView &input, const StridedView &output,
                       Index count, Index depth, int64_t width) {
  Indices sizes{count, depth, emitter.constant(width)};
  emitter.copy(sizes, input, output);
  sizes.back() = emitter.constant(PackPanelsOp::kPanelWidth - width);
  if (width == PackPanelsOp::kPanelWidth)
    return;
  emitter.fill(sizes, emitter.advanceAxis(output, 2, emitter.constant(width)),
               getZero(emitter, element));
}

/// Emits the whole panels of the slab, then the narrower last one if the slab
/// has it.
static void emitPackPanels(PackPanelsOp op, LoopEmitter &emitter,
                           ArrayRef<StridedView> operands,
                           const StridedView &result, const Slab &slab) {
  constexpr int64_t kWidth = PackPanelsOp::kPanelWidth;
  int64_t numColumns = op.getInput().getType().getShape().back();
  int64_t numWhole = numColumns / kWidth, rest = numColumns % kWidth;
  Type element = getElementType(op.getResult());
  StridedView panels = operands[0];
  panels.strides = {operands[0].strides[1] * kWidth, operands[0].strides[0],
                    operands[0].strides[1]};
  ArrayRef<Index> offsets = ArrayRef<Index>(slab.offsets).take_front(2);
  StridedView input = emitter.advance(panels, offsets);
  StridedView output = emitter.advance(result, offsets);
  Index whole = emitter.max(
      emitter.min(slab.sizes[0],
                  emitter.sub(emitter.constant(numWhole), offsets[0])),
      emitter.constant(0));
  packPanels(emitter, element, input, output, whole, slab.sizes[1], kWidth);
  if (rest == 0)
    return;
  Index numLast = emitter.sub(slab.sizes[0], whole);
  emitter.forEach(numLast, [&](Index) {
    Index one = emitter.constant(1);
    packPanels(emitter, element, emitter.advanceAxis(input, 0, whole),
               emitter.advanceAxis(output, 0, whole), one, slab.sizes[1], rest);
  });
}

static FailureOr<LoopsForm> getPackPanelsForm(PackPanelsOp op) {
  if (op.getInput().getType().isDynamicDim(1))
    return failure();
  LoopsForm form;
  form.tiledAxes = {0, 1};
  form.nsPerElement = 0.5;
  form.emit = [op](auto &&...arguments) { emitPackPanels(op, arguments...); };
  return form;
}

FailureOr<LoopsForm> getLinearForm(Operation *op, const SymbolFacts &facts) {
  return llvm::TypeSwitch<Operation *, FailureOr<LoopsForm>>(op)
      .Case([&](MatmulOp matmul) { return getMatmulForm(matmul, facts); })
      .Case([](PackPanelsOp pack) { return getPackPanelsForm(pack); })
      .Default([](Operation *) { return failure(); });
}

} // namespace neap
