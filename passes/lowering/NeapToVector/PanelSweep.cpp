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
  Value column = emitter.addInt(
      panels.firstColumn, emitter.mulInt(panel, emitter.index(kPanelWidth)));
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
  SmallVector<Value> tile =
      emitMicroKernel(emitter, left, shape, pointers.left, row, panels);
  SmallVector<Value> accessRows;
  for (auto [i, pointer] : llvm::enumerate(pointers.accesses)) {
    const TileAccess &access = epilogue.getAccess(i);
    accessRows.push_back(
        advanceRow(pointer, access.rowStride, access.elementType));
  }
  epilogue.emit(shape, columns, accessRows, tile);
}

void emitTileRange(VectorEmitter &emitter, Value begin, Value end,
                   int64_t numInner, llvm::function_ref<void(Value)> outer,
                   llvm::function_ref<void(Value)> inner) {
  Value count = emitter.index(numInner);
  auto emitOuter = [&](Value index, ValueRange) -> VectorEmitter::Values {
    outer(index);
    Value before = emitter.mulInt(index, count);
    Value first =
        emitter.maxSigned(emitter.subInt(begin, before), emitter.index(0));
    Value last = emitter.minSigned(emitter.subInt(end, before), count);
    emitter.forLoop(first, last, emitter.index(1), {},
                    [&](Value index, ValueRange) -> VectorEmitter::Values {
                      inner(index);
                      return {};
                    });
    return {};
  };
  Value lastOuter = emitter.create<arith::DivUIOp>(
      emitter.addInt(end, emitter.index(numInner - 1)), count);
  emitter.forLoop(emitter.create<arith::DivUIOp>(begin, count), lastOuter,
                  emitter.index(1), {}, emitOuter);
}

SmallVector<Value> emitDigits(VectorEmitter &emitter, Value number,
                              ArrayRef<int64_t> sizes) {
  SmallVector<Value> digits(sizes.size());
  for (size_t i = sizes.size(); i-- > 0;) {
    Value size = emitter.index(sizes[i]);
    digits[i] = emitter.create<arith::RemUIOp>(number, size);
    number = emitter.create<arith::DivUIOp>(number, size);
  }
  return digits;
}

void emitWhenLast(VectorEmitter &emitter, Value index, int64_t count,
                  llvm::function_ref<void()> last,
                  llvm::function_ref<void()> others) {
  if (count == 1)
    return last();
  auto emitIf = [&](arith::CmpIPredicate predicate,
                    llvm::function_ref<void()> body) {
    Value condition =
        emitter.compareInt(predicate, index, emitter.index(count - 1));
    emitter.ifThen(condition, [&]() -> VectorEmitter::Values {
      body();
      return {};
    });
  };
  emitIf(arith::CmpIPredicate::ne, others);
  emitIf(arith::CmpIPredicate::eq, last);
}

Value advanceBytes(VectorEmitter &emitter, Value pointer, int64_t numBytes) {
  return emitter.advance(pointer, emitter.index(numBytes),
                         emitter.getBuilder().getI8Type());
}

} // namespace neap
