// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tiling.cpp - see the header.
#include "passes/lowering/NeapToLinalg/Tiling.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinTypes.h"
#include "passes/analysis/SizeAnalysis.h"
#include "llvm/Support/MathExtras.h"
#include <tuple>

using namespace mlir;

namespace neap {

/// Nanoseconds that a tile should take: a quarter of a thread's least work, so
/// that blocks balance.
static constexpr double kTileNs = 5000;
/// Nanoseconds that are worth waking a thread (docs/contract.md).
static constexpr double kBlockNs = 20000;
/// Most tiles: 8 for each of the 8 threads planned for by default.
static constexpr int64_t kMaxTiles = 64;
/// Chunks are multiples of this many indices: the side of a transposed block
/// and the lanes of a vector.
static constexpr int64_t kChunkMultiple = 16;

namespace {
/// A tiling in the making.
struct TilingBuilder {
  const LoopsForm &form;
  const SymbolFacts &facts;
  Tiling tiling = {};
  /// Tiles at the largest sizes.
  int64_t mostTiles = 1;

  void chunkAxis(unsigned axis, int64_t wanted);
  void run();
};
} // namespace

/// Cuts `axis` so that there are about `wanted` tiles in all.
void TilingBuilder::chunkAxis(unsigned axis, int64_t wanted) {
  const DimExpr &size = tiling.shape[axis];
  int64_t largest = getLargest(size, facts);
  int64_t numChunks = llvm::divideCeil(wanted, mostTiles);
  tiling.chunk = llvm::divideCeil(largest, numChunks);
  if (tiling.chunk > kChunkMultiple)
    tiling.chunk = llvm::alignTo(tiling.chunk, kChunkMultiple);
  tiling.chunkedAxis = axis;
  tiling.numTiles *= size.ceilDiv(tiling.chunk);
  mostTiles *= llvm::divideCeil(largest, tiling.chunk);
}

void TilingBuilder::run() {
  double ns =
      form.nsPerElement * getLargest(getNumElements(tiling.shape), facts);
  int64_t wanted = std::clamp<int64_t>(ns / kTileNs, 1, kMaxTiles);
  for (unsigned axis : form.tiledAxes) {
    if (mostTiles >= wanted)
      break;
    const DimExpr &size = tiling.shape[axis];
    if (size.isConstant(1))
      continue;
    int64_t largest = getLargest(size, facts);
    if (mostTiles * largest > wanted) {
      chunkAxis(axis, wanted);
      break;
    }
    tiling.outerAxes.push_back(axis);
    tiling.numTiles *= size;
    mostTiles *= largest;
  }
  tiling.tilesPerBlock = std::clamp<int64_t>(
      std::ceil(kBlockNs * mostTiles / std::max(ns, 1.0)), 1, mostTiles);
}

Tiling computeTiling(const LoopsForm &form, ArrayRef<DimExpr> shape,
                     const SymbolFacts &facts) {
  TilingBuilder builder{form, facts};
  builder.tiling.shape = llvm::to_vector(shape);
  builder.run();
  return builder.tiling;
}

Slab computeSlab(LoopEmitter &emitter, const Tiling &tiling, Value tile) {
  Slab slab;
  slab.sizes = emitter.indices(tiling.shape);
  slab.offsets.assign(tiling.shape.size(), emitter.constant(0));
  if (tiling.numTiles.isConstant(1))
    return slab;
  Index rest =
      emitter
          .create<arith::IndexCastOp>(emitter.getBuilder().getIndexType(), tile)
          .getResult();
  if (tiling.chunkedAxis) {
    unsigned axis = *tiling.chunkedAxis;
    const DimExpr &size = tiling.shape[axis];
    Index chunk = rest;
    if (!tiling.outerAxes.empty())
      std::tie(rest, chunk) = emitter.divRem(rest, size.ceilDiv(tiling.chunk));
    slab.offsets[axis] = emitter.mul(chunk, tiling.chunk);
    slab.sizes[axis] = emitter.constant(tiling.chunk);
    if (!isMultipleOf(size, tiling.chunk, emitter.getFacts()))
      slab.sizes[axis] =
          emitter.min(slab.sizes[axis],
                      emitter.sub(emitter.index(size), slab.offsets[axis]));
  }
  for (unsigned axis : llvm::reverse(tiling.outerAxes)) {
    auto [outer, index] = emitter.divRem(rest, tiling.shape[axis]);
    rest = outer;
    slab.offsets[axis] = index;
    slab.sizes[axis] = emitter.constant(1);
  }
  return slab;
}

} // namespace neap
