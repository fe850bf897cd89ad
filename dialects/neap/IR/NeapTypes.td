// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef NEAP_TYPES_TD
#define NEAP_TYPES_TD

include "mlir/IR/CommonTypeConstraints.td"

// Element types that the graph may hold. ONNX bool is i1 (stored as a byte 0 or
// 1); signed integers are signless, unsigned ones are ui8 .. ui64.
def Neap_Float : AnyTypeOf<[F32, F64, F16, BF16]>;
def Neap_Int : AnyTypeOf<[I8, I16, I32, I64, UI8, UI16, UI32, UI64]>;
def Neap_Bool : TypeAlias<I1, "bool">;
def Neap_Element : AnyTypeOf<[Neap_Float, Neap_Int, I1]>;

def Neap_Tensor : RankedTensorOf<[Neap_Element]>;
def Neap_FloatTensor : RankedTensorOf<[Neap_Float]>;
def Neap_IntTensor : RankedTensorOf<[Neap_Int]>;
def Neap_BoolTensor : RankedTensorOf<[I1]>;
def Neap_NumberTensor : RankedTensorOf<[Neap_Float, Neap_Int]>;
def Neap_IndexTensor : RankedTensorOf<[I32, I64]>;

#endif // NEAP_TYPES_TD
