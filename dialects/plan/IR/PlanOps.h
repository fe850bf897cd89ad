// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanOps.h - the ops of the plan dialect.
#ifndef NEAP_PLAN_IR_PLANOPS_H
#define NEAP_PLAN_IR_PLANOPS_H

#include "dialects/plan/IR/ExprText.h"
#include "dialects/plan/IR/PlanDialect.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/RegionKindInterface.h"
#include "mlir/IR/SymbolTable.h"

namespace neap::planir {

/// Checks what holds for every command (CommandOpInterface, C1 to C4).
mlir::LogicalResult verifyCommand(mlir::Operation *op);

/// Every buffer of the arena, const and state segments starts at a multiple.
inline constexpr int64_t kBufferAlignment = 64;

} // namespace neap::planir

#include "dialects/plan/IR/PlanInterfaces.h.inc"

#define GET_OP_CLASSES
#include "dialects/plan/IR/PlanOps.h.inc"

#endif // NEAP_PLAN_IR_PLANOPS_H
