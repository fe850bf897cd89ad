// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise.td - ops that compute each element from the elements at the same
// index. All operands have the result's shape: broadcasting is explicit.
#ifndef NEAP_OPS_ELEMENTWISE_TD
#define NEAP_OPS_ELEMENTWISE_TD

include "dialects/neap/IR/NeapAttrs.td"
include "dialects/neap/IR/NeapTypes.td"
include "dialects/neap/Interfaces/Interfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"

// An op whose only result type follows from its operands and attributes: the
// family's .cpp has inferType(), which also is the verifier.
class Neap_InferredOp<string mnemonic, list<string> costMethods = []>
    : NeapOp<mnemonic, [Pure,
        DeclareOpInterfaceMethods<Neap_CostedOpInterface, costMethods>,
        DeclareOpInterfaceMethods<InferTypeOpInterface,
            ["inferReturnTypes", "refineReturnTypes"]>]> {
  code inferDeclaration = [{
    /// Returns the type of the result; calls `emitError` once and fails if a
    /// constraint does not hold.
    static ::mlir::FailureOr<::mlir::RankedTensorType>
    inferType(Adaptor adaptor,
              ::llvm::function_ref<::mlir::InFlightDiagnostic()> emitError);
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = inferDeclaration;
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *context, ::std::optional<::mlir::Location> loc,
        ::mlir::ValueRange operands, ::mlir::DictionaryAttr attributes,
        ::mlir::OpaqueProperties properties, ::mlir::RegionRange regions,
        ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      Adaptor adaptor(operands, attributes, properties, regions);
      auto type = inferType(adaptor, [&] {
        return ::neap::emitInferenceError(context, loc, getOperationName());
      });
      if (::mlir::failed(type))
        return ::mlir::failure();
      types.assign({*type});
      return ::mlir::success();
    }
    ::llvm::LogicalResult $cppClass::refineReturnTypes(
        ::mlir::MLIRContext *, ::std::optional<::mlir::Location>,
        ::mlir::ValueRange, ::mlir::DictionaryAttr, ::mlir::OpaqueProperties,
        ::mlir::RegionRange, ::llvm::SmallVectorImpl<::mlir::Type> &) {
      // verify() compares the types, with a message of ours.
      return ::mlir::success();
    }
    ::llvm::LogicalResult $cppClass::verify() {
      auto type = inferType(Adaptor(*this), [&] { return emitOpError(); });
      if (::mlir::failed(type))
        return ::mlir::failure();
      return ::neap::checkType(getOperation(), "result", getType(), *type);
    }
  }];
}

class Neap_ElementwiseOp<string mnemonic, list<Trait> traits = []>
    : NeapOp<mnemonic, !listconcat(traits, [Pure, Elementwise,
        DeclareOpInterfaceMethods<Neap_CostedOpInterface>,
        DeclareOpInterfaceMethods<Neap_InPlaceOpInterface>])> {
  let extraClassDefinition = [{
    int64_t $cppClass::getFlops() {
      return ::neap::countElementwiseFlops(getOperation());
    }
    void $cppClass::getInPlaceOperands(
        unsigned result, ::llvm::SmallVectorImpl<unsigned> &operands) {
      ::neap::appendOperandsOfResultSize(getOperation(), result, operands);
    }
  }];
}

