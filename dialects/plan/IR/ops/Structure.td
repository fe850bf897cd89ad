// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structure.td - a plan's tables, its entries, and what an entry declares.
#ifndef PLAN_OPS_STRUCTURE_TD
#define PLAN_OPS_STRUCTURE_TD

include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "dialects/plan/IR/PlanAttrs.td"
include "dialects/plan/IR/PlanTypes.td"

//===----------------------------------------------------------------------===//
// The plan and its tables
//===----------------------------------------------------------------------===//

def Plan_PlanModuleOp : PlanOp<"module", [IsolatedFromAbove, SymbolTable,
    NoTerminator, SingleBlock]> {
  let summary = "Plan: the tables that all entries share, and the entries";
  let description = [{
    Scratch is planned for `max_threads`. `const_bytes` and `state_bytes` are the sizes
    of the const and state segments.

    Example:
    ```mlir
    plan.module attributes {const_bytes = 64 : i64, kernel_abi = 1 : i64,
        max_threads = 8 : i64, producer = "neapc 0.1.0", state_bytes = 0 : i64} {
      plan.kernel @relu operands 2 sizes 0
      plan.entry @main attributes {arena_bytes = 0 : i64, flops = 4 : i64,
          lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64,
          peak_tensors = []} {
        %stream = plan.stream "compute" device 0
        %x = plan.buffer "x" input offset 0 size 16 as "16" bits 32
        %y = plan.buffer "y" output offset 0 size 16 as "16" bits 32
        plan.input "x" %x : f32 ["4"]
        plan.output "y" %y : f32 ["4"]
        %0 = plan.launch "layer" @relu(read %x[0, 16], write %y[0, 16])
          tiles "1" per_block 1 on %stream
      }
    }
    ```

    Constraints:
    * (C1) `max_threads` is positive, the sizes of segments are not negative.
    * (C2) the body holds tables and entries only.
  }];
  let arguments = (ins Plan_Int:$kernel_abi, StrAttr:$producer,
      Plan_Int:$max_threads, Plan_Int:$const_bytes, Plan_Int:$state_bytes);
  let regions = (region SizedRegion<1>:$body);
  let hasVerifier = 1;
  let assemblyFormat = "attr-dict-with-keyword $body";
}

def Plan_SymbolOp : PlanOp<"symbol", [HasParent<"PlanModuleOp">]> {
  let summary = "Named integer that is bound when a session runs";
  let description = [{
    `lo <= value <= hi` and `(value - lo) % step == 0`. With `definition`, it is not free
    but computed from symbols before it.

    Constraints:
    * (C1) `lo <= hi`, `step >= 1`.
  }];
  let arguments = (ins StrAttr:$name, Plan_Int:$lo, Plan_Int:$hi, Plan_Int:$step,
                       OptionalAttr<Plan_Expr>:$definition);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $name $lo `to` $hi `step` $step (`is` $definition^)? attr-dict
  }];
}

def Plan_KernelOp : PlanOp<"kernel", [HasParent<"PlanModuleOp">, Symbol]> {
  let summary = "Function that every KERNELS section exports";
  let arguments = (ins SymbolNameAttr:$sym_name, Plan_Int:$num_operands,
                       Plan_Int:$num_sizes);
  let assemblyFormat =
      "$sym_name `operands` $num_operands `sizes` $num_sizes attr-dict";
}

def Plan_StateSliceOp : PlanOp<"state_slice", [HasParent<"PlanModuleOp">]> {
  let summary = "Named part of the state segment";
  let description = [{
    Constraints:
    * (C1) the bytes lie inside the state segment.
  }];
  let arguments = (ins StrAttr:$name, TypeAttr:$type, Plan_ExprArray:$dims,
                       Plan_Int:$offset, Plan_Int:$size);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $name `:` $type $dims `offset` $offset `size` $size attr-dict
  }];
}

