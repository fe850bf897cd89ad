// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fourier.cpp - DFT as products with matrices of cosines and sines, which the
// program computes; for the lengths of windows, not of whole recordings. In
// float64: what should cancel is small beside what does not.
#include "frontends/onnx/ops/Fourier.h"

#include <cmath>

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

namespace {

/// What a node asks for.
struct Transform {
  int64_t axis = 0;
  /// Points of the transform.
  int64_t length = 0;
  /// Frequencies or points that are read, and that are made.
  int64_t numInputs = 0, numOutputs = 0;
  bool isInverse = false, isOneSided = false;
  /// Whether the values that are read and made have an imaginary part.
  bool readsComplex = false, makesComplex = true;
};

/// The transform's matrix: cos(a) + i sin(a) with a = +-2 pi n k / length.
struct Waves {
  Value cosines, sines;
};

} // namespace

FailureOr<int64_t> neap::frontend::readInt(NodeContext &node, size_t index,
                                           StringRef what) {
  FailureOr<SmallVector<int64_t>> numbers = node.getInts(index, what);
  if (failed(numbers))
    return failure();
  if (numbers->size() != 1)
    return node.emitError() << "expected " << what << " to be one number, got "
                            << numbers->size();
  return numbers->front();
}

static FailureOr<int64_t> readAxis(NodeContext &node, int64_t rank) {
  int64_t axis = node.getOpset() >= 20 ? -2 : node.getInt("axis", 1);
  if (node.getOpset() >= 20 && node.hasInput(2)) {
    FailureOr<int64_t> number = readInt(node, 2, "the axis");
    if (failed(number))
      return failure();
    axis = *number;
  }
  FailureOr<int64_t> checked = node.checkAxis(axis, rank);
  if (succeeded(checked) && *checked == rank - 1)
    return node.emitError()
           << "axis " << axis << " is that of real and imaginary parts";
  return checked;
}

static FailureOr<int64_t> readLength(NodeContext &node, const Transform &plan,
                                     int64_t size) {
  bool fromOneSide = plan.isInverse && plan.isOneSided;
  int64_t length = size;
  if (fromOneSide)
    length = size <= kMaxTransformLength ? 2 * (size - 1) : size;
  if (node.hasInput(1)) {
    FailureOr<int64_t> number = readInt(node, 1, "dft_length");
    if (failed(number))
      return failure();
    length = *number;
  }
  if (length < 1 || length > kMaxTransformLength)
    return node.emitError() << "expected a transform of 1 to "
                            << kMaxTransformLength << " points, got " << length;
  return length;
}

static FailureOr<Transform> readTransform(NodeContext &node, Value input) {
  Dims dims = getDimsOf(input);
  Transform plan;
  plan.isInverse = node.getInt("inverse", 0) != 0;
  plan.isOneSided = node.getInt("onesided", 0) != 0;
  bool isReal = !dims.empty() && dims.back().isConstant(1);
  plan.readsComplex = !dims.empty() && dims.back().isConstant(2);
  if (dims.size() < 2 || isReal == plan.readsComplex)
    return node.emitError() << "expected a last axis of 1 or 2, the real and "
                               "imaginary parts, got "
                            << printDims(dims);
  FailureOr<int64_t> axis = readAxis(node, dims.size());
  if (failed(axis))
    return failure();
  FailureOr<int64_t> size =
      node.checkStatic(dims[*axis], "the axis of the transform");
  if (failed(size))
    return failure();
  FailureOr<int64_t> length = readLength(node, plan, *size);
  if (failed(length))
    return failure();
  plan.axis = *axis;
  plan.length = *length;
  int64_t half = *length / 2 + 1;
  plan.numInputs = plan.isInverse && plan.isOneSided ? half : *length;
  plan.numOutputs = !plan.isInverse && plan.isOneSided ? half : *length;
  plan.makesComplex = !(plan.isInverse && plan.isOneSided);
  return plan;
}

/// Returns part `part` (0: real, 1: imaginary) with the axis of the transform
/// last and cut, or extended by zeros, to the values that are read.
static Value getPart(GraphBuilder &build, Value input, const Transform &plan,
                     int64_t part) {
  Dims dims = getDimsOf(input);
  int64_t rank = dims.size();
  Dims starts(rank, DimExpr(0));
  SmallVector<int64_t> steps(rank, 1);
  starts.back() = DimExpr(part);
  dims.back() = DimExpr(1);
  int64_t size = *dims[plan.axis].getConstant();
  dims[plan.axis] = DimExpr(std::min(size, plan.numInputs));
  Value value = build.slice(input, starts, dims, steps);
  if (size < plan.numInputs) {
    dims[plan.axis] = DimExpr(plan.numInputs - size);
    Value zeros = build.splat(dims, getElementTypeOf(input), 0);
    value = build.concat({value, zeros}, plan.axis);
  }
  return build.swapWithLast(value, plan.axis);
}

