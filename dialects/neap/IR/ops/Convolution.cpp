// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolution.cpp - shapes, checks and costs of convolutions.
#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/OpChecks.h"
#include "dialects/neap/IR/Windows.h"

using namespace mlir;
using namespace neap;

namespace {

/// A convolution whose axes are named, whatever their order.
struct ConvShape {
  DimExpr batch, inputChannels, filterChannels, outputChannels;
  SmallVector<DimExpr> spatial, kernel;
};

} // namespace

/// Names the axes of `input` and `filter`, both of equal rank.
static ConvShape getConvShape(ArrayRef<DimExpr> input, ArrayRef<DimExpr> filter,
                              Layout layout) {
  ConvShape shape;
  shape.batch = input.front();
  if (layout == Layout::ChannelsFirst) {
    shape.inputChannels = input[1];
    shape.spatial.assign(input.begin() + 2, input.end());
    shape.outputChannels = filter[0];
    shape.filterChannels = filter[1];
    shape.kernel.assign(filter.begin() + 2, filter.end());
    return shape;
  }
  shape.inputChannels = input.back();
  shape.spatial.assign(input.begin() + 1, input.end() - 1);
  shape.kernel.assign(filter.begin(), filter.end() - 2);
  shape.filterChannels = filter[filter.size() - 2];
  shape.outputChannels = filter.back();
  return shape;
}

/// Checks groups against channels.
static LogicalResult checkGroups(const ConvShape &shape, int64_t groups,
                                 EmitError emitError) {
  if (groups < 1)
    return emitError() << "expected 'groups' of at least 1, got " << groups;
  if (shape.inputChannels != shape.filterChannels * DimExpr(groups))
    return emitError() << "expected channels of 'input' (size "
                       << shape.inputChannels.str()
                       << ") to be 'groups' times those of 'filter' (" << groups
                       << " * " << shape.filterChannels.str() << ")";
  std::optional<int64_t> outputs = shape.outputChannels.getConstant();
  if (outputs && *outputs % groups != 0)
    return emitError() << "expected output channels that 'groups' (" << groups
                       << ") divides, got " << *outputs;
  return success();
}

FailureOr<RankedTensorType> ConvOp::inferType(Adaptor adaptor,
                                              EmitError emitError) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  auto filter = cast<RankedTensorType>(adaptor.getFilter().getType());
  // conv_c1
  if (failed(checkImageRank(emitError, input)))
    return failure();
  if (filter.getRank() != input.getRank())
    return emitError() << "expected 'filter' of the rank of 'input' ("
                       << input.getRank() << "), got rank " << filter.getRank();
  Windows windows{
      {}, adaptor.getStrides(), adaptor.getPads(), adaptor.getDilations()};
  if (failed(checkWindows(emitError, windows, input.getRank() - 2)))
    return failure();
  // conv_c2
  Layout layout = adaptor.getLayout();
  ConvShape shape = getConvShape(getDims(input), getDims(filter), layout);
  if (failed(checkGroups(shape, adaptor.getGroups(), emitError)))
    return failure();
  // conv_c3
  windows.sizes = shape.kernel;
  FailureOr<SmallVector<DimExpr>> spatial =
      getWindowCounts(emitError, windows, shape.spatial);
  if (failed(spatial))
    return failure();
  // conv_c4
  if (failed(checkElementTypes(emitError, "input", input, "filter", filter)))
    return failure();
  return getTensorType(
      getImageDims(shape.batch, shape.outputChannels, *spatial, layout),
      input.getElementType());
}

int64_t ConvOp::getFlops() {
  RankedTensorType filter = getFilter().getType();
  int64_t channelsAxis =
      getLayout() == Layout::ChannelsFirst ? 0 : filter.getRank() - 1;
  int64_t outputs = filter.getDimSize(channelsAxis);
  if (outputs <= 0)
    return 0;
  int64_t taps = getStaticNumElements(filter) / outputs;
  return 2 * taps * getStaticNumElements(getType());
}

//===----------------------------------------------------------------------===//
// PackedConvOp
//===----------------------------------------------------------------------===//

/// Checks that `packed` holds panels of `groups` filters of `taps` rows.
static LogicalResult checkPackedFilter(PackedConvOp op, const DimExpr &taps) {
  SmallVector<DimExpr> result = getDims(op.getType());
  DimExpr groups(op.getGroups()), width(PackPanelsOp::kPanelWidth);
  DimExpr outputsPerGroup = result.back().floorDiv(groups);
  RankedTensorType expected =
      getTensorType({groups, outputsPerGroup.ceilDiv(width), taps, width},
                    op.getInput().getType().getElementType());
  return checkType(op, "packed", op.getPacked().getType(), expected);
}

LogicalResult PackedConvOp::verify() {
  RankedTensorType input = getInput().getType();
  auto emitError = [&] { return emitOpError(); };
  // packed_conv_c1
  if (failed(checkImageRank(emitError, input)))
    return failure();
  int64_t numSpatial = input.getRank() - 2;
  if (failed(checkEntries(emitError, "kernel", getKernel(), numSpatial, 1,
                          "one per spatial axis")))
    return failure();
  Windows windows{{}, getStrides(), getPads(), getDilations()};
  windows.sizes.assign(getKernel().begin(), getKernel().end());
  if (failed(checkWindows(emitError, windows, numSpatial)))
    return failure();
  SmallVector<DimExpr> dims = getDims(input);
  FailureOr<SmallVector<DimExpr>> spatial = getWindowCounts(
      emitError, windows, ArrayRef<DimExpr>(dims).drop_front().drop_back());
  if (failed(spatial))
    return failure();
  if (getType().getRank() != input.getRank())
    return emitOpError("expected 'result' of the rank of 'input' (")
           << input.getRank() << "), got rank " << getType().getRank();
  DimExpr outputs = getDims(getType()).back();
  SmallVector<DimExpr> resultDims =
      getImageDims(dims.front(), outputs, *spatial, Layout::ChannelsLast);
  if (failed(checkType(*this, "result", getType(),
                       getTensorType(resultDims, input.getElementType()))))
    return failure();
  // packed_conv_c2
  int64_t groups = getGroups();
  if (groups < 1)
    return emitOpError("expected 'groups' of at least 1, got ") << groups;
  std::optional<int64_t> channels = dims.back().getConstant();
  std::optional<int64_t> outputChannels = outputs.getConstant();
  if ((channels && *channels % groups != 0) ||
      (outputChannels && *outputChannels % groups != 0))
    return emitOpError("expected input and output channels that 'groups' (")
           << groups << ") divides, got " << dims.back().str() << " and "
           << outputs.str();
  DimExpr taps = dims.back().floorDiv(DimExpr(groups));
  for (int64_t size : getKernel())
    taps *= DimExpr(size);
  return checkPackedFilter(*this, taps);
}

int64_t PackedConvOp::getFlops() {
  int64_t taps = getPacked().getType().getDimSize(2);
  return ShapedType::isDynamic(taps)
             ? 0
             : 2 * taps * getStaticNumElements(getType());
}
