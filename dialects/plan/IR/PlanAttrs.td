// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanAttrs.td - enums and attributes; the enums have plan.proto's numbers.
#ifndef PLAN_ATTRS_TD
#define PLAN_ATTRS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/CommonAttrConstraints.td"
include "mlir/IR/EnumAttr.td"
include "dialects/plan/IR/PlanDialect.td"

class Plan_Enum<string name, string text, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, text, cases> {
  let cppNamespace = "::neap::planir";
  let genSpecializedAttr = 0;
}

def Plan_Segment : Plan_Enum<"Segment", "where a buffer's memory comes from", [
    I32EnumAttrCase<"Arena", 0, "arena">, I32EnumAttrCase<"Const", 1, "const">,
    I32EnumAttrCase<"State", 2, "state">, I32EnumAttrCase<"Input", 3, "input">,
    I32EnumAttrCase<"Output", 4, "output">]>;
def Plan_SegmentAttr : EnumAttr<Plan_Dialect, Plan_Segment, "segment">;

def Plan_MemorySpace : Plan_Enum<"MemorySpace", "kind of memory", [
    I32EnumAttrCase<"Host", 0, "host">, I32EnumAttrCase<"Device", 1, "device">,
    I32EnumAttrCase<"HostPinned", 2, "host_pinned">]>;
def Plan_MemorySpaceAttr : EnumAttr<Plan_Dialect, Plan_MemorySpace, "space">;

def Plan_AccessKind : Plan_Enum<"AccessKind", "what a command does to bytes", [
    I32EnumAttrCase<"Read", 0, "read">, I32EnumAttrCase<"Write", 1, "write">,
    I32EnumAttrCase<"ReadWrite", 2, "read_write">,
    I32EnumAttrCase<"Scratch", 3, "scratch">]>;

def Plan_AccessAttr : AttrDef<Plan_Dialect, "Access"> {
  let mnemonic = "access";
  let summary = "What a command does to which bytes of one of its buffers";
  let description = [{
    `offset` and `length` are bytes within the buffer. `inPlaceOf` is -1, or the position
    of the read operand of the same command whose bytes a write may replace.
  }];
  let parameters = (ins "::neap::planir::AccessKind":$kind,
      "uint64_t":$offset, "uint64_t":$length,
      DefaultValuedParameter<"int64_t", "-1">:$inPlaceOf);
  let assemblyFormat =
      "`<` $kind `,` $offset `,` $length (`in_place_of` $inPlaceOf^)? `>`";
}

def Plan_PeakTensorAttr : AttrDef<Plan_Dialect, "PeakTensor"> {
  let mnemonic = "peak_tensor";
  let summary = "A tensor that is live when the peak is reached";
  let parameters = (ins "mlir::StringAttr":$name, "uint64_t":$bytes,
                        "mlir::StringAttr":$shape);
  let assemblyFormat = "`<` $name `,` $bytes `,` $shape `>`";
}

def Plan_AccessArray
    : TypedArrayAttrBase<Plan_AccessAttr, "array of accesses">;
def Plan_PeakTensorArray
    : TypedArrayAttrBase<Plan_PeakTensorAttr, "array of tensors at the peak">;

// I64Attr whose accessors are signed.
def Plan_Int : TypedSignlessIntegerAttrBase<I64, "int64_t", "64-bit integer">;

// Size or count as text: a constant, or an expression over the plan's symbols
// and the entry's scalars, such as "batch*floordiv(seq, 8) + 1".
def Plan_Expr : ConfinedAttr<StrAttr, [AttrConstraint<
    CPred<"::neap::planir::isExprText("
          "::llvm::cast<::mlir::StringAttr>($_self).getValue())">,
    "a size expression">]>;
def Plan_ExprArray : TypedArrayAttrBase<Plan_Expr, "array of size expressions">;

#endif // PLAN_ATTRS_TD
