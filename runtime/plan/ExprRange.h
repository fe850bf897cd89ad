// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ExprRange.h - bounds of a plan's expressions by interval arithmetic. The
// compiler sizes buffers with it, so that the verifier comes to the same bound.
#ifndef NEAP_RUNTIME_PLAN_EXPRRANGE_H
#define NEAP_RUNTIME_PLAN_EXPRRANGE_H

#include "runtime/plan/Plan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace neap::plan {

/// Bounds of one expression over all values of its symbols and scalars.
struct ExprRange {
  int64_t lo = 0;
  int64_t hi = 0;
  /// Depends on a scalar, so is known only during a run.
  bool usesScalars = false;
  /// 1 + the greatest id of a symbol in it; 0: none.
  uint32_t symbolsEnd = 0;
  /// Why there is no bound (overflow, division by a range with 0, an id that
  /// is out of range); empty if there is one. An error only where it is used.
  std::string problem;
};

/// Returns the range of every expression of `plan` as `entry` sees it.
///
/// A symbol's range is the declared one. Operand ids must have been checked to
/// be smaller than their expression's (checkExprTable).
std::vector<ExprRange> computeExprRanges(const Plan &plan, const Entry &entry);

} // namespace neap::plan

#endif // NEAP_RUNTIME_PLAN_EXPRRANGE_H
