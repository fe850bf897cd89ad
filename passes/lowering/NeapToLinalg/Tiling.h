// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tiling.h - how a result is cut into independent tiles.
#ifndef NEAP_PASSES_LOWERING_NEAPTOLINALG_TILING_H
#define NEAP_PASSES_LOWERING_NEAPTOLINALG_TILING_H

#include "passes/lowering/NeapToLinalg/LoopsForm.h"

namespace neap {

/// A cut of a shape: some axes index by index, one more in chunks.
struct Tiling {
  mlir::SmallVector<DimExpr> shape;
  /// Axes of which a tile has one index.
  mlir::SmallVector<unsigned> outerAxes;
  /// The axis of which a tile has up to `chunk` indices, if any is cut.
  std::optional<unsigned> chunkedAxis;
  int64_t chunk = 1;
  DimExpr numTiles = 1;
  /// Least tiles that are worth a thread.
  int64_t tilesPerBlock = 1;
};

/// Cuts the result of `form`, of `shape`, so that tiles take a few microseconds
/// and there are enough of them for many threads at the largest sizes.
Tiling computeTiling(const LoopsForm &form, llvm::ArrayRef<DimExpr> shape,
                     const SymbolFacts &facts);

/// Returns the slab of `tile`, an i64.
Slab computeSlab(LoopEmitter &emitter, const Tiling &tiling, mlir::Value tile);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOLINALG_TILING_H