def Plan_EntryOp : PlanOp<"entry", [HasParent<"PlanModuleOp">, Symbol, NoTerminator,
    SingleBlock]> {
  let summary = "Callable program";
  let description = [{
    The body declares streams, scalars, buffers, inputs and outputs, and holds
    the commands in an order in which they may run.

    Constraints:
    * (C1) the body holds declarations and commands only.
    * (C2) `arena_bytes` is not negative.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, Plan_Int:$arena_bytes,
      UnitAttr:$uses_seed, Plan_Int:$max_live_bytes, Plan_Int:$lower_bound_bytes,
      Plan_Int:$flops, Plan_PeakTensorArray:$peak_tensors,
      OptionalAttr<Plan_Int>:$arena_lower_bound_bytes);
  let regions = (region SizedRegion<1>:$body);
  let hasVerifier = 1;
  let assemblyFormat = "$sym_name attr-dict-with-keyword $body";
}

//===----------------------------------------------------------------------===//
// Declarations of an entry
//===----------------------------------------------------------------------===//

def Plan_StreamOp : PlanOp<"stream", [HasParent<"EntryOp">]> {
  let summary = "Queue of a device, whose commands run in order";
  let arguments = (ins StrAttr:$name, Plan_Int:$device);
  let results = (outs Plan_Stream:$result);
  let assemblyFormat = "$name `device` $device attr-dict";
}

def Plan_ScalarOp : PlanOp<"scalar", [HasParent<"EntryOp">]> {
  let summary = "Integer that is known only during a run";
  let description = [{
    Expressions refer to it by its name.

    Constraints:
    * (C1) `lo <= hi`.
  }];
  let arguments = (ins StrAttr:$name, Plan_Int:$lo, Plan_Int:$hi);
  let results = (outs Plan_Scalar:$result);
  let hasVerifier = 1;
  let assemblyFormat = "$name $lo `to` $hi attr-dict";
}

def Plan_BufferOp : PlanOp<"buffer", [HasParent<"EntryOp">]> {
  let summary = "Region of memory at a fixed offset of a segment";
  let description = [{
    `size` is its bytes at the bound of all symbols, `size_expr` in a run. Buffers may overlap:
    what is live when is proved from the commands.

    Constraints:
    * (C1) offsets in the arena, const and state segments are multiples of 64.
    * (C2) the buffer lies inside its segment; an input or output starts at 0.
    * (C3) `element_bits` is positive.
  }];
  let arguments = (ins StrAttr:$name, Plan_SegmentAttr:$segment,
      DefaultValuedAttr<Plan_MemorySpaceAttr, "MemorySpace::Host">:$space,
      DefaultValuedAttr<Plan_Int, "0">:$device, Plan_Int:$offset, Plan_Int:$size,
      Plan_Expr:$size_expr, Plan_Int:$element_bits);
  let results = (outs Plan_Buffer:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $name `` $segment `offset` $offset `size` $size `as` $size_expr `bits` $element_bits
    (`in` $space^)? (`device` $device^)? attr-dict
  }];
}

def Plan_InputOp : PlanOp<"input", [HasParent<"EntryOp">]> {
  let summary = "Tensor that the caller gives, in the order of the signature";
  let description = [{
    Constraints:
    * (C1) `buffer` is in the input segment and belongs to one input only.
  }];
  let arguments = (ins StrAttr:$name, Plan_Buffer:$buffer, TypeAttr:$type,
                       Plan_ExprArray:$dims);
  let hasVerifier = 1;
  let assemblyFormat = "$name $buffer `:` $type $dims attr-dict";
}

def Plan_OutputOp : PlanOp<"output", [HasParent<"EntryOp">]> {
  let summary = "Tensor that the caller gets, in the order of the signature";
  let description = [{
    With `aliases_input`, it shares the memory of that input. With `kept`, it is
    no output of the model itself, but a value that is kept by name, and comes
    behind those. `layer` names what makes it, number `position` of the model.

    Constraints:
    * (C1) `buffer` is in the output segment and belongs to one output only.
  }];
  let arguments = (ins StrAttr:$name, Plan_Buffer:$buffer, TypeAttr:$type,
      Plan_ExprArray:$dims, OptionalAttr<Plan_Int>:$aliases_input,
      OptionalAttr<StrAttr>:$layer, OptionalAttr<Plan_Int>:$position,
      UnitAttr:$kept);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $name $buffer `:` $type $dims (`aliases` $aliases_input^)? attr-dict
  }];
}

#endif // PLAN_OPS_STRUCTURE_TD
