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

// Neap_SameShapes is compare_c2, is_nan_c1, select_c2 and cast_c1.
class Neap_ElementwiseOp<string mnemonic, list<Trait> traits = []>
    : NeapOp<mnemonic, !listconcat(traits, [Neap_SameShapes, Pure, Elementwise,
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

// A unary or binary op documents itself: its formula, what else is to say, its
// source, and an example of element type `example`.
class Neap_UnaryOp<string mnemonic, Type type, string what, string formula,
                   string source, string example = "f32">
    : Neap_ElementwiseOp<mnemonic, [Neap_SameTypes, SameOperandsAndResultType]> {
  let summary = what;
  let description = [{
    `result[i...] = }] # formula # [{`, where x is `input[i...]`.
    `input` has the type of `result`.

    Source: }] # source # [{.
    Example:
    ```mlir
    %r = neap.}] # mnemonic # " %x : tensor<4x8x" # example # [{>
    ```
  }];
  let arguments = (ins type:$input);
  let results = (outs type:$result);
  let hasFolder = 1;
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

// A function that is approximated: never computed by the compiler's host.
class Neap_FunctionOp<string mnemonic, string what, string source>
    : Neap_UnaryOp<mnemonic, Neap_FloatTensor, what, mnemonic # "(x)", source> {
  let hasFolder = 0;
}

class Neap_BinaryOp<string mnemonic, Type type, string what, string formula,
                    string source, list<Trait> traits = [],
                    string example = "f32">
    : Neap_ElementwiseOp<mnemonic,
        !listconcat(traits, [Neap_SameTypes, SameOperandsAndResultType])> {
  let summary = what;
  let description = [{
    `result[i...] = }] # formula # [{`, where x is `lhs[i...]` and y is
    `rhs[i...]`. `lhs` and `rhs` have the type of `result`.

    Source: }] # source # [{.
    Example:
    ```mlir
    %r = neap.}] # mnemonic # " %x, %y : tensor<4x8x" # example # [{>
    ```
  }];
  let arguments = (ins type:$lhs, type:$rhs);
  let results = (outs type:$result);
  let hasFolder = 1;
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($result)";
}

//===----------------------------------------------------------------------===//
// Unary ops
//===----------------------------------------------------------------------===//

def Neap_NegOp : Neap_UnaryOp<"neg", Neap_NumberTensor, "Negation", "-x",
    "ONNX Neg-13">;
def Neap_AbsOp : Neap_UnaryOp<"abs", Neap_NumberTensor, "Absolute value",
    "|x|", "ONNX Abs-13">;
def Neap_SignOp : Neap_UnaryOp<"sign", Neap_NumberTensor, "-1, 0 or 1",
    "x > 0 ? 1 : x < 0 ? -1 : 0", "ONNX Sign-13">;
def Neap_SqrtOp : Neap_UnaryOp<"sqrt", Neap_FloatTensor,
    "Square root, correctly rounded", "sqrt(x)", "ONNX Sqrt-13">;
def Neap_FloorOp : Neap_UnaryOp<"floor", Neap_FloatTensor, "Round down",
    "floor(x)", "ONNX Floor-13">;
def Neap_CeilOp : Neap_UnaryOp<"ceil", Neap_FloatTensor, "Round up",
    "ceil(x)", "ONNX Ceil-13">;
def Neap_RoundOp : Neap_UnaryOp<"round", Neap_FloatTensor,
    "Round to nearest, ties to even", "round(x)", "ONNX Round-11">;
def Neap_NotOp : Neap_UnaryOp<"not",
    AnyTypeOf<[Neap_BoolTensor, Neap_IntTensor]>,
    "Logical or bitwise complement", "~x", "ONNX Not-1, BitwiseNot-18", "i1">;

def Neap_ExpOp : Neap_FunctionOp<"exp", "Exponential", "ONNX Exp-13">;
def Neap_LogOp : Neap_FunctionOp<"log", "Natural logarithm", "ONNX Log-13">;
def Neap_ErfOp : Neap_FunctionOp<"erf", "Error function", "ONNX Erf-13">;
def Neap_TanhOp : Neap_FunctionOp<"tanh", "Hyperbolic tangent",
    "ONNX Tanh-13">;
