// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TopK.cpp - the greatest or least elements of an axis as loops. The
// result is the only memory: a heap of indices with the last chosen one at its
// root, which a better element replaces; then the root moves to the end, one
// after the other. Elements of equal value are ordered by their index, so that
// the result does not depend on the algorithm.
#include "passes/analysis/SizeAnalysis.h"
#include "passes/lowering/NeapToLinalg/Combine.h"
#include "passes/lowering/NeapToLinalg/LoopsForm.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

#include <cmath>

using namespace mlir;

namespace neap {

namespace {
/// The selection along one axis; positions and indices are i64.
class HeapSelection {
public:
  HeapSelection(LoopEmitter &emitter, ReduceKind kind, StridedView elements,
                StridedView heap)
      : emitter(emitter), vector(emitter.getVectorEmitter()), kind(kind),
        elements(std::move(elements)), heap(std::move(heap)) {}

  /// Fills the heap with the `count` first of `size` elements, in order.
  void emit(Value size, Value count);

private:
  Index toIndex(Value position) {
    return emitter
        .create<arith::IndexCastOp>(emitter.getBuilder().getIndexType(),
                                    position)
        .getResult();
  }
  Value getElement(Value index) {
    return emitter.load(emitter.advanceAxis(elements, 0, toIndex(index)));
  }
  Value getEntry(Value position) {
    return emitter.load(emitter.advanceAxis(heap, 0, toIndex(position)));
  }
  void setEntry(Value position, Value index) {
    emitter.store(index, emitter.advanceAxis(heap, 0, toIndex(position)));
  }
  void forEach(Value lower, Value upper, function_ref<void(Value)> body) {
    vector.forLoop(lower, upper, vector.index(1), {},
                   [&](Value position, ValueRange) {
                     body(position);
                     return VectorEmitter::Values();
                   });
  }
  Value comesBefore(Value lhs, Value rhs);
  Value chooseChild(Value child, Value size);
  void sift(Value hole, Value item, Value size);

  LoopEmitter &emitter;
  VectorEmitter &vector;
  ReduceKind kind;
  StridedView elements, heap;
};
} // namespace

/// Returns whether the element at `lhs` is chosen before that at `rhs` (i1).
Value HeapSelection::comesBefore(Value lhs, Value rhs) {
  Value left = getElement(lhs), right = getElement(rhs);
  if (kind == ReduceKind::Min)
    std::swap(left, right);
  auto isGreater = [&](Value value, Value other) {
    return isBetter(emitter, ReduceKind::Max, /*last=*/false, elements.element,
                    value, other);
  };
  Value isBefore = isGreater(left, right), isAfter = isGreater(right, left);
  Value isEarlier = vector.compareInt(arith::CmpIPredicate::slt, lhs, rhs);
  Value one = vector.constantInt(isAfter.getType(), 1);
  return vector.bitOr(isBefore,
                      vector.bitAnd(vector.bitXor(isAfter, one), isEarlier));
}

/// Returns `child` or the position after it, whichever comes last.
Value HeapSelection::chooseChild(Value child, Value size) {
  Value right = vector.addInt(child, vector.index(1));
  Value hasRight = vector.compareInt(arith::CmpIPredicate::slt, right, size);
  return vector
      .ifThen(hasRight,
              [&] {
                Value isLast = comesBefore(getEntry(child), getEntry(right));
                return VectorEmitter::Values{
                    vector.select(isLast, right, child)};
              },
              {child})
      .front();
}

/// Puts `item` in place of the entry at `hole`, in a heap of `size` entries
/// that is one below it.
void HeapSelection::sift(Value hole, Value item, Value size) {
  OpBuilder &builder = emitter.getBuilder();
  Type i64 = builder.getI64Type();
  auto descend = [&](OpBuilder &, Location loc, ValueRange arguments) {
    Value position = arguments.front();
    Value child = vector.addInt(vector.shiftLeft(position, 1), vector.index(1));
    Value isInside = vector.compareInt(arith::CmpIPredicate::slt, child, size);
    Value no = vector.constantInt(builder.getI1Type(), 0);
    VectorEmitter::Values next =
        vector.ifThen(isInside,
                      [&] {
                        Value chosen = chooseChild(child, size);
                        return VectorEmitter::Values{
                            comesBefore(item, getEntry(chosen)), chosen};
                      },
                      {no, child});
    scf::ConditionOp::create(builder, loc, next[0],
                             ValueRange{position, next[1]});
  };
  auto moveUp = [&](OpBuilder &, Location loc, ValueRange arguments) {
    setEntry(arguments[0], getEntry(arguments[1]));
    scf::YieldOp::create(builder, loc, arguments[1]);
  };
  auto loop = emitter.create<scf::WhileOp>(TypeRange{i64, i64},
                                           ValueRange{hole}, descend, moveUp);
  setEntry(loop.getResult(0), item);
}

void HeapSelection::emit(Value size, Value count) {
  Value zero = vector.index(0), one = vector.index(1);
  forEach(zero, count, [&](Value i) { setEntry(i, i); });
  Value half = emitter.create<arith::ShRUIOp>(count, one);
  forEach(zero, half, [&](Value step) {
    Value parent = vector.subInt(vector.subInt(half, one), step);
    sift(parent, getEntry(parent), count);
  });
  forEach(count, size, [&](Value i) {
    emitter.ifElse(
        comesBefore(i, getEntry(zero)), [&] { sift(zero, i, count); }, [] {});
  });
  forEach(one, count, [&](Value step) {
    Value end = vector.subInt(count, step);
    Value item = getEntry(end);
    setEntry(end, getEntry(zero));
    sift(zero, item, end);
  });
}

static void emitTopK(TopKOp op, LoopEmitter &emitter,
                     ArrayRef<StridedView> operands, const StridedView &result,
                     const Slab &slab) {
  unsigned axis = op.getAxis();
  VectorEmitter &vector = emitter.getVectorEmitter();
  StridedView input = emitter.advance(operands[0], slab.offsets);
  StridedView output = emitter.advance(result, slab.offsets);
  Indices chains = slab.sizes;
  chains[axis] = emitter.constant(1);
  Value size = vector.index(getSizes(op.getInput())[axis]);
  Value count = vector.index(getSizes(op.getResult())[axis]);
  emitter.forEach(chains, [&](ArrayRef<Index> indices) {
    auto getChain = [&](const StridedView &view) {
      return LoopEmitter::selectAxes(emitter.advance(view, indices), {axis});
    };
    HeapSelection(emitter, op.getKind(), getChain(input), getChain(output))
        .emit(size, count);
  });
}

FailureOr<LoopsForm> getTopKForm(Operation *op, const SymbolFacts &facts) {
  auto topK = dyn_cast<TopKOp>(op);
  if (!topK || !hasArithmetic(getElementType(topK.getInput())))
    return failure();
  LoopsForm form;
  unsigned axis = topK.getAxis();
  for (unsigned other : getResultAxes(op))
    if (other != axis)
      form.tiledAxes.push_back(other);
  double size = getLargest(getSizes(topK.getInput())[axis], facts);
  double count = getLargest(getSizes(topK.getResult())[axis], facts);
  // Two descents per chosen element and one comparison per other one.
  form.nsPerElement =
      2 * size / std::max(count, 1.0) + 6 * std::log2(std::max(count, 2.0));
  form.emit = [topK](auto &&...arguments) { emitTopK(topK, arguments...); };
  return form;
}

} // namespace neap
