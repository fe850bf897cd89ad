// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Indexing.cpp - gathers as loops: for each index (or tuple of them) a row is
// copied. An index outside its axis reads row 0 instead and fails the kernel.
#include "dialects/neap/IR/NeapOps.h"
#include "passes/lowering/NeapToLinalg/LoopsForm.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace neap {

/// Loads and checks the index at the start of `view`.
static Index loadIndex(LoopEmitter &emitter, const StridedView &view,
                       const DimExpr &size) {
  return emitter.checkIndex(emitter.load(view), size).index;
}

//===----------------------------------------------------------------------===//
// Gather
//===----------------------------------------------------------------------===//

static void emitGather(GatherOp op, LoopEmitter &emitter,
                       ArrayRef<StridedView> operands,
                       const StridedView &result, const Slab &slab) {
  unsigned axis = op.getAxis();
  unsigned rowAxis = axis + operands[1].getRank();
  ArrayRef<Index> sizes(slab.sizes), offsets(slab.offsets);
  StridedView input = emitter.advance(operands[0], offsets.take_front(axis));
  StridedView chosen =
      emitter.advance(operands[1], offsets.slice(axis, rowAxis - axis));
  for (auto [i, offset] : llvm::enumerate(offsets.drop_front(rowAxis)))
    input = emitter.advanceAxis(input, axis + 1 + i, offset);
  StridedView output = emitter.advance(result, offsets);
  DimExpr size = getSizes(op.getInput())[axis];
  emitter.forEach(sizes.take_front(rowAxis), [&](ArrayRef<Index> indices) {
    Index index = loadIndex(
        emitter, emitter.advance(chosen, indices.drop_front(axis)), size);
    StridedView from = emitter.advance(input, indices.take_front(axis));
    from =
        LoopEmitter::dropAxes(emitter.advanceAxis(from, axis, index), axis + 1);
    StridedView to =
        LoopEmitter::dropAxes(emitter.advance(output, indices), rowAxis);
    emitter.copy(sizes.drop_front(rowAxis), from, to);
  });
}

static void emitPackedGather(PackedGatherOp op, LoopEmitter &emitter,
                             ArrayRef<StridedView> operands,
                             const StridedView &result, const Slab &slab) {
  unsigned rank = operands[1].getRank();
  ArrayRef<Index> sizes(slab.sizes), offsets(slab.offsets);
  StridedView chosen = emitter.advance(operands[1], offsets.take_front(rank));
  StridedView input = emitter.advanceAxis(operands[0], 1, offsets.back());
  StridedView output = emitter.advance(result, offsets);
  emitter.forEach(sizes.take_front(rank), [&](ArrayRef<Index> indices) {
    Index index =
        loadIndex(emitter, emitter.advance(chosen, indices), op.getColumns());
    auto [panel, lane] = emitter.divRem(index, PackPanelsOp::kPanelWidth);
    StridedView from = emitter.advanceAxis(input, 0, panel);
    from = emitter.advanceAxis(from, 2, lane);
    emitter.copy(sizes.back(), LoopEmitter::selectAxes(from, {1}),
                 LoopEmitter::dropAxes(emitter.advance(output, indices), rank));
  });
}

//===----------------------------------------------------------------------===//
// Gather of elements and of tuples
//===----------------------------------------------------------------------===//

static void emitGatherElements(GatherElementsOp op, LoopEmitter &emitter,
                               ArrayRef<StridedView> operands,
                               const StridedView &result, const Slab &slab) {
  unsigned axis = op.getAxis();
  DimExpr size = getSizes(op.getInput())[axis];
  StridedView chosen = emitter.advance(operands[1], slab.offsets);
  StridedView output = emitter.advance(result, slab.offsets);
  emitter.forEach(slab.sizes, [&](ArrayRef<Index> indices) {
    Indices source;
    for (auto [offset, index] : llvm::zip(slab.offsets, indices))
      source.push_back(emitter.add(offset, index));
    source[axis] = loadIndex(emitter, emitter.advance(chosen, indices), size);
    emitter.store(emitter.load(emitter.advance(operands[0], source)),
                  emitter.advance(output, indices));
  });
}

