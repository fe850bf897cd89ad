// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Selection.cpp - positions of true elements, sort orders and non-maximum
// suppression as loops. What one tile computes is one chain in a written
// order, so that the result does not depend on threads. A sort is a heap sort
// of row numbers in the result's own memory; the number of a row decides among
// equal ones, so that no two are equal and the order is the stable one.
#include "passes/analysis/SizeAnalysis.h"
#include "passes/lowering/NeapToLinalg/Combine.h"
#include "passes/lowering/NeapToLinalg/LoopsForm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;

namespace neap {

namespace {

/// Emits code on i64 scalars and on elements at i64 indices.
class ScalarCode {
public:
  explicit ScalarCode(LoopEmitter &emitter)
      : emitter(emitter), vector(emitter.getVectorEmitter()) {}

  using Values = VectorEmitter::Values;
  using ConditionFn = llvm::function_ref<Value(ValueRange carried)>;
  using StepFn = llvm::function_ref<Values(ValueRange carried)>;

  Value number(int64_t value) { return vector.index(value); }
  Value size(const DimExpr &expr) { return vector.index(expr); }
  Value add(Value lhs, int64_t rhs) { return vector.addInt(lhs, number(rhs)); }
  Value isLess(Value lhs, Value rhs) {
    return vector.compareInt(arith::CmpIPredicate::slt, lhs, rhs);
  }
  Value isEqual(Value lhs, Value rhs) {
    return vector.compareInt(arith::CmpIPredicate::eq, lhs, rhs);
  }
  Value isFalse(Value condition) {
    return vector.bitXor(condition, vector.constantInt(condition.getType(), 1));
  }
  Value flag(bool value) {
    return vector.constantInt(emitter.getBuilder().getI1Type(), value);
  }

  Index toIndex(Value index) {
    Type type = emitter.getBuilder().getIndexType();
    return emitter.create<arith::IndexCastOp>(type, index).getResult();
  }
  /// Returns the view of one element of a view of rank 1.
  StridedView at(const StridedView &view, Value index) {
    return emitter.advanceAxis(view, 0, toIndex(index));
  }
  Value load(const StridedView &view, Value index) {
    return emitter.load(at(view, index));
  }
  void store(Value value, const StridedView &view, Value index) {
    emitter.store(value, at(view, index));
  }

  /// Emits `while (condition) step`.
  Values whileLoop(ValueRange init, ConditionFn condition, StepFn step) {
    OpBuilder &builder = emitter.getBuilder();
    auto loop = emitter.create<scf::WhileOp>(
        init.getTypes(), init,
        [&](OpBuilder &, Location, ValueRange carried) {
          emitter.create<scf::ConditionOp>(condition(carried), carried);
        },
        [&](OpBuilder &, Location, ValueRange carried) {
          emitter.create<scf::YieldOp>(step(carried));
        });
    builder.setInsertionPointAfter(loop);
    return Values(loop.getResults());
  }

  LoopEmitter &emitter;
  VectorEmitter &vector;
};

} // namespace

//===----------------------------------------------------------------------===//
// Positions
//===----------------------------------------------------------------------===//

static void emitTruePositions(TruePositionsOp op, LoopEmitter &emitter,
                              ArrayRef<StridedView> operands,
                              const StridedView &result, const Slab &) {
  ScalarCode code(emitter);
  Value zero = code.number(0), one = code.number(1);
  Value size = code.size(getSizes(op.getInput()).front());
  // Each position is written where the next true one goes: the last one stays.
  Value count = code.vector.forLoop(
      zero, size, one, {zero}, [&](Value index, ValueRange carried) {
        Value isTrue = emitter.create<arith::ExtUIOp>(
            index.getType(), code.load(operands[0], index));
        code.store(index, result, code.add(carried[0], 1));
        return ScalarCode::Values{code.vector.addInt(carried[0], isTrue)};
      })[0];
  code.store(count, result, zero);
  code.vector.forLoop(code.add(count, 1), code.add(size, 1), one, {},
                      [&](Value index, ValueRange) {
                        code.store(zero, result, index);
                        return ScalarCode::Values();
                      });
}

//===----------------------------------------------------------------------===//
// Sort order
//===----------------------------------------------------------------------===//

namespace {

/// Sorts the row numbers in `order` by the rows of a matrix.
class RowSort {
public:
  RowSort(LoopEmitter &emitter, const StridedView &rows,
          const StridedView &order, const DimExpr &numRows,
          const DimExpr &rowSize, bool isDescending)
      : code(emitter), emitter(emitter), rows(rows), order(order),
        numRows(code.size(numRows)), rowSize(rowSize),
        isDescending(isDescending) {}

