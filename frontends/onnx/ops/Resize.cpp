// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resize.cpp - Resize and Upsample, axis by axis.
//
// For each output of an axis a few inputs and their weights are computed, by
// ops on small tensors: `mode` and `coordinate_transformation_mode` decide how.
// `nearest` has one input and needs no weight: it is a gather.
// Source: ONNX Resize-19, Upsample-9.
#include "frontends/onnx/OpImporters.h"
#include "frontends/onnx/ops/Regions.h"
#include "frontends/onnx/ops/Sampling.h"

#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

namespace {

/// The attributes.
struct Method {
  StringRef mode, coordinates, rounding;
  bool isAntialiased, excludesOutside;
  double cubicParameter, extrapolation;

  /// Whether coordinates are those of a part of the image, maybe beyond it.
  bool isCrop() const { return coordinates == "tf_crop_and_resize"; }
  /// Whether an axis whose size does not change is copied.
  bool keepsAxes() const {
    return !isCrop() && coordinates != "tf_half_pixel_for_nn";
  }
};

/// One axis that changes.
struct Axis {
  int64_t axis;
  DimExpr input, output;
  /// Nothing: output / input.
  std::optional<double> scale;
  /// Ends of the part of the input, in [0, 1] of it; only of a crop.
  Value start = nullptr, end = nullptr;
};

/// What one axis is resized by.
class AxisSampler {
public:
  AxisSampler(NodeContext &node, const Method &method, const Axis &axis)
      : node(node), build(node.build()), method(method), axis(axis),
        f64(build.getBuilder().getF64Type()) {}

  /// Fails if a size is symbolic where it must not be.
  LogicalResult prepare();
  /// Returns the resized `image`, which has one row per entry of the axis.
  FailureOr<Value> resize(Value image);
  /// Returns which outputs lie beyond the image, as [output].
  Value findOutside();

private:
  Value scalar(double number) { return build.splat({}, f64, number); }
  Value spread(Value number, ArrayRef<DimExpr> dims) {
    return build.broadcast(number, dims);
  }
  Value buildPlaces();
  Value chooseIfLong(Value places, Value single);
  Value resizeNearest(Value image);
  Value resizeWeighted(Value image);
  std::pair<int64_t, int64_t> getTaps();

  NodeContext &node;
  GraphBuilder &build;
  const Method &method;
  const Axis &axis;
  Type f64;
  double input = 0, output = 0, scale = 0;
  /// Where in the input each output lies, as [output] of f64.
  Value places;
};

} // namespace

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

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

/// Returns `size` times `scale`, rounded down; as float32 computes it.
static FailureOr<DimExpr> scaleSize(NodeContext &node, const DimExpr &size,
                                    double scale) {
  if (!(scale > 0) || scale > 1 << 20)
    return node.emitError() << "expected scales in (0, 2^20], got " << scale;
  if (std::optional<int64_t> known = size.getConstant())
    return DimExpr(static_cast<int64_t>(
        std::floor(static_cast<float>(*known) * static_cast<float>(scale))));
  // A symbol is only scaled by what 2^16ths can express.
  constexpr int64_t kDivisor = 1 << 16;
  double numerator = scale * kDivisor;
  if (numerator != std::floor(numerator))
    return node.emitError()
           << "the size " << size.str() << " cannot be scaled by " << scale
           << "; bind it with --dim";
  auto factor = static_cast<int64_t>(numerator);
  int64_t divisor = kDivisor;
  for (; factor % 2 == 0 && divisor > 1; divisor /= 2)
    factor /= 2;
  return (size * DimExpr(factor)).floorDiv(divisor);
}

/// Sets the outputs of `axes` from input `index`, the scales.
static LogicalResult readScales(NodeContext &node, size_t index,
                                MutableArrayRef<Axis> axes) {
  FailureOr<SmallVector<double>> scales = node.getNumbers(index, "the scales");
  if (failed(scales))
    return failure();
  if (scales->size() != axes.size())
    return node.emitError()
           << "expected " << axes.size() << " scales, got " << scales->size();
  for (auto [axis, scale] : llvm::zip_equal(axes, *scales)) {
    FailureOr<DimExpr> output = scaleSize(node, axis.input, scale);
    if (failed(output))
      return failure();
    axis.output = *output;
    axis.scale = scale;
  }
  return success();
}

