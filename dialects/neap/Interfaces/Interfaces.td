// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Interfaces.td - what passes ask of an op. No op is named here.
#ifndef NEAP_INTERFACES_TD
#define NEAP_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Neap_CostedOpInterface : OpInterface<"CostedOpInterface"> {
  let cppNamespace = "::neap";
  let description = [{
    What an op costs at its (static) shapes. Both figures are 0 for ops that
    become no code.
  }];
  let methods = [
    InterfaceMethod<[{
      Floating-point operations; a fused multiply-add counts as two.
    }], "int64_t", "getFlops", (ins)>,
    InterfaceMethod<[{
      Bytes read and written if every operand is read once and every result is
      written once.
    }], "int64_t", "getBytesMoved", (ins), [{}], [{
      return ::neap::defaultBytesMoved($_op);
    }]>
  ];
}

def Neap_InPlaceOpInterface : OpInterface<"InPlaceOpInterface"> {
  let cppNamespace = "::neap";
  let description = [{
    Whether a result may take over an operand's bytes. "May" means: computing it there
    is right whatever the tiling, provided that nobody reads the operand
    afterwards and that both have equally many bytes.
  }];
  let methods = [
    InterfaceMethod<[{
      Appends the operand numbers whose bytes result `result` may take over.
    }], "void", "getInPlaceOperands",
    (ins "unsigned":$result, "llvm::SmallVectorImpl<unsigned> &":$operands)>
  ];
}

#endif // NEAP_INTERFACES_TD