  void emit() {
    Value zero = code.number(0), one = code.number(1);
    code.vector.forLoop(zero, numRows, one, {}, [&](Value row, ValueRange) {
      code.store(row, order, row);
      return ScalarCode::Values();
    });
    // Roots of the heap from the last one that has a child.
    Value half = emitter.create<arith::ShRSIOp>(numRows, one);
    code.vector.forLoop(zero, half, one, {}, [&](Value step, ValueRange) {
      Value root = code.vector.subInt(code.add(half, -1), step);
      sift(root, numRows);
      return ScalarCode::Values();
    });
    code.vector.forLoop(one, numRows, one, {}, [&](Value step, ValueRange) {
      Value last = code.vector.subInt(numRows, step);
      Value first = code.load(order, zero);
      code.store(code.load(order, last), order, zero);
      code.store(first, order, last);
      sift(zero, last);
      return ScalarCode::Values();
    });
  }

private:
  /// Whether the element `lhs` comes before `rhs`.
  Value precedes(Value lhs, Value rhs) {
    if (isDescending)
      std::swap(lhs, rhs);
    return isBetter(emitter, ReduceKind::Max, /*last=*/false, rows.element, rhs,
                    lhs);
  }

  Value loadElement(Value row, Value column) {
    return emitter.load(
        emitter.advanceAxis(code.at(rows, row), 1, code.toIndex(column)));
  }

  /// Returns whether row `lhs` comes before row `rhs`.
  Value isBefore(Value lhs, Value rhs) {
    Value zero = code.number(0), end = code.size(rowSize);
    // Behind the columns that are equal lies the one that decides, if any.
    Value no = code.flag(false);
    ScalarCode::Values decided = code.whileLoop(
        {zero, no, no},
        [&](ValueRange carried) {
          Value isOpen =
              code.isFalse(code.vector.bitOr(carried[1], carried[2]));
          return code.vector.bitAnd(code.isLess(carried[0], end), isOpen);
        },
        [&](ValueRange carried) {
          Value left = loadElement(lhs, carried[0]);
          Value right = loadElement(rhs, carried[0]);
          return ScalarCode::Values{code.add(carried[0], 1),
                                    precedes(left, right),
                                    precedes(right, left)};
        });
    Value isEqual = code.isFalse(code.vector.bitOr(decided[1], decided[2]));
    return code.vector.bitOr(
        decided[1], code.vector.bitAnd(isEqual, code.isLess(lhs, rhs)));
  }

  /// Moves the row at `root` down in the heap of the first `size` rows, whose
  /// root is the last in order.
  void sift(Value root, Value size) {
    Value row = code.load(order, root);
    Value place = code.whileLoop(
        {root, code.flag(true)},
        [&](ValueRange carried) {
          return code.vector.bitAnd(carried[1],
                                    code.isLess(getChild(carried[0]), size));
        },
        [&](ValueRange carried) { return siftStep(carried[0], row, size); })[0];
    code.store(row, order, place);
  }

  Value getChild(Value root) {
    return code.add(code.vector.addInt(root, root), 1);
  }

  /// Moves the greater child of `root` up, if `row` belongs below it.
  ScalarCode::Values siftStep(Value root, Value row, Value size) {
    Value left = getChild(root), right = code.add(left, 1);
    Value hasRight = code.isLess(right, size);
    // A child that is missing is taken for the other one.
    Value other = code.vector.select(hasRight, right, left);
    Value leftRow = code.load(order, left);
    Value otherRow = code.load(order, other);
    Value takesOther = isBefore(leftRow, otherRow);
    Value child = code.vector.select(takesOther, other, left);
    Value childRow = code.vector.select(takesOther, otherRow, leftRow);
    Value goesOn = isBefore(row, childRow);
    emitter.ifElse(goesOn, [&] { code.store(childRow, order, root); }, [] {});
    return {code.vector.select(goesOn, child, root), goesOn};
  }