def Neap_SinOp : Neap_FunctionOp<"sin", "Sine", "ONNX Sin-7">;
def Neap_CosOp : Neap_FunctionOp<"cos", "Cosine", "ONNX Cos-7">;
def Neap_TanOp : Neap_FunctionOp<"tan", "Tangent", "ONNX Tan-7">;
def Neap_AsinOp : Neap_FunctionOp<"asin", "Inverse sine", "ONNX Asin-7">;
def Neap_AcosOp : Neap_FunctionOp<"acos", "Inverse cosine", "ONNX Acos-7">;
def Neap_AtanOp : Neap_FunctionOp<"atan", "Inverse tangent", "ONNX Atan-7">;
def Neap_SinhOp : Neap_FunctionOp<"sinh", "Hyperbolic sine", "ONNX Sinh-9">;
def Neap_CoshOp : Neap_FunctionOp<"cosh", "Hyperbolic cosine", "ONNX Cosh-9">;
def Neap_AsinhOp : Neap_FunctionOp<"asinh", "Inverse hyperbolic sine",
    "ONNX Asinh-9">;
def Neap_AcoshOp : Neap_FunctionOp<"acosh", "Inverse hyperbolic cosine",
    "ONNX Acosh-9">;
def Neap_AtanhOp : Neap_FunctionOp<"atanh", "Inverse hyperbolic tangent",
    "ONNX Atanh-9">;

//===----------------------------------------------------------------------===//
// Binary ops
//===----------------------------------------------------------------------===//

def Neap_AddOp : Neap_BinaryOp<"add", Neap_NumberTensor, "Sum", "x + y",
    "ONNX Add-14", [Commutative]>;
def Neap_SubOp : Neap_BinaryOp<"sub", Neap_NumberTensor, "Difference",
    "x - y", "ONNX Sub-14">;
def Neap_MulOp : Neap_BinaryOp<"mul", Neap_NumberTensor, "Product", "x * y",
    "ONNX Mul-14", [Commutative]>;
def Neap_DivOp : Neap_BinaryOp<"div", Neap_NumberTensor,
    "Quotient; of integers truncated toward zero", "x / y", "ONNX Div-14">;
def Neap_PowOp : Neap_BinaryOp<"pow", Neap_NumberTensor, "Power", "x ^ y",
    "ONNX Pow-15, the exponent cast to the type of the base"> {
  let hasFolder = 0;
}
def Neap_ModOp : Neap_BinaryOp<"mod", Neap_NumberTensor,
    "Remainder with the sign of the divisor", "x - y * floor(x / y)",
    "ONNX Mod-13 with fmod = 0">;
def Neap_RemOp : Neap_BinaryOp<"rem", Neap_NumberTensor,
    "Remainder with the sign of the dividend", "x - y * trunc(x / y)",
    "ONNX Mod-13 with fmod = 1">;
// Which of two zeros of different sign is not said: the same in every kernel.
def Neap_MaxOp : Neap_BinaryOp<"max", Neap_NumberTensor,
    "Larger element; NaN if either is", "max(x, y)", "ONNX Max-13",
    [Commutative]>;
def Neap_MinOp : Neap_BinaryOp<"min", Neap_NumberTensor,
    "Smaller element; NaN if either is", "min(x, y)", "ONNX Min-13",
    [Commutative]>;
def Neap_AndOp : Neap_BinaryOp<"and",
    AnyTypeOf<[Neap_BoolTensor, Neap_IntTensor]>,
    "Logical or bitwise conjunction", "x & y", "ONNX And-7, BitwiseAnd-18",
    [Commutative], "i1">;
def Neap_OrOp : Neap_BinaryOp<"or",
    AnyTypeOf<[Neap_BoolTensor, Neap_IntTensor]>,
    "Logical or bitwise disjunction", "x | y", "ONNX Or-7, BitwiseOr-18",
    [Commutative], "i1">;
def Neap_XorOp : Neap_BinaryOp<"xor",
    AnyTypeOf<[Neap_BoolTensor, Neap_IntTensor]>,
    "Logical or bitwise exclusive or", "x ^ y", "ONNX Xor-7, BitwiseXor-18",
    [Commutative], "i1">;
def Neap_ShiftLeftOp : Neap_BinaryOp<"shift_left", Neap_IntTensor,
    "Left shift; 0 at or above the width", "x << y",
    "ONNX BitShift-11", [], "ui32">;