/// Makes all scales the smallest or largest of them.
static LogicalResult keepAspectRatio(NodeContext &node, bool isLargest,
                                     MutableArrayRef<Axis> axes) {
  std::optional<double> chosen;
  for (const Axis &axis : axes) {
    FailureOr<int64_t> input = node.checkStatic(axis.input, "a resized axis");
    FailureOr<int64_t> output = node.checkStatic(axis.output, "a resized axis");
    if (failed(input) || failed(output))
      return failure();
    constexpr int64_t kMaxSize = int64_t(1) << 40;
    if (*input < 1 || *output > kMaxSize)
      return node.emitError() << "expected axes of at least one element and "
                                 "sizes of at most 2^40, got "
                              << *input << " and " << *output;
    double scale = static_cast<double>(*output) / static_cast<double>(*input);
    if (!chosen || (isLargest ? scale > *chosen : scale < *chosen))
      chosen = scale;
  }
  for (Axis &axis : axes) {
    axis.scale = *chosen;
    double size = *chosen * static_cast<double>(*axis.input.getConstant());
    if (size > 0x1p62)
      return node.emitError()
             << "the scaled size of axis " << axis.axis << " is beyond 64 bits";
    axis.output = DimExpr(static_cast<int64_t>(std::floor(size + 0.5)));
  }
  return success();
}

/// Sets the outputs of `axes` from input 3, the sizes.
static LogicalResult readSizes(NodeContext &node, MutableArrayRef<Axis> axes) {
  FailureOr<Contents> sizes = node.getContents(3, "the sizes");
  if (failed(sizes))
    return failure();
  if (sizes->size() != axes.size())
    return node.emitError()
           << "expected " << axes.size() << " sizes, got " << sizes->size();
  for (auto [axis, size] : llvm::zip_equal(axes, *sizes)) {
    if (size.getConstant().value_or(1) < 1)
      return node.emitError()
             << "expected sizes of at least 1, got " << size.str();
    axis.output = size;
  }
  StringRef policy = node.getString("keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch")
    return success();
  if (policy != "not_larger" && policy != "not_smaller")
    return node.emitError() << "expected keep_aspect_ratio_policy stretch, "
                               "not_larger or not_smaller, got '"
                            << policy << "'";
  return keepAspectRatio(node, policy == "not_smaller", axes);
}

/// Sets the parts of the input from input 1: all starts, then all ends.
static LogicalResult readParts(NodeContext &node, MutableArrayRef<Axis> axes) {
  Value roi = node.getInput(1);
  if (!roi)
    return failure();
  int64_t count = axes.size();
  if (getDimsOf(roi) != Dims{DimExpr(2 * count)} ||
      !isa<FloatType>(getElementTypeOf(roi)))
    return node.emitError() << "expected roi to be " << 2 * count
                            << " floats, got " << roi.getType();
  GraphBuilder &build = node.build();
  auto pick = [&](int64_t index) {
    return build.reshape(build.slice(roi, {index}, {1}, {1}), {});
  };
  for (auto [i, axis] : llvm::enumerate(axes)) {
    axis.start = pick(i);
    axis.end = pick(count + i);
  }
  return success();
}

/// Returns all axes, or those of the attribute, with their input sizes.
static FailureOr<SmallVector<Axis>> getAxes(NodeContext &node,
                                            ArrayRef<DimExpr> dims) {
  auto numbers = llvm::to_vector(llvm::seq<int64_t>(0, dims.size()));
  if (node.hasAttribute("axes"))
    numbers = node.getInts("axes");
  SmallVector<Axis> axes;
  for (int64_t number : numbers) {
    FailureOr<int64_t> axis = node.checkAxis(number, dims.size());
    if (failed(axis))
      return failure();
    if (llvm::any_of(axes, [&](const Axis &a) { return a.axis == *axis; }))
      return node.emitError()
             << "expected each axis once, got axis " << *axis << " twice";
    axes.push_back({*axis, dims[*axis], dims[*axis], std::nullopt});
  }
  return axes;
}

//===----------------------------------------------------------------------===//
// The ops
//===----------------------------------------------------------------------===//

