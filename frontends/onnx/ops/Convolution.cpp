// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolution.cpp - Conv in one to three spatial axes.
#include "frontends/onnx/ops/Convolution.h"
#include "frontends/onnx/OpImporters.h"
#include "frontends/onnx/ops/Quantization.h"
#include "frontends/onnx/ops/Regions.h"
#include "frontends/onnx/ops/Windows.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

FailureOr<SmallVector<int64_t>>
neap::frontend::checkFilter(NodeContext &node, Value input, Value filter) {
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
  if (node.hasAttribute("kernel_shape") &&
      ArrayRef(node.getInts("kernel_shape")) != ArrayRef(*sizes).drop_front(2))
    return node.emitError() << "expected 'kernel_shape' to be that of the "
                               "filter, "
                            << printDims(ArrayRef(taps).drop_front(2));
  return sizes;
}

FailureOr<Value> neap::frontend::addBias(NodeContext &node, Value result,
                                         size_t index) {
  if (!node.hasInput(index))
    return result;
  Value bias = node.getInput(index);
  if (!bias || failed(node.checkRank(index, 1)))
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

/// Checks that `groups` divides the channels and returns the kernel's sizes.
static FailureOr<SmallVector<int64_t>> getKernel(NodeContext &node, Value input,
                                                 Value filter, int64_t groups) {
  FailureOr<SmallVector<int64_t>> sizes = checkFilter(node, input, filter);
  if (failed(sizes))
    return failure();
  DimExpr channels = getDimsOf(input)[1];
  if (groups < 1 || sizes->front() % groups != 0 ||
      channels != DimExpr(groups) * DimExpr((*sizes)[1]))
    return node.emitError() << "expected group to divide the channels of the "
                               "input, "
                            << channels.str() << ", and of the filter, "
                            << sizes->front() << "; got " << groups;
  return SmallVector<int64_t>(ArrayRef(*sizes).drop_front(2));
}

FailureOr<Value> neap::frontend::buildConvolution(NodeContext &node,
                                                  Value input, Value filter) {
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
  return ConvOp::create(build.getBuilder(), build.getLoc(),
                        getTensorType(dims, getElementTypeOf(input)), input,
                        filter, windows->strides, windows->pads,
                        windows->dilations, groups, Layout::ChannelsFirst)
      .getResult();
}

static LogicalResult importConv(NodeContext &node) {
  Value input = node.getInput(0), filter = input ? node.getInput(1) : nullptr;
  if (!filter)
    return failure();
  FailureOr<Value> result = buildConvolution(node, input, filter);
  if (failed(result))
    return failure();
  FailureOr<Value> biased = addBias(node, *result, 2);
  return failed(biased) ? failure() : node.setOutput(0, *biased);
}

ArrayRef<OpImporter> neap::frontend::getConvolutionImporters() {
  static const OpImporter kImporters[] = {
      {"Conv", 1, importConv, "only one to three spatial axes"},
      {"ConvInteger", 10, importConvInteger, "only one to three spatial axes"},
      {"ConvTranspose", 1, importConvTranspose,
       "only one to three spatial axes"},
      {"DeformConv", 19, importDeformConv, "only two spatial axes"},
      {"QLinearConv", 10, importQLinearConv, "only one to three spatial axes"},
  };
  return kImporters;
}
