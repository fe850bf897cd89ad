// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ExprRange.h - bounds of a plan's expressions by interval arithmetic. The
// compiler sizes buffers with it, so that the verifier comes to the same bound.
#ifndef NEAP_RUNTIME_PLAN_EXPRRANGE_H
#define NEAP_RUNTIME_PLAN_EXPRRANGE_H

#include "runtime/plan/Plan.h"

#include <cstdint>
#include <optional>
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
  /// Why there is no bound (overflow, a divisor that may be below 1, a scalar
  /// that the entry lacks); null if there is one. An error only where the
  /// expression is used.
  const char *problem = nullptr;
};

/// Returns what is wrong with the symbols and expressions of `plan` themselves:
/// ids out of range, operands that do not precede their expression, symbols
/// defined by later ones.
[[nodiscard]] std::optional<std::string> checkExprTable(const Plan &plan);

/// Returns the range of every expression of `plan` as `entry` sees it. A
/// symbol's range is the declared one. `plan` must have passed checkExprTable.
std::vector<ExprRange> computeExprRanges(const Plan &plan, const Entry &entry);

/// Returns the scalars that expression `id` depends on, each once.
std::vector<uint32_t> collectScalars(const Plan &plan, uint32_t id);

/// Returns expression `id` and all that it depends on through operands,
/// operands first.
std::vector<uint32_t> collectExprs(const Plan &plan, uint32_t id);

/// Returns the expressions that depend on scalars and that `id` needs, operands
/// first, `id` itself last if it is one of them.
std::vector<uint32_t> collectScalarExprs(const Plan &plan,
                                         const std::vector<ExprRange> &ranges,
                                         uint32_t id);

} // namespace neap::plan

#endif // NEAP_RUNTIME_PLAN_EXPRRANGE_H
