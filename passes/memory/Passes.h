// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes.h - scheduling and memory planning as passes.
#ifndef NEAP_PASSES_MEMORY_PASSES_H
#define NEAP_PASSES_MEMORY_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace neap {

#define GEN_PASS_DECL
#include "passes/memory/Passes.h.inc"

/// Registers the passes with their flags.
#define GEN_PASS_REGISTRATION
#include "passes/memory/Passes.h.inc"

} // namespace neap

#endif // NEAP_PASSES_MEMORY_PASSES_H
