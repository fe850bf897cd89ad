// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NeapOps.h - the ops of the graph dialect.
#ifndef NEAP_IR_NEAPOPS_H
#define NEAP_IR_NEAPOPS_H

#include "dialects/neap/IR/DimExpr.h"
#include "dialects/neap/IR/NeapAttrs.h"
#include "dialects/neap/IR/NeapDialect.h"
#include "dialects/neap/IR/NeapTraits.h"
#include "dialects/neap/Interfaces/Interfaces.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/CallInterfaces.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#define GET_OP_CLASSES
#include "dialects/neap/IR/NeapOps.h.inc"

#endif // NEAP_IR_NEAPOPS_H
