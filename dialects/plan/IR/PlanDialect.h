// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanDialect.h - the plan dialect: its types and attributes.
#ifndef NEAP_PLAN_IR_PLANDIALECT_H
#define NEAP_PLAN_IR_PLANDIALECT_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"

#include "dialects/plan/IR/PlanDialect.h.inc"
#include "dialects/plan/IR/PlanEnums.h.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/plan/IR/PlanTypes.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/plan/IR/PlanAttrs.h.inc"

#endif // NEAP_PLAN_IR_PLANDIALECT_H
