// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanEmitter.h - writes a laid-out function as ops of the plan dialect.
#ifndef NEAP_PASSES_MEMORY_PLANEMITTER_H
#define NEAP_PASSES_MEMORY_PLANEMITTER_H

#include "passes/memory/MemoryLayout.h"
#include "passes/memory/PlanMemory.h"

namespace neap {

/// Inserts the plan of `function` after it.
planir::PlanModuleOp emitPlan(mlir::func::FuncOp function,
                              const MemoryLayout &layout,
                              const MemoryReport &report,
                              const PlanMemoryOptions &options);

} // namespace neap

#endif // NEAP_PASSES_MEMORY_PLANEMITTER_H