/// Returns the attributes; `isOld`: of Upsample and Resize-10.
static FailureOr<Method> getMethod(NodeContext &node, bool isOld) {
  Method method;
  method.mode = node.getString("mode", "nearest");
  method.coordinates =
      isOld ? "asymmetric"
            : node.getString("coordinate_transformation_mode", "half_pixel");
  method.rounding =
      isOld ? "floor" : node.getString("nearest_mode", "round_prefer_floor");
  method.isAntialiased = node.getInt("antialias", 0) != 0;
  method.excludesOutside = node.getInt("exclude_outside", 0) != 0;
  method.cubicParameter = node.getFloat("cubic_coeff_a", -0.75);
  method.extrapolation = node.getFloat("extrapolation_value", 0);
  if (method.mode == "bilinear")
    method.mode = "linear";
  auto check = [&](StringRef name, StringRef value,
                   ArrayRef<StringRef> known) -> LogicalResult {
    if (llvm::is_contained(known, value))
      return success();
    return node.emitError()
           << "expected " << name << " " << llvm::join(known, ", ") << "; got '"
           << value << "'";
  };
  if (failed(check("mode", method.mode, {"nearest", "linear", "cubic"})) ||
      failed(check("coordinate_transformation_mode", method.coordinates,
                   {"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel",
                    "align_corners", "asymmetric", "tf_half_pixel_for_nn",
                    "tf_crop_and_resize"})) ||
      failed(
          check("nearest_mode", method.rounding,
                {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"})))
    return failure();
  return method;
}

/// Whether the last axes alone change: those of images, whose channels are
/// best neighbours in memory.
static bool isImage(ArrayRef<const Axis *> axes, int64_t rank) {
  return rank > 2 &&
         llvm::all_of(axes, [](const Axis *axis) { return axis->axis >= 2; });
}

/// Resizes the axes, the last one first: it has the fewest rows then.
static FailureOr<Value> resizeAxes(NodeContext &node, const Method &method,
                                   Value image, ArrayRef<const Axis *> axes) {
  GraphBuilder &build = node.build();
  Type element = getElementTypeOf(image);
  bool isWeighted = method.mode != "nearest";
  bool isConverted = isWeighted && !element.isF32() && !element.isF64();
  if (isConverted)
    image = build.cast(image, build.getBuilder().getF32Type());
  bool isTransposed = isWeighted && isImage(axes, getRankOf(image));
  if (isTransposed)
    image = toChannelsLast(build, image);
  SmallVector<std::pair<int64_t, Value>> masks;
  for (const Axis *axis : llvm::reverse(axes)) {
    Axis moved = *axis;
    moved.axis -= isTransposed ? 1 : 0;
    AxisSampler sampler(node, method, moved);
    if (failed(sampler.prepare()))
      return failure();
    FailureOr<Value> resized = sampler.resize(image);
    if (failed(resized))
      return failure();
    image = *resized;
    if (method.isCrop())
      masks.push_back({moved.axis, sampler.findOutside()});
  }
  for (auto [axis, mask] : masks)
    image = build.select(
        build.broadcast(build.alongAxis(mask, axis, getRankOf(image)),
                        getDimsOf(image)),
        build.splatLike(image, method.extrapolation), image);
  if (isTransposed)
    image = toChannelsFirst(build, image);
  return isConverted ? build.cast(image, element) : image;
}

static LogicalResult importScaled(NodeContext &node, const Method &method,
                                  MutableArrayRef<Axis> axes) {
  Value image = node.getInput(0);
  if (!image)
    return failure();
  if (method.isCrop() && failed(readParts(node, axes)))
    return failure();
  SmallVector<const Axis *> changed;
  Dims dims = getDimsOf(image);
  for (const Axis &axis : axes) {
    dims[axis.axis] = axis.output;
    bool isKept = axis.output == axis.input && axis.scale.value_or(1) == 1;
    if (!isKept || !method.keepsAxes())
      changed.push_back(&axis);
  }
  llvm::sort(changed, [](const Axis *lhs, const Axis *rhs) {
    return lhs->axis < rhs->axis;
  });
  if (failed(node.checkSize(dims)))
    return failure();
  FailureOr<Value> result = resizeAxes(node, method, image, changed);
  return failed(result) ? failure() : node.setOutput(0, *result);
}

/// Upsample, and Resize-10: scales are input 1.
static LogicalResult importUpsample(NodeContext &node) {
  RankedTensorType type = node.getInputType(0);
  FailureOr<Method> method = getMethod(node, /*isOld=*/true);
  if (!type || failed(method))
    return failure();
  FailureOr<SmallVector<Axis>> axes = getAxes(node, getDims(type));
  if (failed(axes) || failed(readScales(node, 1, *axes)))
    return failure();
  return importScaled(node, *method, *axes);
}

static LogicalResult importResize(NodeContext &node) {
  RankedTensorType type = node.getInputType(0);
  FailureOr<Method> method = getMethod(node, /*isOld=*/false);
  if (!type || failed(method))
    return failure();
  FailureOr<SmallVector<Axis>> axes = getAxes(node, getDims(type));
  if (failed(axes))
    return failure();
  bool hasSizes = node.hasInput(3);
  if (hasSizes && node.hasInput(2)) {
    RankedTensorType scales = node.getInputType(2);
    if (!scales)
      return failure();
    hasSizes = getNumElements(getDims(scales)).isConstant(0);
  }
  if (failed(hasSizes ? readSizes(node, *axes) : readScales(node, 2, *axes)))
    return failure();
  return importScaled(node, *method, *axes);
}

ArrayRef<OpImporter> neap::frontend::getResizeImporters() {
  static const OpImporter kImporters[] = {
      {"GridSample", 16, importGridSample, "only one to three spatial axes"},
      {"Resize", 10, importUpsample},
      {"Resize", 11, importResize},
      {"Upsample", 9, importUpsample},
  };
  return kImporters;
}
