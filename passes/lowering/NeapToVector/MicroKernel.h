// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MicroKernel.h - the inner loop of products and convolutions: a tile of rows
// times panels of 16 columns, kept in registers over the whole depth.
//
// Each element is one chain of fused multiply-adds over the depth in order,
// starting from 0, whatever the tile: the tile's shape may follow the
// instruction set.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_MICROKERNEL_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_MICROKERNEL_H

#include "passes/lowering/NeapToVector/TileAccess.h"
#include <optional>

namespace neap {

/// Rows and panels that one microkernel call covers.
struct TileShape {
  int64_t numRows;
  int64_t numPanels;
};

/// The left operand of a tile: element (row, depth) is `rowStride` * row + the
/// sum of its depth digits' strides after the pointer.
struct LeftOperand {
  mlir::Type elementType;
  DimExpr rowStride;
  /// Not 0: row r is row r % rowsPerLine of line r / rowsPerLine, and lines are
  /// `lineStride` apart.
  int64_t rowsPerLine = 0;
  DimExpr lineStride;
  /// The depth, outermost digit first.
  llvm::SmallVector<AxisDigit> depth;

  /// Returns the number of terms of each sum.
  DimExpr getDepth() const;
};

/// A part of a depth of one digit.
struct DepthPart {
  /// The first step and the number of steps (i64).
  mlir::Value first;
  mlir::Value numSteps;
  /// The sums over the steps before, in the order of the tile's elements.
  llvm::SmallVector<mlir::Value> sums;
};

/// Most vectors of 16 lanes in a tile, on every instruction set.
inline constexpr int64_t kMaxTileVectors = 28;

/// Returns the tile for `numRows` rows and at most `maxPanels` panels that
/// fills the registers of `features`; rows are shared evenly between tiles, so
/// that none has few.
TileShape chooseTileShape(const CpuFeatures &features, const LeftOperand &left,
                          int64_t numRows, int64_t maxPanels);

/// Emits the depth loops of the tile that begins at row `firstRow` (i64) and
/// returns its elements: one vector of 16 lanes per row and panel, row by row.
/// `left` points to row 0 at depth 0, `panels` to the first panel (depth x 16);
/// each next one follows it. With `part`, only its steps are added to its sums.
llvm::SmallVector<mlir::Value>
emitMicroKernel(VectorEmitter &emitter, const LeftOperand &operand,
                TileShape shape, mlir::Value left, mlir::Value firstRow,
                mlir::Value panels,
                const std::optional<DepthPart> &part = std::nullopt);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_MICROKERNEL_H
