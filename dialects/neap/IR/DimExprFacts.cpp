// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DimExprFacts.cpp - what follows for an expression from what is known of its
// symbols: substitution, values, bounds, equality.
#include "dialects/neap/IR/DimExprImpl.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <set>

using namespace mlir;
using namespace neap;

using Bounds = std::pair<int64_t, int64_t>;

/// Rebuilds `expr` with `mapSymbol` applied to every symbol.
static DimExpr
rebuild(const DimExpr &expr,
        llvm::function_ref<DimExpr(const std::string &)> mapSymbol) {
  if (!expr.isKnown())
    return expr;
  DimExpr result;
  for (const Term &term : DimExprAccess::get(expr).terms) {
    DimExpr product(term.coefficient);
    for (const AtomRef &atom : term.atoms) {
      if (atom->kind == AtomKind::Symbol) {
        product *= mapSymbol(atom->text);
        continue;
      }
      DimExpr value = rebuild(atom->operands.front(), mapSymbol);
      for (const DimExpr &operand : llvm::drop_begin(atom->operands)) {
        DimExpr other = rebuild(operand, mapSymbol);
        value = atom->kind == AtomKind::FloorDiv ? value.floorDiv(other)
                : atom->kind == AtomKind::Min    ? DimExpr::min(value, other)
                                                 : DimExpr::max(value, other);
      }
      product *= value;
    }
    result += product;
  }
  return result;
}

DimExpr DimExpr::substitute(const llvm::StringMap<DimExpr> &values) const {
  return rebuild(*this, [&](const std::string &name) {
    auto it = values.find(name);
    return it == values.end() ? symbol(name) : it->second;
  });
}

std::optional<int64_t>
DimExpr::evaluate(const llvm::StringMap<int64_t> &values) const {
  DimExpr result = rebuild(*this, [&](const std::string &name) {
    auto it = values.find(name);
    return it == values.end() ? symbol(name) : DimExpr(it->second);
  });
  return result.getConstant();
}

Value DimExpr::emit(const DimExprEmitter &emitter) const {
  Value total;
  for (const Term &term : sum->terms) {
    Value product;
    auto multiply = [&](Value factor) {
      product = product ? emitter.combine(DimOperation::Mul, product, factor)
                        : factor;
    };
    if (term.coefficient != 1 || term.atoms.empty())
      multiply(emitter.constant(term.coefficient));
    for (const AtomRef &atom : term.atoms) {
      if (atom->kind == AtomKind::Symbol) {
        multiply(emitter.symbol(atom->text));
        continue;
      }
      DimOperation operation =
          atom->kind == AtomKind::FloorDiv ? DimOperation::FloorDiv
          : atom->kind == AtomKind::Min    ? DimOperation::Min
                                           : DimOperation::Max;
      Value value = atom->operands.front().emit(emitter);
      for (const DimExpr &operand : llvm::drop_begin(atom->operands))
        value = emitter.combine(operation, value, operand.emit(emitter));
      multiply(value);
    }
    total =
        total ? emitter.combine(DimOperation::Add, total, product) : product;
  }
  return total ? total : emitter.constant(0);
}

/// Adds the symbols of `expr` to `names`.
static void collectSymbols(const DimExpr &expr, std::set<std::string> &names) {
  for (const Term &term : DimExprAccess::get(expr).terms) {
    for (const AtomRef &atom : term.atoms) {
      if (atom->kind == AtomKind::Symbol)
        names.insert(atom->text);
      for (const DimExpr &operand : atom->operands)
        collectSymbols(operand, names);
    }
  }
}

llvm::SmallVector<std::string> DimExpr::getSymbols() const {
  std::set<std::string> names;
  collectSymbols(*this, names);
  return llvm::SmallVector<std::string>(names.begin(), names.end());
}

//===----------------------------------------------------------------------===//
// Bounds
//===----------------------------------------------------------------------===//

/// Returns the bounds of a product; nothing on overflow.
static std::optional<Bounds> multiply(Bounds lhs, Bounds rhs) {
  int64_t corners[4];
  if (llvm::MulOverflow(lhs.first, rhs.first, corners[0]) ||
      llvm::MulOverflow(lhs.first, rhs.second, corners[1]) ||
      llvm::MulOverflow(lhs.second, rhs.first, corners[2]) ||
      llvm::MulOverflow(lhs.second, rhs.second, corners[3]))
    return std::nullopt;
  return Bounds(*std::min_element(corners, corners + 4),
                *std::max_element(corners, corners + 4));
}

