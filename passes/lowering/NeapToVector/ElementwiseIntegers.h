// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ElementwiseIntegers.h - the integer and bool half of Elementwise.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_ELEMENTWISEINTEGERS_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_ELEMENTWISEINTEGERS_H

#include "dialects/neap/IR/NeapOps.h"
#include "passes/lowering/NeapToVector/VectorEmitter.h"

namespace neap {

/// Returns whether a tensor's integers are compared, divided and widened
/// without a sign: unsigned ones and bool.
bool isUnsignedElement(mlir::Type element);

/// Returns the comparison of integer lanes.
mlir::arith::CmpIPredicate getIntPredicate(ComparePredicate predicate,
                                           bool isUnsigned);

/// Emits ops of one integer operand of element type `element`; null if unknown.
mlir::Value emitIntUnary(VectorEmitter &emitter, mlir::Operation *op,
                         mlir::Type element, mlir::Value x);
/// Emits ops of two integer operands of element type `element`; null if
/// unknown.
mlir::Value emitIntBinary(VectorEmitter &emitter, mlir::Operation *op,
                          mlir::Type element, mlir::Value x, mlir::Value y);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_ELEMENTWISEINTEGERS_H
