// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Indexing.td - reads and writes at computed indices. Indices may be negative
// (counted from the end); one outside [-n, n) is a run-time error.
#ifndef NEAP_OPS_INDEXING_TD
#define NEAP_OPS_INDEXING_TD

include "dialects/neap/IR/ops/Elementwise.td"

class Neap_GatheringOp<string mnemonic>
    : NeapOp<mnemonic, [Pure,
        DeclareOpInterfaceMethods<Neap_CostedOpInterface, ["getBytesMoved"]>]>;

class Neap_ScatteringOp<string mnemonic>
    : NeapOp<mnemonic, [Pure,
        DeclareOpInterfaceMethods<Neap_CostedOpInterface>]>;

def Neap_GatherOp : Neap_GatheringOp<"gather"> {
  let summary = "Slices of an axis, chosen by indices";
  let description = [{
    `result[a..., i..., b...] = input[a..., indices[i...], b...]`.

    Constraints:
    * (C1) `axis` is inside the rank of `input`.
    * (C2) `result` has the axes of `input` with `axis` replaced by those of
      `indices`.

    Source: ONNX Gather-13.
    Example:
    ```mlir
    %r = neap.gather %x, %i {axis = 0} : tensor<30522x768xf32>, tensor<2x128xi64> -> tensor<2x128x768xf32>
    ```
  }];
  let arguments = (ins Neap_Tensor:$input, Neap_IndexTensor:$indices, I64Attr:$axis);
  let results = (outs Neap_Tensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $input `,` $indices attr-dict `:` type($input) `,` type($indices) `->` type($result)
  }];
}

def Neap_PackedGatherOp : Neap_GatheringOp<"packed_gather"> {
  let summary = "Columns of a matrix in panels, chosen by indices";
  let description = [{
    With `input` the `neap.pack_panels` of a `[K, N]` matrix E:
    `result[i..., k] = E[k, indices[i...]]`. This is how a tied embedding is
    read by row from the panels that the product into the logits reads.

    Constraints:
    * (C1) `input` is `[P, K, 16]`; `columns`, the N of E, is above
      `16 (P - 1)` and at most `16 P`.
    * (C2) `result` is `indices` with a last axis of size K.

    Example:
    ```mlir
    %r = neap.packed_gather %p, %i {columns = 50257} : tensor<3142x768x16xf32>, tensor<128xi64> -> tensor<128x768xf32>
    ```
  }];
  let arguments = (ins Neap_FloatTensor:$input, Neap_IndexTensor:$indices,
                       I64Attr:$columns);
  let results = (outs Neap_FloatTensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $input `,` $indices attr-dict `:` type($input) `,` type($indices) `->` type($result)
  }];
}

def Neap_GatherElementsOp : Neap_GatheringOp<"gather_elements"> {
  let summary = "Elements along an axis, each chosen by its own index";
  let description = [{
    `result[i...] = input[i... with indices[i...] at axis]`

    Constraints:
    * (C1) `axis` is inside the rank; `indices` has the rank of `input` and no
      axis but `axis` larger; `result` has the shape of `indices`.

    Source: ONNX GatherElements-13.
    Example:
    ```mlir
    %r = neap.gather_elements %x, %i {axis = 1} : tensor<4x8xf32>, tensor<4x2xi64> -> tensor<4x2xf32>
    ```
  }];
  let arguments = (ins Neap_Tensor:$input, Neap_IndexTensor:$indices, I64Attr:$axis);
  let results = (outs Neap_Tensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $input `,` $indices attr-dict `:` type($input) `,` type($indices) `->` type($result)
  }];
}

def Neap_GatherNdOp : Neap_GatheringOp<"gather_nd"> {
  let summary = "Slices chosen by tuples of indices";
  let description = [{
    `result[b..., i..., a...] = input[b..., indices[b..., i..., :]..., a...]`

    Constraints:
    * (C1) `batch_dims` leading axes of `input` and `indices` are equal; the last
      axis of `indices` has size d with `batch_dims + d` at most the rank of `input`.
    * (C2) `result` is the axes of `indices` but the last, then the axes of `input` from
      `batch_dims + d`.

    Source: ONNX GatherND-13.
    Example:
    ```mlir
    %r = neap.gather_nd %x, %i {batch_dims = 0} : tensor<4x8x3xf32>, tensor<5x2xi64> -> tensor<5x3xf32>
    ```
  }];
  let arguments = (ins Neap_Tensor:$input, Neap_IndexTensor:$indices,
                       I64Attr:$batch_dims);
  let results = (outs Neap_Tensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $input `,` $indices attr-dict `:` type($input) `,` type($indices) `->` type($result)
  }];
}

