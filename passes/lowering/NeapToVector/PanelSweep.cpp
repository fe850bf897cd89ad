// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PanelSweep.cpp - see the header.
#include "passes/lowering/NeapToVector/PanelSweep.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace neap {

static constexpr int64_t kPanelWidth = VectorEmitter::kLanes;

void PanelSweep::emit(const PanelRange &panels, int64_t numRows, RowLoop rows) {
  bool hasTail = panels.lastActive < kPanelWidth;
  int64_t numFull = panels.numPanels - hasTail;
  if (numFull > 0) {
    int64_t step =
        chooseTileShape(emitter.getFeatures(), left, numRows, numFull)
            .numPanels;
    int64_t rest = numFull % step;
    auto emitStep = [&](Value panel, ValueRange) -> VectorEmitter::Values {
      emitPanels(panels, panel, step, kPanelWidth, numRows, rows);
      return {};
    };
    emitter.forLoop(emitter.index(0), emitter.index(numFull - rest),
                    emitter.index(step), {}, emitStep);
    if (rest > 0)
      emitPanels(panels, emitter.index(numFull - rest), rest, kPanelWidth,
                 numRows, rows);
  }
  if (hasTail)
    emitPanels(panels, emitter.index(numFull), 1, panels.lastActive, numRows,
               rows);
}

/// Emits all rows of the `numPanels` panels from `panel` on, each with `active`
/// columns.
void PanelSweep::emitPanels(const PanelRange &panels, Value panel,
                            int64_t numPanels, int64_t active, int64_t numRows,
                            RowLoop rows) {
  Value width = emitter.index(kPanelWidth);
  Value column = emitter.mulInt(emitter.addInt(panels.first, panel), width);
  SmallVector<EpilogueEmitter::Columns> columns;
  for (int64_t i = 0; i < numPanels; ++i)
    columns.push_back(epilogue.emitColumns(
        emitter.addInt(column, emitter.index(i * kPanelWidth)), active));
  Value panelSize = emitter.index(left.getDepth() * kPanelWidth);
  Value pointer = emitter.advance(
      panels.pointer, emitter.mulInt(panel, panelSize), left.elementType);

  TileShape shape =
      chooseTileShape(emitter.getFeatures(), left, numRows, numPanels);
  // Shared evenly: some tiles of shape.numRows rows, the others of one less.
  int64_t numTiles = llvm::divideCeil(numRows, shape.numRows);
  TileShape low{numRows / numTiles, numPanels};
  TileShape high{low.numRows + 1, numPanels};
  int64_t numHigh = numRows % numTiles;
  rows([&](const RowPointers &pointers) {
    emitTiles(high, 0, numHigh, pointers, columns, pointer);
    emitTiles(low, numHigh * high.numRows, numTiles - numHigh, pointers,
              columns, pointer);
  });
}

void PanelSweep::emitTiles(TileShape shape, int64_t firstRow, int64_t numTiles,
                           const RowPointers &pointers,
                           ArrayRef<EpilogueEmitter::Columns> columns,
                           Value panels) {
  if (numTiles == 0)
    return;
  emitter.forLoop(emitter.index(firstRow),
                  emitter.index(firstRow + numTiles * shape.numRows),
                  emitter.index(shape.numRows), {},
                  [&](Value row, ValueRange) -> VectorEmitter::Values {
                    emitTile(shape, row, pointers, columns, panels);
                    return {};
                  });
}

void PanelSweep::emitTile(TileShape shape, Value row,
                          const RowPointers &pointers,
                          ArrayRef<EpilogueEmitter::Columns> columns,
                          Value panels) {
  auto advanceRow = [&](Value pointer, int64_t rowStride, Type element) {
    Value distance = emitter.mulInt(row, emitter.index(rowStride));
    return emitter.advance(pointer, distance, element);
  };
  Value leftRow = advanceRow(pointers.left, left.rowStride, left.elementType);
  SmallVector<Value> tile =
      emitMicroKernel(emitter, left, shape, leftRow, panels);
  SmallVector<Value> accessRows;
  for (auto [i, pointer] : llvm::enumerate(pointers.accesses)) {
    const TileAccess &access = epilogue.getAccess(i);
    accessRows.push_back(
        advanceRow(pointer, access.rowStride, access.elementType));
  }
  epilogue.emit(shape, columns, accessRows, tile);
}

} // namespace neap
