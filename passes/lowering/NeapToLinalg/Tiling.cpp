// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tiling.cpp - see the header.
#include "passes/lowering/NeapToLinalg/Tiling.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinTypes.h"
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

/// Cuts `axis` so that there are about `wanted` tiles in all.
static void chunkAxis(Tiling &tiling, unsigned axis, int64_t wanted) {
  int64_t size = tiling.shape[axis];
  int64_t numChunks = llvm::divideCeil(wanted, tiling.numTiles);
  tiling.chunk = llvm::divideCeil(size, numChunks);
  if (tiling.chunk > kChunkMultiple)
    tiling.chunk = llvm::alignTo(tiling.chunk, kChunkMultiple);
  tiling.chunkedAxis = axis;
  tiling.numTiles *= llvm::divideCeil(size, tiling.chunk);
}

Tiling computeTiling(const LoopsForm &form, ArrayRef<int64_t> shape) {
  Tiling tiling;
  tiling.shape = shape;
  double ns = form.nsPerElement * ShapedType::getNumElements(shape);
  int64_t wanted = std::clamp<int64_t>(ns / kTileNs, 1, kMaxTiles);
  for (unsigned axis : form.tiledAxes) {
    if (tiling.numTiles >= wanted)
      break;
    if (shape[axis] == 1)
      continue;
    if (tiling.numTiles * shape[axis] > wanted) {
      chunkAxis(tiling, axis, wanted);
      break;
    }
    tiling.outerAxes.push_back(axis);
    tiling.numTiles *= shape[axis];
  }
  tiling.tilesPerBlock = std::clamp<int64_t>(
      std::ceil(kBlockNs * tiling.numTiles / std::max(ns, 1.0)), 1,
      tiling.numTiles);
  return tiling;
}

Slab computeSlab(LoopEmitter &emitter, const Tiling &tiling, Value tile) {
  Slab slab;
  slab.sizes = emitter.constants(tiling.shape);
  slab.offsets.assign(tiling.shape.size(), emitter.constant(0));
  if (tiling.numTiles == 1)
    return slab;
  Index rest =
      emitter
          .create<arith::IndexCastOp>(emitter.getBuilder().getIndexType(), tile)
          .getResult();
  if (tiling.chunkedAxis) {
    unsigned axis = *tiling.chunkedAxis;
    int64_t size = tiling.shape[axis];
    Index chunk = rest;
    if (!tiling.outerAxes.empty())
      std::tie(rest, chunk) =
          emitter.divRem(rest, llvm::divideCeil(size, tiling.chunk));
    slab.offsets[axis] = emitter.mul(chunk, tiling.chunk);
    slab.sizes[axis] = emitter.constant(tiling.chunk);
    if (size % tiling.chunk != 0)
      slab.sizes[axis] =
          emitter.min(slab.sizes[axis],
                      emitter.sub(emitter.constant(size), slab.offsets[axis]));
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
