// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Schedule.h - the order in which a function's launches run.
#ifndef NEAP_PASSES_MEMORY_SCHEDULE_H
#define NEAP_PASSES_MEMORY_SCHEDULE_H

#include "passes/memory/MinimumPeakOrder.h"
#include "passes/memory/StorageAssignment.h"

namespace neap {

/// Function attribute: arena bytes that no order can go below.
inline constexpr llvm::StringLiteral kPeakLowerBoundAttr =
    "neap.peak_lower_bound";

/// Reorders the ops of `function`; see the pass neap-schedule. On failure
/// emits a diagnostic and leaves the function as it was.
mlir::FailureOr<MinimumPeakOrder>
scheduleFunction(mlir::func::FuncOp function, const StorageOptions &options,
                 const OrderSearchLimits &limits = {});

} // namespace neap

#endif // NEAP_PASSES_MEMORY_SCHEDULE_H
