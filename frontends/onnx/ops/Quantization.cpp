// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Quantization.cpp - integers that stand for floats: x = scale (q - zero
// point). Products are of i32, without rounding; what is made of them is
// computed in float32, rounded to nearest even and kept in the range of its
// type.
#include "frontends/onnx/ops/Quantization.h"

#include "frontends/onnx/Initializers.h"
#include "frontends/onnx/ops/Convolution.h"
#include "frontends/onnx/ops/Linear.h"

#include <cmath>

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// Returns the range of the integers of `type`.
static std::pair<double, double> getRange(Type type) {
  unsigned width = type.getIntOrFloatBitWidth();
  if (type.isUnsignedInteger())
    return {0, std::exp2(width) - 1};
  return {-std::exp2(width - 1), std::exp2(width - 1) - 1};
}

/// Whether `type` is an integer of at most `width` bits, not bool.
static bool isInteger(Type type, unsigned width) {
  return isa<IntegerType>(type) && !type.isInteger(1) &&
         type.getIntOrFloatBitWidth() <= width;
}

/// Returns scales or zero points `value` in the shape `dims`: one for all, one
/// per index of `axis`, or one per block of it.
static FailureOr<Value> spreadAlong(NodeContext &node, Value value,
                                    ArrayRef<DimExpr> dims, int64_t axis,
                                    int64_t block) {
  GraphBuilder &build = node.build();
  Dims own = getDimsOf(value);
  if (getNumElements(own).isConstant(1))
    return build.broadcast(build.reshape(value, {}), dims);
  if (own.size() == 1)
    return node.broadcastTo(build.alongAxis(value, axis, dims.size()), dims);
  if (block < 1 || own.size() != dims.size())
    return node.emitError() << "expected one scale, one per index of an axis, "
                               "or blocks, got "
                            << value.getType();
  // [.., n, ..] to [.., n, block, ..] to [.., n * block, ..], cut to the size.
  Dims narrow = own, wide = own, whole = own;
  narrow.insert(narrow.begin() + axis + 1, DimExpr(1));
  wide.insert(wide.begin() + axis + 1, DimExpr(block));
  whole[axis] = own[axis] * DimExpr(block);
  Dims cut = whole;
  cut[axis] = dims[axis];
  if (!llvm::equal(cut, dims) ||
      !node.getFacts().areEqual(dims[axis].ceilDiv(block), own[axis]))
    return node.emitError()
           << "expected a scale per block of " << block << " of "
           << printDims(dims) << ", got " << printDims(own);
  Value repeated =
      build.reshape(build.broadcast(build.reshape(value, narrow), wide), whole);
  return build.slice(repeated, Dims(dims.size(), DimExpr(0)), dims,
                     SmallVector<int64_t>(dims.size(), 1));
}

/// Returns integers as i32 without the zero point of input `index`, if there is
/// one.
static FailureOr<Value> subtractZeroPoint(NodeContext &node, Value input,
                                          size_t index, int64_t axis,
                                          int64_t block = 0) {
  GraphBuilder &build = node.build();
  Type element = getElementTypeOf(input),
       wide = build.getBuilder().getI32Type();
  if (!isInteger(element, 32))
    return node.emitError()
           << "expected integers of 8 to 32 bits, got " << element;
  Value result = build.cast(input, wide);
  if (!node.hasInput(index))
    return result;
  Value zero = node.getInput(index);
  if (!zero)
    return failure();
  if (getElementTypeOf(zero) != element)
    return node.emitError() << "expected a zero point of type " << element
                            << ", got " << getElementTypeOf(zero);
  FailureOr<Value> spread =
      spreadAlong(node, build.cast(zero, wide), getDimsOf(input), axis, block);
  if (failed(spread))
    return failure();
  return build.binary<SubOp>(result, *spread);
}

/// Returns floats rounded, with `zeroPoint` added (or null), as `type`.
static Value roundTo(GraphBuilder &build, Value value, Value zeroPoint,
                     Type type) {
  Value result = build.unary<RoundOp>(value);
  if (zeroPoint)
    result = build.binary<AddOp>(
        result, build.cast(zeroPoint, getElementTypeOf(result)));
  auto [low, high] = getRange(type);
  result = build.binary<MinOp>(build.binary<MaxOp>(result, low), high);
  return build.cast(build.cast(result, build.getBuilder().getI32Type()), type);
}

