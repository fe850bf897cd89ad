// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanBuilder.h - from the plan dialect to the structs that are written.
#ifndef NEAP_COMPILER_PLAN_WRITER_PLANBUILDER_H
#define NEAP_COMPILER_PLAN_WRITER_PLANBUILDER_H

#include "dialects/plan/IR/PlanOps.h"
#include "runtime/plan/Plan.h"

namespace neap {

/// Returns the plan that `module` says, verified by runtime/plan/PlanVerifier;
/// on failure emits a diagnostic.
mlir::FailureOr<plan::Plan> buildPlan(planir::PlanModuleOp module);

} // namespace neap

#endif // NEAP_COMPILER_PLAN_WRITER_PLANBUILDER_H
