// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NeapDialect.h - the graph dialect: tensors with value semantics.
#ifndef NEAP_IR_NEAPDIALECT_H
#define NEAP_IR_NEAPDIALECT_H

#include "mlir/IR/Dialect.h"

#include "dialects/neap/IR/NeapDialect.h.inc"

#endif // NEAP_IR_NEAPDIALECT_H
