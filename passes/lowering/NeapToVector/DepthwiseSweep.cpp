// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DepthwiseSweep.cpp - see the header. A few pixels at once, all taps unrolled:
// each output is one chain of fused multiply-adds over its taps.
#include "passes/lowering/NeapToVector/DepthwiseSweep.h"

using namespace mlir;

namespace neap {

static constexpr int64_t kPanelWidth = VectorEmitter::kLanes;

DepthwiseSweep::DepthwiseSweep(VectorEmitter &emitter,
                               const ConvolutionDescription &convolution,
                               EpilogueEmitter &epilogue, Value packed)
    : emitter(emitter), convolution(convolution), epilogue(epilogue),
      packed(packed), tapOffsets(1) {
  for (const AxisDigit &digit : convolution.left.depth) {
    SmallVector<DimExpr> outer = std::move(tapOffsets);
    tapOffsets.clear();
    for (const DimExpr &offset : outer)
      for (int64_t tap = 0; tap < *digit.size.getConstant(); ++tap)
        tapOffsets.push_back(offset + digit.stride * tap);
  }
}

void DepthwiseSweep::emit(const RowCount &numRows, PanelSweep::RowLoop rows) {
  int64_t tail = convolution.channels % kPanelWidth;
  int64_t numFull = convolution.channels - tail;
  emitter.forLoop(emitter.index(0), emitter.index(numFull),
                  emitter.index(kPanelWidth), {},
                  [&](Value channel, ValueRange) -> VectorEmitter::Values {
                    emitChannels(channel, kPanelWidth, numRows, rows);
                    return {};
                  });
  if (tail > 0)
    emitChannels(emitter.index(numFull), tail, numRows, rows);
}

/// Emits the pixels of `active` channels from `channel` on.
void DepthwiseSweep::emitChannels(Value channel, int64_t active,
                                  const RowCount &numRows,
                                  PanelSweep::RowLoop rows) {
  constexpr int64_t kPixelsAtOnce = 4;
  int64_t filterSize = convolution.getNumTaps() * kPanelWidth;
  Type element = convolution.elementType;
  Value filter = emitter.advance(
      packed, emitter.mulInt(channel, emitter.index(filterSize)), element);
  weights.clear();
  for (size_t tap = 0; tap < tapOffsets.size(); ++tap)
    weights.push_back(emitter.loadStrided(
        emitter.advance(filter, emitter.index(tap * kPanelWidth), element),
        filterSize, element, active));
  SmallVector<EpilogueEmitter::Columns> columns{
      epilogue.emitColumns(channel, active)};
  auto emitRun = [&](const RowPointers &pointers, Value begin, Value end,
                     int64_t numPixels) {
    emitter.forLoop(begin, end, emitter.index(numPixels), {},
                    [&](Value pixel, ValueRange) -> VectorEmitter::Values {
                      emitPixels(pixel, numPixels, channel, active, pointers,
                                 columns);
                      return {};
                    });
  };
  int64_t rest = numRows.most % kPixelsAtOnce;
  Value end = numRows.count ? numRows.count : emitter.index(numRows.most);
  Value wholeEnd =
      numRows.count
          ? emitter.subInt(end, emitter.create<arith::RemUIOp>(
                                    end, emitter.index(kPixelsAtOnce)))
          : emitter.index(numRows.most - rest);
  rows([&](const RowPointers &pointers) {
    emitRun(pointers, emitter.index(0), wholeEnd, kPixelsAtOnce);
    if (numRows.count)
      emitRun(pointers, wholeEnd, end, 1);
    else if (rest > 0)
      emitPixels(wholeEnd, rest, channel, active, pointers, columns);
  });
}

void DepthwiseSweep::emitPixels(Value pixel, int64_t numPixels, Value channel,
                                int64_t active, const RowPointers &pointers,
                                ArrayRef<EpilogueEmitter::Columns> columns) {
  Type element = convolution.elementType;
  const DimExpr &pixelStride = convolution.left.rowStride;
  Value offset = emitter.addInt(
      channel, emitter.mulInt(pixel, emitter.index(pixelStride)));
  Value input = emitter.advance(pointers.left, offset, element);
  Value mask = active < kPanelWidth ? emitter.firstLanes(active) : Value();
  Value zero = emitter.constant(VectorEmitter::getVectorType(element), 0.0);
  SmallVector<Value> sums(numPixels, zero);
  for (auto [tapOffset, weight] : llvm::zip_equal(tapOffsets, weights)) {
    for (int64_t i = 0; i < numPixels; ++i) {
      Value place = emitter.index(tapOffset + pixelStride * i);
      Value lanes =
          emitter.load(emitter.advance(input, place, element), element, mask);
      sums[i] = emitter.fma(lanes, weight, sums[i]);
    }
  }
  SmallVector<Value> rows;
  for (auto [i, pointer] : llvm::enumerate(pointers.accesses)) {
    const TileAccess &access = epilogue.getAccess(i);
    Value distance = emitter.mulInt(pixel, emitter.index(access.rowStride));
    rows.push_back(emitter.advance(pointer, distance, access.elementType));
  }
  epilogue.emit({numPixels, 1}, columns, rows, sums);
}

} // namespace neap
