// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise.h - what the elementwise ops are on lanes. Shared by all
// emitters, so that an op has the same bits wherever it is fused.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_ELEMENTWISE_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_ELEMENTWISE_H

#include "dialects/neap/IR/NeapOps.h"
#include "passes/lowering/NeapToVector/VectorEmitter.h"

namespace neap {

/// Returns whether tensors of this element type have code: floats,
/// integers and bool; those of 16-bit floats only cast to f32 and back.
bool hasLanes(mlir::Type element);

/// Returns whether emitElementwise takes `op`.
bool canEmitElementwise(mlir::Operation *op);

/// Emits the elementwise op `op` on `operands`: scalars or vectors, in the
/// compute types of op's operands (VectorEmitter::getComputeType). Nothing
/// traps: an integer divided by 0 is 0.
mlir::Value emitElementwise(VectorEmitter &emitter, mlir::Operation *op,
                            mlir::ValueRange operands);

/// Emits the conversion of `value` between two element types (neap.cast).
mlir::Value emitCast(VectorEmitter &emitter, mlir::Value value, mlir::Type from,
                     mlir::Type to);

/// Estimates the time of an elementwise op in nanoseconds per element on
/// x86-64-v3 (exp, erf, tanh and sin as measured).
double estimateElementwiseCost(mlir::Operation *op);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_ELEMENTWISE_H
