// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolution.td - convolutions in one to three spatial axes.
#ifndef NEAP_OPS_CONVOLUTION_TD
#define NEAP_OPS_CONVOLUTION_TD

include "dialects/neap/IR/ops/Elementwise.td"

def Neap_ConvOp : Neap_InferredOp<"conv"> {
  let summary = "Convolution (cross-correlation), grouped and dilated";
  let description = [{
    With `channels_first`: `input` `[B, C, spatial...]`, `filter`
    `[O, C/groups, kernel...]`, `result` `[B, O, spatial...]`. With
    `channels_last`: `input` `[B, spatial..., C]`, `filter`
    `[kernel..., C/groups, O]`, `result` `[B, spatial..., O]`. Each output is
    one chain of fused multiply-adds over (kernel axes in order, input channel),
    taps in the padding left out, starting from 0.

    `pads` has the begin of each spatial axis, then the end of each.

    Constraints:
    * (C1) 1 to 3 spatial axes; `strides`, `dilations` have one positive entry
      per spatial axis and `pads` two non-negative ones.
    * (C2) C is `groups` times the filter's input channels; `groups` divides O.
    * (C3) the dilated kernel fits into the padded input.
    * (C4) element types are equal; `result` has the inferred shape.

    Source: ONNX Conv-11.
    Example:
    ```mlir
    %r = neap.conv %x, %w {
      strides = array<i64: 2, 2>, pads = array<i64: 3, 3, 3, 3>,
      dilations = array<i64: 1, 1>, groups = 1 : i64
    } : tensor<1x3x224x224xf32>, tensor<64x3x7x7xf32> -> tensor<1x64x112x112xf32>
    ```
  }];
  let arguments = (ins Neap_FloatTensor:$input, Neap_FloatTensor:$filter,
      DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
      DenseI64ArrayAttr:$dilations, I64Attr:$groups,
      DefaultValuedAttr<Neap_LayoutAttr, "Layout::ChannelsFirst">:$layout);
  let results = (outs Neap_FloatTensor:$result);
  let assemblyFormat = [{
    $input `,` $filter attr-dict `:` type($input) `,` type($filter) `->` type($result)
  }];
}

def Neap_PackedConvOp : NeapOp<"packed_conv", [Pure,
    DeclareOpInterfaceMethods<Neap_CostedOpInterface>]> {
  let summary = "Channels-last convolution with a filter in panels";
  let description = [{
    `neap.conv` with `channels_last` and `filter` of which `packed` holds, per group,
    the `neap.pack_panels` of `[kernel... * C/groups, O/groups]`:
    `[groups, ceil((O/groups)/16), kernel... * C/groups, 16]`.
    A tap in the padding may be a product with zero instead of being left out:
    the results differ only where a weight is not finite.

    Constraints:
    * (C1) as `neap.conv` (C1), (C3); `kernel` has one positive entry per
      spatial axis.
    * (C2) `groups` divides the input and output channels; `packed` has the
      shape above.

    Example:
    ```mlir
    %r = neap.packed_conv %x, %p {
      kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>,
      pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64
    } : tensor<1x56x56x64xf32>, tensor<1x4x576x16xf32> -> tensor<1x56x56x64xf32>
    ```
  }];
  let arguments = (ins Neap_FloatTensor:$input, Neap_FloatTensor:$packed,
      DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
      DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations, I64Attr:$groups);
  let results = (outs Neap_FloatTensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $input `,` $packed attr-dict `:` type($input) `,` type($packed) `->` type($result)
  }];
}

#endif // NEAP_OPS_CONVOLUTION_TD
