// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ConvolutionDescription.h - a convolution kernel's body as a product: output
// pixels along one axis are rows, taps and input channels the depth.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_CONVOLUTIONDESCRIPTION_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_CONVOLUTIONDESCRIPTION_H

#include "passes/lowering/NeapToVector/GemmDescription.h"
#include <array>

namespace neap {

/// One of three spatial axes; axes that a convolution lacks have size 1.
struct SpatialAxis {
  DimExpr input = 1;
  DimExpr output = 1;
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t padBegin = 0;
  int64_t padEnd = 0;
  /// Output pixels of a block along this axis, chosen for the largest output.
  int64_t block = 1;
  /// Input elements between neighbours in memory.
  DimExpr inputStride;
  /// Elements between neighbours in what tiles read: the input itself or the
  /// block's padded copy.
  DimExpr sourceStride;

  /// Returns the input pixels that `numPixels` output pixels see.
  int64_t getFootprint(int64_t numPixels) const;
  /// Returns whether windows reach into padding.
  bool isPadded() const;
  DimExpr getNumBlocks() const { return output.ceilDiv(block); }
};

/// A convolution: blocks of output pixels x groups x panels of output channels.
struct ConvolutionDescription {
  const SymbolFacts *facts = nullptr;
  mlir::Type elementType;
  unsigned inputBuffer = 0;
  unsigned packedBuffer = 0;
  DimExpr batch = 1;
  DimExpr batchStride;
  int64_t channels = 1;
  int64_t groups = 1;
  int64_t channelsPerGroup = 1;
  int64_t columnsPerGroup = 1;
  std::array<SpatialAxis, 3> axes;
  /// The axis whose output pixels are the rows of tiles, the one of which a
  /// block has several lines, and the third, of which it has one.
  unsigned rowAxis = 2, lineAxis = 1, outerAxis = 0;
  /// Whether tiles read a copy of the block's input with its padding as zeros.
  bool copiesInput = false;
  LeftOperand left;
  /// Accesses have the batch and the three spatial axes as loops.
  TileEpilogue epilogue;
  int64_t panelsPerStep = 1;

  /// Returns whether a block's lines are one run of rows: where lines are
  /// short, so that their tiles would have few rows.
  bool joinsLines() const { return left.rowsPerLine != 0; }
  /// Whether each channel has a filter of its own, small enough to be unrolled:
  /// DepthwiseSweep then computes all channels of a block as one tile.
  bool isDepthwise() const;
  int64_t getNumTaps() const;
  int64_t getNumPanels() const;
  /// Returns the number of steps of panels of one group.
  int64_t getNumSteps() const;
  /// Returns the number of tiles of a block: steps of all groups.
  int64_t getTilesOfBlock() const;
  DimExpr getNumBlocks() const;
  int64_t getInputScratchBytes() const;
};

/// Describes `body`. Fails silently if it is not of the form that
/// docs/contract.md lists under `convolution`. `facts` are of the symbols in
/// its sizes and outlive the description.
mlir::FailureOr<ConvolutionDescription>
describeConvolution(mlir::Block &body, const SymbolFacts &facts);

/// Describes a convolution of single pixels as the matrix product that it is.
/// Fails if `convolution` is none.
mlir::FailureOr<GemmDescription>
describePointwise(const ConvolutionDescription &convolution);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_CONVOLUTIONDESCRIPTION_H
