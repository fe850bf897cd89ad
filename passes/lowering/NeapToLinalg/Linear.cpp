// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linear.cpp - products without microkernels (integers), the packing of panels
// and elimination as loops.
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

//===----------------------------------------------------------------------===//
// Triangularize
//===----------------------------------------------------------------------===//

namespace {
/// The elimination of one matrix, in place.
struct Elimination {
  LoopEmitter &emitter;
  const StridedView &matrix;
  DimExpr size;

  void emit();

private:
  StridedView at(Index row, Index column) {
    return LoopEmitter::dropAxes(emitter.advance(matrix, {row, column}), 2);
  }
  Index findPivot(Index column);
  void exchangeRows(Index upper, Index lower);
  void eliminateBelow(Index pivot, Value pivotElement);
};
} // namespace

/// Returns the row from `column` on of the largest magnitude there.
Index Elimination::findPivot(Index column) {
  VectorEmitter &vector = emitter.getVectorEmitter();
  Type i64 = emitter.getBuilder().getI64Type();
  Value first =
      emitter.create<arith::IndexCastOp>(i64, emitter.materialize(column));
  auto body = [&](Value row, ValueRange best) {
    Value index = emitter.create<arith::IndexCastOp>(
        emitter.getBuilder().getIndexType(), row);
    Value value = vector.abs(emitter.load(at(index, column)));
    Value better = isBetter(emitter, ReduceKind::Max, /*last=*/false,
                            matrix.element, value, best[0]);
    return VectorEmitter::Values{vector.select(better, value, best[0]),
                                 vector.select(better, row, best[1])};
  };
  Value start = vector.abs(emitter.load(at(column, column)));
  Value row = vector.forLoop(first, vector.index(size), vector.index(1),
                             {start, first}, body)[1];
  return emitter
      .create<arith::IndexCastOp>(emitter.getBuilder().getIndexType(), row)
      .getResult();
}

/// Exchanges two rows and negates the one that moves down.
void Elimination::exchangeRows(Index upper, Index lower) {
  VectorEmitter &vector = emitter.getVectorEmitter();
  Value differ =
      vector.compareInt(arith::CmpIPredicate::ne, emitter.materialize(upper),
                        emitter.materialize(lower));
  auto exchange = [&] {
    emitter.forEach(emitter.index(size), [&](Index column) {
      Value above = emitter.load(at(upper, column));
      Value below = emitter.load(at(lower, column));
      emitter.store(below, at(upper, column));
      emitter.store(vector.neg(above), at(lower, column));
    });
  };
  emitter.ifElse(differ, exchange, [] {});
}

/// Takes multiples of row `pivot` from the rows below, so that its column is 0
/// there.
void Elimination::eliminateBelow(Index pivot, Value pivotElement) {
  VectorEmitter &vector = emitter.getVectorEmitter();
  Index next = emitter.add(pivot, emitter.constant(1));
  Index count = emitter.sub(emitter.index(size), next);
  emitter.forEach(count, [&](Index i) {
    Index row = emitter.add(next, i);
    Value factor =
        vector.neg(vector.div(emitter.load(at(row, pivot)), pivotElement));
    emitter.store(getZero(emitter, matrix.element), at(row, pivot));
    emitter.forEach(count, [&](Index j) {
      Index column = emitter.add(next, j);
      Value sum = multiplyAdd(emitter, matrix.element, factor,
                              emitter.load(at(pivot, column)),
                              emitter.load(at(row, column)));
      emitter.store(sum, at(row, column));
    });
  });
}

void Elimination::emit() {
  VectorEmitter &vector = emitter.getVectorEmitter();
  Value zero = getZero(emitter, matrix.element);
  emitter.forEach(emitter.index(size), [&](Index column) {
    exchangeRows(column, findPivot(column));
    Value pivot = emitter.load(at(column, column));
    Value isZero = vector.compare(arith::CmpFPredicate::OEQ, pivot, zero);
    emitter.ifElse(isZero, [] {}, [&] { eliminateBelow(column, pivot); });
  });
}

static FailureOr<LoopsForm> getTriangularizeForm(TriangularizeOp op,
                                                 const SymbolFacts &facts) {
  if (!hasArithmetic(getElementType(op.getResult())))
    return failure();
  unsigned numBatchAxes = op.getType().getRank() - 2;
  DimExpr size = getSizes(op.getResult()).back();
  LoopsForm form;
  form.tiledAxes = getLeadingAxes(numBatchAxes);
  form.nsPerElement = 1.0 * getLargest(size, facts);
  form.emit =
      [size, numBatchAxes](LoopEmitter &emitter, ArrayRef<StridedView> operands,
                           const StridedView &result, const Slab &slab) {
        StridedView output = emitter.advance(result, slab.offsets);
        emitter.copy(slab.sizes, emitter.advance(operands[0], slab.offsets),
                     output);
        emitter.forEach(ArrayRef<Index>(slab.sizes).take_front(numBatchAxes),
                        [&](ArrayRef<Index> batch) {
                          StridedView matrix = LoopEmitter::dropAxes(
                              emitter.advance(output, batch), numBatchAxes);
                          Elimination{emitter, matrix, size}.emit();
                        });
      };
  return form;
}

FailureOr<LoopsForm> getLinearForm(Operation *op, const SymbolFacts &facts) {
  return llvm::TypeSwitch<Operation *, FailureOr<LoopsForm>>(op)
      .Case([&](MatmulOp matmul) { return getMatmulForm(matmul, facts); })
      .Case([](PackPanelsOp pack) { return getPackPanelsForm(pack); })
      .Case([&](TriangularizeOp op) { return getTriangularizeForm(op, facts); })
      .Default([](Operation *) { return failure(); });
}

} // namespace neap
