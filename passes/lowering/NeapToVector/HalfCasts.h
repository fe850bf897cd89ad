// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// HalfCasts.h - f16 and bf16, which are storage only: to f32 and back, rounded
// to the nearest, ties to even.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_HALFCASTS_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_HALFCASTS_H

#include "passes/lowering/NeapToVector/VectorEmitter.h"

namespace neap {

/// Whether `element` is a float of 16 bits.
bool isHalf(mlir::Type element);
/// Whether one of the types is f32 and the other has 16 bits.
bool isHalfCast(mlir::Type from, mlir::Type to);
/// Emits a conversion for which `isHalfCast` holds.
mlir::Value emitHalfCast(VectorEmitter &emitter, mlir::Value x, mlir::Type from,
                         mlir::Type to);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_HALFCASTS_H