/// Returns the bounds of a floor division; nothing if the divisor may be 0.
static std::optional<Bounds> divide(Bounds value, Bounds divisor) {
  if (divisor.first < 1)
    return std::nullopt;
  auto floorDiv = [](int64_t dividend, int64_t by) {
    return llvm::divideFloorSigned(dividend, by);
  };
  return Bounds(std::min(floorDiv(value.first, divisor.first),
                         floorDiv(value.first, divisor.second)),
                std::max(floorDiv(value.second, divisor.first),
                         floorDiv(value.second, divisor.second)));
}

/// Returns the bounds of one atom.
static std::optional<Bounds>
getAtomBounds(const Atom &atom, const llvm::StringMap<SymbolRange> &ranges) {
  if (atom.kind == AtomKind::Symbol) {
    auto it = ranges.find(atom.text);
    if (it == ranges.end())
      return std::nullopt;
    return Bounds(it->second.lo, it->second.hi);
  }
  std::optional<Bounds> result = atom.operands.front().getBounds(ranges);
  for (const DimExpr &operand : llvm::drop_begin(atom.operands)) {
    std::optional<Bounds> other = operand.getBounds(ranges);
    if (!result || !other)
      return std::nullopt;
    if (atom.kind == AtomKind::FloorDiv)
      result = divide(*result, *other);
    else if (atom.kind == AtomKind::Min)
      result = {std::min(result->first, other->first),
                std::min(result->second, other->second)};
    else
      result = {std::max(result->first, other->first),
                std::max(result->second, other->second)};
  }
  return result;
}

std::optional<Bounds>
DimExpr::getBounds(const llvm::StringMap<SymbolRange> &ranges) const {
  if (!isKnown())
    return std::nullopt;
  Bounds total(0, 0);
  for (const Term &term : sum->terms) {
    std::optional<Bounds> product = Bounds(term.coefficient, term.coefficient);
    for (const AtomRef &atom : term.atoms) {
      std::optional<Bounds> factor = getAtomBounds(*atom, ranges);
      product = product && factor ? multiply(*product, *factor) : std::nullopt;
    }
    if (!product ||
        llvm::AddOverflow(total.first, product->first, total.first) ||
        llvm::AddOverflow(total.second, product->second, total.second))
      return std::nullopt;
  }
  return total;
}

//===----------------------------------------------------------------------===//
// Facts
//===----------------------------------------------------------------------===//

DimExpr SymbolFacts::resolve(const DimExpr &expr) const {
  DimExpr result = expr;
  // A definition may use symbols that have definitions; one that uses itself
  // stops here too.
  for (size_t round = 0; round <= definitions.size(); ++round) {
    DimExpr next = result.substitute(definitions);
    if (!next.isKnown() || next == result)
      break;
    result = next;
  }
  llvm::StringMap<DimExpr> steps;
  for (const auto &entry : ranges) {
    const SymbolRange &range = entry.second;
    if (range.lo == range.hi)
      steps[entry.first()] = DimExpr(range.lo);
    else if (range.step != 1)
      steps[entry.first()] =
          DimExpr(range.lo) +
          DimExpr(range.step) * DimExpr::symbol(entry.first());
  }
  return result.substitute(steps);
}

std::optional<Bounds> SymbolFacts::getBounds(const DimExpr &expr) const {
  // In the resolved form a symbol with a step counts its steps.
  llvm::StringMap<SymbolRange> counts;
  for (const auto &entry : ranges) {
    const SymbolRange &range = entry.second;
    counts[entry.first()] =
        range.step == 1 ? range
                        : SymbolRange{0, (range.hi - range.lo) / range.step, 1};
  }
  return resolve(expr).getBounds(counts);
}

std::optional<int64_t> SymbolFacts::getUpperBound(const DimExpr &expr) const {
  std::optional<Bounds> bounds = getBounds(expr);
  return bounds ? std::optional(bounds->second) : std::nullopt;
}

bool SymbolFacts::isAtLeast(const DimExpr &lhs, const DimExpr &rhs) const {
  if (lhs.getConstant() && rhs.getConstant())
    return *lhs.getConstant() >= *rhs.getConstant();
  std::optional<Bounds> bounds = getBounds(lhs - rhs);
  return bounds && bounds->first >= 0;
}

bool SymbolFacts::areEqual(const DimExpr &lhs, const DimExpr &rhs) const {
  if (lhs.getConstant() && rhs.getConstant())
    return lhs == rhs;
  return lhs == rhs || getBounds(lhs - rhs) == Bounds(0, 0);
}
