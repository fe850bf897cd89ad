// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DepthwiseSweep.h - convolutions of each channel with a filter of its own:
// lanes are channels, there is no product over channels.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_DEPTHWISESWEEP_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_DEPTHWISESWEEP_H

#include "passes/lowering/NeapToVector/ConvolutionDescription.h"
#include "passes/lowering/NeapToVector/PanelSweep.h"

namespace neap {

/// Emits pixels of a depthwise convolution.
class DepthwiseSweep {
public:
  /// `packed` points to the filter in panels, of which column 0 alone is used.
  DepthwiseSweep(VectorEmitter &emitter,
                 const ConvolutionDescription &convolution,
                 EpilogueEmitter &epilogue, mlir::Value packed);

  /// Emits all channels of the runs of `numRows` pixels that `rows` goes
  /// through.
  void emit(const RowCount &numRows, PanelSweep::RowLoop rows);

private:
  void emitChannels(mlir::Value channel, int64_t active,
                    const RowCount &numRows, PanelSweep::RowLoop rows);
  void emitPixels(mlir::Value pixel, int64_t numPixels, mlir::Value channel,
                  int64_t active, const RowPointers &pointers,
                  llvm::ArrayRef<EpilogueEmitter::Columns> columns);

  VectorEmitter &emitter;
  const ConvolutionDescription &convolution;
  EpilogueEmitter &epilogue;
  mlir::Value packed;
  /// Elements from a pixel to each tap.
  llvm::SmallVector<DimExpr> tapOffsets;
  /// The filter of the present channels, one vector per tap.
  llvm::SmallVector<mlir::Value> weights;
};

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_DEPTHWISESWEEP_H
