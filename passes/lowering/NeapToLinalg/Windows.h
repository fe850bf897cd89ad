// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Windows.h - the taps of one output of a pool or convolution that lie inside
// the input.
#ifndef NEAP_PASSES_LOWERING_NEAPTOLINALG_WINDOWS_H
#define NEAP_PASSES_LOWERING_NEAPTOLINALG_WINDOWS_H

#include "mlir/IR/BuiltinTypes.h"
#include "passes/lowering/NeapToLinalg/LoopEmitter.h"

namespace neap {

/// A window along one spatial axis.
struct WindowAxis {
  DimExpr inputSize;
  DimExpr outputSize;
  int64_t numTaps;
  int64_t stride;
  int64_t padBegin;
  int64_t padEnd;
  int64_t dilation;
};

/// Taps [begin, begin + count) of a window, and where in the input they start.
struct Taps {
  Index begin;
  Index count;
  Index inputStart;
  /// Taps that lie inside the input or its padding.
  Index paddedCount;
};

/// Returns the taps of output `index` that lie inside the input.
Taps computeTaps(LoopEmitter &emitter, const WindowAxis &axis, Index index);

/// Returns the window along spatial axis `i` of an op with the attributes that
/// pools and convolutions share.
template <typename OpTy>
WindowAxis getWindowAxis(OpTy op, unsigned i, unsigned tensorAxis,
                         int64_t numTaps) {
  auto sizeOf = [&](mlir::Value tensor) {
    return getDims(
        mlir::cast<mlir::RankedTensorType>(tensor.getType()))[tensorAxis];
  };
  WindowAxis axis;
  axis.inputSize = sizeOf(op.getInput());
  axis.outputSize = sizeOf(op.getResult());
  axis.numTaps = numTaps;
  axis.stride = op.getStrides()[i];
  axis.padBegin = op.getPads()[i];
  axis.padEnd = op.getPads()[op.getStrides().size() + i];
  axis.dilation = op.getDilations()[i];
  return axis;
}

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOLINALG_WINDOWS_H
