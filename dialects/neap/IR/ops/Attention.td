// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention.td - softmax of products with keys, times values, without the
// matrix of all scores.
#ifndef NEAP_OPS_ATTENTION_TD
#define NEAP_OPS_ATTENTION_TD

include "dialects/neap/IR/ops/Elementwise.td"

def Neap_AttentionOp : Neap_InferredOp<"attention"> {
  let summary = "Scaled dot-product attention, computed in blocks of keys";
  let description = [{
    `result[b, h, i, :] = sum_j p[j] * value[b, h, j, :]`, where p is the softmax
    over the keys j of the scores

    ```
    s[j] = sum_d (scale * query[b, h, i, d]) * key[b, h, j, d]
    ```

    Key j counts for query i only if `j <= i + causal`, where `causal` is given,
    and `mask[b, h, i, j]` is true, if `mask` is of bool; else its score is `fill`.
    A `mask` of floats is added to the scores that count.

    `masked_rows` says what a query gives for which the softmax is not defined.
    `nan`: NaN. `zero`: 0 if all its scores are minus infinity. `zero_nan`: 0 also
    if a score is NaN or infinity. Without keys the result is 0.

    Heads that share keys and values are a `neap.broadcast` of these. The order
    of every sum is part of the op's definition (docs/rationale.md): it depends
    on the number of keys alone.

    Constraints:
    * (C1) `query` is `[B, H, Q, D]`, `key` is `[B, H, K, D]`, `value` is `[B, H, K, E]`,
      `result` is `[B, H, Q, E]`; D and E are constants of at least 1.
    * (C2) `mask` is `[B, H, Q, K]`.
    * (C3) element types are equal; that of `mask` may be bool.
    * (C4) `scale` is finite; `fill` is not NaN and below 0.

    Source: Dao et al. 2022, alg. 1; ONNX Attention-24.
    Example:
    ```mlir
    %r = neap.attention %q, %k, %v {scale = 1.25e-01 : f64, causal = 0 : i64} : tensor<2x12x128x64xf32>, tensor<2x12x128x64xf32>, tensor<2x12x128x64xf32> -> tensor<2x12x128x64xf32>
    ```
  }];
  let arguments = (ins Neap_FloatTensor:$query, Neap_FloatTensor:$key,
      Neap_FloatTensor:$value,
      Optional<AnyTypeOf<[Neap_FloatTensor, Neap_BoolTensor]>>:$mask,
      DefaultValuedAttr<F64Attr, "1.0">:$scale,
      OptionalAttr<Neap_DimExpr>:$causal,
      DefaultValuedAttr<F64Attr, "-std::numeric_limits<double>::infinity()">:$fill,
      DefaultValuedAttr<Neap_MaskedRowsAttr, "::neap::MaskedRows::Nan">:$masked_rows);
  let results = (outs Neap_FloatTensor:$result);
  let assemblyFormat = [{
    $query `,` $key `,` $value (`mask` `(` $mask^ `:` type($mask) `)`)? attr-dict
    `:` type($query) `,` type($key) `,` type($value) `->` type($result)
  }];
}

#endif // NEAP_OPS_ATTENTION_TD
