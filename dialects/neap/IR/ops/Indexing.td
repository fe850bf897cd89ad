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
    Constraints:
    * (C1) `axis` is inside the rank; `indices` has the rank of `input` and no
      axis but `axis` larger; `result` has the shape of `indices`.

    Source: ONNX GatherElements-13.
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
    Constraints:
    * (C1) `batch_dims` leading axes of `input` and `indices` are equal; the last
      axis of `indices` has size d with `batch_dims + d` at most the rank of `input`.
    * (C2) `result` is the axes of `indices` but the last, then the axes of `input` from
      `batch_dims + d`.

    Source: ONNX GatherND-13.
  }];
  let arguments = (ins Neap_Tensor:$input, Neap_IndexTensor:$indices,
                       I64Attr:$batch_dims);
  let results = (outs Neap_Tensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $input `,` $indices attr-dict `:` type($input) `,` type($indices) `->` type($result)
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

    Source: ONNX ScatterElements-18.
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
    * (C1) the last axis of `indices` has size d at most the rank of `input`; `updates`
      is the axes of `indices` but the last, then those of `input` from d.

    Source: ONNX ScatterND-18.
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
