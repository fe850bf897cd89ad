// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pooling.cpp - windows over spatial axes, and pools over all of them.
#include "frontends/onnx/OpImporters.h"
#include "frontends/onnx/ops/Regions.h"
#include "frontends/onnx/ops/Unpooling.h"
#include "frontends/onnx/ops/Windows.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// Pools `input` by the node's attributes.
static FailureOr<Value> buildPool(NodeContext &node, PoolKind kind,
                                  Value input) {
  Dims image = getDimsOf(input);
  if (image.size() < 3 || image.size() > 5)
    return node.emitError()
           << "expected one to three spatial axes, got " << printDims(image);
  SmallVector<int64_t> kernel = node.getInts("kernel_shape");
  if (kernel.size() != image.size() - 2)
    return node.emitError()
           << "expected " << image.size() - 2
           << " entries in 'kernel_shape', got " << kernel.size();
  FailureOr<Windows> windows =
      getWindows(node, ArrayRef(image).drop_front(2), kernel,
                 node.getInt("ceil_mode", 0) ? Rounding::Up : Rounding::Down);
  if (failed(windows))
    return failure();
  Dims dims(ArrayRef(image).take_front(2));
  llvm::append_range(dims, windows->results);
  if (failed(node.checkSize(dims)))
    return failure();
  GraphBuilder &build = node.build();
  return PoolOp::create(build.getBuilder(), build.getLoc(),
                        getTensorType(dims, getElementTypeOf(input)), kind,
                        input, windows->sizes, windows->strides, windows->pads,
                        windows->dilations,
                        node.getInt("count_include_pad", 0) != 0,
                        Layout::ChannelsFirst)
      .getResult();
}

static LogicalResult importAveragePool(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  FailureOr<Value> result = buildPool(node, PoolKind::Average, input);
  return failed(result) ? failure() : node.setOutput(0, *result);
}

/// Returns `numbers` of elements in the row-major order of the spatial axes as
/// those in column-major order, the first axis running fastest.
static Value toColumnMajor(GraphBuilder &build, Value numbers,
                           ArrayRef<int64_t> spatial, int64_t numElements) {
  Value result = build.splatLike(numbers, 0);
  int64_t rowStride = 1, columnStride = numElements;
  for (int64_t axisSize : llvm::reverse(spatial)) {
    int64_t size = std::max<int64_t>(axisSize, 1);
    columnStride /= size;
    Value index = build.binary<DivOp>(numbers, static_cast<double>(rowStride));
    index = build.binary<RemOp>(index, static_cast<double>(size));
    result = build.binary<AddOp>(
        result, build.binary<MulOp>(index, static_cast<double>(columnStride)));
    rowStride *= size;
  }
  return result;
}

/// Returns where in the whole input each maximum of `pool` is.
static FailureOr<Value> buildMaxPlaces(NodeContext &node, PoolOp pool) {
  GraphBuilder &build = node.build();
  Dims image = getDimsOf(pool.getInput()), dims = getDimsOf(pool.getResult());
  FailureOr<SmallVector<int64_t>> sizes =
      node.checkStatic(ArrayRef(image).drop_front(), "an image axis");
  if (failed(sizes))
    return failure();
  Type i64 = build.getBuilder().getI64Type();
  Value places = PoolArgmaxOp::create(build.getBuilder(), build.getLoc(),
                                      getTensorType(dims, i64), pool.getInput(),
                                      pool.getWindow(), pool.getStrides(),
                                      pool.getPads(), pool.getDilations());
  ArrayRef<int64_t> spatial = ArrayRef(*sizes).drop_front();
  FailureOr<int64_t> planeSize = node.checkStatic(
      getNumElements(ArrayRef(image).drop_front(2)), "the size of a plane");
  if (failed(planeSize))
    return failure();
  if (node.getInt("storage_order", 0) != 0)
    places = toColumnMajor(build, places, spatial, *planeSize);
  Value planes = build.binary<MulOp>(build.iota(dims[0] * dims[1]),
                                     static_cast<double>(*planeSize));
  Dims narrow(dims.size(), DimExpr(1));
  narrow[0] = dims[0];
  narrow[1] = dims[1];
  return build.binary<AddOp>(
      places, build.broadcast(build.reshape(planes, narrow), dims));
}