def Neap_WeightedGatherOp : NeapOp<"weighted_gather", [Pure,
    DeclareOpInterfaceMethods<Neap_CostedOpInterface, ["getBytesMoved"]>]> {
  let summary = "Weighted rows, chosen by indices and combined";
  let description = [{
    With kind `sum`, one chain of fused multiply-adds in the order of t that
    starts from 0:

    `result[b, o, c] = sum_t weights[b, o, t] * input[b, indices[b, o, t], c]`

    With kind `max`, the largest of the products, NaN if one is. A tap with a
    negative index is left out; if all are, the result is 0, or the lowest value
    of the element type. This is how an image is sampled between its pixels.

    Constraints:
    * (C1) `input` is `[B, N, C]`; `indices` and `weights` are `[B, O, T]`.
    * (C2) `kind` is sum or max.
    * (C3) `result` is `[B, O, C]`; its element type is that of `input` and
      `weights`.

    Source: ONNX Resize-19, GridSample-20, RoiAlign-16, DeformConv-22.
    Example:
    ```mlir
    %r = neap.weighted_gather sum %x, %i, %w : tensor<2x49x64xf32>, tensor<2x9x4xi64>, tensor<2x9x4xf32> -> tensor<2x9x64xf32>
    ```
  }];
  let arguments = (ins Neap_ReduceKindAttr:$kind, Neap_FloatTensor:$input,
      Neap_IndexTensor:$indices, Neap_FloatTensor:$weights);
  let results = (outs Neap_FloatTensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    `` $kind $input `,` $indices `,` $weights attr-dict `:` type($input) `,` type($indices) `,` type($weights) `->` type($result)
  }];
}

def Neap_ScatterElementsOp : Neap_ScatteringOp<"scatter_elements"> {
  let summary = "Copy of a tensor with elements along an axis replaced or combined";
  let description = [{
    Updates are applied in row-major order of `updates`. `reduction`, if present,
    combines with what is there instead of replacing it.

    Constraints:
    * (C1) `axis` is inside the rank; `indices` and `updates` have equal shapes
      of the rank of `input`, no axis larger but `axis`.
    * (C2) `updates` has the element type and `result` the type of `input`.

    Source: ONNX ScatterElements-18.
    Example:
    ```mlir
    %r = neap.scatter_elements %x, %i, %u {axis = 1} : tensor<4x8xf32>, tensor<4x2xi64>, tensor<4x2xf32> -> tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Neap_Tensor:$input, Neap_IndexTensor:$indices,
      Neap_Tensor:$updates, I64Attr:$axis, OptionalAttr<Neap_ReduceKindAttr>:$reduction);
  let results = (outs Neap_Tensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $input `,` $indices `,` $updates attr-dict `:` type($input) `,` type($indices) `,` type($updates) `->` type($result)
  }];
}

def Neap_ScatterNdOp : Neap_ScatteringOp<"scatter_nd"> {
  let summary = "Copy of a tensor with slices replaced or combined";
  let description = [{
    Updates are applied in row-major order of `updates`.

    Constraints:
    * (C1) the last axis of `indices` has size d at most the rank of `input`.
    * (C2) `updates` is the axes of `indices` but the last, then those of
      `input` from d; `result` has the type of `input`.

    Source: ONNX ScatterND-18.
    Example:
    ```mlir
    %r = neap.scatter_nd %x, %i, %u {reduction = #neap<reduce_kind sum>} : tensor<4x8xf32>, tensor<3x1xi64>, tensor<3x8xf32> -> tensor<4x8xf32>
    ```
  }];
  let arguments = (ins Neap_Tensor:$input, Neap_IndexTensor:$indices,
      Neap_Tensor:$updates, OptionalAttr<Neap_ReduceKindAttr>:$reduction);
  let results = (outs Neap_Tensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $input `,` $indices `,` $updates attr-dict `:` type($input) `,` type($indices) `,` type($updates) `->` type($result)
  }];
}

#endif // NEAP_OPS_INDEXING_TD
