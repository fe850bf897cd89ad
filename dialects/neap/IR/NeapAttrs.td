// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef NEAP_ATTRS_TD
#define NEAP_ATTRS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/TensorEncoding.td"
include "dialects/neap/IR/NeapDialect.td"

class NeapAttr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<Neap_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

def Neap_DimsAttr : NeapAttr<"Dims", "dims",
    [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let summary = "Symbolic sizes of a tensor type, one expression per axis";
  let description = [{
    The encoding of a tensor type that has dynamic axes. Each entry is a
    `DimExpr` in normal form; a static axis has its constant.

    Example: `tensor<?x?x768xf32, #neap.dims<"batch", "seq", "768">>`.
  }];
  let parameters = (ins ArrayRefParameter<"::mlir::StringAttr">:$exprs);
  let assemblyFormat = "`<` $exprs `>`";
  let genVerifyDecl = 1;
}

def Neap_DimAttr : NeapAttr<"Dim", "dim"> {
  let summary = "A number that depends on symbols";
  let description = [{
    A `DimExpr` in normal form that is not constant; a constant is an `i64`.

    Example: `#neap.dim<"past + seq">`.
  }];
  let parameters = (ins "::mlir::StringAttr":$expr);
  let assemblyFormat = "`<` $expr `>`";
  let genVerifyDecl = 1;
}

// Number that may depend on symbols, a DimExpr in C++.
def Neap_DimExpr : Attr<
    CPred<"::neap::isDimExprAttr($_self)">, "an i64 or '#neap.dim'"> {
  let storageType = "::mlir::Attribute";
  let returnType = "::neap::DimExpr";
  let convertFromStorage = "::neap::getDimExpr($_self)";
  let constBuilderCall =
      "::neap::getDimExprAttr($_builder.getContext(), $0)";
}

// Numbers that may depend on symbols, DimExprs in C++.
def Neap_DimExprArray : Attr<CPred<"::neap::isDimExprArrayAttr($_self)">,
    "an array of i64 or '#neap.dims'"> {
  let storageType = "::mlir::Attribute";
  let returnType = "::llvm::SmallVector<::neap::DimExpr>";
  let convertFromStorage = "::neap::getDimExprArray($_self)";
  let constBuilderCall =
      "::neap::getDimExprArrayAttr($_builder.getContext(), $0)";
}

def Neap_RangeAttr : NeapAttr<"Range", "range"> {
  let summary = "Values that a symbol may take: lo, lo + step, ..., at most hi";
  let parameters = (ins "int64_t":$lo, "int64_t":$hi,
                        DefaultValuedParameter<"int64_t", "1">:$step);
  let assemblyFormat = "`<` $lo `,` $hi (`,` $step^)? `>`";
  let genVerifyDecl = 1;
}

def Neap_BlobEncoding : I32EnumAttr<"BlobEncoding",
    "How the elements of a weight lie in its file", [
    I32EnumAttrCase<"Raw", 0, "raw">,
    I32EnumAttrCase<"PackedVarint", 1, "packed_varint">]> {
  let cppNamespace = "::neap";
  let genSpecializedAttr = 0;
}

def Neap_BlobAttr : NeapAttr<"Blob", "blob"> {
  let summary = "Where the bytes of a weight are: a range of a mapped file";
  let description = [{
    `file` is an index into the module's `neap.files`; `offset` and `length`
    are bytes. `raw` is little endian in the tensor's element type;
    `packed_varint` is protobuf's packed int32_data or int64_data. A weight
    that no file carries (`--random-weights`) has `file = -1` and its `seed`.
  }];
  let parameters = (ins "int64_t":$file, "uint64_t":$offset, "uint64_t":$length,
      DefaultValuedParameter<"uint64_t", "0">:$seed,
      DefaultValuedParameter<"BlobEncoding", "BlobEncoding::Raw">:$encoding);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Neap_ComparePredicate : I32EnumAttr<"ComparePredicate", "comparison", [
    I32EnumAttrCase<"EQ", 0, "eq">, I32EnumAttrCase<"NE", 1, "ne">,
    I32EnumAttrCase<"LT", 2, "lt">, I32EnumAttrCase<"LE", 3, "le">,
    I32EnumAttrCase<"GT", 4, "gt">, I32EnumAttrCase<"GE", 5, "ge">]> {
  let cppNamespace = "::neap";
  let genSpecializedAttr = 0;
}
def Neap_ComparePredicateAttr
    : EnumAttr<Neap_Dialect, Neap_ComparePredicate, "compare_predicate">;

def Neap_ReduceKind : I32EnumAttr<"ReduceKind", "reduction", [
    I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Prod", 1, "prod">,
    I32EnumAttrCase<"Max", 2, "max">, I32EnumAttrCase<"Min", 3, "min">]> {
  let cppNamespace = "::neap";
  let genSpecializedAttr = 0;
}
def Neap_ReduceKindAttr : EnumAttr<Neap_Dialect, Neap_ReduceKind, "reduce_kind">;

def Neap_PoolKind : I32EnumAttr<"PoolKind", "pooling", [
    I32EnumAttrCase<"Max", 0, "max">, I32EnumAttrCase<"Average", 1, "average">,
    I32EnumAttrCase<"Sum", 2, "sum">]> {
  let cppNamespace = "::neap";
  let genSpecializedAttr = 0;
}
def Neap_PoolKindAttr : EnumAttr<Neap_Dialect, Neap_PoolKind, "pool_kind">;

def Neap_PadMode : I32EnumAttr<"PadMode", "padding", [
    I32EnumAttrCase<"Constant", 0, "constant">, I32EnumAttrCase<"Edge", 1, "edge">,
    I32EnumAttrCase<"Reflect", 2, "reflect">, I32EnumAttrCase<"Wrap", 3, "wrap">]> {
  let cppNamespace = "::neap";
  let genSpecializedAttr = 0;
}
def Neap_PadModeAttr : EnumAttr<Neap_Dialect, Neap_PadMode, "pad_mode">;

def Neap_Layout : I32EnumAttr<"Layout", "axis order of images", [
    I32EnumAttrCase<"ChannelsFirst", 0, "channels_first">,
    I32EnumAttrCase<"ChannelsLast", 1, "channels_last">]> {
  let cppNamespace = "::neap";
  let genSpecializedAttr = 0;
}
def Neap_LayoutAttr : EnumAttr<Neap_Dialect, Neap_Layout, "layout">;

def Neap_MaskedRows : I32EnumAttr<"MaskedRows",
    "what attention gives where the softmax is not defined", [
    I32EnumAttrCase<"Nan", 0, "nan">, I32EnumAttrCase<"Zero", 1, "zero">,
    I32EnumAttrCase<"ZeroNan", 2, "zero_nan">]> {
  let cppNamespace = "::neap";
  let genSpecializedAttr = 0;
}
def Neap_MaskedRowsAttr : EnumAttr<Neap_Dialect, Neap_MaskedRows, "masked_rows">;

def Neap_KernelKind : I32EnumAttr<"KernelKind", "which emitter makes the code", [
    I32EnumAttrCase<"Region", 0, "region">,
    I32EnumAttrCase<"Matmul", 1, "matmul">,
    I32EnumAttrCase<"Convolution", 2, "convolution">,
    I32EnumAttrCase<"Loops", 3, "loops">,
    I32EnumAttrCase<"Attention", 4, "attention">]> {
  let cppNamespace = "::neap";
  let genSpecializedAttr = 0;
}
def Neap_KernelKindAttr : EnumAttr<Neap_Dialect, Neap_KernelKind, "kernel_kind">;

#endif // NEAP_ATTRS_TD