/// Frequencies that only one side holds count twice.
static Value getWeights(GraphBuilder &build, const Transform &plan,
                        Value frequencies, Type element) {
  Value weights = build.splatLike(build.cast(frequencies, element), 2);
  Value one = build.splatLike(weights, 1);
  auto countOnce = [&](int64_t frequency) {
    Value isThat = build.compare(ComparePredicate::EQ, frequencies,
                                 static_cast<double>(frequency));
    weights = build.select(isThat, one, weights);
  };
  countOnce(0);
  if (plan.length % 2 == 0)
    countOnce(plan.length / 2);
  return weights;
}

static Waves buildWaves(GraphBuilder &build, const Transform &plan,
                        Type element) {
  Dims dims{DimExpr(plan.numInputs), DimExpr(plan.numOutputs)};
  Value rows =
      build.broadcast(build.alongAxis(build.iota(dims[0]), 0, 2), dims);
  Value columns =
      build.broadcast(build.alongAxis(build.iota(dims[1]), 1, 2), dims);
  // Reduced as integers, so that the angle is as exact as its type.
  Value turns = build.binary<ModOp>(build.binary<MulOp>(rows, columns),
                                    static_cast<double>(plan.length));
  double step = 2 * M_PI / static_cast<double>(plan.length);
  Value angle = build.binary<MulOp>(build.cast(turns, element),
                                    plan.isInverse ? step : -step);
  Waves waves{build.unary<CosOp>(angle), build.unary<SinOp>(angle)};
  if (!plan.isInverse)
    return waves;
  Value scale = plan.isOneSided ? getWeights(build, plan, rows, element)
                                : build.splatLike(waves.cosines, 1);
  scale = build.binary<DivOp>(scale, static_cast<double>(plan.length));
  return {build.binary<MulOp>(waves.cosines, scale),
          build.binary<MulOp>(waves.sines, scale)};
}

/// Returns rows times waves; without an imaginary part unless `makesComplex`.
static ComplexRows multiply(GraphBuilder &build, const ComplexRows &rows,
                            const Waves &waves, bool makesComplex) {
  ComplexRows result;
  result.real = build.matmul(rows.real, waves.cosines);
  if (makesComplex)
    result.imaginary = build.matmul(rows.real, waves.sines);
  if (!rows.imaginary)
    return result;
  result.real = build.binary<SubOp>(result.real,
                                    build.matmul(rows.imaginary, waves.sines));
  if (makesComplex)
    result.imaginary = build.binary<AddOp>(
        result.imaginary, build.matmul(rows.imaginary, waves.cosines));
  return result;
}

ComplexRows neap::frontend::transformRows(GraphBuilder &build,
                                          const ComplexRows &rows,
                                          int64_t length, int64_t numOutputs) {
  Transform plan;
  plan.length = plan.numInputs = length;
  plan.numOutputs = numOutputs;
  Type element = getElementTypeOf(rows.real);
  return multiply(build, rows, buildWaves(build, plan, element),
                  /*makesComplex=*/true);
}

LogicalResult neap::frontend::importDft(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  Type element = getElementTypeOf(input);
  if (!isa<FloatType>(element))
    return node.emitError() << "expected floats, got " << element;
  FailureOr<Transform> plan = readTransform(node, input);
  if (failed(plan))
    return failure();
  GraphBuilder &build = node.build();
  Type computed = build.getBuilder().getF64Type();
  input = build.cast(input, computed);
  Waves waves = buildWaves(build, *plan, computed);
  ComplexRows rows{getPart(build, input, *plan, 0), nullptr};
  if (plan->readsComplex)
    rows.imaginary = getPart(build, input, *plan, 1);
  ComplexRows result = multiply(build, rows, waves, plan->makesComplex);
  SmallVector<Value> parts{build.swapWithLast(result.real, plan->axis)};
  if (plan->makesComplex)
    parts.push_back(build.swapWithLast(result.imaginary, plan->axis));
  return node.setOutput(
      0, build.cast(build.concat(parts, getRankOf(input) - 1), element));
}
