// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reduction.cpp - Reduce*, ArgMax, ArgMin, TopK, CumSum. Axes are an attribute
// or, since opset 13 (ReduceSum) and 18 (others), an input.
#include "frontends/onnx/NodeContext.h"
#include "frontends/onnx/OpImporters.h"

#include "llvm/ADT/Sequence.h"

#include <limits>

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

using Compute = Value (*)(GraphBuilder &, Value, ArrayRef<int64_t>);

/// Returns the shape without `axes`.
static Dims dropAxes(ArrayRef<DimExpr> dims, ArrayRef<int64_t> axes) {
  Dims kept;
  for (auto [axis, dim] : llvm::enumerate(dims))
    if (!llvm::is_contained(axes, static_cast<int64_t>(axis)))
      kept.push_back(dim);
  return kept;
}

/// Returns the axes to reduce; all if none are given, unless that means none.
static FailureOr<SmallVector<int64_t>> getAxes(NodeContext &node,
                                               int64_t rank) {
  auto axes = node.getIntsOfAttributeOrInput("axes", 1);
  if (failed(axes))
    return failure();
  if (*axes && !(*axes)->empty())
    return node.checkAxes(**axes, rank);
  if (node.getInt("noop_with_empty_axes", 0))
    return SmallVector<int64_t>();
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

static Value reduceMean(GraphBuilder &build, Value input,
                        ArrayRef<int64_t> axes) {
  return axes.empty() ? input : build.mean(input, axes);
}

template <Compute compute>
static LogicalResult importReduce(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  FailureOr<SmallVector<int64_t>> axes = getAxes(node, getRankOf(input));
  if (failed(axes))
    return failure();
  GraphBuilder &build = node.build();
  Dims dims = getDimsOf(input);
  Value result = compute(build, input, *axes);
  if (!node.getInt("keepdims", 1))
    result = build.reshape(result, dropAxes(dims, *axes));
  return node.setOutput(0, result);
}

template <ReduceKind kind>
static Value reduce(GraphBuilder &build, Value input, ArrayRef<int64_t> axes) {
  return build.reduce(kind, input, axes);
}

static Value reduceL1(GraphBuilder &build, Value input,
                      ArrayRef<int64_t> axes) {
  return build.reduce(ReduceKind::Sum, build.unary<AbsOp>(input), axes);
}

static Value reduceSumSquare(GraphBuilder &build, Value input,
                             ArrayRef<int64_t> axes) {
  return build.reduce(ReduceKind::Sum, build.binary<MulOp>(input, input), axes);
}

/// Returns floats as they are and integers as f64, in which nothing overflows.
static Value toFloats(GraphBuilder &build, Value input) {
  if (isa<FloatType>(getElementTypeOf(input)))
    return input;
  return build.cast(input, build.getBuilder().getF64Type());
}

static Value reduceL2(GraphBuilder &build, Value input,
                      ArrayRef<int64_t> axes) {
  Value sum = reduceSumSquare(build, toFloats(build, input), axes);
  return build.cast(build.unary<SqrtOp>(sum), getElementTypeOf(input));
}

static Value reduceLogSum(GraphBuilder &build, Value input,
                          ArrayRef<int64_t> axes) {
  Value sum = build.reduce(ReduceKind::Sum, toFloats(build, input), axes);
  return build.cast(build.unary<LogOp>(sum), getElementTypeOf(input));
}

/// m + log(sum(exp(x - m))) with the maximum m, so that nothing overflows; an
/// infinite maximum is not subtracted from itself.
static Value reduceLogSumExp(GraphBuilder &build, Value input,
                             ArrayRef<int64_t> axes) {
  Type type = getElementTypeOf(input);
  input = toFloats(build, input);
  Value maximum = build.reduce(ReduceKind::Max, input, axes);
  Value isInfinite =
      build.compare(ComparePredicate::EQ, build.unary<AbsOp>(maximum),
                    std::numeric_limits<double>::infinity());
  Value shift = build.select(isInfinite, build.splatLike(maximum, 0), maximum);
  Value powers = build.unary<ExpOp>(
      build.binary<SubOp>(input, build.broadcast(shift, getDimsOf(input))));
  Value sum = build.reduce(ReduceKind::Sum, powers, axes);
  return build.cast(build.binary<AddOp>(build.unary<LogOp>(sum), shift), type);
}

template <ReduceKind kind>
static LogicalResult importArgReduce(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  Dims dims = getDimsOf(input);
  FailureOr<int64_t> axis = node.checkAxis(node.getInt("axis", 0), dims.size());
  if (failed(axis))
    return failure();
  if (dims[*axis].isConstant(0))
    return node.emitError() << "axis " << *axis << " has no element";
  GraphBuilder &build = node.build();
  dims[*axis] = DimExpr(1);
  Value result = ArgReduceOp::create(
      build.getBuilder(), build.getLoc(),
      getTensorType(dims, build.getBuilder().getI64Type()), kind, input, *axis,
      node.getInt("select_last_index", 0) != 0);
  if (!node.getInt("keepdims", 1))
    result = build.reshape(result, dropAxes(dims, {*axis}));
  return node.setOutput(0, result);
}

/// Returns the number of elements that TopK chooses: an attribute before opset
/// 10, then an input.
static FailureOr<DimExpr> getNumChosen(NodeContext &node, const DimExpr &size) {
  auto count = node.getSizesOfAttributeOrInput("k", 1);
  if (failed(count))
    return failure();
  if (!*count || (*count)->size() != 1)
    return node.emitError() << "expected k to be one number, got "
                            << (*count ? (*count)->size() : 0);
  DimExpr k = (*count)->front();
  const SymbolFacts &facts = node.getFacts();
  if (!facts.isAtLeast(k, 0) || !facts.isAtLeast(size - k, 0))
    return node.emitError() << "expected k from 0 to the size of the axis, "
                            << size.str() << ", got " << k.str();
  return k;
}

static LogicalResult importTopK(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  Dims dims = getDimsOf(input);
  FailureOr<int64_t> axis =
      node.checkAxis(node.getInt("axis", -1), dims.size());
  if (failed(axis))
    return failure();
  FailureOr<DimExpr> count = getNumChosen(node, dims[*axis]);
  if (failed(count))
    return failure();
  dims[*axis] = *count;
  GraphBuilder &build = node.build();
  OpBuilder &builder = build.getBuilder();
  // In order, whether 'sorted' asks for it or not.
  Value indices = TopKOp::create(
      builder, build.getLoc(), getTensorType(dims, builder.getI64Type()),
      node.getInt("largest", 1) ? ReduceKind::Max : ReduceKind::Min, input,
      *axis);
  Value values = GatherElementsOp::create(
      builder, build.getLoc(), getTensorType(dims, getElementTypeOf(input)),
      input, indices, *axis);
  if (failed(node.setOutput(0, values)))
    return failure();
  return node.hasOutput(1) ? node.setOutput(1, indices) : success();
}

/// Returns the axis that the second input holds, not negative.
static FailureOr<int64_t> getAxisOfSecondInput(NodeContext &node,
                                               int64_t rank) {
  FailureOr<SmallVector<int64_t>> position = node.getInts(1, "axis");
  if (failed(position))
    return failure();
  if (position->size() != 1)
    return node.emitError() << "expected one axis, got " << position->size();
  return node.checkAxis(position->front(), rank);
}

static LogicalResult importCumSum(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  FailureOr<int64_t> axis = getAxisOfSecondInput(node, getRankOf(input));
  if (failed(axis))
    return failure();
  GraphBuilder &build = node.build();
  return node.setOutput(
      0, CumulativeSumOp::create(
             build.getBuilder(), build.getLoc(), input.getType(), input, *axis,
             node.getInt("exclusive", 0) != 0, node.getInt("reverse", 0) != 0)
             .getResult());
}

/// Returns `input` moved by `distance` along `axis`, away from its start or, if
/// `reverse`, its end; ones come in.
static Value shiftInOnes(GraphBuilder &build, Value input, int64_t axis,
                         int64_t distance, bool reverse) {
  Dims dims = getDimsOf(input), onesDims = dims;
  Dims starts(dims.size(), DimExpr(0));
  dims[axis] = dims[axis] - DimExpr(distance);
  onesDims[axis] = DimExpr(distance);
  if (reverse)
    starts[axis] = DimExpr(distance);
  SmallVector<int64_t> steps(dims.size(), 1);
  Value rest = build.slice(input, starts, dims, steps);
  Value ones = build.splat(onesDims, getElementTypeOf(input), 1);
  return reverse ? build.concat({rest, ones}, axis)
                 : build.concat({ones, rest}, axis);
}

/// Products of 2, 4, 8, ... neighbours, each made of two of the last.
static LogicalResult importCumProd(NodeContext &node) {
  Value result = node.getInput(0);
  if (!result)
    return failure();
  FailureOr<int64_t> axis = getAxisOfSecondInput(node, getRankOf(result));
  if (failed(axis))
    return failure();
  FailureOr<int64_t> size =
      node.checkStatic(getDimsOf(result)[*axis], "the axis of the products");
  if (failed(size))
    return failure();
  GraphBuilder &build = node.build();
  bool reverse = node.getInt("reverse", 0) != 0;
  if (node.getInt("exclusive", 0) && *size > 0)
    result = shiftInOnes(build, result, *axis, 1, reverse);
  for (int64_t distance = 1; distance < *size; distance *= 2)
    result = build.binary<MulOp>(
        result, shiftInOnes(build, result, *axis, distance, reverse));
  return node.setOutput(0, result);
}

ArrayRef<OpImporter> neap::frontend::getReductionImporters() {
  static const OpImporter kImporters[] = {
      {"ArgMax", 1, importArgReduce<ReduceKind::Max>},
      {"ArgMin", 1, importArgReduce<ReduceKind::Min>},
      {"CumProd", 26, importCumProd},
      {"CumSum", 11, importCumSum},
      {"ReduceL1", 1, importReduce<reduceL1>},
      {"ReduceL2", 1, importReduce<reduceL2>},
      {"ReduceLogSum", 1, importReduce<reduceLogSum>},
      {"ReduceLogSumExp", 1, importReduce<reduceLogSumExp>},
      {"ReduceMax", 1, importReduce<reduce<ReduceKind::Max>>},
      {"ReduceMean", 1, importReduce<reduceMean>},
      {"ReduceMin", 1, importReduce<reduce<ReduceKind::Min>>},
      {"ReduceProd", 1, importReduce<reduce<ReduceKind::Prod>>},
      {"ReduceSum", 1, importReduce<reduce<ReduceKind::Sum>>},
      {"ReduceSumSquare", 1, importReduce<reduceSumSquare>},
      {"TopK", 1, importTopK},
  };
  return kImporters;
}
