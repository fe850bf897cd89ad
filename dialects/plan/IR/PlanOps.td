// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanOps.td - the ops of the plan dialect: one per message of
// runtime/plan/plan.proto.
#ifndef PLAN_OPS_TD
#define PLAN_OPS_TD

include "dialects/plan/IR/ops/Structure.td"
include "dialects/plan/IR/ops/Command.td"

#endif // PLAN_OPS_TD
