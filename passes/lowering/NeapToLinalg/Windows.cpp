// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Windows.cpp - see the header.
#include "passes/lowering/NeapToLinalg/Windows.h"

#include "passes/analysis/SizeAnalysis.h"

using namespace mlir;

namespace neap {

/// Returns how many of the taps from `start` on lie below `bound`: all of them
/// if even the last output's do.
static Index countBelow(LoopEmitter &emitter, const WindowAxis &axis,
                        Index start, const DimExpr &bound) {
  DimExpr lastStart = (axis.outputSize - 1) * axis.stride - axis.padBegin;
  DimExpr lastTap = lastStart + axis.dilation * (axis.numTaps - 1);
  if (emitter.getFacts().isAtLeast(bound - lastTap, 1))
    return emitter.constant(axis.numTaps);
  Index room = emitter.max(emitter.sub(emitter.index(bound), start),
                           emitter.constant(0));
  return emitter.min(emitter.ceilDiv(room, axis.dilation),
                     emitter.constant(axis.numTaps));
}

Taps computeTaps(LoopEmitter &emitter, const WindowAxis &axis, Index index) {
  Index zero = emitter.constant(0);
  Index start = emitter.sub(emitter.mul(index, axis.stride),
                            emitter.constant(axis.padBegin));
  Index begin = zero;
  if (axis.padBegin > 0)
    begin = emitter.ceilDiv(emitter.max(emitter.sub(zero, start), zero),
                            axis.dilation);
  Taps taps;
  taps.begin = begin;
  Index end = countBelow(emitter, axis, start, axis.inputSize);
  taps.count =
      axis.padBegin > 0 ? emitter.max(emitter.sub(end, begin), zero) : end;
  taps.inputStart = emitter.add(start, emitter.mul(begin, axis.dilation));
  taps.paddedCount =
      countBelow(emitter, axis, start, axis.inputSize + axis.padEnd);
  return taps;
}

} // namespace neap
