// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanMemory.h - from a scheduled function to a plan.
#ifndef NEAP_PASSES_MEMORY_PLANMEMORY_H
#define NEAP_PASSES_MEMORY_PLANMEMORY_H

#include "dialects/plan/IR/PlanOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "passes/memory/MemoryReport.h"
#include "passes/memory/MemoryTimeline.h"
#include "passes/memory/OffsetSearch.h"
#include <optional>
#include <string>

namespace neap {

/// Result attribute of the function of constants: the byte of the const
/// segment at which the result goes.
inline constexpr llvm::StringLiteral kConstOffsetAttr = "plan.offset";
/// The function that computes the const segment.
inline constexpr llvm::StringLiteral kConstantsFunction = "constants";

struct PlanMemoryOptions {
  /// Scratch is planned for this many threads.
  unsigned maxThreads = 8;
  /// Bytes that const segment, state segment and arena may take.
  std::optional<int64_t> memoryBudget;
  /// The compiler's name and version, for the plan.
  std::string producer = "neapc";
  /// NEAP_KERNEL_ABI_VERSION of the kernels.
  unsigned kernelAbi = 1;
  OffsetSearchLimits offsetLimits;
};

struct MemoryPlan {
  planir::PlanModuleOp plan;
  /// Computes the const segment; null if that is empty.
  mlir::func::FuncOp constants;
  MemoryReport report;
  MemoryTimeline timeline;
};

/// Replaces `main` by a plan and a function of constants; see the pass
/// neap-plan-memory. On failure emits a diagnostic; an unmet budget says
/// `at least N bytes are needed`.
mlir::FailureOr<MemoryPlan> planMemory(mlir::func::FuncOp main,
                                       const PlanMemoryOptions &options);

} // namespace neap

#endif // NEAP_PASSES_MEMORY_PLANMEMORY_H