  ScalarCode code;
  LoopEmitter &emitter;
  StridedView rows;
  StridedView order;
  Value numRows;
  DimExpr rowSize;
  bool isDescending;
};

} // namespace

static void emitSortOrder(SortOrderOp op, LoopEmitter &emitter,
                          ArrayRef<StridedView> operands,
                          const StridedView &result, const Slab &slab) {
  SmallVector<DimExpr> shape = getSizes(op.getInput());
  StridedView input = emitter.advanceAxis(operands[0], 0, slab.offsets[0]);
  StridedView output = emitter.advanceAxis(result, 0, slab.offsets[0]);
  emitter.forEach(slab.sizes[0], [&](Index batch) {
    StridedView rows =
        LoopEmitter::dropAxes(emitter.advanceAxis(input, 0, batch), 1);
    StridedView order =
        LoopEmitter::dropAxes(emitter.advanceAxis(output, 0, batch), 1);
    RowSort(emitter, rows, order, shape[1], shape[2], op.getDescending())
        .emit();
  });
}

//===----------------------------------------------------------------------===//
// Non-maximum suppression
//===----------------------------------------------------------------------===//

namespace {

/// A box as least and greatest coordinates.
struct Box {
  Value least[2];
  Value greatest[2];
};

/// Takes the boxes of one class of one batch entry.
class Suppression {
public:
  Suppression(NonMaxSuppressionOp op, LoopEmitter &emitter,
              ArrayRef<StridedView> operands)
      : op(op), emitter(emitter), code(emitter),
        limit(emitter.load(operands[3])),
        iouThreshold(emitter.load(operands[4])),
        scoreThreshold(emitter.load(operands[5])) {}

  void emit(const StridedView &boxes, const StridedView &scores,
            const StridedView &order, const StridedView &taken) {
    SmallVector<DimExpr> shape = getSizes(op.getBoxes());
    Value most = code.size(getSizes(op.getResult())[2]);
    Value zero = code.number(0), one = code.number(1);
    code.vector.forLoop(zero, most, one, {}, [&](Value i, ValueRange) {
      code.store(code.number(-1), taken, i);
      return ScalarCode::Values();
    });
    Value end = code.size(shape[1]);
    Value wanted = limit;
    if (!wanted.getType().isInteger(64))
      wanted = emitter.create<arith::ExtSIOp>(zero.getType(), wanted);
    wanted = code.vector.minSigned(wanted, most);
    code.whileLoop(
        {zero, zero},
        [&](ValueRange carried) {
          return code.vector.bitAnd(code.isLess(carried[0], end),
                                    code.isLess(carried[1], wanted));
        },
        [&](ValueRange carried) {
          CheckedIndex box =
              emitter.checkIndex(code.load(order, carried[0]), shape[1]);
          Value number = emitter.create<arith::IndexCastOp>(
              zero.getType(), emitter.materialize(box.index));
          Value isTaken = code.vector.bitAnd(
              code.vector.compare(arith::CmpFPredicate::OGT,
                                  code.load(scores, number), scoreThreshold),
              isFree(boxes, taken, number, carried[1]));
          emitter.ifElse(
              isTaken, [&] { code.store(number, taken, carried[1]); }, [] {});
          Value count =
              code.vector.select(isTaken, code.add(carried[1], 1), carried[1]);
          return ScalarCode::Values{code.add(carried[0], 1), count};
        });
  }

private:
  /// Returns whether box `number` overlaps none of the first `count` taken.
  Value isFree(const StridedView &boxes, const StridedView &taken, Value number,
               Value count) {
    Box box = loadBox(boxes, number);
    ScalarCode::Values found = code.whileLoop(
        {code.number(0), code.flag(true)},
        [&](ValueRange carried) {
          return code.vector.bitAnd(code.isLess(carried[0], count), carried[1]);
        },
        [&](ValueRange carried) {
          Box other = loadBox(boxes, code.load(taken, carried[0]));
          return ScalarCode::Values{code.add(carried[0], 1),
                                    code.isFalse(overlap(box, other))};
        });
    return found[1];
  }

  Box loadBox(const StridedView &boxes, Value number) {
    StridedView box = LoopEmitter::dropAxes(code.at(boxes, number), 1);
    auto coordinate = [&](int64_t i) { return code.load(box, code.number(i)); };
    VectorEmitter &vector = code.vector;
    Box result;
    for (int64_t axis = 0; axis < 2; ++axis) {
      Value first = coordinate(axis), second = coordinate(axis + 2);
      if (op.getCenter()) {
        Value half = vector.mul(second, vector.constant(second.getType(), 0.5));
        result.least[axis] = vector.sub(first, half);
        result.greatest[axis] = vector.add(first, half);
        continue;
      }
      Value isOrdered =
          vector.compare(arith::CmpFPredicate::OGT, first, second);
      result.least[axis] = vector.select(isOrdered, second, first);
      result.greatest[axis] = vector.select(isOrdered, first, second);
    }
    return result;
  }

