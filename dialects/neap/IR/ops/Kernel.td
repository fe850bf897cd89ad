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
  let arguments = (ins Variadic<Neap_Tensor>:$values);
  let builders = [OpBuilder<(ins), [{ build($_builder, $_state, ::mlir::ValueRange()); }]>];
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}

def Neap_KernelOp : NeapOp<"kernel", [IsolatedFromAbove, Symbol,
    SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "Kernel, outlined: equal ones exist once";
  let description = [{
    `num_tiles`: independent units of work. `tiles_per_block`: the least number that
    is worth a thread. `scratch_bytes`: per thread, 64-byte aligned. `in_place[r]` lists the
    inputs whose bytes result r may take over. None of them depends on the
    instruction set.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, Neap_KernelKindAttr:$kind,
      I64Attr:$num_tiles, I64Attr:$tiles_per_block, I64Attr:$scratch_bytes,
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
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<Neap_Tensor>:$inputs);
  let results = (outs Variadic<Neap_Tensor>:$outputs);
  let assemblyFormat = [{
    $kernel `(` $inputs `)` attr-dict `:` functional-type($inputs, $outputs)
  }];
}

#endif // NEAP_OPS_KERNEL_TD
