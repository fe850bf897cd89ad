// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AxisSampler.cpp - one axis of Resize: which inputs its outputs are made of.
//
// For each output of an axis a few inputs and their weights are computed, by
// ops on small tensors: `mode` and `coordinate_transformation_mode` decide how.
// Sizes enter as values, so that symbolic ones are whatever they are at run
// time; the arithmetic is the same.
// `nearest` has one input and needs no weight: it is a gather.
// Source: ONNX Resize-19.
#include "frontends/onnx/ops/AxisSampler.h"

#include "dialects/neap/IR/DimExprSimplify.h"
#include "frontends/onnx/ops/Regions.h"
#include "frontends/onnx/ops/Sampling.h"

#include <cmath>

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

bool ResizeScale::isOne() const {
  if (number)
    return *number == 1;
  return llvm::all_of(quotients, [](const auto &quotient) {
    return quotient.first == quotient.second;
  });
}

AxisSampler::AxisSampler(NodeContext &node, const ResizeMethod &method,
                         const ResizedAxis &axis)
    : node(node), build(node.build()), method(method), axis(axis),
      f64(build.getBuilder().getF64Type()) {
  input = build.size(axis.input, f64);
  output = build.size(axis.output, f64);
  scale = buildScale();
  exact = build.binary<MulOp>(scale, input);
  last = build.binary<AddOp>(input, -1.0);
  places = buildPlaces();
}

Value AxisSampler::buildScale() {
  if (axis.scale.number)
    return scalar(*axis.scale.number);
  Value chosen;
  for (const auto &[outputs, inputs] : axis.scale.quotients) {
    Value quotient =
        build.binary<DivOp>(build.size(outputs, f64), build.size(inputs, f64));
    if (!chosen)
      chosen = quotient;
    else if (axis.scale.isLargest)
      chosen = build.binary<MaxOp>(chosen, quotient);
    else
      chosen = build.binary<MinOp>(chosen, quotient);
  }
  return chosen;
}

/// Returns `single` everywhere if `size` is 1, else `places`.
Value AxisSampler::chooseIfOne(Value size, Value single, Value places) {
  Value isOne = build.compare(ComparePredicate::EQ, size, 1.0);
  return build.select(spread(isOne), spread(single), places);
}

/// Computes the places of outputs in the input.
Value AxisSampler::buildPlaces() {
  Value x = build.cast(build.iota(axis.output), f64);
  auto add = [&](Value value, double number) {
    return build.binary<AddOp>(value, number);
  };
  auto divide = [&](Value value, Value number) {
    return build.binary<DivOp>(value, spread(number));
  };
  StringRef mode = method.coordinates;
  if (mode == "asymmetric")
    return divide(x, scale);
  if (mode == "tf_half_pixel_for_nn")
    return divide(add(x, 0.5), scale);
  if (mode == "align_corners")
    return chooseIfOne(
        exact, scalar(0),
        divide(build.binary<MulOp>(x, spread(last)), add(exact, -1)));
  if (method.isCrop())
    return buildCropPlaces(x);
  Value centers = add(divide(add(x, 0.5), scale), -0.5);
  if (mode == "pytorch_half_pixel")
    return chooseIfOne(output, scalar(0), centers);
  if (mode != "half_pixel_symmetric")
    return centers;
  Value rest =
      build.binary<SubOp>(scalar(1), build.binary<DivOp>(output, exact));
  Value shift = build.binary<MulOp>(build.binary<MulOp>(input, 0.5), rest);
  return build.binary<AddOp>(centers, spread(shift));
}

/// Computes the places of outputs `x` in the part that is cut out.
Value AxisSampler::buildCropPlaces(Value x) {
  Value start = build.cast(axis.start, f64), end = build.cast(axis.end, f64);
  Value length = build.binary<MulOp>(build.binary<SubOp>(end, start), last);
  Value first = build.binary<MulOp>(start, last);
  Value steps = build.binary<MulOp>(x, spread(length));
  Value inside = chooseIfOne(
      exact, build.binary<MulOp>(length, 0.5),
      build.binary<DivOp>(steps, spread(build.binary<AddOp>(exact, -1.0))));
  return build.binary<AddOp>(inside, spread(first));
}

Value AxisSampler::findOutside() {
  Value inside =
      isBetween(build, places, build.splatLike(places, 0), spread(last));
  return build.unary<NotOp>(inside);
}

FailureOr<Value> AxisSampler::resize(Value image) {
  if (method.mode == "nearest")
    return resizeNearest(image);
  FailureOr<DimExpr> reach = getReach();
  if (failed(reach))
    return failure();
  return resizeWeighted(image, *reach);
}

