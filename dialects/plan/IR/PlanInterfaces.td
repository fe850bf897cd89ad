// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanInterfaces.td - what all commands have in common.
#ifndef PLAN_INTERFACES_TD
#define PLAN_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Plan_CommandOpInterface : OpInterface<"CommandOpInterface"> {
  let cppNamespace = "::neap::planir";
  let description = [{
    An op that the runtime executes: one Command of plan.proto.

    Constraints:
    * (C1) there is one access per buffer.
    * (C2) each access lies inside its buffer.
    * (C3) `in_place_of` stands on a write and names a read of the command.
    * (C4) the commands waited for are in the same block.
  }];
  let verify = "return ::neap::planir::verifyCommand($_op);";
  let methods = [
    InterfaceMethod<"Returns the user's name of the layer.",
                    "::llvm::StringRef", "getName">,
    InterfaceMethod<"Returns the stream that the command runs on.",
                    "::mlir::Value", "getStream">,
    InterfaceMethod<"Returns the buffers, in the kernel's order.",
                    "::mlir::OperandRange", "getBuffers">,
    InterfaceMethod<"Returns an AccessAttr per buffer.",
                    "::mlir::ArrayAttr", "getAccesses">,
    InterfaceMethod<"Returns the tokens of the commands waited for.",
                    "::mlir::OperandRange", "getWaits">
  ];
}

#endif // PLAN_INTERFACES_TD
