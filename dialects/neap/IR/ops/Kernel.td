// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernel.td - groups of ops that become one kernel, before and after they are
// outlined.
#ifndef NEAP_OPS_KERNEL_TD
#define NEAP_OPS_KERNEL_TD

include "dialects/neap/IR/ops/Elementwise.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def Neap_FusedOp : NeapOp<"fused", [Pure, IsolatedFromAbove,
    SingleBlockImplicitTerminator<"YieldOp">,
    DeclareOpInterfaceMethods<Neap_CostedOpInterface>]> {
  let summary = "Ops that are computed by one kernel";
  let description = [{
    The body holds `neap` ops on tensors; what is between them is never stored. `kind`
    says which emitter makes the code: the form that each accepts is in
    docs/rationale.md.

    Constraints:
    * (C1) the body's arguments have the types of `inputs`.
    * (C2) the yielded values have the types of `outputs`.
    * (C3) the body holds only tensor ops of this dialect.

    Example:
    ```mlir
    %r = neap.fused region ins(%x, %b) {
    ^bb0(%a0: tensor<128x768xf32>, %a1: tensor<768xf32>):
      %0 = neap.broadcast %a1 : tensor<768xf32> -> tensor<128x768xf32>
      %1 = neap.add %a0, %0 : tensor<128x768xf32>
      neap.yield %1 : tensor<128x768xf32>
    } : (tensor<128x768xf32>, tensor<768xf32>) -> tensor<128x768xf32>
    ```
  }];
  let arguments = (ins Neap_KernelKindAttr:$kind, Variadic<Neap_Tensor>:$inputs);
  let results = (outs Variadic<Neap_Tensor>:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let assemblyFormat = [{
    `` $kind `ins` `(` $inputs `)` attr-dict-with-keyword $body `:`
    functional-type($inputs, $outputs)
  }];
}

def Neap_YieldOp : NeapOp<"yield", [Pure, Terminator, ReturnLike,
    ParentOneOf<["FusedOp", "KernelOp"]>]> {
  let summary = "Results of a fused body or kernel";
  let description = [{
    Ends the body of a `neap.fused` or a `neap.kernel`; see there.
  }];
  let arguments = (ins Variadic<Neap_Tensor>:$values);
  let builders = [OpBuilder<(ins), [{ build($_builder, $_state, ::mlir::ValueRange()); }]>];
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}

def Neap_KernelOp : NeapOp<"kernel", [IsolatedFromAbove, Symbol,
    SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "Kernel, outlined: equal ones exist once";
  let description = [{
    `num_tiles`: independent units of work, which may depend on symbols. `tiles_per_block`: the least number that
    is worth a thread. `scratch_bytes`: per thread, 64-byte aligned. `in_place[r]` lists the
    inputs whose bytes result r may take over. None of them depends on the
    instruction set.

    Constraints:
    * (C1) `tiles_per_block` is at least 1, the other figures at least 0.
    * (C2) `in_place` has one list of input numbers per yielded value.
    * (C3) the body holds only tensor ops of this dialect.

    Example:
    ```mlir
    neap.kernel region @add_tanh attributes {
      num_tiles = 128 : i64, tiles_per_block = 16 : i64, scratch_bytes = 0 : i64,
      in_place = [array<i64: 0, 1>]
    } {
    ^bb0(%x: tensor<128x768xf32>, %y: tensor<128x768xf32>):
      %0 = neap.add %x, %y : tensor<128x768xf32>
      %1 = neap.tanh %0 : tensor<128x768xf32>
      neap.yield %1 : tensor<128x768xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, Neap_KernelKindAttr:$kind,
      Neap_DimExpr:$num_tiles, I64Attr:$tiles_per_block, I64Attr:$scratch_bytes,
      ArrayAttr:$in_place);
  let regions = (region SizedRegion<1>:$body);
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let assemblyFormat = "`` $kind $sym_name attr-dict-with-keyword $body";
}

def Neap_LaunchOp : NeapOp<"launch", [Pure,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    DeclareOpInterfaceMethods<Neap_CostedOpInterface>,
    DeclareOpInterfaceMethods<Neap_InPlaceOpInterface>]> {
  let summary = "Application of a kernel to tensors";
  let description = [{
    Constraints:
    * (C1) `kernel` names a `neap.kernel`.
    * (C2) `inputs` and `outputs` have the types of the kernel's arguments and
      of what it yields.

    Example:
    ```mlir
    neap.kernel region @double attributes {
      num_tiles = 4 : i64, tiles_per_block = 4 : i64, scratch_bytes = 0 : i64,
      in_place = [array<i64: 0>]
    } {
    ^bb0(%x: tensor<4x8xf32>):
      %0 = neap.add %x, %x : tensor<4x8xf32>
      neap.yield %0 : tensor<4x8xf32>
    }
    func.func @main(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
      %0 = neap.launch @double(%x) : (tensor<4x8xf32>) -> tensor<4x8xf32>
      return %0 : tensor<4x8xf32>
    }
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<Neap_Tensor>:$inputs);
  let results = (outs Variadic<Neap_Tensor>:$outputs);
  let assemblyFormat = [{
    $kernel `(` $inputs `)` attr-dict `:` functional-type($inputs, $outputs)
  }];
}

#endif // NEAP_OPS_KERNEL_TD
