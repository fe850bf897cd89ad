// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ExprEvaluator.h - the arithmetic of plan expressions. The verifier has proved
// that no operation overflows and that no divisor is below 1.
#ifndef NEAP_RUNTIME_PLAN_EXPREVALUATOR_H
#define NEAP_RUNTIME_PLAN_EXPREVALUATOR_H

#include "runtime/plan/Plan.h"

#include <cstdint>

namespace neap::plan {

/// Returns `lhs / rhs` rounded towards minus infinity; `rhs` is at least 1.
inline int64_t floorDiv(int64_t lhs, int64_t rhs) {
  int64_t quotient = lhs / rhs;
  return lhs % rhs < 0 ? quotient - 1 : quotient;
}

/// Returns `lhs / rhs` rounded towards plus infinity; `rhs` is at least 1.
inline int64_t ceilDiv(int64_t lhs, int64_t rhs) {
  int64_t quotient = lhs / rhs;
  return lhs % rhs > 0 ? quotient + 1 : quotient;
}

/// Returns the value of `expr`, whose operands' values are in `values`.
inline int64_t evaluateExpr(const Expr &expr, const int64_t *values,
                            const int64_t *symbols, const int64_t *scalars) {
  switch (expr.op) {
  case Expr::Op::Constant:
    return expr.value;
  case Expr::Op::Symbol:
    return symbols[expr.value];
  case Expr::Op::Scalar:
    return scalars[expr.value];
  case Expr::Op::Add:
    return values[expr.lhs] + values[expr.rhs];
  case Expr::Op::Mul:
    return values[expr.lhs] * values[expr.rhs];
  case Expr::Op::FloorDiv:
    return floorDiv(values[expr.lhs], values[expr.rhs]);
  case Expr::Op::CeilDiv:
    return ceilDiv(values[expr.lhs], values[expr.rhs]);
  case Expr::Op::Min:
    return values[expr.lhs] < values[expr.rhs] ? values[expr.lhs]
                                               : values[expr.rhs];
  case Expr::Op::Max:
    return values[expr.lhs] > values[expr.rhs] ? values[expr.lhs]
                                               : values[expr.rhs];
  }
  return 0;
}

} // namespace neap::plan

#endif // NEAP_RUNTIME_PLAN_EXPREVALUATOR_H
