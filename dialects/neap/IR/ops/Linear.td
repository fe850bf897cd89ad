// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linear.td - matrix products.
#ifndef NEAP_OPS_LINEAR_TD
#define NEAP_OPS_LINEAR_TD

include "dialects/neap/IR/ops/Elementwise.td"

def Neap_MatmulOp : Neap_InferredOp<"matmul"> {
  let summary = "Batched matrix product";
  let description = [{
    `result[..., m, n] = sum_k lhs[..., m, k] * rhs[..., k, n]`

    Each output is one chain of fused multiply-adds over k = 0, 1, ... in the
    element type, starting from 0. This chain is the definition of the op: the
    result does not depend on tiling, threads or instruction set.

    Constraints:
    * (C1) `lhs` has rank at least 2; `rhs` has rank 2 or the rank of `lhs`.
    * (C2) K of `lhs` equals K of `rhs`.
    * (C3) if `rhs` has the rank of `lhs`, their batch axes are equal.
    * (C4) element types are equal; `result` is `[lhs batch..., M, N]`.

    Source: ONNX MatMul-13 after explicit broadcasting.
    Example:
    ```mlir
    %r = neap.matmul %x, %w : tensor<2x128x768xf32>, tensor<768x64xf32> -> tensor<2x128x64xf32>
    ```
  }];
  let arguments = (ins Neap_NumberTensor:$lhs, Neap_NumberTensor:$rhs);
  let results = (outs Neap_NumberTensor:$result);
  let assemblyFormat =
      "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
}

def Neap_PackPanelsOp : Neap_InferredOp<"pack_panels"> {
  let summary = "Rearrangement of a right operand into panels of 16 columns";
  let description = [{
    `result[p, k, j] = input[k, 16 p + j]`, and 0 where `16 p + j >= N`.

    What the product microkernels read. On a weight it is
    evaluated at compile time and mapped at run time.

    Constraints:
    * (C1) `input` is `[K, N]`; `result` is `[ceil(N/16), K, 16]`.

    Example:
    ```mlir
    %r = neap.pack_panels %w : tensor<768x100xf32> -> tensor<7x768x16xf32>
    ```
  }];
  let arguments = (ins Neap_FloatTensor:$input);
  let results = (outs Neap_FloatTensor:$result);
  let extraClassDeclaration = inferDeclaration # [{
    /// Columns of a panel.
    static constexpr int64_t kPanelWidth = 16;
  }];
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Neap_PackedMatmulOp : NeapOp<"packed_matmul", [Pure,
    DeclareOpInterfaceMethods<Neap_CostedOpInterface>]> {
  let summary = "Matrix product with a right operand in panels";
  let description = [{
    `neap.matmul` of `lhs` and the `[K, N]` tensor of which `rhs` is the
    `neap.pack_panels`; N is the size of `result`'s last axis.

    Constraints:
    * (C1) `lhs` is `[..., M, K]`, `rhs` is `[ceil(N/16), K, 16]`, `result` is
      `[..., M, N]`.
    * (C2) element types are equal.

    Example:
    ```mlir
    %r = neap.packed_matmul %x, %p : tensor<128x768xf32>, tensor<7x768x16xf32> -> tensor<128x100xf32>
    ```
  }];
  let arguments = (ins Neap_FloatTensor:$lhs, Neap_FloatTensor:$rhs);
  let results = (outs Neap_FloatTensor:$result);
  let hasVerifier = 1;
  let assemblyFormat =
      "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
}

def Neap_TriangularizeOp : Neap_InferredOp<"triangularize"> {
  let summary = "Upper triangular matrix of equal determinant";
  let description = [{
    Gaussian elimination of each matrix of the last two axes. Column by column
    the row of the largest magnitude (the first of equals) changes places with
    the diagonal's, which is negated; a multiple of it, by one quotient and one
    fused multiply-add per element, is taken from each row below. Elements below
    the diagonal are 0; a column that has only zeros from the diagonal down is
    left as it is.

    Constraints:
    * (C1) `input` has rank at least 2 and its last two axes are equal; `result`
      has its type.

    Source: ONNX Det-22; Golub and Van Loan 2013, alg. 3.4.1.
    Example:
    ```mlir
    %r = neap.triangularize %x : tensor<7x3x3xf32> -> tensor<7x3x3xf32>
    ```
  }];
  let arguments = (ins Neap_FloatTensor:$input);
  let results = (outs Neap_FloatTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

#endif // NEAP_OPS_LINEAR_TD