  Value computeArea(const Box &box) {
    VectorEmitter &vector = code.vector;
    return vector.mul(vector.sub(box.greatest[1], box.least[1]),
                      vector.sub(box.greatest[0], box.least[0]));
  }

  /// Returns whether the overlap of both is above the threshold.
  Value overlap(const Box &a, const Box &b) {
    VectorEmitter &vector = code.vector;
    Value zero = vector.constant(a.least[0].getType(), 0);
    auto isPositive = [&](Value value) {
      return vector.compare(arith::CmpFPredicate::OGT, value, zero);
    };
    Box both;
    Value isProper = code.flag(true);
    for (int64_t axis = 0; axis < 2; ++axis) {
      both.least[axis] = vector.maxOrRhs(a.least[axis], b.least[axis]);
      both.greatest[axis] = vector.minOrRhs(a.greatest[axis], b.greatest[axis]);
      isProper = vector.bitAnd(
          isProper, vector.compare(arith::CmpFPredicate::OGT,
                                   both.greatest[axis], both.least[axis]));
    }
    Value common = computeArea(both);
    Value areaOfA = computeArea(a), areaOfB = computeArea(b);
    Value all = vector.sub(vector.add(areaOfA, areaOfB), common);
    for (Value area : {common, areaOfA, areaOfB, all})
      isProper = vector.bitAnd(isProper, isPositive(area));
    return vector.bitAnd(isProper,
                         vector.compare(arith::CmpFPredicate::OGT,
                                        vector.div(common, all), iouThreshold));
  }

  NonMaxSuppressionOp op;
  LoopEmitter &emitter;
  ScalarCode code;
  Value limit, iouThreshold, scoreThreshold;
};

} // namespace

static void emitNonMaxSuppression(NonMaxSuppressionOp op, LoopEmitter &emitter,
                                  ArrayRef<StridedView> operands,
                                  const StridedView &result, const Slab &slab) {
  Suppression suppression(op, emitter, operands);
  Indices sizes{slab.sizes[0], slab.sizes[1]};
  emitter.forEach(sizes, [&](ArrayRef<Index> indices) {
    Indices place;
    for (auto [offset, index] : llvm::zip(slab.offsets, indices))
      place.push_back(emitter.add(offset, index));
    auto row = [&](const StridedView &view) {
      return LoopEmitter::dropAxes(emitter.advance(view, place), 2);
    };
    StridedView boxes =
        LoopEmitter::dropAxes(emitter.advanceAxis(operands[0], 0, place[0]), 1);
    suppression.emit(boxes, row(operands[1]), row(operands[2]), row(result));
  });
}

//===----------------------------------------------------------------------===//
// Forms
//===----------------------------------------------------------------------===//

/// Returns the logarithm to base 2 of the largest value of `size`, at least 1.
static double getLargestLog(const DimExpr &size, const SymbolFacts &facts) {
  return std::max(1.0,
                  std::log2(static_cast<double>(getLargest(size, facts)) + 1));
}

FailureOr<LoopsForm> getSelectionForm(Operation *op, const SymbolFacts &facts) {
  LoopsForm form;
  return llvm::TypeSwitch<Operation *, FailureOr<LoopsForm>>(op)
      .Case([&](TruePositionsOp positions) {
        form.nsPerElement = 1.0;
        form.emit = [positions](auto &&...arguments) {
          emitTruePositions(positions, arguments...);
        };
        return form;
      })
      .Case([&](SortOrderOp sort) -> FailureOr<LoopsForm> {
        if (!hasArithmetic(getElementType(sort.getInput())))
          return failure();
        form.tiledAxes = {0};
        form.nsPerElement =
            10 * getLargestLog(getSizes(sort.getInput())[1], facts);
        form.emit = [sort](auto &&...arguments) {
          emitSortOrder(sort, arguments...);
        };
        return form;
      })
      .Case([&](NonMaxSuppressionOp suppress) -> FailureOr<LoopsForm> {
        Type element = getElementType(suppress.getBoxes());
        if (!element.isF32() ||
            element != getElementType(suppress.getScores()) ||
            element != getElementType(suppress.getIouThreshold()) ||
            element != getElementType(suppress.getScoreThreshold()))
          return failure();
        form.tiledAxes = {0, 1};
        // Each box is compared with those that were taken.
        form.nsPerElement = 5.0 * static_cast<double>(getLargest(
                                      getSizes(suppress.getBoxes())[1], facts));
        form.emit = [suppress](auto &&...arguments) {
          emitNonMaxSuppression(suppress, arguments...);
        };
        return form;
      })
      .Default([](Operation *) { return failure(); });
}

} // namespace neap
