// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GridSample.cpp - an image at places that a grid names, in any number of
// spatial axes. Of each place the taps of every axis are computed, and then all
// their combinations. Source: ONNX GridSample-22.
#include "frontends/onnx/ops/Regions.h"
#include "frontends/onnx/ops/Sampling.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// Cubic convolution's parameter, as in PyTorch and ONNX.
static constexpr double kCubicParameter = -0.75;

namespace {

enum class Padding { Zeros, Border, Reflection };

/// The attributes.
struct Method {
  StringRef mode;
  Padding padding;
  bool alignsCorners;
};

/// One spatial axis of the image.
struct Axis {
  GraphBuilder &build;
  const Method &method;
  DimExpr size;

  /// How far the image reaches beyond the middle of its outermost pixels.
  double getMargin() const { return method.alignsCorners ? 0 : 0.5; }
  /// Its ends and its length, in the shape and element type of `like`.
  Value getLow(Value like) const { return build.splatLike(like, -getMargin()); }
  Value getHigh(Value like) const {
    return sizeLike(build, like, size - 1, getMargin());
  }
  Value getLength(Value like) const {
    return sizeLike(build, like, size - 1, 2 * getMargin());
  }

  Value findPlaces(Value grid) const;
  Value putInside(Value places) const;
  Value reflect(Value places) const;
  Value clampToImage(Value places) const;
  Taps getTaps(Value grid) const;
};

} // namespace

/// Returns where in the image the grid's numbers in [-1, 1] are.
Value Axis::findPlaces(Value grid) const {
  Value shifted = build.binary<AddOp>(grid, 1.0);
  if (method.alignsCorners)
    return build.binary<MulOp>(build.binary<DivOp>(shifted, 2.0),
                               getLength(shifted));
  Value scaled = build.binary<MulOp>(shifted, getLength(shifted));
  return build.binary<DivOp>(build.binary<AddOp>(scaled, -1.0), 2.0);
}

Value Axis::clampToImage(Value places) const {
  return clamp(build, places, build.splatLike(places, 0),
               build.sizeLike(places, size - 1));
}

/// Mirrors places at the ends of the image until they are inside.
Value Axis::reflect(Value places) const {
  Value low = getLow(places), length = getLength(places);
  Value away = build.unary<AbsOp>(build.binary<SubOp>(places, low));
  Value flips = build.unary<FloorOp>(build.binary<DivOp>(away, length));
  Value rest = build.binary<SubOp>(away, build.binary<MulOp>(flips, length));
  Value half = build.unary<FloorOp>(build.binary<MulOp>(flips, 0.5));
  Value isEven = build.compare(ComparePredicate::EQ,
                               build.binary<MulOp>(half, 2.0), flips);
  Value back = build.binary<SubOp>(length, rest);
  Value mirrored = build.binary<AddOp>(build.select(isEven, rest, back), low);
  // Aligned corners of one pixel leave it no length.
  Value hasLength = build.compare(ComparePredicate::GT, length, 0.0);
  return build.select(hasLength, mirrored, build.splatLike(places, 0));
}

/// Moves places beyond the image into it, as the padding says.
Value Axis::putInside(Value places) const {
  if (method.padding == Padding::Zeros)
    return places;
  Value inside = isBetween(build, places, getLow(places), getHigh(places));
  Value moved = method.padding == Padding::Border ? clampToImage(places)
                                                  : reflect(places);
  return build.select(inside, places, moved);
}

/// Returns the taps of the places `grid` names, in a new last axis.
Taps Axis::getTaps(Value grid) const {
  Value places = findPlaces(grid);
  Dims dims = getDimsOf(places);
  dims.push_back(DimExpr(1));
  bool isNearest = method.mode == "nearest";
  if (isNearest)
    places = build.unary<RoundOp>(places);
  // The taps of cubic convolution are moved into the image one by one.
  if (method.mode != "cubic" || method.padding != Padding::Border)
    places = putInside(places);
  Value sources, weights;
  if (isNearest) {
    sources = build.reshape(places, dims);
    weights = build.splatLike(sources, 1);
  } else {
    bool isCubic = method.mode == "cubic";
    dims.back() = DimExpr(isCubic ? 4 : 2);
    Value floor = build.unary<FloorOp>(places);
    Value rest = build.binary<SubOp>(places, floor);
    Value taps =
        buildTaps(build, isCubic ? -1 : 0, dims, getElementTypeOf(places));
    Value distance =
        build.binary<SubOp>(taps, repeatAtEnd(build, rest, dims.back()));
    weights = isCubic ? buildCubicWeights(build, distance, kCubicParameter)
                      : buildLinearWeights(build, distance);
    sources = build.binary<AddOp>(repeatAtEnd(build, floor, dims.back()), taps);
  }
  if (method.padding == Padding::Reflection)
    sources = reflect(sources);
  if (method.padding != Padding::Zeros)
    sources = clampToImage(sources);
  return placeTaps(build, sources, weights, size);
}

