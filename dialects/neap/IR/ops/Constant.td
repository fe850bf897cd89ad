// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constant.td - values known at compile time: small ones as attributes, weights
// as handles into mapped files.
#ifndef NEAP_OPS_CONSTANT_TD
#define NEAP_OPS_CONSTANT_TD

include "dialects/neap/IR/ops/Elementwise.td"

def Neap_ConstantOp : NeapOp<"constant", [Pure, ConstantLike,
    AllTypesMatch<["value", "result"]>,
    DeclareOpInterfaceMethods<Neap_CostedOpInterface, ["getBytesMoved"]>]> {
  let summary = "Small tensor, or a splat of any size, given by an attribute";
  let description = [{
    Constraints:
    * (C1) `value` holds dense elements.
    * (C2) `value` is a splat, a list of integers of rank at most 1, or has at
      most 1 KiB. Larger ones are weights.

    Example:
    ```mlir
    %r = neap.constant dense<[2, -1]> : tensor<2xi64>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Neap_Tensor:$result);
  let hasFolder = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Most bytes of a constant that is neither a splat nor a list of integers.
    static constexpr int64_t kMaxBytes = 1024;
  }];
  let assemblyFormat = "attr-dict $value";
}

def Neap_WeightOp : NeapOp<"weight", [Pure,
    DeclareOpInterfaceMethods<Neap_CostedOpInterface, ["getBytesMoved"]>]> {
  let summary = "Tensor whose bytes stay in a mapped file";
  let description = [{
    Constraints:
    * (C1) `blob` points into `neap.files` (or -1), and for `raw` its length is the tensor's
      number of bytes.
    * (C2) `result` has a static shape.

    Example:
    ```mlir
    %w = neap.weight <file = 0, offset = 4096, length = 2359296> : tensor<768x768xf32>
    ```
  }];
  let arguments = (ins Neap_BlobAttr:$blob);
  let results = (outs Neap_Tensor:$result);
  let hasVerifier = 1;
  let assemblyFormat = "$blob attr-dict `:` type($result)";
}

#endif // NEAP_OPS_CONSTANT_TD
