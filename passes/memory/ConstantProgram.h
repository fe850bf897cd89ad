// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ConstantProgram.h - the function that computes the const segment.
#ifndef NEAP_PASSES_MEMORY_CONSTANTPROGRAM_H
#define NEAP_PASSES_MEMORY_CONSTANTPROGRAM_H

#include "passes/memory/MemoryLayout.h"

namespace neap {

/// Inserts `@constants` after `function`: its results are the constants that
/// the commands of `function` read, with their offsets as `plan.offset`. Each
/// is computed right after what it needs, so that few are in memory together.
/// Returns null if there are none.
mlir::func::FuncOp extractConstantProgram(mlir::func::FuncOp function,
                                          const MemoryLayout &layout);

} // namespace neap

#endif // NEAP_PASSES_MEMORY_CONSTANTPROGRAM_H
