// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Normalization.td - layer, RMS and instance norms, softmax, local response
// normalization. A fused region computes each in one pass over memory.
#ifndef NEAP_OPS_NORMALIZATION_TD
#define NEAP_OPS_NORMALIZATION_TD

include "dialects/neap/IR/ops/Elementwise.td"

class Neap_RowOp<string mnemonic, string what>
    : NeapOp<mnemonic, [Pure, Neap_SameTypes, SameOperandsAndResultType,
        DeclareOpInterfaceMethods<Neap_CostedOpInterface>,
        DeclareOpInterfaceMethods<Neap_InPlaceOpInterface>]> {
  let hasVerifier = 1;
  let extraClassDefinition = [{
    void $cppClass::getInPlaceOperands(
        unsigned result, ::llvm::SmallVectorImpl<unsigned> &operands) {
      // A row is read before its result is written.
      ::neap::appendOperandsOfResultSize(getOperation(), result, operands);
    }
  }];
  let summary = what;
  let arguments = (ins Neap_FloatTensor:$input);
  let results = (outs Neap_FloatTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

def Neap_SoftmaxOp : Neap_RowOp<"softmax", "Softmax over the last axis"> {
  let description = [{
    `result[..., i] = exp(input[..., i] - m) / sum_j exp(input[..., j] - m)`,
    `m = max_j input[..., j]`.

    Constraints:
    * (C1) `input` has rank at least 1.

    Source: ONNX Softmax-13 with the axis moved last.
    Example:
    ```mlir
    %r = neap.softmax %x : tensor<12x128x128xf32>
    ```
  }];
}
def Neap_LogSoftmaxOp : Neap_RowOp<"log_softmax", "Logarithm of softmax over the last axis"> {
  let description = [{
    `result[..., i] = input[..., i] - m - log(sum_j exp(input[..., j] - m))`.

    Constraints:
    * (C1) `input` has rank at least 1.

    Source: ONNX LogSoftmax-13 with the axis moved last.
    Example:
    ```mlir
    %r = neap.log_softmax %x : tensor<128x1000xf32>
    ```
  }];
}
def Neap_StandardizeOp : Neap_RowOp<"standardize",
    "Zero mean and unit variance over the last axis"> {
  let description = [{
    `result[..., i] = (input[..., i] - mean) * (1 / sqrt(var + epsilon))` with the mean and
    the biased variance `mean_j((input[..., j] - mean)^2)` over the last axis.
    The mean counts as exact: a lowering corrects it by the mean of the
    differences from its rounded value.
    The core of layer, instance and group normalization; scale and bias are
    `neap.mul` and `neap.add` in the same region.

    Constraints:
    * (C1) `input` has rank at least 1.
    * (C2) `epsilon` is finite and at least 0.

    Source: Ba, Kiros and Hinton 2016, eq. 3; ONNX LayerNormalization-17.
    Example:
    ```mlir
    %r = neap.standardize %x {epsilon = 1.0e-5 : f64} : tensor<128x768xf32>
    ```
  }];
  let arguments = (ins Neap_FloatTensor:$input, F64Attr:$epsilon);
}
def Neap_RmsStandardizeOp : Neap_RowOp<"rms_standardize",
    "Division by the root mean square over the last axis"> {
  let description = [{
    `result[..., i] = input[..., i] * (1 / sqrt(mean_j(input[..., j]^2) + epsilon))`.

    Constraints:
    * (C1) `input` has rank at least 1.
    * (C2) `epsilon` is finite and at least 0.

    Source: Zhang and Sennrich 2019, eq. 4; ONNX RMSNormalization-23.
    Example:
    ```mlir
    %r = neap.rms_standardize %x {epsilon = 1.0e-6 : f64} : tensor<128x768xf32>
    ```
  }];
  let arguments = (ins Neap_FloatTensor:$input, F64Attr:$epsilon);
}

#endif // NEAP_OPS_NORMALIZATION_TD
