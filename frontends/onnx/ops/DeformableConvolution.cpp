// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DeformableConvolution.cpp - DeformConv: the inputs of each tap are read at
// places that an input moves, and multiplied by the filter as a matrix.
// Source: ONNX DeformConv-22; Dai et al. 2017, Zhu et al. 2019.
#include "frontends/onnx/ops/Convolution.h"
#include "frontends/onnx/ops/Regions.h"
#include "frontends/onnx/ops/Sampling.h"
#include "frontends/onnx/ops/Windows.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

namespace {

/// The sizes. `groups` divide the channels for the filter, `offsetGroups` for
/// the offsets.
struct Deformed {
  DimExpr batch;
  int64_t channels, outputs, groups, offsetGroups;
  SmallVector<int64_t> kernel;
  /// Spatial sizes.
  Dims image, result;

  int64_t getNumTaps() const { return kernel[0] * kernel[1]; }
  DimExpr getNumPlaces() const { return result[0] * result[1]; }
};

} // namespace

/// Returns where the taps of axis `axis` lie in the image but for the offsets:
/// [1, kernel axes, result axes].
static Value getRegularPlaces(GraphBuilder &build, const Deformed &conv,
                              const Windows &windows, int64_t axis,
                              Type element) {
  Dims dims{DimExpr(1), DimExpr(conv.kernel[0]), DimExpr(conv.kernel[1]),
            conv.result[0], conv.result[1]};
  auto along = [&](int64_t position, int64_t step) {
    Value numbers = build.cast(build.iota(dims[position]), element);
    numbers = build.binary<MulOp>(numbers, static_cast<double>(step));
    return build.broadcast(build.alongAxis(numbers, position, 5), dims);
  };
  Value places = build.binary<AddOp>(along(1 + axis, windows.dilations[axis]),
                                     along(3 + axis, windows.strides[axis]));
  return build.binary<AddOp>(places, -static_cast<double>(windows.pads[axis]));
}

/// Returns what an input gives per tap and place, [B, groups * taps,
/// result...], as [B * groups, places, taps].
static Value byPlace(GraphBuilder &build, const Deformed &conv, Value input) {
  DimExpr taps(conv.getNumTaps()), places = conv.getNumPlaces();
  DimExpr images = conv.batch * DimExpr(conv.offsetGroups);
  return build.transpose(build.reshape(input, {images, taps, places}),
                         {0, 2, 1});
}

/// Returns the taps of the four pixels around each place:
/// [B * offset groups, places * kernel taps, 4].
static Taps getPixels(NodeContext &node, const Deformed &conv,
                      const Windows &windows, Value offsets) {
  GraphBuilder &build = node.build();
  Type element = getElementTypeOf(offsets);
  DimExpr images = conv.batch * DimExpr(conv.offsetGroups);
  DimExpr taps(conv.getNumTaps()), places = conv.getNumPlaces();
  // [..., kernel taps, axis, places]: the axis to the end.
  Value moved = build.transpose(
      build.reshape(offsets, {images, taps, DimExpr(2), places}), {0, 3, 1, 2});
  Dims dims{images, places, taps};
  auto getAxisTaps = [&](int64_t axis) {
    Value regular = getRegularPlaces(build, conv, windows, axis, element);
    regular = build.transpose(
        build.reshape(regular, {DimExpr(1), taps, places}), {0, 2, 1});
    Value sum = build.binary<AddOp>(build.broadcast(regular, dims),
                                    takeColumn(build, moved, axis));
    return buildLinearTaps(build, sum, conv.image[axis]);
  };
  Dims square{images, places, taps, DimExpr(2), DimExpr(2)};
  Taps all = combineTaps(
      build, broadcastTaps(build, getAxisTaps(0), {0, 1, 2, 3}, square),
      broadcastTaps(build, getAxisTaps(1), {0, 1, 2, 4}, square),
      conv.image[1]);
  return reshapeTaps(build, all, {images, places, taps, DimExpr(4)});
}

/// Reads the image: [B, places, taps, channels].
static FailureOr<Value> buildColumns(NodeContext &node, const Deformed &conv,
                                     const Windows &windows, Value image) {
  GraphBuilder &build = node.build();
  Value offsets = node.getInput(2);
  if (!offsets)
    return failure();
  Taps pixels = getPixels(node, conv, windows, offsets);
  Dims table = getDimsOf(pixels.position);
  if (node.hasInput(4)) {
    Value mask = node.getInput(4);
    Dims expected{conv.batch, DimExpr(conv.offsetGroups * conv.getNumTaps()),
                  conv.result[0], conv.result[1]};
    if (!mask)
      return failure();
    if (mask.getType() != getTensorType(expected, getElementTypeOf(image)))
      return node.emitError()
             << "expected a mask of shape " << printDims(expected) << ", got "
             << mask.getType();
    Value factors = build.reshape(byPlace(build, conv, mask),
                                  {table[0], table[1], table[2], DimExpr(1)});
    pixels.weight =
        build.binary<MulOp>(pixels.weight, build.broadcast(factors, table));
  }
  int64_t groupChannels = conv.channels / conv.offsetGroups;
  DimExpr groups(conv.offsetGroups), width(groupChannels);
  DimExpr size = conv.image[0] * conv.image[1];
  Value rows = build.reshape(image, {conv.batch * groups, width, size});
  Dims flat{table[0], table[1] * table[2], table[3]};
  pixels = reshapeTaps(build, pixels, flat);
  Value columns =
      weightedGather(build, ReduceKind::Sum, build.transpose(rows, {0, 2, 1}),
                     getIndices(build, pixels), pixels.weight);
  columns =
      build.reshape(columns, {conv.batch, groups, table[1], table[2], width});
  columns = build.transpose(columns, {0, 2, 3, 1, 4});
  return build.reshape(
      columns, {conv.batch, table[1], table[2], DimExpr(conv.channels)});
}

