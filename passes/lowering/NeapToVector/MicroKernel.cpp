// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MicroKernel.cpp - see the header. Per step of the depth: one vector load per
// panel, one scalar load and broadcast per row, rows x panels fused
// multiply-adds. The loop stays rolled: unrolling gained nothing with 12
// accumulators and spilled with 28 (bench/kernels/gemm).
#include "passes/lowering/NeapToVector/MicroKernel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace neap {

/// Accumulator registers of a tile: 12 of 16 leave room for a panel row and
/// broadcasts, 28 of 32 as well.
static int64_t getNumAccumulators(const CpuFeatures &features) {
  return features.numVectorRegisters >= 32 ? kMaxTileVectors : 12;
}

DimExpr LeftOperand::getDepth() const {
  DimExpr product(1);
  for (const AxisDigit &digit : depth)
    product *= digit.size;
  return product;
}

/// Rows that are a multiple of the page size apart fall into the same L1 set:
/// more of them than the cache has ways would evict one another.
static bool rowsShareCacheSet(const LeftOperand &left) {
  constexpr int64_t kBytesPerWay = 4096;
  int64_t rowBytes = left.rowStride.getConstant().value_or(0) *
                     VectorEmitter::getSizeInBytes(left.elementType);
  return rowBytes != 0 && rowBytes % kBytesPerWay == 0;
}

TileShape chooseTileShape(const CpuFeatures &features, const LeftOperand &left,
                          int64_t numRows, int64_t maxPanels) {
  constexpr int64_t kRowsOfOneCacheSet = 8;
  int64_t panelBits = VectorEmitter::kLanes * 8 *
                      VectorEmitter::getSizeInBytes(left.elementType);
  int64_t registersPerPanel = panelBits / features.vectorBits;
  int64_t maxVectors =
      std::max<int64_t>(1, getNumAccumulators(features) / registersPerPanel);
  // 14 x 2 rather than 28 x 1: fewer broadcasts per multiply-add.
  int64_t maxRows = maxVectors > 14 ? 14 : maxVectors;
  if (rowsShareCacheSet(left))
    maxRows = std::min(maxRows, kRowsOfOneCacheSet);
  int64_t rows = llvm::divideCeil(numRows, llvm::divideCeil(numRows, maxRows));
  return {rows, std::clamp<int64_t>(maxVectors / rows, 1, maxPanels)};
}

namespace {

/// Emits the depth loops of one tile.
class DepthLoops {
public:
  DepthLoops(VectorEmitter &emitter, const LeftOperand &operand,
             TileShape shape)
      : emitter(emitter), operand(operand), shape(shape) {}

  SmallVector<Value> emit(Value left, Value firstRow, Value panels,
                          const std::optional<DepthPart> &part);

private:
  VectorEmitter::Values emitLevel(ArrayRef<AxisDigit> depth, Value left,
                                  Value panelRow, ValueRange accumulators);
  VectorEmitter::Values emitDigit(ArrayRef<AxisDigit> depth, Value numSteps,
                                  Value left, Value panelRow,
                                  ValueRange accumulators);
  VectorEmitter::Values emitStep(Value left, Value panelRow,
                                 ValueRange accumulators);
  Value advance(Value pointer, Value factor, const DimExpr &numElements) {
    return emitter.advance(pointer,
                           emitter.mulInt(factor, emitter.index(numElements)),
                           operand.elementType);
  }

  VectorEmitter &emitter;
  const LeftOperand &operand;
  TileShape shape;
  /// Elements from the tile's pointer to each row.
  SmallVector<Value> rowOffsets;
};

} // namespace

/// Emits acc[row][panel] += left[row] * panelRow[panel].
VectorEmitter::Values DepthLoops::emitStep(Value left, Value panelRow,
                                           ValueRange accumulators) {
  Type element = operand.elementType;
  DimExpr panelSize = operand.getDepth() * VectorEmitter::kLanes;
  SmallVector<Value> right;
  for (int64_t panel = 0; panel < shape.numPanels; ++panel)
    right.push_back(emitter.load(
        advance(panelRow, emitter.index(panel), panelSize), element));
  VectorEmitter::Values next;
  for (Value offset : rowOffsets) {
    Value address = emitter.advance(left, offset, element);
    Value broadcast = emitter.splat(emitter.loadScalar(address, element));
    for (Value lanes : right)
      next.push_back(emitter.fma(broadcast, lanes, accumulators[next.size()]));
  }
  return next;
}

/// Emits a loop per digit of `depth` and the step in the innermost.
VectorEmitter::Values DepthLoops::emitLevel(ArrayRef<AxisDigit> depth,
                                            Value left, Value panelRow,
                                            ValueRange accumulators) {
  if (depth.empty())
    return emitStep(left, panelRow, accumulators);
  return emitDigit(depth, emitter.index(depth.front().size), left, panelRow,
                   accumulators);
}

/// Emits the loop over `numSteps` of the first digit of `depth`.
VectorEmitter::Values DepthLoops::emitDigit(ArrayRef<AxisDigit> depth,
                                            Value numSteps, Value left,
                                            Value panelRow,
                                            ValueRange accumulators) {
  DimExpr rowsPerDigit(1);
  for (const AxisDigit &digit : depth.drop_front())
    rowsPerDigit *= digit.size;
  auto body = [&](Value i, ValueRange carried) {
    return emitLevel(depth.drop_front(), advance(left, i, depth.front().stride),
                     advance(panelRow, i, rowsPerDigit * VectorEmitter::kLanes),
                     carried);
  };
  return emitter.forLoop(emitter.index(0), numSteps, emitter.index(1),
                         accumulators, body);
}

SmallVector<Value> DepthLoops::emit(Value left, Value firstRow, Value panels,
                                    const std::optional<DepthPart> &part) {
  bool hasLines = operand.rowsPerLine != 0;
  if (!hasLines)
    left = advance(left, firstRow, operand.rowStride);
  for (int64_t i = 0; i < shape.numRows; ++i) {
    if (!hasLines) {
      rowOffsets.push_back(emitter.index(operand.rowStride * i));
      continue;
    }
    Value row = emitter.addInt(firstRow, emitter.index(i));
    rowOffsets.push_back(emitAxisOffset(
        emitter,
        {{0, operand.lineStride}, {operand.rowsPerLine, operand.rowStride}},
        row));
  }
  if (part)
    return emitDigit(operand.depth, part->numSteps,
                     advance(left, part->first, operand.depth.front().stride),
                     advance(panels, part->first, VectorEmitter::kLanes),
                     part->sums);
  Value zero =
      emitter.constant(VectorEmitter::getVectorType(operand.elementType), 0.0);
  SmallVector<Value> init(shape.numRows * shape.numPanels, zero);
  return emitLevel(operand.depth, left, panels, init);
}

SmallVector<Value> emitMicroKernel(VectorEmitter &emitter,
                                   const LeftOperand &operand, TileShape shape,
                                   Value left, Value firstRow, Value panels,
                                   const std::optional<DepthPart> &part) {
  return DepthLoops(emitter, operand, shape).emit(left, firstRow, panels, part);
}

} // namespace neap
