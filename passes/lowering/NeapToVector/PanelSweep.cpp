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

  rows([&](const RowPointers &pointers) {
    if (depthBlocks.numSteps != 0)
      return emitDepthBlocks(numRows, pointers, columns, pointer);
    emitTiles(numRows, numPanels, [&](TileShape shape, Value row) {
      SmallVector<Value> tile =
          emitMicroKernel(emitter, left, shape, pointers.left, row, pointer);
      emitEpilogue(shape, row, pointers, columns, tile);
    });
  });
}

/// Emits `body` for tiles that cover the rows evenly: some of as many rows as
/// registers hold, the others of one less.
void PanelSweep::emitTiles(int64_t numRows, int64_t numPanels, TileBody body) {
  int64_t maxRows =
      chooseTileShape(emitter.getFeatures(), left, numRows, numPanels).numRows;
  int64_t numTiles = llvm::divideCeil(numRows, maxRows);
  TileShape low{numRows / numTiles, numPanels};
  TileShape high{low.numRows + 1, numPanels};
  int64_t rowsOfHigh = numRows % numTiles * high.numRows;
  auto emitRange = [&](TileShape shape, int64_t begin, int64_t end) {
    if (begin == end)
      return;
    emitter.forLoop(emitter.index(begin), emitter.index(end),
                    emitter.index(shape.numRows), {},
                    [&](Value row, ValueRange) -> VectorEmitter::Values {
                      body(shape, row);
                      return {};
                    });
  };
  emitRange(high, 0, rowsOfHigh);
  emitRange(low, rowsOfHigh, numRows);
}

/// Emits all rows block of depth by block of depth; the last one ends in the
/// epilogue.
void PanelSweep::emitDepthBlocks(int64_t numRows, const RowPointers &pointers,
                                 ArrayRef<EpilogueEmitter::Columns> columns,
                                 Value panels) {
  int64_t numPanels = columns.size();
  int64_t step = depthBlocks.numSteps;
  int64_t lastFirst = (left.getDepth() - 1) / step * step;
  Value zero =
      emitter.constant(VectorEmitter::getVectorType(left.elementType), 0.0);
  auto emitPart = [&](TileShape shape, Value row, Value first, int64_t count) {
    return emitMicroKernel(
        emitter, left, shape, pointers.left, row, panels,
        DepthPart{first, emitter.index(count), loadSums(shape, row)});
  };
  auto emitSums = [&](TileShape shape, Value row, ArrayRef<Value> sums) {
    for (auto [i, lanes] : llvm::enumerate(sums))
      emitter.store(lanes, getSumsAddress(shape, row, i), left.elementType);
  };
  emitTiles(numRows, numPanels, [&](TileShape shape, Value row) {
    emitSums(shape, row, SmallVector<Value>(shape.numRows * numPanels, zero));
  });
  emitter.forLoop(
      emitter.index(0), emitter.index(lastFirst), emitter.index(step), {},
      [&](Value first, ValueRange) -> VectorEmitter::Values {
        emitTiles(numRows, numPanels, [&](TileShape shape, Value row) {
          emitSums(shape, row, emitPart(shape, row, first, step));
        });
        return {};
      });
  emitTiles(numRows, numPanels, [&](TileShape shape, Value row) {
    SmallVector<Value> tile = emitPart(shape, row, emitter.index(lastFirst),
                                       left.getDepth() - lastFirst);
    emitEpilogue(shape, row, pointers, columns, tile);
  });
}

/// Returns the place of one vector of the sums of the tile at `row`.
Value PanelSweep::getSumsAddress(TileShape shape, Value row, int64_t vector) {
  Value first = emitter.mulInt(row, emitter.index(shape.numPanels));
  Value lanes = emitter.mulInt(emitter.addInt(first, emitter.index(vector)),
                               emitter.index(kPanelWidth));
  return emitter.advance(depthBlocks.sums, lanes, left.elementType);
}

SmallVector<Value> PanelSweep::loadSums(TileShape shape, Value row) {
  SmallVector<Value> sums;
  for (int64_t i = 0; i < shape.numRows * shape.numPanels; ++i)
    sums.push_back(
        emitter.load(getSumsAddress(shape, row, i), left.elementType));
  return sums;
}

/// Emits what happens to a finished tile.
void PanelSweep::emitEpilogue(TileShape shape, Value row,
                              const RowPointers &pointers,
                              ArrayRef<EpilogueEmitter::Columns> columns,
                              ArrayRef<Value> tile) {
  SmallVector<Value> accessRows;
  for (auto [i, pointer] : llvm::enumerate(pointers.accesses)) {
    const TileAccess &access = epilogue.getAccess(i);
    Value distance = emitter.mulInt(row, emitter.index(access.rowStride));
    accessRows.push_back(
        emitter.advance(pointer, distance, access.elementType));
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
