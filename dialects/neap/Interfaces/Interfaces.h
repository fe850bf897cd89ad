// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Interfaces.h - what passes ask of an op: its cost and whether it may compute
// in place.
#ifndef NEAP_INTERFACES_INTERFACES_H
#define NEAP_INTERFACES_INTERFACES_H

#include "mlir/IR/OpDefinition.h"

namespace neap {

/// Returns the bytes of a value of type `type` as it is stored: a bool takes a
/// byte. 0 if `type` is not a tensor of static shape; saturates.
int64_t getStoredBytes(mlir::Type type);

/// Returns the number of elements of `type`, 0 if its shape is not static;
/// saturates.
int64_t getStaticNumElements(mlir::Type type);

/// Returns one operation per result element if the elements are floats, else 0.
int64_t countElementwiseFlops(mlir::Operation *op);

/// Appends the operands that have as many bytes per element and in all as
/// result `result` of `op`.
void appendOperandsOfResultSize(mlir::Operation *op, unsigned result,
                                llvm::SmallVectorImpl<unsigned> &operands);

/// Returns the bytes of all tensor operands and results of `op`.
int64_t defaultBytesMoved(mlir::Operation *op);

} // namespace neap

#include "dialects/neap/Interfaces/Interfaces.h.inc"

#endif // NEAP_INTERFACES_INTERFACES_H
