// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NeapAttrs.h - attributes and enums of the graph dialect.
#ifndef NEAP_IR_NEAPATTRS_H
#define NEAP_IR_NEAPATTRS_H

#include "dialects/neap/IR/DimExpr.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/TensorEncoding.h"

#include "dialects/neap/IR/NeapEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/neap/IR/NeapAttrs.h.inc"

namespace neap {

/// @name Numbers that may depend on symbols
/// A constant is an i64, anything else a `#neap.dim`; an array is i64s only if
/// all of it is constant, else a `#neap.dims`.
bool isDimExprAttr(mlir::Attribute attribute);
bool isDimExprArrayAttr(mlir::Attribute attribute);
DimExpr getDimExpr(mlir::Attribute attribute);
llvm::SmallVector<DimExpr> getDimExprArray(mlir::Attribute attribute);
mlir::Attribute getDimExprAttr(mlir::MLIRContext *context, const DimExpr &expr);
mlir::Attribute getDimExprArrayAttr(mlir::MLIRContext *context,
                                    llvm::ArrayRef<DimExpr> exprs);

} // namespace neap

#endif // NEAP_IR_NEAPATTRS_H
