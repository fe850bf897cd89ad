// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GemmDescription.h - a matmul kernel's body as loops over rows, columns and
// depth: what GemmEmitter makes code from.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_GEMMDESCRIPTION_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_GEMMDESCRIPTION_H

#include "passes/lowering/NeapToVector/TileEpilogue.h"

namespace neap {

/// The right operand of a product.
struct RightOperand {
  /// Operand of the kernel call.
  unsigned buffer = 0;
  /// Whether it lies in panels already (`neap.packed_matmul`); the rest is then
  /// unused.
  bool isPacked = false;
  DimExpr offset;
  /// Elements between iterations of each loop around the tiles.
  llvm::SmallVector<DimExpr> loopStrides;
  /// The depth, in the digits of the left operand's.
  llvm::SmallVector<AxisDigit> depth;
  llvm::SmallVector<AxisDigit> columns;
};

/// A product: loops x rows x columns, each a sum over the depth.
struct GemmDescription {
  const SymbolFacts *facts = nullptr;
  mlir::Type elementType;
  /// Sizes of the loops around the tiles: batch axes and outer parts of rows.
  llvm::SmallVector<DimExpr> loops;
  DimExpr numRows = 1;
  DimExpr numColumns = 1;
  unsigned leftBuffer = 0;
  DimExpr leftOffset;
  llvm::SmallVector<DimExpr> leftLoopStrides;
  LeftOperand left;
  RightOperand right;
  TileEpilogue epilogue;

  /// How the work is cut, the same on every instruction set: tiles are numbered
  /// loop by loop, chunk of groups by chunk of groups, row block by row block,
  /// group of panels by group of panels. Chosen for the largest sizes.
  int64_t rowsPerBlock = 1;
  int64_t panelsPerGroup = 1;
  DimExpr groupsPerChunk = 1;
  DimExpr numChunks = 1;
  /// Steps of the depth at a time; 0: all at once.
  int64_t stepsPerBlock = 0;

  DimExpr getNumPanels() const;
  DimExpr getNumGroups() const;
  DimExpr getNumRowBlocks() const;
  DimExpr getNumLoopIterations() const;
  /// Returns the bytes of scratch that hold a group of packed panels; 0 if the
  /// right operand is packed.
  int64_t getPanelScratchBytes() const;
  /// Returns the bytes of scratch that hold sums between blocks of the depth.
  int64_t getSumsScratchBytes() const;

  /// Returns the number of tiles; those of the last chunk may be empty.
  DimExpr getNumTiles() const;

  /// Chooses how the work is cut from the sizes.
  void chooseBlocks();

private:
  int64_t getMost(const DimExpr &size) const;
  void chooseDepthBlocks();
  void chooseRowBlocks();
  void chooseChunks();
};

/// Describes `body`. Fails silently if it is not of the form that
/// docs/contract.md lists under `matmul`. `facts` are of the symbols in its
/// sizes and outlive the description.
mlir::FailureOr<GemmDescription> describeGemm(mlir::Block &body,
                                              const SymbolFacts &facts);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_GEMMDESCRIPTION_H
