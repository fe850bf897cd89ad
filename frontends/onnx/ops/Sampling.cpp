// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sampling.cpp - see Sampling.h.
#include "frontends/onnx/ops/Sampling.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

Value neap::frontend::buildLinearWeights(GraphBuilder &build, Value distance) {
  Value away = build.unary<AbsOp>(distance);
  Value weight = build.binary<SubOp>(build.splatLike(away, 1), away);
  return build.binary<MaxOp>(weight, 0.0);
}

Value neap::frontend::buildCubicWeights(GraphBuilder &build, Value distance,
                                        double a) {
  Value x = build.unary<AbsOp>(distance);
  // ((c3 x + c2) x + c1) x + c0
  auto evaluate = [&](double c3, double c2, double c1, double c0) {
    Value sum = build.binary<MulOp>(x, c3);
    for (double coefficient : {c2, c1})
      sum = build.binary<MulOp>(build.binary<AddOp>(sum, coefficient), x);
    return build.binary<AddOp>(sum, c0);
  };
  Value near = evaluate(a + 2, -(a + 3), 0, 1);
  Value far = evaluate(a, -5 * a, 8 * a, -4 * a);
  Value beyond = build.select(build.compare(ComparePredicate::LT, x, 2.0), far,
                              build.splatLike(x, 0));
  return build.select(build.compare(ComparePredicate::LE, x, 1.0), near,
                      beyond);
}

Value neap::frontend::sizeLike(GraphBuilder &build, Value like,
                               const DimExpr &size, double more) {
  Value exact = build.binary<AddOp>(
      build.size(size, build.getBuilder().getF64Type()), more);
  return build.broadcast(build.cast(exact, getElementTypeOf(like)),
                         getDimsOf(like));
}

Value neap::frontend::buildTaps(GraphBuilder &build, const DimExpr &first,
                                ArrayRef<DimExpr> dims, Type element) {
  Value taps = build.cast(build.iota(dims.back()), element);
  taps = build.binary<AddOp>(taps, build.sizeLike(taps, first));
  return build.broadcast(build.alongAxis(taps, dims.size() - 1, dims.size()),
                         dims);
}

Value neap::frontend::repeatAtEnd(GraphBuilder &build, Value value,
                                  DimExpr size) {
  Dims dims = getDimsOf(value);
  dims.push_back(DimExpr(1));
  Value column = build.reshape(value, dims);
  dims.back() = size;
  return build.broadcast(column, dims);
}

Value neap::frontend::clamp(GraphBuilder &build, Value value, Value low,
                            Value high) {
  return build.binary<MinOp>(build.binary<MaxOp>(value, low), high);
}

Value neap::frontend::isBetween(GraphBuilder &build, Value value, Value low,
                                Value high) {
  return build.binary<AndOp>(build.compare(ComparePredicate::GE, value, low),
                             build.compare(ComparePredicate::LE, value, high));
}

Taps neap::frontend::placeTaps(GraphBuilder &build, Value sources, Value weight,
                               const DimExpr &size) {
  Value zero = build.splatLike(sources, 0);
  Value last = build.sizeLike(sources, size - 1);
  Value isInside = isBetween(build, sources, zero, last);
  Value safe = build.select(isInside, sources, zero);
  return {build.cast(safe, build.getBuilder().getI64Type()), weight, isInside};
}

Taps neap::frontend::buildLinearTaps(GraphBuilder &build, Value places,
                                     const DimExpr &size) {
  Value floor = build.unary<FloorOp>(places);
  Value rest = build.binary<SubOp>(places, floor);
  Dims dims = getDimsOf(places);
  dims.push_back(DimExpr(2));
  Value taps = buildTaps(build, 0, dims, getElementTypeOf(places));
  Value distance = build.binary<SubOp>(taps, repeatAtEnd(build, rest, 2));
  Value sources = build.binary<AddOp>(repeatAtEnd(build, floor, 2), taps);
  return placeTaps(build, sources, buildLinearWeights(build, distance), size);
}

Taps neap::frontend::broadcastTaps(GraphBuilder &build, const Taps &taps,
                                   ArrayRef<int64_t> axes,
                                   ArrayRef<DimExpr> dims) {
  Dims narrow(dims.size(), DimExpr(1));
  for (int64_t axis : axes)
    narrow[axis] = dims[axis];
  auto widen = [&](Value value) {
    return build.broadcast(build.reshape(value, narrow), dims);
  };
  return {widen(taps.position), widen(taps.weight), widen(taps.isInside)};
}

Taps neap::frontend::reshapeTaps(GraphBuilder &build, const Taps &taps,
                                 ArrayRef<DimExpr> dims) {
  return {build.reshape(taps.position, dims), build.reshape(taps.weight, dims),
          build.reshape(taps.isInside, dims)};
}

Taps neap::frontend::combineTaps(GraphBuilder &build, const Taps &outer,
                                 const Taps &inner, const DimExpr &size) {
  Value rows =
      build.binary<MulOp>(outer.position, build.sizeLike(outer.position, size));
  return {build.binary<AddOp>(rows, inner.position),
          build.binary<MulOp>(outer.weight, inner.weight),
          build.binary<AndOp>(outer.isInside, inner.isInside)};
}

Value neap::frontend::getIndices(GraphBuilder &build, const Taps &taps) {
  return build.select(taps.isInside, taps.position,
                      build.splatLike(taps.position, -1));
}

Value neap::frontend::weightedGather(GraphBuilder &build, ReduceKind kind,
                                     Value input, Value indices,
                                     Value weights) {
  Dims image = getDimsOf(input), table = getDimsOf(indices);
  table[0] = image[0];
  Type element = getElementTypeOf(input);
  return WeightedGatherOp::create(
      build.getBuilder(), build.getLoc(),
      getTensorType({image[0], table[1], image[2]}, element), kind, input,
      build.broadcast(indices, table), build.broadcast(weights, table));
}

Value neap::frontend::takeColumn(GraphBuilder &build, Value input,
                                 int64_t column) {
  Dims dims(ArrayRef(getDimsOf(input)).drop_back());
  Dims starts(dims.size(), 0), sizes(dims);
  starts.push_back(column);
  sizes.push_back(1);
  SmallVector<int64_t> steps(sizes.size(), 1);
  return build.reshape(build.slice(input, starts, sizes, steps), dims);
}

Value neap::frontend::toChannelsLast(GraphBuilder &build, Value image) {
  SmallVector<int64_t> permutation{0};
  for (int64_t axis = 2; axis < getRankOf(image); ++axis)
    permutation.push_back(axis);
  permutation.push_back(1);
  return build.transpose(image, permutation);
}

Value neap::frontend::toChannelsFirst(GraphBuilder &build, Value image) {
  int64_t rank = getRankOf(image);
  SmallVector<int64_t> permutation{0, rank - 1};
  for (int64_t axis = 1; axis < rank - 1; ++axis)
    permutation.push_back(axis);
  return build.transpose(image, permutation);
}
