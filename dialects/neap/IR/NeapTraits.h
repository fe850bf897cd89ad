// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NeapTraits.h - what holds for every op of the graph dialect.
#ifndef NEAP_IR_NEAPTRAITS_H
#define NEAP_IR_NEAPTRAITS_H

#include "mlir/IR/OpDefinition.h"

namespace neap {

/// Checks that every tensor of `op` that has a dynamic axis says its sizes.
mlir::LogicalResult verifyKnownDims(mlir::Operation *op);

/// Checks that all operands and results of `op` have one and the same type.
mlir::LogicalResult verifySameTypes(mlir::Operation *op);

/// Checks that all operands of `op` have the shape of its result.
mlir::LogicalResult verifySameShapes(mlir::Operation *op);

/// A dynamic tensor operand or result carries `#neap.dims`.
template <typename ConcreteOp>
class KnownDims : public mlir::OpTrait::TraitBase<ConcreteOp, KnownDims> {
public:
  static mlir::LogicalResult verifyTrait(mlir::Operation *op) {
    return verifyKnownDims(op);
  }
};

/// Operands have the shape of the result, symbolic sizes included.
template <typename ConcreteOp>
class SameShapes : public mlir::OpTrait::TraitBase<ConcreteOp, SameShapes> {
public:
  static mlir::LogicalResult verifyTrait(mlir::Operation *op) {
    return verifySameShapes(op);
  }
};

/// Operands and results have one type, symbolic sizes included.
template <typename ConcreteOp>
class SameTypes : public mlir::OpTrait::TraitBase<ConcreteOp, SameTypes> {
public:
  static mlir::LogicalResult verifyTrait(mlir::Operation *op) {
    return verifySameTypes(op);
  }
};

} // namespace neap

#endif // NEAP_IR_NEAPTRAITS_H
