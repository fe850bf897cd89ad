// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NeapDialect.td - the graph dialect: tensors with value semantics.
#ifndef NEAP_DIALECT_TD
#define NEAP_DIALECT_TD

include "mlir/IR/OpBase.td"

def Neap_Dialect : Dialect {
  let name = "neap";
  let cppNamespace = "::neap";
  let summary = "Tensor graphs: inference and training programs";
  let description = [{
    A small regular op set on ranked tensors with value semantics. It is not a
    copy of ONNX: a frontend decomposes what is sugar, and broadcasting is
    explicit. Dynamic dimensions are expressions over named symbols, carried in
    the tensor's encoding (`#neap.dims`). See docs/rationale.md.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let dependentDialects = ["mlir::func::FuncDialect"];
  let extraClassDeclaration = [{
    /// Adds the attributes; see NeapAttrs.cpp.
    void registerAttributes();

    /// Argument and result attribute: the name the user knows it by.
    static constexpr llvm::StringLiteral kNameAttr = "neap.name";
    /// Module attribute: paths of the files that weight handles point into.
    static constexpr llvm::StringLiteral kFilesAttr = "neap.files";
    /// Module attribute: dictionary of symbol name to #neap.range.
    static constexpr llvm::StringLiteral kSymbolsAttr = "neap.symbols";
  }];
}

// A tensor operand or result with a dynamic axis carries `#neap.dims`.
def Neap_KnownDims : NativeOpTrait<"KnownDims"> {
  let cppNamespace = "::neap";
}
// Operands have the shape of the result, symbolic sizes included.
def Neap_SameShapes : NativeOpTrait<"SameShapes"> {
  let cppNamespace = "::neap";
}
// Operands and results have one type, symbolic sizes included.
def Neap_SameTypes : NativeOpTrait<"SameTypes"> {
  let cppNamespace = "::neap";
}

class NeapOp<string mnemonic, list<Trait> traits = []>
    : Op<Neap_Dialect, mnemonic, !listconcat([Neap_KnownDims], traits)>;

#endif // NEAP_DIALECT_TD