/// Returns `view` at the tuple that starts `tuple`'s only axis.
static StridedView advanceByTuple(LoopEmitter &emitter, StridedView view,
                                  unsigned firstAxis, const StridedView &tuple,
                                  int64_t length, ArrayRef<DimExpr> shape) {
  for (int64_t i = 0; i < length; ++i) {
    Index index =
        loadIndex(emitter, emitter.advance(tuple, emitter.constant(i)),
                  shape[firstAxis + i]);
    view = emitter.advanceAxis(view, firstAxis + i, index);
  }
  return view;
}

static void emitGatherNd(GatherNdOp op, LoopEmitter &emitter,
                         ArrayRef<StridedView> operands,
                         const StridedView &result, const Slab &slab) {
  unsigned batch = op.getBatchDims();
  unsigned rowAxis = operands[1].getRank() - 1;
  int64_t length = op.getIndices().getType().getShape().back();
  ArrayRef<Index> sizes(slab.sizes), offsets(slab.offsets);
  StridedView tuples =
      emitter.advance(operands[1], offsets.take_front(rowAxis));
  StridedView input = emitter.advance(operands[0], offsets.take_front(batch));
  for (auto [i, offset] : llvm::enumerate(offsets.drop_front(rowAxis)))
    input = emitter.advanceAxis(input, batch + length + i, offset);
  StridedView output = emitter.advance(result, offsets);
  emitter.forEach(sizes.take_front(rowAxis), [&](ArrayRef<Index> indices) {
    StridedView tuple =
        LoopEmitter::dropAxes(emitter.advance(tuples, indices), rowAxis);
    StridedView from = emitter.advance(input, indices.take_front(batch));
    from = advanceByTuple(emitter, from, batch, tuple, length,
                          getSizes(op.getInput()));
    emitter.copy(
        sizes.drop_front(rowAxis), LoopEmitter::dropAxes(from, batch + length),
        LoopEmitter::dropAxes(emitter.advance(output, indices), rowAxis));
  });
}

/// Wraps an emitter of rows: all axes may be cut; an empty input fails.
template <typename OpTy>
static LoopsForm
getGatherForm(OpTy op, double nsPerElement,
              void (*emitRows)(OpTy, LoopEmitter &, ArrayRef<StridedView>,
                               const StridedView &, const Slab &)) {
  LoopsForm form;
  form.tiledAxes = getResultAxes(op);
  form.nsPerElement = nsPerElement;
  form.emit = [op,
               emitRows](LoopEmitter &emitter, ArrayRef<StridedView> operands,
                         const StridedView &result, const Slab &slab) mutable {
    // Of nothing every index is wrong.
    emitter.ifNotEmpty(
        getSizes(op.getInput()),
        [&] { emitRows(op, emitter, operands, result, slab); },
        [&] { emitter.failIndex(); });
  };
  return form;
}

FailureOr<LoopsForm> getIndexingForm(Operation *op, const SymbolFacts &) {
  return llvm::TypeSwitch<Operation *, FailureOr<LoopsForm>>(op)
      .Case([](GatherOp gather) {
        return getGatherForm(gather, 0.5, emitGather);
      })
      .Case([](PackedGatherOp gather) {
        return getGatherForm(gather, 1.5, emitPackedGather);
      })
      .Case([](GatherElementsOp gather) {
        return getGatherForm(gather, 1.5, emitGatherElements);
      })
      .Case([](GatherNdOp gather) -> FailureOr<LoopsForm> {
        if (gather.getIndices().getType().isDynamicDim(
                gather.getIndices().getType().getRank() - 1))
          return failure();
        return getGatherForm(gather, 1.5, emitGatherNd);
      })
      .Default([](Operation *) { return failure(); });
}

} // namespace neap
