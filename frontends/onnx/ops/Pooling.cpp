// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pooling.cpp - windows over spatial axes, and pools over all of them.
#include "frontends/onnx/OpImporters.h"
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

template <PoolKind kind>
static LogicalResult importPool(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input || failed(node.checkNoOutputs(1)))
    return failure();
  FailureOr<Value> result = buildPool(node, kind, input);
  return failed(result) ? failure() : node.setOutput(0, *result);
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
      {"AveragePool", 7, importPool<PoolKind::Average>,
       "only one to three spatial axes"},
      {"GlobalAveragePool", 1, importGlobalAveragePool},
      {"GlobalLpPool", 2, importGlobalLpPool},
      {"GlobalMaxPool", 1, importGlobalMaxPool},
      {"LpPool", 2, importLpPool, "only one to three spatial axes"},
      {"MaxPool", 8, importPool<PoolKind::Max>,
       "only one to three spatial axes; no output Indices"},
  };
  return kImporters;
}
