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

int64_t LeftOperand::getDepth() const {
  int64_t product = 1;
  for (AxisDigit digit : depth)
    product *= digit.size;
  return product;
}

/// Rows that are a multiple of the page size apart fall into the same L1 set:
/// more of them than the cache has ways would evict one another.
static bool rowsShareCacheSet(const LeftOperand &left) {
  constexpr int64_t kBytesPerWay = 4096;
  int64_t rowBytes =
      left.rowStride * VectorEmitter::getSizeInBytes(left.elementType);
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

/// Emits one step: accumulators += left[row] * panel rows.
static VectorEmitter::Values emitStep(VectorEmitter &emitter,
                                      const LeftOperand &operand,
                                      TileShape shape, Value left,
                                      Value panelRow, ValueRange accumulators) {
  Type element = operand.elementType;
  int64_t panelSize = operand.getDepth() * VectorEmitter::kLanes;
  SmallVector<Value> right;
  for (int64_t panel = 0; panel < shape.numPanels; ++panel)
    right.push_back(emitter.load(
        emitter.advance(panelRow, emitter.index(panel * panelSize), element),
        element));
  VectorEmitter::Values next;
  for (int64_t row = 0; row < shape.numRows; ++row) {
    Value address =
        emitter.advance(left, emitter.index(row * operand.rowStride), element);
    Value broadcast = emitter.splat(emitter.loadScalar(address, element));
    for (Value lanes : right)
      next.push_back(emitter.fma(broadcast, lanes, accumulators[next.size()]));
  }
  return next;
}

SmallVector<Value> emitMicroKernel(VectorEmitter &emitter,
                                   const LeftOperand &operand, TileShape shape,
                                   Value left, Value panels) {
  Type element = operand.elementType;
  Value zero = emitter.constant(VectorEmitter::getVectorType(element), 0.0);
  SmallVector<Value> init(shape.numRows * shape.numPanels, zero);
  /// Emits the loops of the digits from `level` on; `rest` is their product.
  std::function<VectorEmitter::Values(size_t, int64_t, Value, Value,
                                      ValueRange)>
      emitLevel = [&](size_t level, int64_t rest, Value leftBase,
                      Value panelBase, ValueRange accumulators) {
        if (level == operand.depth.size())
          return emitStep(emitter, operand, shape, leftBase, panelBase,
                          accumulators);
        AxisDigit digit = operand.depth[level];
        int64_t inner = rest / digit.size;
        return emitter.forLoop(
            emitter.index(0), emitter.index(digit.size), emitter.index(1),
            accumulators, [&](Value i, ValueRange carried) {
              Value nextLeft = emitter.advance(
                  leftBase, emitter.mulInt(i, emitter.index(digit.stride)),
                  element);
              Value nextPanel = emitter.advance(
                  panelBase,
                  emitter.mulInt(i,
                                 emitter.index(inner * VectorEmitter::kLanes)),
                  element);
              return emitLevel(level + 1, inner, nextLeft, nextPanel, carried);
            });
      };
  return emitLevel(0, operand.getDepth(), left, panels, init);
}

} // namespace neap
