// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Combine.h - the scalar operations of reductions, pools, scatters and
// products, for every element type.
#ifndef NEAP_PASSES_LOWERING_NEAPTOLINALG_COMBINE_H
#define NEAP_PASSES_LOWERING_NEAPTOLINALG_COMBINE_H

#include "dialects/neap/IR/NeapOps.h"
#include "passes/lowering/NeapToLinalg/LoopEmitter.h"

namespace neap {

/// Returns whether arithmetic on `element` has code: bool, integers, f32, f64.
bool hasArithmetic(mlir::Type element);

/// Returns the value that combining over nothing gives, in storage type.
mlir::Value getNeutral(LoopEmitter &emitter, ReduceKind kind,
                       mlir::Type element);

/// Returns `lhs` combined with `rhs`, all in storage type. A maximum or minimum
/// is NaN if either is.
mlir::Value combine(LoopEmitter &emitter, ReduceKind kind, mlir::Type element,
                    mlir::Value lhs, mlir::Value rhs);

/// Returns lhs * rhs + addend; floats are rounded once where the CPU can.
mlir::Value multiplyAdd(LoopEmitter &emitter, mlir::Type element,
                        mlir::Value lhs, mlir::Value rhs, mlir::Value addend);

/// Returns whether `value` is chosen instead of `best` (i1), both in storage
/// type: the larger of both for `kind` max, the smaller for min, of equals the
/// latter if `last` is set. A NaN is beyond every number.
mlir::Value isBetter(LoopEmitter &emitter, ReduceKind kind, bool last,
                     mlir::Type element, mlir::Value value, mlir::Value best);

/// Returns the number zero in storage type.
mlir::Value getZero(LoopEmitter &emitter, mlir::Type element);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOLINALG_COMBINE_H
