// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TileAccess.h - where a tile of a product finds its elements in memory: those
// of its result and of the tensors that its epilogue reads.
//
// A tile has rows and panels of 16 columns. Along rows an offset is linear;
// along columns it is linear in the digits of the column number.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_TILEACCESS_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_TILEACCESS_H

#include "passes/lowering/NeapToVector/IndexSpace.h"
#include "passes/lowering/NeapToVector/VectorEmitter.h"

namespace neap {

/// One digit of an axis number, outermost first: `size` values, `stride`
/// elements apart.
struct AxisDigit {
  DimExpr size;
  DimExpr stride;
};

/// Returns the digits of `counters` (outermost first) in `index`; neighbours
/// that are one linear run are joined, a repeated axis (all strides 0) has
/// none.
llvm::SmallVector<AxisDigit> getAxisDigits(const IndexSpace &space,
                                           llvm::ArrayRef<unsigned> counters,
                                           const LinearIndex &index);

/// How one buffer is addressed by a tile.
struct TileAccess {
  /// Operand of the kernel call.
  unsigned buffer = 0;
  mlir::Type elementType;
  /// Elements before that of loop counters, row and column 0.
  DimExpr offset;
  /// Elements between iterations of each loop around the tiles.
  llvm::SmallVector<DimExpr> loopStrides;
  /// Elements between rows.
  DimExpr rowStride;
  /// The columns.
  llvm::SmallVector<AxisDigit> columns;

  /// Whether both name the same element everywhere.
  bool hasSameElements(const TileAccess &other, const SymbolFacts &facts) const;
  /// Whether all columns are one element.
  bool isUniform() const { return columns.empty(); }
  /// Whether a panel's columns are equally far apart.
  bool hasPanelStride() const;
  /// Elements between columns of a panel; needs hasPanelStride().
  const DimExpr &getPanelStride() const { return columns.back().stride; }
  /// Whether a panel's columns are neighbours; needs hasPanelStride().
  bool isAdjacent() const { return getPanelStride().isConstant(1); }
};

/// How many columns of a panel exist: a number that is at most 16, or, where
/// that is known only at run time, the i64 `remaining`, at least 1.
struct PanelWidth {
  int64_t active = VectorEmitter::kLanes;
  mlir::Value remaining = {};

  PanelWidth(int64_t active) : active(active) {}
  PanelWidth(mlir::Value remaining) : remaining(remaining) {}
};

/// Where the columns of one panel lie, relative to column 0.
struct PanelColumns {
  PanelWidth width = VectorEmitter::kLanes;
  /// The panel's first column and, if `width` is not known, the lanes inside.
  mlir::Value first, mask;
  /// Elements before the panel's first column.
  mlir::Value offset;
  /// Elements before each column, where they are not equally far apart.
  llvm::SmallVector<mlir::Value> lanes;
};

/// Emits the elements before place `number` (i64) of an axis; the outermost
/// digit may have any size.
mlir::Value emitAxisOffset(VectorEmitter &emitter,
                           llvm::ArrayRef<AxisDigit> digits,
                           mlir::Value number);

/// Emits the places of the panel whose first column is `column` (i64) and of
/// which `width` columns exist.
PanelColumns emitPanelColumns(VectorEmitter &emitter, const TileAccess &access,
                              mlir::Value column, const PanelWidth &width);

/// Loads the 16 lanes of a row of a panel; `row` points to the row's column 0.
mlir::Value loadPanelRow(VectorEmitter &emitter, const TileAccess &access,
                         const PanelColumns &columns, mlir::Value row);

/// Stores the lanes that exist of a row of a panel.
void storePanelRow(VectorEmitter &emitter, const TileAccess &access,
                   const PanelColumns &columns, mlir::Value row,
                   mlir::Value lanes);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_TILEACCESS_H
