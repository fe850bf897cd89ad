// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape.td - data movement: the elements stay, their places change.
#ifndef NEAP_OPS_SHAPE_TD
#define NEAP_OPS_SHAPE_TD

include "dialects/neap/IR/ops/Elementwise.td"

class Neap_MovementOp<string mnemonic, list<Trait> traits = []>
    : NeapOp<mnemonic, !listconcat(traits,
        [Pure, DeclareOpInterfaceMethods<Neap_CostedOpInterface>])>;

class Neap_ViewOp<string mnemonic>
    : NeapOp<mnemonic, [Pure,
        DeclareOpInterfaceMethods<Neap_CostedOpInterface, ["getBytesMoved"]>]>;

def Neap_ReshapeOp : Neap_ViewOp<"reshape"> {
  let summary = "The same elements in row-major order under another shape";
  let description = [{
    Costs nothing: the planner lets both share their bytes.

    Constraints:
    * (C1) equal element types and numbers of elements.

    Source: ONNX Reshape-21.
    Example:
    ```mlir
    %r = neap.reshape %x : tensor<128x768xf32> -> tensor<128x12x64xf32>
    ```
  }];
  let arguments = (ins Neap_Tensor:$input);
  let results = (outs Neap_Tensor:$result);
  let hasVerifier = 1;
  let hasFolder = 1;
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Neap_TransposeOp : Neap_InferredOp<"transpose"> {
  let summary = "Permutation of axes";
  let description = [{
    Axis i of `result` is axis `permutation[i]` of `input`.

    Constraints:
    * (C1) `permutation` is a permutation of the axes of `input`.

    Source: ONNX Transpose-21.
    Example:
    ```mlir
    %r = neap.transpose %x, [1, 0, 2] : tensor<128x12x64xf32> -> tensor<12x128x64xf32>
    ```
  }];
  let arguments = (ins Neap_Tensor:$input, DenseI64ArrayAttr:$permutation);
  let hasCanonicalizer = 1;
  let results = (outs Neap_Tensor:$result);
  let hasFolder = 1;
  let assemblyFormat =
      "$input `,` $permutation attr-dict `:` type($input) `->` type($result)";
}

def Neap_BroadcastOp : Neap_MovementOp<"broadcast"> {
  let summary = "Repetition along new leading axes and axes of size 1";
  let description = [{
    Axes are aligned from the right, as in NumPy.

    Constraints:
    * (C1) each axis of `input`, aligned right, has size 1 or that of `result`;
      element types are equal.

    Source: ONNX Expand-13.
    Example:
    ```mlir
    %r = neap.broadcast %b : tensor<768xf32> -> tensor<128x768xf32>
    ```
  }];
  let arguments = (ins Neap_Tensor:$input);
  let results = (outs Neap_Tensor:$result);
  let hasVerifier = 1;
  let hasFolder = 1;
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Neap_SliceOp : Neap_InferredOp<"slice", ["getBytesMoved"]> {
  let summary = "Elements at regular steps of each axis";
  let description = [{
    `result[i...] = input[starts + i * steps]`. Steps may be negative.

    Constraints:
    * (C1) `starts`, `sizes`, `steps` have one entry per axis; steps are not 0.
    * (C2) every element taken lies inside `input`.

    Starts and sizes may depend on symbols: they are then a `#neap.dims`.

    Source: ONNX Slice-13.
    Example:
    ```mlir
    %r = neap.slice %x {
      starts = array<i64: 0, 7>, sizes = array<i64: 4, 4>, steps = array<i64: 1, -2>
    } : tensor<4x8xf32> -> tensor<4x4xf32>
    ```
  }];
  let arguments = (ins Neap_Tensor:$input, Neap_DimExprArray:$starts,
                       Neap_DimExprArray:$sizes, DenseI64ArrayAttr:$steps);
  let results = (outs Neap_Tensor:$result);
  let hasFolder = 1;
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Neap_ConcatOp : Neap_InferredOp<"concat"> {
  let summary = "Tensors one after another along an axis";
  let description = [{
    Constraints:
    * (C1) at least one input; equal element types and equal sizes on all axes
      but `axis`, which is inside the rank.

    Source: ONNX Concat-13.
    Example:
    ```mlir
    %r = neap.concat %x, %y {axis = 1} : tensor<4x8xf32>, tensor<4x2xf32> -> tensor<4x10xf32>
    ```
  }];
  let arguments = (ins Variadic<Neap_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs Neap_Tensor:$result);
  let hasFolder = 1;
  let assemblyFormat = "$inputs attr-dict `:` type($inputs) `->` type($result)";
}

def Neap_PadOp : Neap_MovementOp<"pad"> {
  let summary = "Elements added before and after each axis";
  let description = [{
    Each axis has `low` elements more before and `high` more after. `constant`
    fills with `value`, `edge` repeats the outermost element, `reflect` mirrors
    without repeating it, `wrap` continues from the other end.

    Constraints:
    * (C1) `low` and `high` have one non-negative entry per axis.
    * (C2) `value` is a scalar tensor of the element type, present in mode
      constant only; reflect needs pads below the axis' size, edge and wrap an
      axis that is not empty.
    * (C3) `result` has the padded shape.

    Source: ONNX Pad-19 (negative pads are a slice before).
    Example:
    ```mlir
    %r = neap.pad %x, %v {
      low = array<i64: 0, 1>, high = array<i64: 0, 1>
    } : tensor<4x8xf32>, tensor<f32> -> tensor<4x10xf32>
    ```
  }];
  let arguments = (ins Neap_Tensor:$input, Optional<Neap_Tensor>:$value,
      DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
      DefaultValuedAttr<Neap_PadModeAttr, "PadMode::Constant">:$mode);
  let results = (outs Neap_Tensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $input (`,` $value^)? attr-dict `:` type($input) (`,` type($value)^)? `->` type($result)
  }];
}

def Neap_IotaOp : Neap_MovementOp<"iota", [AllTypesMatch<["start", "step"]>]> {
  let summary = "Index along an axis: start + i * step";
  let description = [{
    `result[i] = start + i * step`

    Constraints:
    * (C1) `start` and `step` are scalar tensors of the result's element type;
      `result` has rank 1.

    Source: ONNX Range-11.
    Example:
    ```mlir
    %r = neap.iota %start, %step : tensor<i64> -> tensor<128xi64>
    ```
  }];
  let arguments = (ins Neap_NumberTensor:$start, Neap_NumberTensor:$step);
  let results = (outs Neap_NumberTensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = "$start `,` $step attr-dict `:` type($start) `->` type($result)";
}

def Neap_SizeOp : Neap_MovementOp<"size"> {
  let summary = "Value of a size expression";
  let description = [{
    Makes a scalar tensor of what symbols are when the program runs.

    Constraints:
    * (C1) `result` is a `tensor<i64>`.

    Source: ONNX Shape-21 and what is computed from it.
    Example:
    ```mlir
    %r = neap.size(#neap.dim<"past + seq">) : tensor<i64>
    ```
  }];
  let arguments = (ins Neap_DimExpr:$expr);
  let results = (outs Neap_IntTensor:$result);
  let hasVerifier = 1;
  let hasFolder = 1;
  let assemblyFormat = "`(` $expr `)` attr-dict `:` type($result)";
}

#endif // NEAP_OPS_SHAPE_TD