//===----------------------------------------------------------------------===//
// Between floats and integers
//===----------------------------------------------------------------------===//

/// Returns the axis of scales; of one scale any will do.
static FailureOr<int64_t> getScaleAxis(NodeContext &node, int64_t rank) {
  RankedTensorType scale = node.getInputType(1);
  if (!scale)
    return failure();
  if (getNumElements(getDims(scale)).isConstant(1))
    return 0;
  return node.checkAxis(node.getInt("axis", 1), rank);
}

/// Returns the type that the node quantizes to.
static FailureOr<Type> getQuantizedType(NodeContext &node) {
  MLIRContext *context = node.build().getBuilder().getContext();
  Type type = IntegerType::get(context, 8, IntegerType::Unsigned);
  if (node.hasInput(2)) {
    RankedTensorType zero = node.getInputType(2);
    if (!zero)
      return failure();
    type = zero.getElementType();
  } else if (int64_t to = node.getInt("output_dtype", 0)) {
    type = getElementType(context, static_cast<int32_t>(to));
    if (!type)
      return node.emitError()
             << "the element type " << getDataTypeName(static_cast<int32_t>(to))
             << " is not supported";
  }
  if (!isInteger(type, 16))
    return node.emitError() << "expected to quantize to integers of 8 or 16 "
                               "bits, got "
                            << type;
  return type;
}

LogicalResult neap::frontend::importQuantizeLinear(NodeContext &node) {
  Value input = node.getInput(0), scale = input ? node.getInput(1) : nullptr;
  if (!scale)
    return failure();
  Dims dims = getDimsOf(input);
  FailureOr<int64_t> axis = getScaleAxis(node, dims.size());
  FailureOr<Type> type = getQuantizedType(node);
  if (failed(axis) || failed(type))
    return failure();
  GraphBuilder &build = node.build();
  int64_t block = node.getInt("block_size", 0);
  Type computed = getElementTypeOf(input).isF64()
                      ? getElementTypeOf(input)
                      : Type(build.getBuilder().getF32Type());
  FailureOr<Value> divisor =
      spreadAlong(node, build.cast(scale, computed), dims, *axis, block);
  if (failed(divisor))
    return failure();
  Value zero;
  if (node.hasInput(2)) {
    Value point = node.getInput(2);
    FailureOr<Value> spread = point
                                  ? spreadAlong(node, point, dims, *axis, block)
                                  : FailureOr<Value>(failure());
    if (failed(spread))
      return failure();
    zero = *spread;
  }
  Value quotient = build.binary<DivOp>(build.cast(input, computed), *divisor);
  return node.setOutput(0, roundTo(build, quotient, zero, *type));
}

