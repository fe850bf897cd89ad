// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Spectrum.cpp - STFT, the transforms of the frames of a signal, and
// MelWeightMatrix, which sums their frequencies as an ear does.
#include "frontends/onnx/Initializers.h"
#include "frontends/onnx/ops/Fourier.h"

#include "onnx/onnx_pb.h"

#include <cmath>

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

//===----------------------------------------------------------------------===//
// STFT
//===----------------------------------------------------------------------===//

/// Returns the points per frame: an input, or as many as the window has.
static FailureOr<int64_t> getFrameLength(NodeContext &node) {
  FailureOr<int64_t> length = 0;
  if (node.hasInput(3)) {
    length = readInt(node, 3, "the frame length");
  } else if (node.hasInput(2)) {
    if (failed(node.checkRank(2, 1)))
      return failure();
    length = node.checkStatic(getDims(node.getInputType(2)).front(),
                              "the size of the window");
  }
  if (failed(length))
    return failure();
  if (*length < 1 || *length > kMaxTransformLength)
    return node.emitError() << "expected frames of 1 to " << kMaxTransformLength
                            << " points, got " << *length;
  return *length;
}

/// Returns the signal as [batch, points] parts, in f64.
static FailureOr<ComplexRows> getSignal(NodeContext &node) {
  Value signal = node.getInput(0);
  if (!signal)
    return failure();
  Dims dims = getDimsOf(signal);
  bool hasParts = dims.size() == 3;
  if (dims.size() < 2 || dims.size() > 3 ||
      (hasParts && !dims[2].isConstant(1) && !dims[2].isConstant(2)))
    return node.emitError() << "expected a signal [batch, points] or [batch, "
                               "points, 1 or 2], got "
                            << printDims(dims);
  if (!isa<FloatType>(getElementTypeOf(signal)))
    return node.emitError()
           << "expected floats, got " << getElementTypeOf(signal);
  GraphBuilder &build = node.build();
  signal = build.cast(signal, build.getBuilder().getF64Type());
  Dims rows{dims[0], dims[1]};
  auto getPart = [&](int64_t part) {
    return build.reshape(
        build.slice(signal, {0, 0, part}, {dims[0], dims[1], 1}, {1, 1, 1}),
        rows);
  };
  if (!hasParts)
    return ComplexRows{signal, nullptr};
  return ComplexRows{getPart(0), dims[2].isConstant(2) ? getPart(1) : Value()};
}

/// Returns the window in the shape of frames, or null if there is none.
static FailureOr<Value> getWindow(NodeContext &node, ArrayRef<DimExpr> frames) {
  if (!node.hasInput(2))
    return Value();
  Value window = node.getInput(2);
  if (!window || failed(node.checkRank(2, 1)))
    return failure();
  if (!isa<FloatType>(getElementTypeOf(window)))
    return node.emitError()
           << "expected a window of floats, got " << getElementTypeOf(window);
  GraphBuilder &build = node.build();
  return node.broadcastTo(build.cast(window, build.getBuilder().getF64Type()),
                          frames);
}

LogicalResult neap::frontend::importStft(NodeContext &node) {
  FailureOr<ComplexRows> signal = getSignal(node);
  FailureOr<int64_t> step = readInt(node, 1, "the frame step");
  FailureOr<int64_t> length = getFrameLength(node);
  if (failed(signal) || failed(step) || failed(length))
    return failure();
  Dims dims = getDimsOf(signal->real);
  if (*step < 1 || !node.getFacts().isAtLeast(dims[1], *length))
    return node.emitError() << "expected a positive frame step and at least "
                            << *length << " points, got the step " << *step
                            << " and " << dims[1].str() << " points";
  bool isOneSided = node.getInt("onesided", 1) != 0;
  if (isOneSided && signal->imaginary)
    return node.emitError() << "a signal that is complex has no one side";
  DimExpr numFrames = (dims[1] - *length).floorDiv(*step) + 1;
  GraphBuilder &build = node.build();
  Dims table{numFrames, DimExpr(*length)};
  Value starts =
      build.binary<MulOp>(build.iota(numFrames), static_cast<double>(*step));
  Value places = build.binary<AddOp>(
      build.broadcast(build.alongAxis(starts, 0, 2), table),
      build.broadcast(build.alongAxis(build.iota(table[1]), 1, 2), table));
  Dims frames{dims[0], numFrames, DimExpr(*length)};
  if (failed(node.checkSize(frames)))
    return failure();
  FailureOr<Value> window = getWindow(node, frames);
  if (failed(window))
    return failure();
  auto cut = [&](Value part) -> Value {
    if (!part)
      return part;
    Value result =
        GatherOp::create(build.getBuilder(), build.getLoc(),
                         getTensorType(frames, getElementTypeOf(part)), part,
                         places, /*axis=*/1);
    return *window ? build.binary<MulOp>(result, *window) : result;
  };
  ComplexRows spectrum =
      transformRows(build, {cut(signal->real), cut(signal->imaginary)}, *length,
                    isOneSided ? *length / 2 + 1 : *length);
  Dims parts = getDimsOf(spectrum.real);
  parts.push_back(DimExpr(1));
  Value result = build.concat({build.reshape(spectrum.real, parts),
                               build.reshape(spectrum.imaginary, parts)},
                              3);
  return node.setOutput(
      0, build.cast(result, node.getInputType(0).getElementType()));
}

