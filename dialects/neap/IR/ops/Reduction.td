// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reduction.td - reductions over axes.
#ifndef NEAP_OPS_REDUCTION_TD
#define NEAP_OPS_REDUCTION_TD

include "dialects/neap/IR/ops/Elementwise.td"

def Neap_ReduceOp : Neap_InferredOp<"reduce"> {
  let summary = "Sum, product, maximum or minimum over axes, which stay with size 1";
  let description = [{
    Reduced axes keep size 1 (a `neap.reshape` drops them). The order of the
    combination is part of the definition: see docs/rationale.md. Over no
    elements: 0, 1, the lowest and the highest value of the type. A maximum or minimum is NaN if an element is.

    Constraints:
    * (C1) `axes` are strictly increasing and inside the rank.
    * (C2) `result` is `input` with size 1 on `axes`; bool admits max (or) and
      min (and) only.

    Source: ONNX ReduceSum-13 and its family.
    Example:
    ```mlir
    %r = neap.reduce sum %x, [0, 2] : tensor<4x8x16xf32> -> tensor<1x8x1xf32>
    ```
  }];
  let arguments = (ins Neap_ReduceKindAttr:$kind, Neap_Tensor:$input,
                       DenseI64ArrayAttr:$axes);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat =
      "`` $kind $input `,` $axes attr-dict `:` type($input) `->` type($result)";
}

def Neap_ArgReduceOp : Neap_InferredOp<"arg_reduce"> {
  let summary = "Index of the maximum or minimum along an axis, which stays with size 1";
  let description = [{
    The first index of the extremum, with `select_last` the last one. A NaN
    counts as more extreme than every number.

    Constraints:
    * (C1) `axis` is inside the rank and its size is not 0.
    * (C2) `kind` is max or min; `result` is i64 with size 1 on `axis`.

    Source: ONNX ArgMax-13.
    Example:
    ```mlir
    %r = neap.arg_reduce max %x {axis = 1} : tensor<4x8xf32> -> tensor<4x1xi64>
    ```
  }];
  let arguments = (ins Neap_ReduceKindAttr:$kind, Neap_NumberTensor:$input,
                       I64Attr:$axis, UnitAttr:$select_last);
  let results = (outs Neap_IndexTensor:$result);
  let assemblyFormat = "`` $kind $input attr-dict `:` type($input) `->` type($result)";
}

def Neap_TopKOp : NeapOp<"top_k", [Pure,
    DeclareOpInterfaceMethods<Neap_CostedOpInterface>]> {
  let summary = "Indices of the greatest or least elements along an axis, in order";
  let description = [{
    As many as `result` has on `axis`: of kind max the greatest one first, of
    min the least one. A NaN counts as greater than every number; of elements
    with equal values the one with the lower index comes first.

    Constraints:
    * (C1) `axis` is inside the rank.
    * (C2) `kind` is max or min.
    * (C3) `result` is i64 with the sizes of `input`, on `axis` at most its.

    Source: ONNX TopK-11.
    Example:
    ```mlir
    %r = neap.top_k max %x {axis = 1} : tensor<4x8xf32> -> tensor<4x3xi64>
    ```
  }];
  let arguments = (ins Neap_ReduceKindAttr:$kind, Neap_NumberTensor:$input,
                       I64Attr:$axis);
  let results = (outs Neap_IndexTensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = "`` $kind $input attr-dict `:` type($input) `->` type($result)";
}

def Neap_CumulativeSumOp : NeapOp<"cumulative_sum", [Pure, SameOperandsAndResultType,
    DeclareOpInterfaceMethods<Neap_CostedOpInterface>]> {
  let summary = "Prefix sums along an axis";
  let description = [{
    `result[..., i, ...] = sum_{j <= i} input[..., j, ...]` along `axis`, added
    in the order of j; `exclusive` takes `j < i`, `reverse` starts from the end.

    Constraints:
    * (C1) `axis` is inside the rank.

    Source: ONNX CumSum-14.
    Example:
    ```mlir
    %r = neap.cumulative_sum %x {axis = 1, exclusive} : tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Neap_NumberTensor:$input, I64Attr:$axis,
                       UnitAttr:$exclusive, UnitAttr:$reverse);
  let results = (outs Neap_NumberTensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

#endif // NEAP_OPS_REDUCTION_TD
