// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Regions.cpp - RoiAlign and MaxRoiPool: parts of images, brought to one size.
#include "frontends/onnx/ops/Regions.h"

#include "frontends/onnx/ops/Sampling.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// Checks an image [N, C, H, W] of floats and returns its sizes.
static FailureOr<Dims> getImageSizes(NodeContext &node) {
  RankedTensorType type = node.getInputType(0);
  if (!type || failed(node.checkRank(0, 4)))
    return failure();
  Type element = type.getElementType();
  if (!element.isF32() && !element.isF64())
    return node.emitError()
           << "expected an image of float32 or float64, got " << element;
  return Dims(getDims(type));
}

/// Returns the regions [R, columns], of the element type of the image.
static Value getRegions(NodeContext &node, int64_t columns) {
  Value regions = node.getInput(1);
  if (!regions || failed(node.checkRank(1, 2)))
    return nullptr;
  if (!getDimsOf(regions)[1].isConstant(columns) ||
      getElementTypeOf(regions) != node.getInputType(0).getElementType()) {
    node.emitError() << "expected rois [number, " << columns
                     << "] of the element type of the image, got "
                     << regions.getType();
    return nullptr;
  }
  return regions;
}

//===----------------------------------------------------------------------===//
// RoiAlign
//===----------------------------------------------------------------------===//

namespace {

/// The attributes.
struct Alignment {
  bool isMax;
  int64_t samples;
  double scale;
  double shift;
};

} // namespace

/// Returns the attributes; `coordinate_transformation_mode` came with opset 16.
static FailureOr<Alignment> getAlignment(NodeContext &node) {
  Alignment alignment;
  StringRef mode = node.getString("mode", "avg");
  if (mode != "avg" && mode != "max")
    return node.emitError() << "expected mode avg or max, got '" << mode << "'";
  alignment.isMax = mode == "max";
  alignment.samples = node.getInt("sampling_ratio", 0);
  if (alignment.samples < 0 || alignment.samples > 1 << 16)
    return node.emitError() << "expected a sampling_ratio in [0, 65536], got "
                            << alignment.samples;
  alignment.scale = node.getFloat("spatial_scale", 1);
  StringRef coordinates =
      node.getString("coordinate_transformation_mode",
                     node.getOpset() < 16 ? "output_half_pixel" : "half_pixel");
  if (coordinates != "half_pixel" && coordinates != "output_half_pixel")
    return node.emitError() << "expected coordinate_transformation_mode "
                               "half_pixel or output_half_pixel, got '"
                            << coordinates << "'";
  alignment.shift = coordinates == "half_pixel" ? 0.5 : 0;
  return alignment;
}

/// Returns attribute `name`, a number of bins.
static FailureOr<int64_t> getBins(NodeContext &node, StringRef name) {
  int64_t bins = node.getInt(name, 1);
  if (bins < 1 || bins > 1 << 16)
    return node.emitError()
           << "expected '" << name << "' in [1, 65536], got " << bins;
  return bins;
}

/// Returns the boxes as [R, 4]: first row and column, height and width.
static Value placeBoxes(GraphBuilder &build, const Alignment &alignment,
                        Value regions) {
  auto place = [&](int64_t column) {
    Value value = takeColumn(build, regions, column);
    return build.binary<AddOp>(build.binary<MulOp>(value, alignment.scale),
                               -alignment.shift);
  };
  SmallVector<Value> parts{place(1), place(0), place(3), place(2)};
  for (int64_t axis : {0, 1}) {
    parts[axis + 2] = build.binary<SubOp>(parts[axis + 2], parts[axis]);
    if (alignment.shift == 0)
      parts[axis + 2] = build.binary<MaxOp>(parts[axis + 2], 1.0);
  }
  for (Value &part : parts)
    part = build.reshape(part, {getDimsOf(part)[0], DimExpr(1)});
  return build.concat(parts, 1);
}

LogicalResult neap::frontend::importRoiAlign(NodeContext &node) {
  FailureOr<Dims> sizes = getImageSizes(node);
  FailureOr<Alignment> alignment = getAlignment(node);
  FailureOr<int64_t> height = getBins(node, "output_height");
  FailureOr<int64_t> width = getBins(node, "output_width");
  if (failed(sizes) || failed(alignment) || failed(height) || failed(width))
    return failure();
  Value regions = getRegions(node, 4);
  Value batch = regions ? node.getInput(2) : nullptr;
  if (!batch || failed(node.checkRank(2, 1)))
    return failure();
  DimExpr numRegions = getDimsOf(regions)[0];
  if (getDimsOf(batch)[0] != numRegions ||
      !isa<IntegerType>(getElementTypeOf(batch)))
    return node.emitError() << "expected one integer per roi as batch index, "
                               "got "
                            << batch.getType();
  GraphBuilder &build = node.build();
  Dims dims{numRegions, DimExpr(*height), DimExpr(*width), (*sizes)[1]};
  if (failed(node.checkSize(dims)))
    return failure();
  Value image = toChannelsLast(build, node.getInput(0));
  Value result = RoiAlignOp::create(
      build.getBuilder(), build.getLoc(),
      getTensorType(dims, getElementTypeOf(image)),
      alignment->isMax ? PoolKind::Max : PoolKind::Average, image,
      placeBoxes(build, *alignment, regions),
      build.cast(batch, build.getBuilder().getI64Type()), alignment->samples);
  return node.setOutput(0, toChannelsFirst(build, result));
}

