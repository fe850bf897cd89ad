// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PanelSweep.h - rows of a product times some of its panels, cut into tiles:
// the part that products and convolutions share.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_PANELSWEEP_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_PANELSWEEP_H

#include "passes/lowering/NeapToVector/TileEpilogue.h"

namespace neap {

/// Pointers to row 0 and column 0 of everything that a row of tiles touches.
struct RowPointers {
  mlir::Value left;
  /// As in EpilogueEmitter: inputs, then the result.
  llvm::SmallVector<mlir::Value> accesses;
};

/// A number of rows: `most`, or, where that is known only at run time, the i64
/// `count`, which is not larger.
struct RowCount {
  int64_t most;
  mlir::Value count = {};
};

/// Consecutive panels of the right operand.
struct PanelRange {
  /// The first panel's first column (i64).
  mlir::Value firstColumn;
  /// Its elements; the next panels follow.
  mlir::Value pointer;
  int64_t numPanels = 1;
  /// Columns that exist in the last panel.
  int64_t lastActive = VectorEmitter::kLanes;
  /// Where the sizes are known only at run time: the columns from the first one
  /// on (i64). There are `numPanels` panels, or as many as they fill.
  mlir::Value numColumns = {};
};

/// How a deep product is cut along its depth, so that a panel's part stays in
/// L2 while rows pass over it. The sums rest in memory from part to part, which
/// changes no bit of them.
struct DepthBlocks {
  /// Steps of a part; 0: the depth is not cut.
  int64_t numSteps = 0;
  /// Room for the sums of all rows of a run times the panels of a tile.
  mlir::Value sums;
};

/// Emits tiles.
class PanelSweep {
public:
  /// What is done with a run of consecutive rows that starts at the given
  /// pointers.
  using RowBody = llvm::function_ref<void(const RowPointers &)>;
  /// Emits the loops over runs of rows and the body in them.
  using RowLoop = llvm::function_ref<void(RowBody)>;

  PanelSweep(VectorEmitter &emitter, const LeftOperand &left,
             EpilogueEmitter &epilogue, DepthBlocks depthBlocks = {})
      : emitter(emitter), left(left), epilogue(epilogue),
        depthBlocks(depthBlocks) {}

  /// Emits all tiles of `panels` and of the runs of `numRows` rows that `rows`
  /// goes through: panel by panel, so that a panel stays in L1 or L2.
  void emit(const PanelRange &panels, const RowCount &numRows, RowLoop rows);

private:
  /// Rows [begin, end) in tiles of equal height.
  struct TileRun {
    int64_t height;
    mlir::Value begin, end;
  };

  void emitUnknownPanels(const PanelRange &panels, const RowCount &numRows,
                         RowLoop rows);
  void emitPanels(const PanelRange &panels, mlir::Value panel,
                  int64_t numPanels, const PanelWidth &width,
                  const RowCount &numRows, RowLoop rows);
  /// What is done with the tile of that shape that begins at `row`.
  using TileBody = llvm::function_ref<void(TileShape shape, mlir::Value row)>;

  llvm::SmallVector<TileRun> cutRows(const RowCount &numRows,
                                     int64_t numPanels);
  void emitTiles(const RowCount &numRows, int64_t numPanels, TileBody body);
  void emitDepthBlocks(const RowCount &numRows, const RowPointers &pointers,
                       llvm::ArrayRef<EpilogueEmitter::Columns> columns,
                       mlir::Value panels);
  void emitEpilogue(TileShape shape, mlir::Value row,
                    const RowPointers &pointers,
                    llvm::ArrayRef<EpilogueEmitter::Columns> columns,
                    llvm::ArrayRef<mlir::Value> tile);
  mlir::Value getSumsAddress(TileShape shape, mlir::Value row, int64_t vector);
  llvm::SmallVector<mlir::Value> loadSums(TileShape shape, mlir::Value row);

  VectorEmitter &emitter;
  const LeftOperand &left;
  EpilogueEmitter &epilogue;
  DepthBlocks depthBlocks;
};

/// Emits the tiles [begin, end), numbered outer * numInner + inner: `outer`
/// once for each outer number, then `inner` for those of its inner numbers that
/// are in the range.
void emitTileRange(VectorEmitter &emitter, mlir::Value begin, mlir::Value end,
                   const DimExpr &numInner,
                   llvm::function_ref<void(mlir::Value)> outer,
                   llvm::function_ref<void(mlir::Value)> inner);

/// Splits `number` into digits of the given sizes, outermost first.
llvm::SmallVector<mlir::Value> emitDigits(VectorEmitter &emitter,
                                          mlir::Value number,
                                          llvm::ArrayRef<DimExpr> sizes);

/// Emits `last` where index == count - 1 and `others` elsewhere; only `last` if
/// count is 1.
void emitWhenLast(VectorEmitter &emitter, mlir::Value index, int64_t count,
                  llvm::function_ref<void()> last,
                  llvm::function_ref<void()> others);

/// Returns `pointer` advanced by `numBytes`.
mlir::Value advanceBytes(VectorEmitter &emitter, mlir::Value pointer,
                         int64_t numBytes);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_PANELSWEEP_H