static FailureOr<Method> getMethod(NodeContext &node) {
  Method method;
  StringRef mode = node.getString("mode", "linear");
  method.mode = mode == "bilinear"  ? "linear"
                : mode == "bicubic" ? "cubic"
                                    : mode;
  if (method.mode != "linear" && method.mode != "nearest" &&
      method.mode != "cubic")
    return node.emitError()
           << "expected mode linear, nearest or cubic, got '" << mode << "'";
  StringRef padding = node.getString("padding_mode", "zeros");
  if (padding == "zeros")
    method.padding = Padding::Zeros;
  else if (padding == "border")
    method.padding = Padding::Border;
  else if (padding == "reflection")
    method.padding = Padding::Reflection;
  else
    return node.emitError() << "expected padding_mode zeros, border or "
                               "reflection, got '"
                            << padding << "'";
  method.alignsCorners = node.getInt("align_corners", 0) != 0;
  return method;
}

/// Returns the taps of all places of `grid` [N, places, spatial axes], as
/// [N, places, taps].
static Taps getAllTaps(GraphBuilder &build, const Method &method, Value grid,
                       ArrayRef<DimExpr> spatial) {
  Dims dims = getDimsOf(grid);
  Taps all;
  int64_t numTaps = 1;
  for (auto [i, size] : llvm::enumerate(spatial)) {
    // The grid names the last axis first.
    auto column = static_cast<int64_t>(spatial.size() - 1 - i);
    Value numbers = takeColumn(build, grid, column);
    Taps taps = Axis{build, method, size}.getTaps(numbers);
    DimExpr count = getDimsOf(taps.position).back();
    Dims both{dims[0], dims[1], DimExpr(numTaps), count};
    numTaps *= *count.getConstant();
    if (i == 0) {
      all = taps;
      continue;
    }
    all = combineTaps(build, broadcastTaps(build, all, {0, 1, 2}, both),
                      broadcastTaps(build, taps, {0, 1, 3}, both), size);
    all = reshapeTaps(build, all, {dims[0], dims[1], DimExpr(numTaps)});
  }
  return all;
}

LogicalResult neap::frontend::importGridSample(NodeContext &node) {
  Value image = node.getInput(0), grid = image ? node.getInput(1) : nullptr;
  FailureOr<Method> method = getMethod(node);
  if (!grid || failed(method))
    return failure();
  Dims dims = getDimsOf(image), places = getDimsOf(grid);
  int64_t numSpatial = static_cast<int64_t>(dims.size()) - 2;
  if (numSpatial < 1 || numSpatial > 3 || places.size() != dims.size() ||
      places[0] != dims[0] || !places.back().isConstant(numSpatial))
    return node.emitError() << "expected an image [N, C, spatial...] of one to "
                               "three spatial axes "
                               "and a grid [N, places..., spatial axes], got "
                            << printDims(dims) << " and " << printDims(places);
  Type element = getElementTypeOf(image);
  if (!isa<FloatType>(element) || !isa<FloatType>(getElementTypeOf(grid)))
    return node.emitError() << "expected an image and a grid of floats, got "
                            << element << " and " << getElementTypeOf(grid);
  Dims result{dims[0], dims[1]};
  result.append(places.begin() + 1, places.end() - 1);
  if (failed(node.checkSize(result)))
    return failure();
  GraphBuilder &build = node.build();
  Type f32 = build.getBuilder().getF32Type();
  Type f64 = build.getBuilder().getF64Type();
  Type wide = element == f64 ? f64 : f32;
  DimExpr numPlaces = getNumElements(ArrayRef(result).drop_front(2));
  Type gridType = getElementTypeOf(grid) == f64 ? f64 : f32;
  Value flatGrid = build.reshape(build.cast(grid, gridType),
                                 {dims[0], numPlaces, places.back()});
  Taps taps =
      getAllTaps(build, *method, flatGrid, ArrayRef(dims).drop_front(2));
  DimExpr numPixels = getNumElements(ArrayRef(dims).drop_front(2));
  Value pixels = build.reshape(toChannelsLast(build, build.cast(image, wide)),
                               {dims[0], numPixels, dims[1]});
  Value sampled =
      weightedGather(build, ReduceKind::Sum, pixels, getIndices(build, taps),
                     build.cast(taps.weight, wide));
  Dims last{dims[0]};
  last.append(result.begin() + 2, result.end());
  last.push_back(dims[1]);
  Value output = toChannelsFirst(build, build.reshape(sampled, last));
  return node.setOutput(0, build.cast(output, element));
}