static LogicalResult importMaxPool(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  FailureOr<Value> result = buildPool(node, PoolKind::Max, input);
  if (failed(result) || failed(node.setOutput(0, *result)))
    return failure();
  if (!node.hasOutput(1))
    return success();
  FailureOr<Value> places =
      buildMaxPlaces(node, result->getDefiningOp<PoolOp>());
  return failed(places) ? failure() : node.setOutput(1, *places);
}

/// Returns |x|^p.
static Value raise(GraphBuilder &build, Value input, int64_t p) {
  Value absolute = build.unary<AbsOp>(input);
  return p == 1 ? absolute
                : build.binary<PowOp>(absolute, static_cast<double>(p));
}

/// Returns x^(1/p).
static Value root(GraphBuilder &build, Value input, int64_t p) {
  return p == 1 ? input
                : build.binary<PowOp>(input, 1 / static_cast<double>(p));
}

/// Returns attribute `p`, which must be positive.
static FailureOr<int64_t> getExponent(NodeContext &node) {
  int64_t p = node.getInt("p", 2);
  if (p < 1)
    return node.emitError() << "expected p of at least 1, got " << p;
  return p;
}

static LogicalResult importLpPool(NodeContext &node) {
  Value input = node.getInput(0);
  FailureOr<int64_t> p = getExponent(node);
  if (!input || failed(p))
    return failure();
  GraphBuilder &build = node.build();
  FailureOr<Value> sums =
      buildPool(node, PoolKind::Sum, raise(build, input, *p));
  return failed(sums) ? failure() : node.setOutput(0, root(build, *sums, *p));
}

/// Returns the input as [B, C, elements], for a reduction of the last axis.
static Value getFlatImage(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return nullptr;
  Dims dims = getDimsOf(input);
  if (dims.size() < 3) {
    node.emitError() << "expected an input of rank at least 3, got "
                     << printDims(dims);
    return nullptr;
  }
  DimExpr numElements = getNumElements(ArrayRef(dims).drop_front(2));
  return node.build().reshape(input, {dims[0], dims[1], numElements});
}

/// Sets the output to [B, C, 1, 1, ...].
static LogicalResult setGlobal(NodeContext &node, Value result) {
  Dims dims(ArrayRef(getDims(node.getInputType(0))).take_front(2));
  dims.resize(node.getInputType(0).getRank(), DimExpr(1));
  return node.setOutput(0, node.build().reshape(result, dims));
}

static LogicalResult importGlobalAveragePool(NodeContext &node) {
  Value image = getFlatImage(node);
  if (!image)
    return failure();
  return setGlobal(node, node.build().mean(image, {2}));
}

static LogicalResult importGlobalMaxPool(NodeContext &node) {
  Value image = getFlatImage(node);
  if (!image)
    return failure();
  return setGlobal(node, node.build().reduce(ReduceKind::Max, image, {2}));
}

static LogicalResult importGlobalLpPool(NodeContext &node) {
  Value image = getFlatImage(node);
  FailureOr<int64_t> p = getExponent(node);
  if (!image || failed(p))
    return failure();
  GraphBuilder &build = node.build();
  Value sums = build.reduce(ReduceKind::Sum, raise(build, image, *p), {2});
  return setGlobal(node, root(build, sums, *p));
}

ArrayRef<OpImporter> neap::frontend::getPoolingImporters() {
  static const OpImporter kImporters[] = {
      {"AveragePool", 7, importAveragePool, "only one to three spatial axes"},
      {"Col2Im", 18, importCol2Im,
       "only shapes that are known when the model is compiled"},
      {"GlobalAveragePool", 1, importGlobalAveragePool},
      {"GlobalLpPool", 2, importGlobalLpPool},
      {"GlobalMaxPool", 1, importGlobalMaxPool},
      {"LpPool", 2, importLpPool, "only one to three spatial axes"},
      {"MaxPool", 8, importMaxPool, "only one to three spatial axes"},
      {"MaxRoiPool", 1, importMaxRoiPool},
      {"MaxUnpool", 9, importMaxUnpool},
      {"RoiAlign", 10, importRoiAlign},
  };
  return kImporters;
}
