// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reduction.h - what a reduction over the last axis is on lanes.
//
// Definition (dialects/neap/docs/rationale.md): chunk c of 16 elements is
// combined, lane by lane, into accumulator c mod 2, in order; then accumulator
// 0 with 1, then lane i with i + 8, i + 4, i + 2, i + 1. Lanes beyond the end
// are the identity.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_REDUCTION_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_REDUCTION_H

#include "dialects/neap/IR/NeapOps.h"
#include "passes/lowering/NeapToVector/VectorEmitter.h"

namespace neap {

/// A kind of reduction of elements of one type.
struct Reduction {
  ReduceKind kind;
  /// Of the tensor: integers keep their sign here.
  mlir::Type element;
  /// A maximum that forgets NaN: one instruction, where NaN is seen otherwise.
  bool ignoresNaN = false;

  /// Emits the value of a reduction of nothing: 0, 1, the lowest, the highest.
  mlir::Value emitIdentity(VectorEmitter &emitter, mlir::Type type) const;
  /// Combines an accumulator with further values.
  mlir::Value emitCombine(VectorEmitter &emitter, mlir::Value accumulator,
                          mlir::Value value) const;
  /// Combines the accumulators of a row to one scalar.
  mlir::Value emitTotal(VectorEmitter &emitter,
                        mlir::ValueRange accumulators) const;
};

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_REDUCTION_H
