// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NeapOps.cpp - the generated part of the ops; what is written by hand is by
// family in ops/.
#include "dialects/neap/IR/NeapOps.h"

#include "dialects/neap/IR/OpChecks.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace neap;

#define GET_OP_CLASSES
#include "dialects/neap/IR/NeapOps.cpp.inc"