class Neap_UnaryOp<string mnemonic, Type type, string what>
    : Neap_ElementwiseOp<mnemonic, [SameOperandsAndResultType, Neap_SameTypes]> {
  let summary = what;
  let arguments = (ins type:$input);
  let results = (outs type:$result);
  let hasFolder = 1;
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

// A function that is approximated: never computed by the compiler's host.
class Neap_FunctionOp<string mnemonic, string what>
    : Neap_UnaryOp<mnemonic, Neap_FloatTensor, what> {
  let hasFolder = 0;
}

class Neap_BinaryOp<string mnemonic, Type type, string what,
                    list<Trait> traits = []>
    : Neap_ElementwiseOp<mnemonic,
        !listconcat(traits, [SameOperandsAndResultType, Neap_SameTypes])> {
  let summary = what;
  let arguments = (ins type:$lhs, type:$rhs);
  let results = (outs type:$result);
  let hasFolder = 1;
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($result)";
}

def Neap_NegOp : Neap_UnaryOp<"neg", Neap_NumberTensor, "Negation">;
def Neap_AbsOp : Neap_UnaryOp<"abs", Neap_NumberTensor, "Absolute value">;
def Neap_SignOp : Neap_UnaryOp<"sign", Neap_NumberTensor, "-1, 0 or 1">;
def Neap_ExpOp : Neap_FunctionOp<"exp", "Exponential">;
def Neap_LogOp : Neap_FunctionOp<"log", "Natural logarithm">;
def Neap_SqrtOp : Neap_UnaryOp<"sqrt", Neap_FloatTensor, "Square root">;
def Neap_ErfOp : Neap_FunctionOp<"erf", "Error function">;
def Neap_TanhOp : Neap_FunctionOp<"tanh", "Hyperbolic tangent">;
def Neap_SinOp : Neap_FunctionOp<"sin", "Sine">;
def Neap_CosOp : Neap_FunctionOp<"cos", "Cosine">;
def Neap_TanOp : Neap_FunctionOp<"tan", "Tangent">;
def Neap_AsinOp : Neap_FunctionOp<"asin", "Inverse sine">;
def Neap_AcosOp : Neap_FunctionOp<"acos", "Inverse cosine">;
def Neap_AtanOp : Neap_FunctionOp<"atan", "Inverse tangent">;
def Neap_SinhOp : Neap_FunctionOp<"sinh", "Hyperbolic sine">;
def Neap_CoshOp : Neap_FunctionOp<"cosh", "Hyperbolic cosine">;
def Neap_AsinhOp : Neap_FunctionOp<"asinh", "Inverse hyperbolic sine">;
def Neap_AcoshOp : Neap_FunctionOp<"acosh", "Inverse hyperbolic cosine">;
def Neap_AtanhOp : Neap_FunctionOp<"atanh", "Inverse hyperbolic tangent">;
def Neap_FloorOp : Neap_UnaryOp<"floor", Neap_FloatTensor, "Round down">;
def Neap_CeilOp : Neap_UnaryOp<"ceil", Neap_FloatTensor, "Round up">;
def Neap_RoundOp : Neap_UnaryOp<"round", Neap_FloatTensor, "Round to nearest, ties to even">;
def Neap_NotOp : Neap_UnaryOp<"not", AnyTypeOf<[Neap_BoolTensor, Neap_IntTensor]>,
                              "Logical or bitwise complement">;

def Neap_AddOp : Neap_BinaryOp<"add", Neap_NumberTensor, "Sum", [Commutative]>;
def Neap_SubOp : Neap_BinaryOp<"sub", Neap_NumberTensor, "Difference">;
def Neap_MulOp : Neap_BinaryOp<"mul", Neap_NumberTensor, "Product", [Commutative]>;
def Neap_DivOp : Neap_BinaryOp<"div", Neap_NumberTensor,
    "Quotient; of integers truncated toward zero">;
def Neap_PowOp : Neap_BinaryOp<"pow", Neap_NumberTensor, "Power"> {
  let hasFolder = 0;
}
// ONNX Mod: fmod = 0 takes the divisor's sign, fmod = 1 the dividend's.
def Neap_ModOp : Neap_BinaryOp<"mod", Neap_NumberTensor,
    "Remainder with the sign of the divisor">;
def Neap_RemOp : Neap_BinaryOp<"rem", Neap_NumberTensor,
    "Remainder with the sign of the dividend">;
def Neap_MaxOp : Neap_BinaryOp<"max", Neap_NumberTensor,
    "Larger element; NaN if either is", [Commutative]>;
def Neap_MinOp : Neap_BinaryOp<"min", Neap_NumberTensor,
    "Smaller element; NaN if either is", [Commutative]>;
def Neap_AndOp : Neap_BinaryOp<"and", AnyTypeOf<[Neap_BoolTensor, Neap_IntTensor]>,
    "Logical or bitwise conjunction", [Commutative]>;
def Neap_OrOp : Neap_BinaryOp<"or", AnyTypeOf<[Neap_BoolTensor, Neap_IntTensor]>,
    "Logical or bitwise disjunction", [Commutative]>;
def Neap_XorOp : Neap_BinaryOp<"xor", AnyTypeOf<[Neap_BoolTensor, Neap_IntTensor]>,
    "Logical or bitwise exclusive or", [Commutative]>;
def Neap_ShiftLeftOp : Neap_BinaryOp<"shift_left", Neap_IntTensor, "Left shift; 0 at or above the width">;
def Neap_ShiftRightOp : Neap_BinaryOp<"shift_right", Neap_IntTensor, "Logical right shift; 0 at or above the width">;

def Neap_CompareOp : Neap_ElementwiseOp<"compare", [
    AllTypesMatch<["lhs", "rhs"]>, /*compare_c1*/
    AllShapesMatch<["lhs", "result"]> /*compare_c2*/]> {
  let summary = "Comparison of elements";
  let arguments = (ins Neap_ComparePredicateAttr:$predicate, Neap_Tensor:$lhs,
                       Neap_Tensor:$rhs);
  let results = (outs Neap_BoolTensor:$result);
  let hasFolder = 1;
  let assemblyFormat =
      "`` $predicate $lhs `,` $rhs attr-dict `:` type($lhs) `->` type($result)";
}

def Neap_IsNaNOp : Neap_ElementwiseOp<"is_nan",
    [AllShapesMatch<["input", "result"]>]> {
  let summary = "Whether an element is NaN";
  let arguments = (ins Neap_FloatTensor:$input);
  let results = (outs Neap_BoolTensor:$result);
  let hasFolder = 1;
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Neap_SelectOp : Neap_ElementwiseOp<"select", [
    AllTypesMatch<["on_true", "on_false", "result"]>, /*select_c1*/
    AllShapesMatch<["condition", "result"]> /*select_c2*/]> {
  let summary = "Element of one of two tensors";
  let arguments = (ins Neap_BoolTensor:$condition, Neap_Tensor:$on_true,
                       Neap_Tensor:$on_false);
  let results = (outs Neap_Tensor:$result);
  let hasFolder = 1;
  let assemblyFormat = [{
    $condition `,` $on_true `,` $on_false attr-dict `:` type($condition) `,`
    type($result)
  }];
}

def Neap_CastOp : Neap_ElementwiseOp<"cast",
    [AllShapesMatch<["input", "result"]> /*cast_c1*/]> {
  let summary = "Conversion of the element type";
  let description = [{
    Float to integer truncates toward zero; out of range is as on x86 (the
    integer indefinite value of the 32- or 64-bit conversion, then truncated).
    To bool: whether the element differs from zero. From bool: 0 or 1.
    To a narrower float: round to nearest, ties to even.

    Source: ONNX Cast-21.
  }];
  let arguments = (ins Neap_Tensor:$input);
  let results = (outs Neap_Tensor:$result);
  let hasFolder = 1;
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

#endif // NEAP_OPS_ELEMENTWISE_TD
