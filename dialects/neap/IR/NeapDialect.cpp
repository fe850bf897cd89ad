// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NeapDialect.cpp - registration, and checks that hold for every op.
#include "dialects/neap/IR/NeapDialect.h"

#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/OpChecks.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace neap;

#include "dialects/neap/IR/NeapDialect.cpp.inc"

void NeapDialect::initialize() {
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "dialects/neap/IR/NeapOps.cpp.inc"
      >();
}

Operation *NeapDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                            Type type, Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(builder, loc, type, elements);
}

/// Checks one operand or result type of `op`.
static LogicalResult verifyKnownDims(Operation *op, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return success();
  bool hasDims = isa_and_present<DimsAttr>(tensor.getEncoding());
  if (tensor.getEncoding() && !hasDims)
    return op->emitOpError("expected no tensor encoding but '#neap.dims', got ")
           << type;
  if (!tensor.hasStaticShape() && !hasDims)
    return op->emitOpError("expected '#neap.dims' on a tensor with a dynamic "
                           "axis, got ")
           << type;
  return success();
}

LogicalResult neap::verifyKnownDims(Operation *op) {
  for (Type type : op->getOperandTypes())
    if (failed(::verifyKnownDims(op, type)))
      return failure();
  for (Type type : op->getResultTypes())
    if (failed(::verifyKnownDims(op, type)))
      return failure();
  return success();
}

LogicalResult neap::verifySameTypes(Operation *op) {
  Type expected = op->getResult(0).getType();
  for (auto [index, type] : llvm::enumerate(op->getOperandTypes()))
    if (type != expected)
      return op->emitOpError("expected operand #")
             << index << " of the result's type " << expected << ", got "
             << type;
  return success();
}

LogicalResult neap::verifySameShapes(Operation *op) {
  SmallVector<DimExpr> expected =
      getDims(cast<RankedTensorType>(op->getResult(0).getType()));
  for (auto [index, type] : llvm::enumerate(op->getOperandTypes())) {
    SmallVector<DimExpr> dims = getDims(cast<RankedTensorType>(type));
    if (dims != expected)
      return op->emitOpError("expected operand #")
             << index << " of the result's shape " << printDims(expected)
             << ", got " << printDims(dims);
  }
  return success();
}