//===----------------------------------------------------------------------===//
// MaxRoiPool
//===----------------------------------------------------------------------===//

/// Returns `value` [R] in all of [R, bins, size].
static Value spread(GraphBuilder &build, Value value, ArrayRef<DimExpr> dims) {
  return build.broadcast(build.reshape(value, {dims[0], 1, 1}), dims);
}

/// Returns the elements of an axis of `size` that each of the bins between
/// `start` and `end` [R] covers, -1 for the others: [R, bins, size].
static Value getBinElements(GraphBuilder &build, Value start, Value end,
                            double scale, int64_t bins, const DimExpr &size) {
  auto round = [&](Value value) {
    // Halves away from 0.
    Value scaled = build.binary<MulOp>(value, scale);
    Value sign = build.unary<SignOp>(scaled);
    Value up = build.binary<AddOp>(build.unary<AbsOp>(scaled), 0.5);
    return build.binary<MulOp>(sign, build.unary<FloorOp>(up));
  };
  start = round(start);
  Value length = build.binary<MaxOp>(
      build.binary<AddOp>(build.binary<SubOp>(round(end), start), 1.0), 1.0);
  Dims dims{getDimsOf(start)[0], DimExpr(bins), size};
  Type element = getElementTypeOf(start);
  auto along = [&](int64_t axis) {
    Value numbers = build.cast(build.iota(dims[axis]), element);
    return build.broadcast(build.alongAxis(numbers, axis, 3), dims);
  };
  Value bin = spread(
      build, build.binary<DivOp>(length, static_cast<double>(bins)), dims);
  Value first = spread(build, start, dims);
  Value number = along(1), place = along(2);
  Value low = build.unary<FloorOp>(build.binary<MulOp>(number, bin));
  Value high = build.unary<CeilOp>(
      build.binary<MulOp>(build.binary<AddOp>(number, 1.0), bin));
  Value isIn =
      build.binary<AndOp>(build.compare(ComparePredicate::GE, place,
                                        build.binary<AddOp>(low, first)),
                          build.compare(ComparePredicate::LT, place,
                                        build.binary<AddOp>(high, first)));
  Value index = build.select(isIn, place, build.splatLike(place, -1));
  return build.cast(index, build.getBuilder().getI64Type());
}

/// Returns the maxima over `elements` [1 or B, bins, N] of rows [B, N, C]; 0 of
/// a bin that is empty.
static Value maximize(GraphBuilder &build, Value rows, Value elements) {
  Value ones = build.splat(getDimsOf(elements), getElementTypeOf(rows), 1);
  Value result = weightedGather(build, ReduceKind::Max, rows, elements, ones);
  Dims dims = getDimsOf(result), table = getDimsOf(elements);
  Value last = build.reduce(ReduceKind::Max, elements, {2});
  Value isEmpty = build.compare(ComparePredicate::LT, last, 0.0);
  return build.select(build.broadcast(isEmpty, dims),
                      build.splatLike(result, 0), result);
}

LogicalResult neap::frontend::importMaxRoiPool(NodeContext &node) {
  FailureOr<Dims> sizes = getImageSizes(node);
  SmallVector<int64_t> pooled = node.getInts("pooled_shape");
  if (failed(sizes))
    return failure();
  if (pooled.size() != 2 || pooled[0] < 1 || pooled[1] < 1 ||
      pooled[0] > 1 << 16 || pooled[1] > 1 << 16)
    return node.emitError()
           << "expected two entries in [1, 65536] in 'pooled_shape'";
  Value regions = getRegions(node, 5);
  if (!regions)
    return failure();
  GraphBuilder &build = node.build();
  double scale = node.getFloat("spatial_scale", 1);
  auto column = [&](int64_t index) {
    return takeColumn(build, regions, index);
  };
  DimExpr numRegions = getDimsOf(regions)[0];
  DimExpr channels = (*sizes)[1], height = (*sizes)[2], width = (*sizes)[3];
  Dims bins{numRegions, DimExpr(pooled[0]), DimExpr(pooled[1])};
  if (failed(node.checkSize({numRegions, height, width, channels})) ||
      failed(node.checkSize({bins[0], bins[1], bins[2], width})) ||
      failed(node.checkSize({bins[0], bins[1], bins[2], channels})))
    return failure();
  // First the image of each region, then its rows, then its columns.
  Value images = toChannelsLast(build, node.getInput(0));
  Value batch = build.cast(column(0), build.getBuilder().getI64Type());
  Type element = getElementTypeOf(images);
  Value chosen = GatherOp::create(
      build.getBuilder(), build.getLoc(),
      getTensorType({numRegions, height, width, channels}, element), images,
      batch, 0);
  Value rows = build.reshape(chosen, {numRegions, height, width * channels});
  Value tall = maximize(
      build, rows,
      getBinElements(build, column(2), column(4), scale, pooled[0], height));
  DimExpr numRows = numRegions * DimExpr(pooled[0]);
  Value columns =
      getBinElements(build, column(1), column(3), scale, pooled[1], width);
  Dims repeated{bins[0], bins[1], bins[2], width};
  columns = build.broadcast(
      build.reshape(columns, {numRegions, 1, repeated[2], repeated[3]}),
      repeated);
  Value result =
      maximize(build, build.reshape(tall, {numRows, width, channels}),
               build.reshape(columns, {numRows, repeated[2], repeated[3]}));
  result = build.reshape(result, {bins[0], bins[1], bins[2], channels});
  return node.setOutput(0, toChannelsFirst(build, result));
}