/// Multiplies columns [B, places, taps, channels] by the filter
/// [outputs, channels / groups, kernel...]: [B, outputs, result...].
static Value multiply(GraphBuilder &build, const Deformed &conv, Value columns,
                      Value filter) {
  DimExpr groups(conv.groups), inputs(conv.channels / conv.groups);
  DimExpr outputs(conv.outputs / conv.groups), taps(conv.getNumTaps());
  DimExpr places = conv.getNumPlaces();
  Value lhs =
      build.reshape(columns, {conv.batch * places, taps, groups, inputs});
  lhs = build.reshape(build.transpose(lhs, {2, 0, 1, 3}),
                      {groups, conv.batch * places, taps * inputs});
  Value rhs = build.reshape(filter, {groups, outputs, inputs, taps});
  rhs = build.reshape(build.transpose(rhs, {0, 3, 2, 1}),
                      {groups, taps * inputs, outputs});
  if (conv.groups == 1) {
    lhs = build.reshape(lhs, ArrayRef(getDimsOf(lhs)).drop_front());
    rhs = build.reshape(rhs, ArrayRef(getDimsOf(rhs)).drop_front());
  }
  Value product = build.reshape(build.matmul(lhs, rhs),
                                {groups, conv.batch, places, outputs});
  return build.reshape(
      build.transpose(product, {1, 0, 3, 2}),
      {conv.batch, groups * outputs, conv.result[0], conv.result[1]});
}

/// Reads and checks the sizes.
static FailureOr<Deformed> getSizes(NodeContext &node, Value image,
                                    ArrayRef<int64_t> filter) {
  Deformed conv;
  Dims dims = getDimsOf(image);
  conv.batch = dims[0];
  FailureOr<int64_t> channels = node.checkStatic(dims[1], "the channels");
  if (failed(channels))
    return failure();
  conv.channels = *channels;
  conv.image.assign(dims.begin() + 2, dims.end());
  conv.outputs = filter[0];
  conv.kernel.assign(filter.begin() + 2, filter.end());
  conv.groups = node.getInt("group", 1);
  conv.offsetGroups = node.getInt("offset_group", 1);
  if (conv.groups < 1 || conv.channels % conv.groups != 0 ||
      conv.channels / conv.groups != filter[1] ||
      conv.outputs % conv.groups != 0 || conv.offsetGroups < 1 ||
      conv.channels % conv.offsetGroups != 0)
    return node.emitError()
           << "expected group and offset_group to divide the channels, "
           << conv.channels << " in and " << conv.outputs << " out; got "
           << conv.groups << " and " << conv.offsetGroups;
  return conv;
}

LogicalResult neap::frontend::importDeformConv(NodeContext &node) {
  Value image = node.getInput(0), filter = image ? node.getInput(1) : nullptr;
  if (!filter)
    return failure();
  FailureOr<SmallVector<int64_t>> filterSizes =
      checkFilter(node, image, filter);
  if (failed(filterSizes) || failed(node.checkRank(0, 4)))
    return failure();
  FailureOr<Deformed> conv = getSizes(node, image, *filterSizes);
  if (failed(conv))
    return failure();
  FailureOr<Windows> windows =
      getWindows(node, ArrayRef(getDimsOf(image)).drop_front(2), conv->kernel,
                 Rounding::Down);
  if (failed(windows))
    return failure();
  conv->result = windows->results;
  RankedTensorType offsets = node.getInputType(2);
  Dims expected{conv->batch,
                DimExpr(conv->offsetGroups * conv->getNumTaps() * 2)};
  llvm::append_range(expected, windows->results);
  if (!offsets)
    return failure();
  if (offsets != getTensorType(expected, getElementTypeOf(image)))
    return node.emitError() << "expected offsets of shape "
                            << printDims(expected) << ", got " << offsets;
  if (failed(node.checkSize({conv->batch, DimExpr(conv->channels),
                             DimExpr(conv->getNumTaps()), expected[2],
                             expected[3]})))
    return failure();
  FailureOr<Value> columns = buildColumns(node, *conv, *windows, image);
  if (failed(columns))
    return failure();
  FailureOr<Value> biased =
      addBias(node, multiply(node.build(), *conv, *columns, filter), 3);
  return failed(biased) ? failure() : node.setOutput(0, *biased);
}