LogicalResult neap::frontend::importDequantizeLinear(NodeContext &node) {
  Value input = node.getInput(0), scale = input ? node.getInput(1) : nullptr;
  if (!scale)
    return failure();
  Dims dims = getDimsOf(input);
  FailureOr<int64_t> axis = getScaleAxis(node, dims.size());
  if (failed(axis))
    return failure();
  GraphBuilder &build = node.build();
  int64_t block = node.getInt("block_size", 0);
  Type computed = build.getBuilder().getF32Type();
  Type result = getElementTypeOf(scale);
  if (int64_t to = node.getInt("output_dtype", 0))
    result = getElementType(build.getBuilder().getContext(),
                            static_cast<int32_t>(to));
  if (!result || !isa<FloatType>(result))
    return node.emitError() << "expected scales and a result of floats";
  FailureOr<Value> steps = subtractZeroPoint(node, input, 2, *axis, block);
  FailureOr<Value> factor =
      spreadAlong(node, build.cast(scale, computed), dims, *axis, block);
  if (failed(steps) || failed(factor))
    return failure();
  Value product = build.binary<MulOp>(build.cast(*steps, computed), *factor);
  return node.setOutput(0, build.cast(product, result));
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// Returns the product of inputs `lhs` and `rhs` without their zero points, of
/// which A has one per row and B one per column, or one for all.
static FailureOr<Value> multiplyIntegers(NodeContext &node, size_t lhs,
                                         size_t lhsZero, size_t rhs,
                                         size_t rhsZero) {
  Value left = node.getInput(lhs), right = left ? node.getInput(rhs) : nullptr;
  if (!right)
    return failure();
  FailureOr<Value> a = subtractZeroPoint(
      node, left, lhsZero, std::max<int64_t>(getRankOf(left) - 2, 0));
  FailureOr<Value> b = subtractZeroPoint(
      node, right, rhsZero, std::max<int64_t>(getRankOf(right) - 1, 0));
  if (failed(a) || failed(b))
    return failure();
  return buildMatMul(node, *a, *b);
}

LogicalResult neap::frontend::importMatMulInteger(NodeContext &node) {
  FailureOr<Value> product = multiplyIntegers(node, 0, 2, 1, 3);
  return failed(product) ? failure() : node.setOutput(0, *product);
}

/// Returns the convolution of inputs `image` and `filter` without their zero
/// points; the filter may have one per output channel.
static FailureOr<Value> convolveIntegers(NodeContext &node, size_t image,
                                         size_t imageZero, size_t filter,
                                         size_t filterZero) {
  Value pixels = node.getInput(image);
  Value taps = pixels ? node.getInput(filter) : nullptr;
  if (!taps)
    return failure();
  FailureOr<Value> input = subtractZeroPoint(node, pixels, imageZero, 0);
  FailureOr<Value> weights = subtractZeroPoint(node, taps, filterZero, 0);
  if (failed(input) || failed(weights))
    return failure();
  // In f64, whose sums of such products are exact.
  GraphBuilder &build = node.build();
  Type wide = build.getBuilder().getF64Type();
  FailureOr<Value> sums = buildConvolution(node, build.cast(*input, wide),
                                           build.cast(*weights, wide));
  if (failed(sums))
    return failure();
  return build.cast(*sums, build.getBuilder().getI32Type());
}

LogicalResult neap::frontend::importConvInteger(NodeContext &node) {
  FailureOr<Value> result = convolveIntegers(node, 0, 2, 1, 3);
  return failed(result) ? failure() : node.setOutput(0, *result);
}

/// Scales the product of inputs 0 and 3, whose scales are inputs 1 and 4, by
/// what a unit of the result is (input 6), and sets the output. Scales of a
/// vector lie along the axes given.
static LogicalResult requantize(NodeContext &node, Value product,
                                int64_t lhsAxis, int64_t rhsAxis) {
  GraphBuilder &build = node.build();
  Type computed = build.getBuilder().getF32Type();
  Dims dims = getDimsOf(product);
  Value scales[3];
  for (auto [scale, index, axis] :
       {std::tuple(&scales[0], 1, lhsAxis), std::tuple(&scales[1], 4, rhsAxis),
        std::tuple(&scales[2], 6, rhsAxis)}) {
    Value value = node.getInput(index);
    if (!value)
      return failure();
    FailureOr<Value> spread =
        spreadAlong(node, build.cast(value, computed), dims, axis, 0);
    if (failed(spread))
      return failure();
    *scale = *spread;
  }
  Value zero = node.getInput(7);
  if (!zero)
    return failure();
  Type type = getElementTypeOf(zero);
  if (!isInteger(type, 16))
    return node.emitError()
           << "expected a zero point of 8 or 16 bits, got " << type;
  FailureOr<Value> spread = spreadAlong(node, zero, dims, rhsAxis, 0);
  if (failed(spread))
    return failure();
  Value factor =
      build.binary<DivOp>(build.binary<MulOp>(scales[0], scales[1]), scales[2]);
  Value scaled = build.binary<MulOp>(build.cast(product, computed), factor);
  return node.setOutput(0, roundTo(build, scaled, *spread, type));
}

LogicalResult neap::frontend::importQLinearMatMul(NodeContext &node) {
  FailureOr<Value> product = multiplyIntegers(node, 0, 2, 3, 5);
  if (failed(product))
    return failure();
  int64_t rank = getRankOf(*product);
  return requantize(node, *product, std::max<int64_t>(rank - 2, 0),
                    std::max<int64_t>(rank - 1, 0));
}

LogicalResult neap::frontend::importQLinearConv(NodeContext &node) {
  FailureOr<Value> result = convolveIntegers(node, 0, 2, 3, 5);
  if (failed(result))
    return failure();
  FailureOr<Value> biased = addBias(node, *result, 8);
  return failed(biased) ? failure() : requantize(node, *biased, 1, 1);
}
