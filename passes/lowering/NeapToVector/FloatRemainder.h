// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FloatRemainder.h - remainders of f32 and f64 lanes, exact for all operands.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_FLOATREMAINDER_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_FLOATREMAINDER_H

#include "passes/lowering/NeapToVector/VectorEmitter.h"

namespace neap {

/// Emits the remainder with the sign of x, as C's fmod: NaN if x is infinite, y
/// is 0 or either is NaN.
mlir::Value emitFloatRemainder(VectorEmitter &emitter, mlir::Value x,
                               mlir::Value y);
/// Emits the remainder with the sign of y, as Python's % (a sum of fmod and y
/// where their signs differ, rounded once).
mlir::Value emitFloatModulo(VectorEmitter &emitter, mlir::Value x,
                            mlir::Value y);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_FLOATREMAINDER_H