def Neap_ShiftRightOp : Neap_BinaryOp<"shift_right", Neap_IntTensor,
    "Logical right shift; 0 at or above the width", "x >> y",
    "ONNX BitShift-11", [], "ui32">;

//===----------------------------------------------------------------------===//
// Ops between element types
//===----------------------------------------------------------------------===//

def Neap_CompareOp : Neap_ElementwiseOp<"compare",
    [AllTypesMatch<["lhs", "rhs"]> /*compare_c1*/]> {
  let summary = "Comparison of elements";
  let description = [{
    `result[i...] = lhs[i...] predicate rhs[i...]`. A NaN compares as different
    from everything, and is neither less nor greater. Of bools, false is less.

    Constraints:
    * (C1) `lhs` and `rhs` have the same type.
    * (C2) `result` has the shape of `lhs`.

    Source: ONNX Equal-13, Less-13, LessOrEqual-16 and their family.
    Example:
    ```mlir
    %r = neap.compare lt %x, %y : tensor<4x8xf32> -> tensor<4x8xi1>
    ```
  }];
  let arguments = (ins Neap_ComparePredicateAttr:$predicate, Neap_Tensor:$lhs,
                       Neap_Tensor:$rhs);
  let results = (outs Neap_BoolTensor:$result);
  let hasFolder = 1;
  let assemblyFormat = [{
    `` $predicate $lhs `,` $rhs attr-dict `:` type($lhs) `->` type($result)
  }];
}

def Neap_IsNaNOp : Neap_ElementwiseOp<"is_nan"> {
  let summary = "Whether an element is NaN";
  let description = [{
    Constraints:
    * (C1) `result` has the shape of `input`.

    Source: ONNX IsNaN-20.
    Example:
    ```mlir
    %r = neap.is_nan %x : tensor<4x8xf32> -> tensor<4x8xi1>
    ```
  }];
  let arguments = (ins Neap_FloatTensor:$input);
  let results = (outs Neap_BoolTensor:$result);
  let hasFolder = 1;
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Neap_SelectOp : Neap_ElementwiseOp<"select",
    [AllTypesMatch<["on_true", "on_false", "result"]> /*select_c1*/]> {
  let summary = "Element of one of two tensors";
  let description = [{
    `result[i...] = condition[i...] ? on_true[i...] : on_false[i...]`

    Constraints:
    * (C1) `on_true`, `on_false` and `result` have the same type.
    * (C2) `condition` has the shape of `result`.

    Source: ONNX Where-16 after explicit broadcasting.
    Example:
    ```mlir
    %r = neap.select %c, %x, %y : tensor<4x8xi1>, tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Neap_BoolTensor:$condition, Neap_Tensor:$on_true,
                       Neap_Tensor:$on_false);
  let results = (outs Neap_Tensor:$result);
  let hasFolder = 1;
  let assemblyFormat = [{
    $condition `,` $on_true `,` $on_false attr-dict `:` type($condition) `,`
    type($result)
  }];
}

def Neap_CastOp : Neap_ElementwiseOp<"cast"> {
  let summary = "Conversion of the element type";
  let description = [{
    Float to integer truncates toward zero; out of range is as on x86 (the
    integer indefinite value of the 32- or 64-bit conversion, then truncated).
    To bool: whether the element differs from zero. From bool: 0 or 1.
    To a narrower float: round to nearest, ties to even.

    Constraints:
    * (C1) `result` has the shape of `input`.

    Source: ONNX Cast-21.
    Example:
    ```mlir
    %r = neap.cast %x : tensor<4x8xf32> -> tensor<4x8xi64>
    ```
  }];
  let arguments = (ins Neap_Tensor:$input);
  let results = (outs Neap_Tensor:$result);
  let hasFolder = 1;
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Neap_BitCastOp : Neap_ElementwiseOp<"bit_cast"> {
  let summary = "The same bits as another element type";
  let description = [{
    Constraints:
    * (C1) `result` has the shape of `input`.
    * (C2) The element types have equally many bits, and neither is bool.

    Source: ONNX BitCast-26.
    Example:
    ```mlir
    %r = neap.bit_cast %x : tensor<4x8xf32> -> tensor<4x8xi32>
    ```
  }];
  let arguments = (ins Neap_Tensor:$input);
  let results = (outs Neap_Tensor:$result);
  let hasFolder = 1;
  let hasVerifier = 1;
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

#endif // NEAP_OPS_ELEMENTWISE_TD
