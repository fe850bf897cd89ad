// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ExprRange.cpp - bounds of a plan's expressions by interval arithmetic.
#include "runtime/plan/ExprRange.h"

#include "runtime/base/Format.h"
#include "runtime/plan/ExprEvaluator.h"

#include <algorithm>
#include <set>

namespace neap::plan {
namespace {

using rt::format;
using rt::quoted;

constexpr const char *kOverflow = "may overflow 64 bits";
constexpr const char *kDivisor = "may divide by a value below 1";
constexpr const char *kScalar = "uses a scalar that the entry does not have";

bool isLeaf(Expr::Op op) {
  return op == Expr::Op::Constant || op == Expr::Op::Symbol ||
         op == Expr::Op::Scalar;
}

/// Sets `range` to the sum of `a` and `b`.
void addRanges(const ExprRange &a, const ExprRange &b, ExprRange &range) {
  if (__builtin_add_overflow(a.lo, b.lo, &range.lo) ||
      __builtin_add_overflow(a.hi, b.hi, &range.hi))
    range.problem = kOverflow;
}

/// Sets `range` to the hull of the four products of the bounds.
void multiplyRanges(const ExprRange &a, const ExprRange &b, ExprRange &range) {
  int64_t products[4];
  if (__builtin_mul_overflow(a.lo, b.lo, &products[0]) ||
      __builtin_mul_overflow(a.lo, b.hi, &products[1]) ||
      __builtin_mul_overflow(a.hi, b.lo, &products[2]) ||
      __builtin_mul_overflow(a.hi, b.hi, &products[3])) {
    range.problem = kOverflow;
    return;
  }
  range.lo = *std::min_element(products, products + 4);
  range.hi = *std::max_element(products, products + 4);
}

/// Sets `range` to the hull of the four quotients of the bounds.
void divideRanges(const ExprRange &a, const ExprRange &b, ExprRange &range,
                  int64_t (*divide)(int64_t, int64_t)) {
  if (b.lo < 1) {
    range.problem = kDivisor;
    return;
  }
  range.lo = std::min(divide(a.lo, b.lo), divide(a.lo, b.hi));
  range.hi = std::max(divide(a.hi, b.lo), divide(a.hi, b.hi));
}

/// Sets the bounds of `range` for `expr` with operands `a` and `b`.
void combineRanges(const Expr &expr, const ExprRange &a, const ExprRange &b,
                   ExprRange &range) {
  switch (expr.op) {
  case Expr::Op::Add:
    return addRanges(a, b, range);
  case Expr::Op::Mul:
    return multiplyRanges(a, b, range);
  case Expr::Op::FloorDiv:
    return divideRanges(a, b, range, floorDiv);
  case Expr::Op::CeilDiv:
    return divideRanges(a, b, range, ceilDiv);
  case Expr::Op::Min:
    range.lo = std::min(a.lo, b.lo);
    range.hi = std::min(a.hi, b.hi);
    return;
  case Expr::Op::Max:
    range.lo = std::max(a.lo, b.lo);
    range.hi = std::max(a.hi, b.hi);
    return;
  case Expr::Op::Constant:
  case Expr::Op::Symbol:
  case Expr::Op::Scalar:
    return;
  }
}

/// Returns the range of an expression without operands.
ExprRange leafRange(const Plan &plan, const Entry &entry, const Expr &expr) {
  ExprRange range;
  range.lo = range.hi = expr.value;
  if (expr.op == Expr::Op::Symbol) {
    const Symbol &symbol = plan.symbols[static_cast<size_t>(expr.value)];
    range.lo = symbol.lo;
    range.hi = symbol.hi;
    range.symbolsEnd = static_cast<uint32_t>(expr.value) + 1;
  }
  if (expr.op == Expr::Op::Scalar) {
    range.usesScalars = true;
    if (static_cast<uint64_t>(expr.value) >= entry.scalars.size()) {
      range.problem = kScalar;
      return range;
    }
    const Scalar &scalar = entry.scalars[static_cast<size_t>(expr.value)];
    range.lo = scalar.lo;
    range.hi = scalar.hi;
  }
  return range;
}

std::optional<std::string> checkExpr(const Plan &plan, size_t id) {
  const Expr &expr = plan.exprs[id];
  if (static_cast<uint32_t>(expr.op) > static_cast<uint32_t>(Expr::Op::Scalar))
    return format("expression %zu has the unknown operator %u", id,
                  static_cast<uint32_t>(expr.op));
  if (expr.op == Expr::Op::Symbol &&
      static_cast<uint64_t>(expr.value) >= plan.symbols.size())
    return format("expression %zu names symbol %lld of %zu", id,
                  static_cast<long long>(expr.value), plan.symbols.size());
  if (expr.op == Expr::Op::Scalar && expr.value < 0)
    return format("expression %zu names scalar %lld", id,
                  static_cast<long long>(expr.value));
  if (!isLeaf(expr.op) && (expr.lhs >= id || expr.rhs >= id))
    return format("expression %zu has operands %u and %u, expected smaller ids",
                  id, expr.lhs, expr.rhs);
  return std::nullopt;
}

std::optional<std::string> checkSymbol(const Plan &plan, size_t id,
                                       std::set<std::string> &names) {
  const Symbol &symbol = plan.symbols[id];
  if (symbol.name.empty() || !names.insert(symbol.name).second)
    return format("symbol %zu has the name %s, expected one of its own", id,
                  quoted(symbol.name).c_str());
  if (symbol.lo < 0 || symbol.lo > symbol.hi || symbol.step < 1)
    return format(
        "symbol %s has the range %lld..%lld:%lld, expected "
        "0 <= lo <= hi and step >= 1",
        quoted(symbol.name).c_str(), static_cast<long long>(symbol.lo),
        static_cast<long long>(symbol.hi), static_cast<long long>(symbol.step));
  if (symbol.definition > plan.exprs.size())
    return format("symbol %s is defined by expression %u of %zu",
                  quoted(symbol.name).c_str(), symbol.definition - 1,
                  plan.exprs.size());
  return std::nullopt;
}

/// Checks that each definition uses only symbols that precede its own.
std::optional<std::string> checkDefinitions(const Plan &plan) {
  std::vector<ExprRange> ranges = computeExprRanges(plan, Entry());
  for (size_t id = 0; id < plan.symbols.size(); ++id) {
    const Symbol &symbol = plan.symbols[id];
    if (symbol.definition == 0)
      continue;
    const ExprRange &range = ranges[symbol.definition - 1];
    if (range.symbolsEnd > id || range.usesScalars)
      return format("symbol %s is defined by expression %u, which uses a "
                    "scalar or a symbol that does not precede it",
                    quoted(symbol.name).c_str(), symbol.definition - 1);
    if (range.problem)
      return format("symbol %s is defined by expression %u, which %s",
                    quoted(symbol.name).c_str(), symbol.definition - 1,
                    range.problem);
  }
  return std::nullopt;
}

/// Calls `visit` for `root` and what it depends on, greatest id first.
template <typename Visit>
void forEachOperand(const Plan &plan, uint32_t root, Visit visit) {
  std::set<uint32_t, std::greater<uint32_t>> pending = {root};
  while (!pending.empty()) {
    uint32_t id = *pending.begin();
    pending.erase(pending.begin());
    visit(id);
    const Expr &expr = plan.exprs[id];
    if (!isLeaf(expr.op))
      pending.insert({expr.lhs, expr.rhs});
  }
}

} // namespace

std::optional<std::string> checkExprTable(const Plan &plan) {
  std::set<std::string> names;
  for (size_t id = 0; id < plan.symbols.size(); ++id)
    if (auto error = checkSymbol(plan, id, names))
      return error;
  for (size_t id = 0; id < plan.exprs.size(); ++id)
    if (auto error = checkExpr(plan, id))
      return error;
  return checkDefinitions(plan);
}

std::vector<ExprRange> computeExprRanges(const Plan &plan, const Entry &entry) {
  std::vector<ExprRange> ranges;
  ranges.reserve(plan.exprs.size());
  for (const Expr &expr : plan.exprs) {
    if (isLeaf(expr.op)) {
      ranges.push_back(leafRange(plan, entry, expr));
      continue;
    }
    const ExprRange &a = ranges[expr.lhs];
    const ExprRange &b = ranges[expr.rhs];
    ExprRange range;
    range.usesScalars = a.usesScalars || b.usesScalars;
    range.symbolsEnd = std::max(a.symbolsEnd, b.symbolsEnd);
    range.problem = a.problem ? a.problem : b.problem;
    if (!range.problem)
      combineRanges(expr, a, b, range);
    ranges.push_back(range);
  }
  return ranges;
}

std::vector<uint32_t> collectScalars(const Plan &plan, uint32_t id) {
  std::set<uint32_t> scalars;
  forEachOperand(plan, id, [&](uint32_t operand) {
    const Expr &expr = plan.exprs[operand];
    if (expr.op == Expr::Op::Scalar)
      scalars.insert(static_cast<uint32_t>(expr.value));
  });
  return std::vector<uint32_t>(scalars.begin(), scalars.end());
}

std::vector<uint32_t> collectExprs(const Plan &plan, uint32_t id) {
  std::vector<uint32_t> ids;
  forEachOperand(plan, id, [&](uint32_t operand) { ids.push_back(operand); });
  std::reverse(ids.begin(), ids.end());
  return ids;
}

std::vector<uint32_t> collectScalarExprs(const Plan &plan,
                                         const std::vector<ExprRange> &ranges,
                                         uint32_t id) {
  std::vector<uint32_t> ids = collectExprs(plan, id);
  ids.erase(std::remove_if(
                ids.begin(), ids.end(),
                [&](uint32_t other) { return !ranges[other].usesScalars; }),
            ids.end());
  return ids;
}

} // namespace neap::plan
