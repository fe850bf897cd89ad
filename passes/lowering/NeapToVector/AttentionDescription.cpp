// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AttentionDescription.cpp - see the header. All operands are followed through
// their views over common counters of batch, head, query, key and the columns
// of both products. Views may split batch and heads (shared keys and values are
// a repetition of heads), but none of the others.
#include "passes/lowering/NeapToVector/AttentionDescription.h"

#include "passes/analysis/SizeAnalysis.h"
#include "passes/lowering/NeapToVector/IndexSpace.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace neap {

DimExpr AttentionDescription::getNumQueryTiles() const {
  return simplify(numQueries.ceilDiv(kQueriesPerTile), *facts);
}

DimExpr AttentionDescription::getNumTiles() const {
  return getNumElements(loops) * getNumQueryTiles();
}

namespace {

/// Counters of the loops, in the order in which they are added.
enum Axis : unsigned { kBatch, kHead, kQuery, kKey, kDepth, kValueDepth };

/// Builds a description step by step.
class AttentionAnalysis {
public:
  AttentionAnalysis(Block &body, const SymbolFacts &facts)
      : body(body), space(facts) {
    result.facts = &facts;
  }

  FailureOr<AttentionDescription> run();

private:
  /// An operand's place while views may still split counters.
  struct Followed {
    AttentionAccess *access;
    LinearIndex index;
    Axis row, column;
  };

  LogicalResult findAttention();
  void addCounters();
  LogicalResult follow(Value value, Axis row, Axis column,
                       AttentionAccess &access);
  LogicalResult followResult();
  LogicalResult describeAccess(Followed &followed);

  Block &body;
  AttentionOp attention;
  IndexSpace space;
  SmallVector<LinearIndex> counters;
  SmallVector<Followed> followed;
  /// The loops' counters, as far as they are split.
  SmallVector<unsigned> loopCounters;
  AttentionDescription result;
};

} // namespace

static SmallVector<DimExpr> getShape(Value value) {
  return getDims(cast<RankedTensorType>(value.getType()));
}

/// Finds the one op of the body that is no view.
LogicalResult AttentionAnalysis::findAttention() {
  for (Operation &op : body.without_terminator()) {
    if (isa<ReshapeOp, TransposeOp, BroadcastOp, SliceOp>(op))
      continue;
    auto found = dyn_cast<AttentionOp>(op);
    if (!found || attention)
      return failure();
    attention = found;
  }
  if (!attention || body.getTerminator()->getNumOperands() != 1)
    return failure();
  result.elementType = attention.getType().getElementType();
  return success(result.elementType.isF32() || result.elementType.isF64());
}

/// Adds the counters and copies what the op says.
void AttentionAnalysis::addCounters() {
  SmallVector<DimExpr> query = getShape(attention.getQuery());
  result.numQueries = query[2];
  result.numKeys = getShape(attention.getKey())[2];
  result.depth = *query[3].getConstant();
  DimExpr valueDepth = getShape(attention.getValue())[3];
  result.valueDepth = *valueDepth.getConstant();
  counters = space.addAxes(
      {query[0], query[1], query[2], result.numKeys, query[3], valueDepth});
  result.scale = attention.getScale().convertToDouble();
  result.fill = attention.getFill().convertToDouble();
  result.causal = attention.getCausal();
  result.maskedRows = attention.getMaskedRows();
}

/// Follows the operand `value`, `[B, H, rows, columns]`, to an argument.
LogicalResult AttentionAnalysis::follow(Value value, Axis row, Axis column,
                                        AttentionAccess &access) {
  TensorIndex index{counters[kBatch], counters[kHead], counters[row],
                    counters[column]};
  FailureOr<ViewedElement> viewed = followViews(space, value, index);
  if (failed(viewed) || !isa<BlockArgument>(viewed->base))
    return failure();
  access.buffer = cast<BlockArgument>(viewed->base).getArgNumber();
  access.elementType = getElementTypeOrSelf(value.getType());
  followed.push_back({&access, viewed->offset, row, column});
  return success();
}

LogicalResult AttentionAnalysis::followResult() {
  TensorIndex index{counters[kBatch], counters[kHead], counters[kQuery],
                    counters[kValueDepth]};
  FailureOr<LinearIndex> place = followToResult(
      space, attention, index, body.getTerminator()->getOperand(0));
  if (failed(place))
    return failure();
  result.result.buffer = body.getNumArguments();
  result.result.elementType = result.elementType;
  followed.push_back({&result.result, *place, kQuery, kValueDepth});
  return success();
}

/// Fills in the strides of one operand.
LogicalResult AttentionAnalysis::describeAccess(Followed &operand) {
  space.resolve(operand.index);
  operand.access->offset = operand.index.constant;
  for (unsigned counter : loopCounters)
    operand.access->loopStrides.push_back(
        operand.index.getCoefficient(counter));
  auto getStride = [&](Axis axis) -> FailureOr<DimExpr> {
    SmallVector<unsigned> parts = space.getParts(axis);
    if (parts.empty())
      return DimExpr(0);
    if (parts.size() > 1 || parts.front() != axis)
      return failure();
    return operand.index.getCoefficient(axis);
  };
  FailureOr<DimExpr> row = getStride(operand.row);
  FailureOr<DimExpr> column = getStride(operand.column);
  if (failed(row) || failed(column))
    return failure();
  operand.access->rowStride = *row;
  operand.access->columnStride = *column;
  return success();
}

FailureOr<AttentionDescription> AttentionAnalysis::run() {
  if (failed(findAttention()))
    return failure();
  addCounters();
  if (failed(follow(attention.getQuery(), kQuery, kDepth, result.query)) ||
      failed(follow(attention.getKey(), kKey, kDepth, result.key)) ||
      failed(follow(attention.getValue(), kKey, kValueDepth, result.value)) ||
      failed(followResult()))
    return failure();
  if (Value mask = attention.getMask())
    if (failed(follow(mask, kQuery, kKey, result.mask.emplace())))
      return failure();
  for (Axis axis : {kBatch, kHead})
    llvm::append_range(loopCounters, space.getParts(axis));
  for (unsigned counter : loopCounters)
    result.loops.push_back(space.getSize(counter));
  for (Followed &operand : followed)
    if (failed(describeAccess(operand)))
      return failure();
  // Queries and results are moved 16 columns at a time.
  auto hasAdjacentColumns = [](const AttentionAccess &access, int64_t size) {
    return size == 1 || access.columnStride.isConstant(1);
  };
  if (!hasAdjacentColumns(result.query, result.depth) ||
      !hasAdjacentColumns(result.result, result.valueDepth))
    return failure();
  return std::move(result);
}

FailureOr<AttentionDescription> describeAttention(Block &body,
                                                  const SymbolFacts &facts) {
  return AttentionAnalysis(body, facts).run();
}

} // namespace neap
