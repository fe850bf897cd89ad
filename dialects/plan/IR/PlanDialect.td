// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanDialect.td - the plan dialect: programs after memory planning.
#ifndef PLAN_DIALECT_TD
#define PLAN_DIALECT_TD

include "mlir/IR/OpBase.td"

def Plan_Dialect : Dialect {
  let name = "plan";
  let cppNamespace = "::neap::planir";
  let summary = "Execution plans: buffers at fixed offsets, commands in order";
  let description = [{
    What the runtime executes, one command per op. It is written to plan.proto
    1:1; docs/format.md has the rules, docs/rationale.md the reasons. What an
    op alone or with its neighbours can tell is verified here; that no live
    buffers overlap and that every reader runs after its writer is proved by
    runtime/plan/PlanVerifier.
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
}

class PlanOp<string mnemonic, list<Trait> traits = []>
    : Op<Plan_Dialect, mnemonic, traits>;

#endif // PLAN_DIALECT_TD
