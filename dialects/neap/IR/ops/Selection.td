// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Selection.td - which elements are taken, in which order, and how many: what
// only the data tells.
#ifndef NEAP_OPS_SELECTION_TD
#define NEAP_OPS_SELECTION_TD

include "dialects/neap/IR/ops/Elementwise.td"

class Neap_SelectionOp<string mnemonic>
    : NeapOp<mnemonic, [Pure,
        DeclareOpInterfaceMethods<Neap_CostedOpInterface>]>;

def Neap_TruePositionsOp : Neap_SelectionOp<"true_positions"> {
  let summary = "How many elements are true, then where they are";
  let description = [{
    Element 0 of `result` is the number of true elements, the elements after it
    are their positions in increasing order; the rest is 0. All fits because no
    more elements than `input` has can be true: a `neap.define_size` of element
    0 makes the size of what is taken from the others.

    Constraints:
    * (C1) `input` has rank 1; `result` has one element more.

    Source: ONNX NonZero-13, Compress-11.
    Example:
    ```mlir
    %r = neap.true_positions %x : tensor<24xi1> -> tensor<25xi64>
    ```
  }];
  let arguments = (ins Neap_BoolTensor:$input);
  let results = (outs Neap_IndexTensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Neap_DefineSizeOp : NeapOp<"define_size", []> {
  let summary = "Symbol whose value the data gives during a run";
  let description = [{
    Ops behind it may use `symbol` in sizes, as any other. Its range in
    `neap.symbols` is the bound at which memory is planned; a count outside of
    it is an error of the run.

    Constraints:
    * (C1) `count` is one i64.
    * (C2) `symbol` is the name of a symbol.

    Example:
    ```mlir
    neap.define_size "nonzero_0" = %count : tensor<1xi64>
    ```
  }];
  let arguments = (ins StrAttr:$symbol, Neap_IndexTensor:$count);
  let hasVerifier = 1;
  let assemblyFormat = "$symbol `=` $count attr-dict `:` type($count)";
}

def Neap_SortOrderOp : Neap_SelectionOp<"sort_order"> {
  let summary = "Order in which rows are sorted";
  let description = [{
    `result[b, i]` is the number of the row of `input[b]` that comes i-th. Rows
    are compared by their first element, equal ones by the next. Equal rows keep
    their order, also if `descending`. A NaN is above all numbers and equal to
    another; -0 equals 0.

    Constraints:
    * (C1) `input` has rank 3: batch, rows, the elements of a row.
    * (C2) `result` is the first two axes of `input`.

    Source: ONNX Unique-11, TopK-11, NonMaxSuppression-11.
    Example:
    ```mlir
    %r = neap.sort_order %x {descending} : tensor<2x8x1xf32> -> tensor<2x8xi64>
    ```
  }];
  let arguments = (ins Neap_Tensor:$input, UnitAttr:$descending);
  let results = (outs Neap_IndexTensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Neap_NonMaxSuppressionOp : Neap_SelectionOp<"non_max_suppression"> {
  let summary = "Boxes that overlap no better one too much";
  let description = [{
    For each batch entry b and class c, boxes are looked at in the order
    `order[b, c]`. One is taken if its score is above `score_threshold` and its
    overlap with each box taken before is at most `iou_threshold`, until `limit`
    boxes are taken. `result[b, c]` has the numbers of the boxes that were
    taken, then -1. The overlap is the area of the intersection by that of the
    union, and 0 where an area is not positive.

    A box is two opposite corners (y, x, y, x), or with `center` its center and
    size (x, y, width, height).

    Constraints:
    * (C1) `boxes` is `[B, N, 4]`, `scores` and `order` are `[B, C, N]`.
    * (C2) `limit`, `iou_threshold` and `score_threshold` have one element.
    * (C3) `result` is `[B, C, M]`.

    Source: ONNX NonMaxSuppression-11.
    Example:
    ```mlir
    %r = neap.non_max_suppression %boxes, %scores, %order, %limit, %iou, %least : tensor<1x6x4xf32>, tensor<1x2x6xf32>, tensor<1x2x6xi64>, tensor<1xi64>, tensor<1xf32>, tensor<1xf32> -> tensor<1x2x3xi64>
    ```
  }];
  let arguments = (ins Neap_FloatTensor:$boxes, Neap_FloatTensor:$scores,
      Neap_IndexTensor:$order, Neap_IndexTensor:$limit,
      Neap_FloatTensor:$iou_threshold, Neap_FloatTensor:$score_threshold,
      UnitAttr:$center);
  let results = (outs Neap_IndexTensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $boxes `,` $scores `,` $order `,` $limit `,` $iou_threshold `,` $score_threshold
    attr-dict `:` type($boxes) `,` type($scores) `,` type($order) `,` type($limit) `,`
    type($iou_threshold) `,` type($score_threshold) `->` type($result)
  }];
}

#endif // NEAP_OPS_SELECTION_TD
