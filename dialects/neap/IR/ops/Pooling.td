// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pooling.td - windows over spatial axes.
#ifndef NEAP_OPS_POOLING_TD
#define NEAP_OPS_POOLING_TD

include "dialects/neap/IR/ops/Elementwise.td"

def Neap_PoolOp : NeapOp<"pool", [Pure,
    DeclareOpInterfaceMethods<Neap_CostedOpInterface>]> {
  let summary = "Maximum, average or sum over windows of the spatial axes";
  let description = [{
    Layouts as in `neap.conv`. Padding does not count for `max` (a window
    wholly in the padding gives the lowest value); `average` divides by the number of
    taps inside the input, or, with `count_include_pad`, inside the input and its
    pads. The result's spatial sizes may be rounded up (`ceil_mode` in ONNX): they
    are given by the result type, and `pads` at the end may be exceeded by the last
    window; taps beyond are never counted.

    Constraints:
    * (C1) 1 to 3 spatial axes; `window`, `strides`, `dilations` have one
      positive entry per spatial axis, `pads` two non-negative ones.
    * (C2) batch and channels of `result` are those of `input`; each spatial
      size is the floor or the ceiling of
      `(size + pads - dilation * (window - 1) - 1) / stride + 1`.

    Source: ONNX MaxPool-12, AveragePool-19.
    Example:
    ```mlir
    %r = neap.pool max %x {
      window = array<i64: 3, 3>, strides = array<i64: 2, 2>,
      pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>
    } : tensor<1x64x112x112xf32> -> tensor<1x64x56x56xf32>
    ```
  }];
  let arguments = (ins Neap_PoolKindAttr:$kind, Neap_NumberTensor:$input,
      DenseI64ArrayAttr:$window, DenseI64ArrayAttr:$strides,
      DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations,
      UnitAttr:$count_include_pad,
      DefaultValuedAttr<Neap_LayoutAttr, "Layout::ChannelsFirst">:$layout);
  let results = (outs Neap_NumberTensor:$result);
  let hasVerifier = 1;
  let assemblyFormat =
      "`` $kind $input attr-dict `:` type($input) `->` type($result)";
}

def Neap_PoolArgmaxOp : NeapOp<"pool_argmax", [Pure,
    DeclareOpInterfaceMethods<Neap_CostedOpInterface>]> {
  let summary = "Position of the maximum of windows of the spatial axes";
  let description = [{
    Of each window of a channels-first `neap.pool max`, the first element (in the
    order of the input) that is not below another one, NaN being the largest. It
    is told by its number in the row-major order of the spatial axes of `input`;
    that of a window wholly in the padding is -1.

    Constraints:
    * (C1) as `neap.pool` (C1).
    * (C2) as `neap.pool` (C2); `result` is of i64.

    Source: ONNX MaxPool-12.
    Example:
    ```mlir
    %r = neap.pool_argmax %x {
      window = array<i64: 2, 2>, strides = array<i64: 2, 2>,
      pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>
    } : tensor<1x64x8x8xf32> -> tensor<1x64x4x4xi64>
    ```
  }];
  let arguments = (ins Neap_NumberTensor:$input,
      DenseI64ArrayAttr:$window, DenseI64ArrayAttr:$strides,
      DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations);
  let results = (outs Neap_IntTensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Neap_RoiAlignOp : NeapOp<"roi_align", [Pure,
    DeclareOpInterfaceMethods<Neap_CostedOpInterface>]> {
  let summary = "Maximum or average of bilinear samples in the bins of boxes";
  let description = [{
    A box is cut into bins, along each spatial axis as many as `result` has
    elements. In a bin there are, along each axis, `samples` samples at equal
    distances, or as many as its length rounded up if `samples` is 0. A sample
    that lies beyond the image by up to one element is that of the nearest
    place in it, one further away is 0. `max` takes the largest of what the
    elements around each sample weigh. A bin without a sample is 0.

    Constraints:
    * (C1) `input` is `[B, H, W, C]`, `boxes` `[R, 4]` of the same element type:
      first row and column, height and width, in elements; `images` is `[R]`.
    * (C2) `kind` is max or average; `samples` is not negative.
    * (C3) `result` is `[R, height, width, C]` of the element type of `input`.

    Source: ONNX RoiAlign-16.
    Example:
    ```mlir
    %r = neap.roi_align average %x, %b, %i {samples = 2 : i64} : tensor<2x9x8x64xf32>, tensor<5x4xf32>, tensor<5xi64> -> tensor<5x7x7x64xf32>
    ```
  }];
  let arguments = (ins Neap_PoolKindAttr:$kind, Neap_FloatTensor:$input,
      Neap_FloatTensor:$boxes, Neap_IndexTensor:$images, I64Attr:$samples);
  let results = (outs Neap_FloatTensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    `` $kind $input `,` $boxes `,` $images attr-dict `:` type($input) `,` type($boxes) `,` type($images) `->` type($result)
  }];
}

#endif // NEAP_OPS_POOLING_TD
