// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Command.td - what the runtime executes.
#ifndef PLAN_OPS_COMMAND_TD
#define PLAN_OPS_COMMAND_TD

include "dialects/plan/IR/PlanInterfaces.td"
include "dialects/plan/IR/ops/Structure.td"

class Plan_CommandOp<string mnemonic, list<Trait> traits = []>
    : PlanOp<mnemonic, !listconcat([
        ParentOneOf<["EntryOp", "IfOp", "LoopOp"]>,
        DeclareOpInterfaceMethods<Plan_CommandOpInterface>], traits)> {
  let results = (outs Plan_Token:$token);
}

def Plan_LaunchOp : Plan_CommandOp<"launch", [AttrSizedOperandSegments]> {
  let summary = "Call of a kernel";
  let description = [{
    `sizes` are passed to the kernel. The work is `num_tiles` tiles, handed out in blocks of at
    least `tiles_per_block`.

    Constraints:
    * (C1) `kernel` names a `plan.kernel` with as many operands and sizes.
    * (C2) `tiles_per_block` is positive.
    * (C3) scratch is there iff `scratch_bytes_per_thread` is positive; it is
      a scratch access of that times `max_threads` bytes inside its buffer.
    * (C4) no access of an operand is scratch.
  }];
  let arguments = (ins StrAttr:$name, FlatSymbolRefAttr:$kernel,
      Variadic<Plan_Buffer>:$buffers, Plan_AccessArray:$accesses,
      DefaultValuedAttr<Plan_ExprArray, "{}">:$sizes, Plan_Expr:$num_tiles,
      Plan_Int:$tiles_per_block,
      DefaultValuedAttr<Plan_Int, "0">:$scratch_bytes_per_thread,
      Optional<Plan_Buffer>:$scratch, OptionalAttr<Plan_AccessAttr>:$scratch_access,
      Plan_Stream:$stream, Variadic<Plan_Token>:$waits);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $name $kernel `` custom<Accesses>($buffers, $accesses) (`sizes` $sizes^)?
    `tiles` $num_tiles `per_block` $tiles_per_block
    (`scratch` $scratch_bytes_per_thread^ `per_thread`)?
    (`in` $scratch^ $scratch_access)? `on` $stream (`wait` $waits^)? attr-dict
  }];
}

def Plan_CopyOp : Plan_CommandOp<"copy", [AttrSizedOperandSegments]> {
  let summary = "Copy of bytes";
  let description = [{
    Constraints:
    * (C1) a read, then a write of as many bytes.
  }];
  let arguments = (ins StrAttr:$name, Variadic<Plan_Buffer>:$buffers,
      Plan_AccessArray:$accesses, Plan_Stream:$stream,
      Variadic<Plan_Token>:$waits);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $name `` custom<Accesses>($buffers, $accesses) `on` $stream (`wait` $waits^)?
    attr-dict
  }];
}

def Plan_IfOp : Plan_CommandOp<"if", [AttrSizedOperandSegments, NoTerminator,
    SingleBlock]> {
  let summary = "Commands that run if a bool is true, and others if not";
  let description = [{
    Constraints:
    * (C1) one read of one byte.
    * (C2) the blocks hold commands only.
  }];
  let arguments = (ins StrAttr:$name, Variadic<Plan_Buffer>:$buffers,
      Plan_AccessArray:$accesses, Plan_Stream:$stream,
      Variadic<Plan_Token>:$waits);
  let regions = (region SizedRegion<1>:$thenRegion, SizedRegion<1>:$elseRegion);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $name `` custom<Accesses>($buffers, $accesses) `on` $stream (`wait` $waits^)?
    $thenRegion `else` $elseRegion attr-dict
  }];
}

def Plan_LoopOp : Plan_CommandOp<"loop", [AttrSizedOperandSegments, NoTerminator,
    SingleBlock]> {
  let summary = "Commands that run a number of times";
  let description = [{
    The scalar, if there is one, holds the iteration, from 0.

    Constraints:
    * (C1) no buffers of its own.
    * (C2) the body holds commands only.
  }];
  let arguments = (ins StrAttr:$name, Plan_Expr:$trip_count,
      Optional<Plan_Scalar>:$iteration_scalar, Variadic<Plan_Buffer>:$buffers,
      Plan_AccessArray:$accesses, Plan_Stream:$stream,
      Variadic<Plan_Token>:$waits);
  let regions = (region SizedRegion<1>:$body);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $name `` custom<Accesses>($buffers, $accesses) `trips` $trip_count
    (`iteration` $iteration_scalar^)? `on` $stream (`wait` $waits^)? $body attr-dict
  }];
}

def Plan_ReadScalarOp : Plan_CommandOp<"read_scalar", [AttrSizedOperandSegments]> {
  let summary = "Read of one element into a scalar";
  let description = [{
    Constraints:
    * (C1) one read of 4 or 8 bytes, an i32 or an i64.
  }];
  let arguments = (ins StrAttr:$name, Variadic<Plan_Buffer>:$buffers,
      Plan_AccessArray:$accesses, Plan_Scalar:$scalar, Plan_Stream:$stream,
      Variadic<Plan_Token>:$waits);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $name `` custom<Accesses>($buffers, $accesses) `into` $scalar `on` $stream
    (`wait` $waits^)? attr-dict
  }];
}

#endif // PLAN_OPS_COMMAND_TD
