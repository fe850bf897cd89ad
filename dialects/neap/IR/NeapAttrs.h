// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NeapAttrs.h - attributes and enums of the graph dialect.
#ifndef NEAP_IR_NEAPATTRS_H
#define NEAP_IR_NEAPATTRS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/TensorEncoding.h"

#include "dialects/neap/IR/NeapEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/neap/IR/NeapAttrs.h.inc"

#endif // NEAP_IR_NEAPATTRS_H