//===----------------------------------------------------------------------===//
// MelWeightMatrix
//===----------------------------------------------------------------------===//

/// Returns the frequencies, as numbers of bins of a spectrum, where the bands
/// begin and end: band i from i over i + 1 to i + 2.
static FailureOr<SmallVector<int64_t>>
getBandEdges(NodeContext &node, int64_t numBands, int64_t length) {
  FailureOr<int64_t> rate = readInt(node, 2, "the sample rate");
  FailureOr<double> low = node.getNumber(3, "the lower edge");
  FailureOr<double> high = node.getNumber(4, "the upper edge");
  if (failed(rate) || failed(low) || failed(high))
    return failure();
  auto toMel = [](double hertz) { return 2595 * std::log10(1 + hertz / 700); };
  double first = toMel(*low);
  double step = (toMel(*high) - first) / static_cast<double>(numBands + 2);
  SmallVector<int64_t> edges;
  for (int64_t i = 0; i < numBands + 2; ++i) {
    double mel = first + static_cast<double>(i) * step;
    double hertz = 700 * (std::pow(10, mel / 2595) - 1);
    double bin = std::floor(static_cast<double>(length + 1) * hertz /
                            static_cast<double>(*rate));
    if (!(bin >= 0 && bin <= static_cast<double>(length / 2)))
      return node.emitError()
             << "expected edges of 0 to half the sample rate, got " << *low
             << " to " << *high << " at " << *rate;
    edges.push_back(static_cast<int64_t>(bin));
  }
  return edges;
}

/// Returns `edges` from `first` on along the columns of a table.
static Value spreadEdges(GraphBuilder &build, ArrayRef<int64_t> edges,
                         int64_t first, ArrayRef<DimExpr> table) {
  SmallVector<Value> parts;
  auto kept = edges.slice(first, edges.size() - 2);
  Type element = build.getBuilder().getI64Type();
  // Constants are small.
  for (size_t i = 0; i < kept.size(); i += 128) {
    ArrayRef<int64_t> part =
        kept.slice(i, std::min<size_t>(128, kept.size() - i));
    parts.push_back(build.elements(
        RankedTensorType::get({static_cast<int64_t>(part.size())}, element),
        llvm::to_vector_of<DimExpr, 4>(part)));
  }
  return build.broadcast(build.alongAxis(build.concat(parts, 0), 1, 2), table);
}

/// Of each band a triangle: it rises from 0 to 1 and falls back to 0.
static Value buildTriangles(GraphBuilder &build, ArrayRef<int64_t> edges,
                            ArrayRef<DimExpr> table) {
  Type f64 = build.getBuilder().getF64Type();
  Value low = spreadEdges(build, edges, 0, table);
  Value center = spreadEdges(build, edges, 1, table);
  Value high = spreadEdges(build, edges, 2, table);
  Value bin =
      build.broadcast(build.alongAxis(build.iota(table[0]), 0, 2), table);
  auto ratio = [&](Value upper, Value lower, Value width) {
    return build.binary<DivOp>(
        build.cast(build.binary<SubOp>(upper, lower), f64),
        build.binary<MaxOp>(build.cast(width, f64), 1.0));
  };
  auto between = [&](Value from, Value to, ComparePredicate before) {
    return build.binary<AndOp>(build.compare(ComparePredicate::GE, bin, from),
                               build.compare(before, bin, to));
  };
  Value rise = build.binary<SubOp>(center, low);
  Value fall = build.binary<SubOp>(high, center);
  Value isSteep = build.compare(ComparePredicate::EQ, rise, 0.0);
  Value one = build.splat(table, f64, 1), zero = build.splat(table, f64, 0);
  Value rising = build.select(isSteep, one, ratio(bin, low, rise));
  Value weights =
      build.select(between(low, center, ComparePredicate::LE), rising, zero);
  return build.select(between(center, high, ComparePredicate::LT),
                      ratio(high, bin, fall), weights);
}

LogicalResult neap::frontend::importMelWeightMatrix(NodeContext &node) {
  FailureOr<int64_t> numBands = readInt(node, 0, "the number of bands");
  FailureOr<int64_t> length = readInt(node, 1, "the length of the transform");
  if (failed(numBands) || failed(length))
    return failure();
  constexpr int64_t kMost = 1 << 16;
  if (*numBands < 1 || *numBands > kMost || *length < 1 || *length > kMost)
    return node.emitError() << "expected bands and a length in [1, " << kMost
                            << "], got " << *numBands << " and " << *length;
  FailureOr<SmallVector<int64_t>> edges =
      getBandEdges(node, *numBands, *length);
  if (failed(edges))
    return failure();
  GraphBuilder &build = node.build();
  auto dataType = static_cast<int32_t>(
      node.getInt("output_datatype", onnx::TensorProto::FLOAT));
  Type element = getElementType(build.getBuilder().getContext(), dataType);
  if (!element)
    return node.emitError() << "the element type " << getDataTypeName(dataType)
                            << " is not supported";
  Dims table{DimExpr(*length / 2 + 1), DimExpr(*numBands)};
  return node.setOutput(
      0, build.cast(buildTriangles(build, *edges, table), element));
}
