// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AxisSampler.cpp - one axis of Resize: which inputs its outputs are made of.
//
// For each output of an axis a few inputs and their weights are computed, by
// ops on small tensors: `mode` and `coordinate_transformation_mode` decide how.
// `nearest` has one input and needs no weight: it is a gather.
// Source: ONNX Resize-19.
#include "frontends/onnx/ops/AxisSampler.h"
#include "frontends/onnx/ops/Regions.h"
#include "frontends/onnx/ops/Sampling.h"

#include <cmath>

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

LogicalResult AxisSampler::prepare() {
  FailureOr<int64_t> inputSize = node.checkStatic(axis.input, "a resized axis");
  FailureOr<int64_t> outputSize =
      node.checkStatic(axis.output, "a resized axis");
  if (failed(inputSize) || failed(outputSize))
    return failure();
  if (*inputSize < 1)
    return node.emitError() << "expected resized axes of at least one element";
  input = static_cast<double>(*inputSize);
  output = static_cast<double>(*outputSize);
  scale = axis.scale.value_or(output / input);
  places = buildPlaces();
  return success();
}

/// Returns `places`, or `single` if the exact size of the output is 1.
Value AxisSampler::chooseIfLong(Value places, Value single) {
  return scale * input == 1 ? spread(single, axis.output) : places;
}

/// Computes the places of outputs in the input.
Value AxisSampler::buildPlaces() {
  Value x = build.cast(build.iota(axis.output), f64);
  auto mul = [&](Value value, double number) {
    return build.binary<MulOp>(value, number);
  };
  auto add = [&](Value value, double number) {
    return build.binary<AddOp>(value, number);
  };
  Value centers = add(build.binary<DivOp>(add(x, 0.5), scale), -0.5);
  double exact = scale * input, last = input - 1;
  StringRef mode = method.coordinates;
  if (mode == "asymmetric")
    return build.binary<DivOp>(x, scale);
  if (mode == "tf_half_pixel_for_nn")
    return build.binary<DivOp>(add(x, 0.5), scale);
  if (mode == "align_corners")
    return chooseIfLong(build.binary<DivOp>(mul(x, last), exact - 1),
                        scalar(0));
  if (mode == "pytorch_half_pixel")
    return output == 1 ? build.splatLike(x, 0) : centers;
  if (mode == "half_pixel_symmetric")
    return add(centers, input / 2 * (1 - output / exact));
  if (!method.isCrop())
    return centers;
  Value start = build.cast(axis.start, f64), end = build.cast(axis.end, f64);
  Value length = mul(build.binary<SubOp>(end, start), last);
  Value first = mul(start, last);
  Value steps = build.binary<MulOp>(x, spread(length, axis.output));
  Value inside =
      chooseIfLong(build.binary<DivOp>(steps, exact - 1), mul(length, 0.5));
  return build.binary<AddOp>(inside, spread(first, axis.output));
}

Value AxisSampler::findOutside() {
  Value inside = isBetween(build, places, build.splatLike(places, 0),
                           build.splatLike(places, input - 1));
  return build.unary<NotOp>(inside);
}

FailureOr<Value> AxisSampler::resize(Value image) {
  if (method.mode == "nearest")
    return resizeNearest(image);
  if (method.isAntialiased && scale < 1.0 / (1 << 20))
    return node.emitError() << "expected scales of at least 2^-20 to be "
                               "antialiased, got "
                            << scale;
  return resizeWeighted(image);
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
  nearest = clamp(build, nearest, build.splatLike(nearest, 0),
                  build.splatLike(nearest, input - 1));
  Dims dims = getDimsOf(image);
  dims[axis.axis] = axis.output;
  return GatherOp::create(build.getBuilder(), build.getLoc(),
                          getTensorType(dims, getElementTypeOf(image)), image,
                          build.cast(nearest, build.getBuilder().getI64Type()),
                          axis.axis);
}

/// Returns the first tap, counted from the input before a place, and the number
/// of taps.
std::pair<int64_t, int64_t> AxisSampler::getTaps() {
  int64_t reach = method.mode == "linear" ? 1 : 2;
  double stretch = method.isAntialiased ? std::min(scale, 1.0) : 1;
  auto first = static_cast<int64_t>(
      std::floor(-static_cast<double>(reach) / stretch) + 1);
  return {first, 2 - 2 * first};
}

/// Sums the inputs around each place by their weights.
Value AxisSampler::resizeWeighted(Value image) {
  auto [firstTap, numTaps] = getTaps();
  Dims table{axis.output, DimExpr(numTaps)};
  Value floor = build.unary<FloorOp>(places);
  Value rest = build.binary<SubOp>(places, floor);
  Value taps = buildTaps(build, firstTap, table, f64);
  Value distance =
      build.binary<SubOp>(taps, repeatAtEnd(build, rest, table[1]));
  if (method.isAntialiased)
    distance = build.binary<MulOp>(distance, std::min(scale, 1.0));
  Value weights =
      method.mode == "linear"
          ? buildLinearWeights(build, distance)
          : buildCubicWeights(build, distance, method.cubicParameter);
  Value sources =
      build.binary<AddOp>(repeatAtEnd(build, floor, table[1]), taps);
  Value low = build.splatLike(sources, 0);
  Value high = build.splatLike(sources, input - 1);
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
