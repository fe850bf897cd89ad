// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sampling.h - images between their pixels: coordinates and weights as tensors,
// which are computed at compile time where the sizes are known.
#ifndef NEAP_FRONTENDS_ONNX_OPS_SAMPLING_H
#define NEAP_FRONTENDS_ONNX_OPS_SAMPLING_H

#include "frontends/onnx/NodeContext.h"

namespace neap::frontend {

/// Returns 1 - |distance|, or 0 where that is negative.
mlir::Value buildLinearWeights(GraphBuilder &build, mlir::Value distance);

/// Returns the weights of cubic convolution with parameter `a`, of elements
/// `distance` away (Keys 1981, eq. 15).
mlir::Value buildCubicWeights(GraphBuilder &build, mlir::Value distance,
                              double a);

/// Returns `size` and `more`, a fraction, in the shape and element type of
/// `like`; rounded once.
mlir::Value sizeLike(GraphBuilder &build, mlir::Value like, const DimExpr &size,
                     double more);

/// Returns the numbers `first`, `first` + 1, ... as `element`, along the last
/// axis of `dims`.
mlir::Value buildTaps(GraphBuilder &build, const DimExpr &first,
                      llvm::ArrayRef<DimExpr> dims, mlir::Type element);

/// Returns `value` with one more axis of size `size` at the end.
mlir::Value repeatAtEnd(GraphBuilder &build, mlir::Value value, DimExpr size);

/// Returns the smaller of `high` and the larger of `low` and `value`.
mlir::Value clamp(GraphBuilder &build, mlir::Value value, mlir::Value low,
                  mlir::Value high);

/// Returns 1 where low <= value <= high, as bools.
mlir::Value isBetween(GraphBuilder &build, mlir::Value value, mlir::Value low,
                      mlir::Value high);

/// Inputs that make up outputs: their positions (i64, 0 where there is none),
/// their weights, and whether they are inside the image. Equal shapes.
struct Taps {
  mlir::Value position, weight, isInside;
};

/// Returns the linear taps of `places` in an axis of `size` elements: two, in a
/// new last axis.
Taps buildLinearTaps(GraphBuilder &build, mlir::Value places,
                     const DimExpr &size);

/// Returns taps whose places `sources` are whole numbers.
Taps placeTaps(GraphBuilder &build, mlir::Value sources, mlir::Value weight,
               const DimExpr &size);

/// Returns `taps` as [dims], of which they have the axes `axes`, in order.
Taps broadcastTaps(GraphBuilder &build, const Taps &taps,
                   llvm::ArrayRef<int64_t> axes, llvm::ArrayRef<DimExpr> dims);

/// Returns `taps` in another shape.
Taps reshapeTaps(GraphBuilder &build, const Taps &taps,
                 llvm::ArrayRef<DimExpr> dims);

/// Returns the taps of two axes, of equal shapes; the inner one has `size`
/// elements.
Taps combineTaps(GraphBuilder &build, const Taps &outer, const Taps &inner,
                 const DimExpr &size);

/// Returns the positions, -1 for those outside.
mlir::Value getIndices(GraphBuilder &build, const Taps &taps);

/// Emits neap.weighted_gather on [B, N, C] and tables of B or 1 times [O, T].
mlir::Value weightedGather(GraphBuilder &build, ReduceKind kind,
                           mlir::Value input, mlir::Value indices,
                           mlir::Value weights);

/// Returns the entries at `column` of the last axis, without that axis.
mlir::Value takeColumn(GraphBuilder &build, mlir::Value input, int64_t column);

/// Moves the channels, axis 1, to the end, or back.
mlir::Value toChannelsLast(GraphBuilder &build, mlir::Value image);
mlir::Value toChannelsFirst(GraphBuilder &build, mlir::Value image);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_OPS_SAMPLING_H
