// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolution.cpp - Conv in one to three spatial axes.
#include "frontends/onnx/OpImporters.h"
#include "frontends/onnx/ops/Windows.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// Checks the filter against the input and returns its kernel sizes.
static FailureOr<SmallVector<int64_t>> getKernel(NodeContext &node, Value input,
                                                 Value filter, int64_t groups) {
  Dims image = getDimsOf(input), taps = getDimsOf(filter);
  if (image.size() < 3 || image.size() > 5 || taps.size() != image.size())
    return node.emitError()
           << "expected one to three spatial axes and equal ranks, got "
           << printDims(image) << " and " << printDims(taps);
  if (getElementTypeOf(input) != getElementTypeOf(filter) ||
      !isa<FloatType>(getElementTypeOf(input)))
    return node.emitError()
           << "expected floats of one type, got " << getElementTypeOf(input)
           << " and " << getElementTypeOf(filter);
  FailureOr<SmallVector<int64_t>> sizes = node.checkStatic(taps, "the filter");
  if (failed(sizes))
    return failure();
  if (groups < 1 || sizes->front() % groups != 0 ||
      image[1] != DimExpr(groups) * taps[1])
    return node.emitError() << "expected group to divide the channels of the "
                               "input, "
                            << image[1].str() << ", and of the filter, "
                            << sizes->front() << "; got " << groups;
  SmallVector<int64_t> kernel(ArrayRef(*sizes).drop_front(2));
  if (node.hasAttribute("kernel_shape") &&
      node.getInts("kernel_shape") != kernel)
    return node.emitError() << "expected 'kernel_shape' to be that of the "
                               "filter, "
                            << printDims(ArrayRef(taps).drop_front(2));
  return kernel;
}

/// Adds input 2, one number per output channel.
static FailureOr<Value> addBias(NodeContext &node, Value result) {
  if (!node.hasInput(2))
    return result;
  Value bias = node.getInput(2);
  if (!bias || failed(node.checkRank(2, 1)))
    return failure();
  if (getElementTypeOf(bias) != getElementTypeOf(result))
    return node.emitError()
           << "expected a bias of type " << getElementTypeOf(result) << ", got "
           << getElementTypeOf(bias);
  GraphBuilder &build = node.build();
  FailureOr<Value> wide = node.broadcastTo(
      build.alongAxis(bias, 1, getRankOf(result)), getDimsOf(result));
  if (failed(wide))
    return failure();
  return build.binary<AddOp>(result, *wide);
}

static LogicalResult importConv(NodeContext &node) {
  Value input = node.getInput(0), filter = input ? node.getInput(1) : nullptr;
  if (!filter)
    return failure();
  int64_t groups = node.getInt("group", 1);
  FailureOr<SmallVector<int64_t>> kernel =
      getKernel(node, input, filter, groups);
  if (failed(kernel))
    return failure();
  Dims image = getDimsOf(input);
  FailureOr<Windows> windows =
      getWindows(node, ArrayRef(image).drop_front(2), *kernel, Rounding::Down);
  if (failed(windows))
    return failure();
  Dims dims = {image[0], getDimsOf(filter)[0]};
  llvm::append_range(dims, windows->results);
  if (failed(node.checkSize(dims)))
    return failure();
  GraphBuilder &build = node.build();
  Value result =
      ConvOp::create(build.getBuilder(), build.getLoc(),
                     getTensorType(dims, getElementTypeOf(input)), input,
                     filter, windows->strides, windows->pads,
                     windows->dilations, groups, Layout::ChannelsFirst);
  FailureOr<Value> biased = addBias(node, result);
  return failed(biased) ? failure() : node.setOutput(0, *biased);
}

ArrayRef<OpImporter> neap::frontend::getConvolutionImporters() {
  static const OpImporter kImporters[] = {
      {"Conv", 1, importConv, "only one to three spatial axes"}};
  return kImporters;
}
