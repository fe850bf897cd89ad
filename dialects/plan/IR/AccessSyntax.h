// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AccessSyntax.h - assembly of the buffers of a command with their accesses:
// `(read %a[0, 64], write %b[0, 64] in_place_of 0)`.
#ifndef NEAP_PLAN_IR_ACCESSSYNTAX_H
#define NEAP_PLAN_IR_ACCESSSYNTAX_H

#include "dialects/plan/IR/PlanDialect.h"

namespace neap::planir {

mlir::ParseResult parseAccesses(
    mlir::OpAsmParser &parser,
    llvm::SmallVectorImpl<mlir::OpAsmParser::UnresolvedOperand> &buffers,
    mlir::ArrayAttr &accesses);

void printAccesses(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                   mlir::OperandRange buffers, mlir::ArrayAttr accesses);

} // namespace neap::planir

#endif // NEAP_PLAN_IR_ACCESSSYNTAX_H
