// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolution.cpp - convolutions without a packed filter as loops: for each
// output position the filter is cut to the taps inside the input; each output
// is one chain of multiply-adds over taps, then input channels. The output
// channels are innermost, and contiguous with channels last.
#include "passes/analysis/SizeAnalysis.h"
#include "passes/lowering/NeapToLinalg/Combine.h"
#include "passes/lowering/NeapToLinalg/LoopsForm.h"
#include "passes/lowering/NeapToLinalg/Windows.h"

using namespace mlir;

namespace neap {

namespace {
/// Axis numbers of a convolution's tensors.
struct ConvAxes {
  unsigned firstSpatial, channel;                 // input and result
  unsigned firstTap, inputChannel, outputChannel; // filter
};

/// The loops of one convolution.
struct ConvEmitter {
  ConvOp op;
  LoopEmitter &emitter;
  const StridedView &input, &filter, &result;
  const Slab &slab;

  void emit();

private:
  ConvAxes getAxes();
  void emitPosition(ArrayRef<Index> indices);
};
} // namespace

ConvAxes ConvEmitter::getAxes() {
  unsigned rank = result.getRank();
  if (op.getLayout() == Layout::ChannelsLast)
    return {1, rank - 1, 0, rank - 2, rank - 1};
  return {2, 1, 2, 1, 0};
}

/// Loops over the batch and the spatial positions.
void ConvEmitter::emit() {
  Indices sizes = slab.sizes;
  sizes[getAxes().channel] = emitter.constant(1);
  emitter.forEach(sizes,
                  [&](ArrayRef<Index> indices) { emitPosition(indices); });
}

/// Emits all output channels of one position. Loops: taps, input channel of a
/// group, group, output channel of a group.
void ConvEmitter::emitPosition(ArrayRef<Index> indices) {
  ConvAxes axes = getAxes();
  StridedView from =
      emitter.advanceAxis(input, 0, emitter.add(slab.offsets[0], indices[0]));
  StridedView weights = filter, to = emitter.advance(result, slab.offsets);
  to = emitter.advance(to, indices);
  Indices sizes;
  SmallVector<DimExpr> fromStrides, weightStrides;
  for (unsigned i = 0; i < op.getStrides().size(); ++i) {
    unsigned axis = axes.firstSpatial + i, tapAxis = axes.firstTap + i;
    int64_t numTaps = op.getFilter().getType().getDimSize(tapAxis);
    WindowAxis window = getWindowAxis(op, i, axis, numTaps);
    Taps taps = computeTaps(emitter, window,
                            emitter.add(slab.offsets[axis], indices[axis]));
    from = emitter.advanceAxis(from, axis, taps.inputStart);
    weights = emitter.advanceAxis(weights, tapAxis, taps.begin);
    sizes.push_back(taps.count);
    fromStrides.push_back(input.strides[axis] * window.dilation);
    weightStrides.push_back(filter.strides[tapAxis]);
  }
  int64_t groups = op.getGroups();
  DimExpr groupInputs = getSizes(op.getFilter())[axes.inputChannel];
  DimExpr groupOutputs =
      getSizes(op.getFilter())[axes.outputChannel].floorDiv(groups);
  DimExpr inputStride = input.strides[axes.channel];
  DimExpr outputStride = result.strides[axes.channel];
  DimExpr weightStride = filter.strides[axes.outputChannel];
  sizes.append({emitter.index(groupInputs), emitter.constant(groups),
                emitter.index(groupOutputs)});
  fromStrides.append({inputStride, groupInputs * inputStride, DimExpr()});
  weightStrides.append({filter.strides[axes.inputChannel],
                        groupOutputs * weightStride, weightStride});
  SmallVector<LoopKind> kinds(sizes.size() - 2, LoopKind::Reduction);
  kinds.append(2, LoopKind::Parallel);
  from.strides = fromStrides;
  weights.strides = weightStrides;
  to.strides.assign(sizes.size() - 2, DimExpr());
  to.strides.append({groupOutputs * outputStride, outputStride});
  Type element = getElementType(op.getResult());
  emitter.fill(ArrayRef<Index>(sizes).take_back(2),
               LoopEmitter::dropAxes(to, sizes.size() - 2),
               getZero(emitter, element));
  emitter.emitNest(sizes, kinds, {from, weights}, to, [&](ValueRange elements) {
    return multiplyAdd(emitter, element, elements[0], elements[1], elements[2]);
  });
}

/// Returns whether a filter has a known number of taps.
static bool hasKnownTaps(ConvOp conv) {
  ArrayRef<int64_t> shape = conv.getFilter().getType().getShape();
  unsigned first = conv.getLayout() == Layout::ChannelsLast ? 0 : 2;
  return llvm::none_of(shape.slice(first, shape.size() - 2),
                       ShapedType::isDynamic);
}

FailureOr<LoopsForm> getConvolutionForm(Operation *op,
                                        const SymbolFacts &facts) {
  auto conv = dyn_cast<ConvOp>(op);
  if (!conv || !hasArithmetic(getElementType(conv.getResult())) ||
      !hasKnownTaps(conv))
    return failure();
  SmallVector<DimExpr> filter = getSizes(conv.getFilter());
  bool isChannelsLast = conv.getLayout() == Layout::ChannelsLast;
  unsigned outputChannel = isChannelsLast ? filter.size() - 1 : 0;
  unsigned channel = isChannelsLast ? filter.size() - 1 : 1;
  LoopsForm form;
  for (unsigned axis : getResultAxes(op))
    if (axis != channel)
      form.tiledAxes.push_back(axis);
  double chain = 1;
  for (auto [axis, size] : llvm::enumerate(filter))
    if (axis != outputChannel)
      chain *= getLargest(size, facts);
  form.nsPerElement = chain * (isChannelsLast ? 0.1 : 1.0);
  form.emit = [conv](LoopEmitter &emitter, ArrayRef<StridedView> operands,
                     const StridedView &result, const Slab &slab) {
    ConvEmitter{conv, emitter, operands[0], operands[1], result, slab}.emit();
  };
  return form;
}

} // namespace neap
