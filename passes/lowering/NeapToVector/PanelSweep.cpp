// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PanelSweep.cpp - see the header.
#include "passes/lowering/NeapToVector/PanelSweep.h"

#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace neap {

static constexpr int64_t kPanelWidth = VectorEmitter::kLanes;

void PanelSweep::emit(const PanelRange &panels, const RowCount &numRows,
                      RowLoop rows) {
  if (panels.numColumns)
    return emitUnknownPanels(panels, numRows, rows);
  bool hasTail = panels.lastActive < kPanelWidth;
  int64_t numFull = panels.numPanels - hasTail;
  if (numFull > 0) {
    int64_t step =
        chooseTileShape(emitter.getFeatures(), left, numRows.most, numFull)
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

/// Emits panels whose number is known only at run time: as many at once as fill
/// the registers, then one by one with a mask.
void PanelSweep::emitUnknownPanels(const PanelRange &panels,
                                   const RowCount &numRows, RowLoop rows) {
  int64_t step = chooseTileShape(emitter.getFeatures(), left, numRows.most,
                                 panels.numPanels)
                     .numPanels;
  auto countPanels = [&](Value numColumns, int64_t atOnce) {
    Value steps = emitter.create<arith::DivUIOp>(
        numColumns, emitter.index(atOnce * kPanelWidth));
    return emitter.minSigned(emitter.mulInt(steps, emitter.index(atOnce)),
                             emitter.index(panels.numPanels / atOnce * atOnce));
  };
  Value numFull = countPanels(panels.numColumns, step);
  emitter.forLoop(emitter.index(0), numFull, emitter.index(step), {},
                  [&](Value panel, ValueRange) -> VectorEmitter::Values {
                    emitPanels(panels, panel, step, kPanelWidth, numRows, rows);
                    return {};
                  });
  Value numPresent = countPanels(
      emitter.addInt(panels.numColumns, emitter.index(kPanelWidth - 1)), 1);
  emitter.forLoop(
      numFull, numPresent, emitter.index(1), {},
      [&](Value panel, ValueRange) -> VectorEmitter::Values {
        Value before = emitter.mulInt(panel, emitter.index(kPanelWidth));
        emitPanels(panels, panel, 1, emitter.subInt(panels.numColumns, before),
                   numRows, rows);
        return {};
      });
}

/// Emits all rows of the `numPanels` panels from `panel` on, each with `width`
/// columns.
void PanelSweep::emitPanels(const PanelRange &panels, Value panel,
                            int64_t numPanels, const PanelWidth &width,
                            const RowCount &numRows, RowLoop rows) {
  Value column = emitter.addInt(
      panels.firstColumn, emitter.mulInt(panel, emitter.index(kPanelWidth)));
  SmallVector<EpilogueEmitter::Columns> columns;
  for (int64_t i = 0; i < numPanels; ++i)
    columns.push_back(epilogue.emitColumns(
        emitter.addInt(column, emitter.index(i * kPanelWidth)), width));
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

/// Cuts rows into tiles. A known number is shared evenly: some tiles of one
/// height, the others of one less. Else there are tiles of the best height, and
/// what is left is cut into powers of two.
SmallVector<PanelSweep::TileRun> PanelSweep::cutRows(const RowCount &numRows,
                                                     int64_t numPanels) {
  int64_t best =
      chooseTileShape(emitter.getFeatures(), left, numRows.most, numPanels)
          .numRows;
  SmallVector<TileRun> runs;
  if (!numRows.count) {
    int64_t numTiles = llvm::divideCeil(numRows.most, best);
    int64_t low = numRows.most / numTiles, numHigh = numRows.most % numTiles;
    int64_t highRows = numHigh * (low + 1);
    if (numHigh > 0)
      runs.push_back({low + 1, emitter.index(0), emitter.index(highRows)});
    runs.push_back({low, emitter.index(highRows), emitter.index(numRows.most)});
    return runs;
  }
  Value begin = emitter.index(0);
  for (int64_t height = best; height >= 1;
       height = llvm::bit_floor(uint64_t(height - 1))) {
    Value heightValue = emitter.index(height);
    Value numTiles = emitter.create<arith::DivUIOp>(
        emitter.subInt(numRows.count, begin), heightValue);
    Value end = emitter.addInt(begin, emitter.mulInt(numTiles, heightValue));
    runs.push_back({height, begin, end});
    begin = end;
  }
  return runs;
}

/// Emits `body` for the tiles of all rows.
void PanelSweep::emitTiles(const RowCount &numRows, int64_t numPanels,
                           TileBody body) {
  for (const TileRun &run : cutRows(numRows, numPanels))
    emitter.forLoop(run.begin, run.end, emitter.index(run.height), {},
                    [&](Value row, ValueRange) -> VectorEmitter::Values {
                      body({run.height, numPanels}, row);
                      return {};
                    });
}

/// Emits all rows block of depth by block of depth; the last one ends in the
/// epilogue.
void PanelSweep::emitDepthBlocks(const RowCount &numRows,
                                 const RowPointers &pointers,
                                 ArrayRef<EpilogueEmitter::Columns> columns,
                                 Value panels) {
  int64_t numPanels = columns.size();
  int64_t step = depthBlocks.numSteps;
  int64_t depth = *left.getDepth().getConstant();
  int64_t lastFirst = (depth - 1) / step * step;
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
    SmallVector<Value> tile =
        emitPart(shape, row, emitter.index(lastFirst), depth - lastFirst);
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
                   const DimExpr &numInner,
                   llvm::function_ref<void(Value)> outer,
                   llvm::function_ref<void(Value)> inner) {
  Value count = emitter.divisor(numInner);
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
      emitter.addInt(end, emitter.index(DimExpr::max(numInner, 1) - 1)), count);
  emitter.forLoop(emitter.create<arith::DivUIOp>(begin, count), lastOuter,
                  emitter.index(1), {}, emitOuter);
}

SmallVector<Value> emitDigits(VectorEmitter &emitter, Value number,
                              ArrayRef<DimExpr> sizes) {
  SmallVector<Value> digits(sizes.size());
  for (size_t i = sizes.size(); i-- > 0;) {
    if (i == 0 && !sizes[i].getConstant()) {
      digits[i] = number;
      break;
    }
    Value size = emitter.divisor(sizes[i]);
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