/// Gathers the nearest inputs.
Value AxisSampler::resizeNearest(Value image) {
  Value nearest = places;
  if (method.rounding == "floor")
    nearest = build.unary<FloorOp>(nearest);
  else if (method.rounding == "ceil")
    nearest = build.unary<CeilOp>(nearest);
  else if (method.rounding == "round_prefer_ceil")
    nearest = build.unary<FloorOp>(build.binary<AddOp>(nearest, 0.5));
  else
    nearest = build.unary<CeilOp>(build.binary<AddOp>(nearest, -0.5));
  nearest = clamp(build, nearest, build.splatLike(nearest, 0), spread(last));
  Dims dims = getDimsOf(image);
  dims[axis.axis] = axis.output;
  return GatherOp::create(build.getBuilder(), build.getLoc(),
                          getTensorType(dims, getElementTypeOf(image)), image,
                          build.cast(nearest, build.getBuilder().getI64Type()),
                          axis.axis);
}

/// Returns how many inputs before a place, and after it, its output is made of
/// at most.
FailureOr<DimExpr> AxisSampler::getReach() {
  int64_t reach = method.mode == "linear" ? 1 : 2;
  if (!method.isAntialiased)
    return DimExpr(reach);
  constexpr int64_t kMaxStretch = 1 << 20;
  auto emitTooSmall = [&](const std::string &scale) {
    return node.emitError() << "expected scales of at least 2^-20 to be "
                               "antialiased, got "
                            << scale;
  };
  if (std::optional<double> number = axis.scale.number) {
    if (*number < 1.0 / kMaxStretch)
      return emitTooSmall(std::to_string(*number));
    return DimExpr(static_cast<int64_t>(
        std::ceil(static_cast<double>(reach) / std::min(*number, 1.0))));
  }
  std::optional<DimExpr> result;
  for (const auto &[outputs, inputs] : axis.scale.quotients) {
    // An axis that is empty on both sides has a quotient too.
    DimExpr stretched = (DimExpr(reach) * DimExpr::max(outputs, inputs))
                            .ceilDiv(DimExpr::max(outputs, 1));
    stretched = simplify(stretched, node.getFacts());
    if (node.getFacts().getUpperBound(stretched).value_or(0) >
        reach * kMaxStretch)
      return emitTooSmall(outputs.str() + " / " + inputs.str());
    if (!result)
      result = stretched;
    else
      result = axis.scale.isLargest ? DimExpr::min(*result, stretched)
                                    : DimExpr::max(*result, stretched);
  }
  return simplify(*result, node.getFacts());
}

/// Returns the weights of inputs `distance` away from a place.
Value AxisSampler::buildWeights(Value distance) {
  if (method.isAntialiased) {
    Value stretch = build.binary<MinOp>(scale, 1.0);
    distance = build.binary<MulOp>(
        distance, build.broadcast(stretch, getDimsOf(distance)));
  }
  return method.mode == "linear"
             ? buildLinearWeights(build, distance)
             : buildCubicWeights(build, distance, method.cubicParameter);
}

/// Sums the inputs around each place by their weights.
Value AxisSampler::resizeWeighted(Value image, const DimExpr &reach) {
  Dims table{axis.output, DimExpr(2) * reach};
  Value floor = build.unary<FloorOp>(places);
  Value rest = build.binary<SubOp>(places, floor);
  Value taps = buildTaps(build, DimExpr(1) - reach, table, f64);
  Value weights = buildWeights(
      build.binary<SubOp>(taps, repeatAtEnd(build, rest, table[1])));
  Value sources =
      build.binary<AddOp>(repeatAtEnd(build, floor, table[1]), taps);
  Value low = build.splatLike(sources, 0);
  Value high = build.broadcast(last, table);
  if (method.excludesOutside)
    weights = build.select(isBetween(build, sources, low, high), weights,
                           build.splatLike(weights, 0));
  if (method.excludesOutside || method.isAntialiased) {
    Value sum = build.reduce(ReduceKind::Sum, weights, {1});
    weights = build.binary<DivOp>(weights, build.broadcast(sum, table));
  }
  sources = clamp(build, sources, low, high);
  Dims dims = getDimsOf(image);
  auto at = dims.begin() + axis.axis;
  DimExpr before = getNumElements(ArrayRef(dims.begin(), at));
  DimExpr after = getNumElements(ArrayRef(at + 1, dims.end()));
  Dims asOneTable{DimExpr(1), table[0], table[1]};
  Value rows = build.reshape(image, {before, axis.input, after});
  Value result = weightedGather(
      build, ReduceKind::Sum, rows,
      build.reshape(build.cast(sources, build.getBuilder().getI64Type()),
                    asOneTable),
      build.reshape(build.cast(weights, getElementTypeOf(image)), asOneTable));
  *at = axis.output;
  return build.reshape(result, dims);
}
