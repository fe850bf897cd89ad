// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanTypes.td - what commands refer to.
#ifndef PLAN_TYPES_TD
#define PLAN_TYPES_TD

include "mlir/IR/AttrTypeBase.td"
include "dialects/plan/IR/PlanDialect.td"

class Plan_TypeDef<string name, string typeMnemonic, string text>
    : TypeDef<Plan_Dialect, name> {
  let mnemonic = typeMnemonic;
  let summary = text;
}

def Plan_Buffer : Plan_TypeDef<"Buffer", "buffer", "Region of memory">;
def Plan_Token
    : Plan_TypeDef<"Token", "token", "End of a command, to be waited for">;
def Plan_Stream
    : Plan_TypeDef<"Stream", "stream", "Queue whose commands run in order">;
def Plan_Scalar
    : Plan_TypeDef<"Scalar", "scalar", "Integer that is known during a run">;

#endif // PLAN_TYPES_TD
