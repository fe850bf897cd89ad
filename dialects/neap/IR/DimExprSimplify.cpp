// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DimExprSimplify.cpp - see DimExprSimplify.h.
//
// A symbol with a step is written as lo + step * count, which makes the normal
// form decide its divisions; then counts are written as symbols again. Both
// ways depend on the expression alone, so that equal ones come out equal.
#include "dialects/neap/IR/DimExprSimplify.h"

#include "dialects/neap/IR/DimExprImpl.h"

#include "llvm/ADT/STLExtras.h"

#include <numeric>

using namespace neap;

namespace {

class Simplifier {
public:
  explicit Simplifier(const SymbolFacts &facts) : facts(facts) {
    for (const auto &entry : facts.ranges) {
      const SymbolRange &range = entry.second;
      bool isCounted = range.step != 1 && range.lo != range.hi;
      if (isCounted)
        counted[entry.first()] = range;
      counts[entry.first()] =
          isCounted ? SymbolRange{0, (range.hi - range.lo) / range.step, 1}
                    : range;
    }
  }

  DimExpr run(const DimExpr &expr) const {
    DimExpr decided = decide(facts.resolve(expr));
    return counted.empty() ? decided : restore(decided);
  }

private:
  DimExpr decide(const DimExpr &expr) const;
  DimExpr decideAtom(const Atom &atom) const;
  DimExpr decideExtremum(const Atom &atom) const;
  bool isAtLeast(const DimExpr &lhs, const DimExpr &rhs) const;
  DimExpr restore(const DimExpr &expr) const;
  DimExpr restoreTerm(const Term &term) const;
  DimExpr restoreAtom(const Atom &atom) const;

  const SymbolFacts &facts;
  /// Symbols that stand for a number of steps, and all symbols' ranges then.
  llvm::StringMap<SymbolRange> counted, counts;
};

} // namespace

//===----------------------------------------------------------------------===//
// What bounds decide
//===----------------------------------------------------------------------===//

bool Simplifier::isAtLeast(const DimExpr &lhs, const DimExpr &rhs) const {
  auto bounds = (lhs - rhs).getBounds(counts);
  if (bounds)
    return bounds->first >= 0;
  // The difference may leave 64 bits where each side does not.
  auto left = lhs.getBounds(counts), right = rhs.getBounds(counts);
  return left && right && left->first >= right->second;
}

DimExpr Simplifier::decideExtremum(const Atom &atom) const {
  bool isMax = atom.kind == AtomKind::Max;
  llvm::SmallVector<DimExpr> kept;
  for (const DimExpr &operand : atom.operands) {
    DimExpr decided = decide(operand);
    auto isBeatenBy = [&](const DimExpr &other) {
      return isMax ? isAtLeast(other, decided) : isAtLeast(decided, other);
    };
    if (llvm::any_of(kept, isBeatenBy))
      continue;
    llvm::erase_if(kept, [&](const DimExpr &other) {
      return isMax ? isAtLeast(decided, other) : isAtLeast(other, decided);
    });
    kept.push_back(decided);
  }
  DimExpr result = kept.front();
  for (const DimExpr &other : llvm::drop_begin(kept))
    result = isMax ? DimExpr::max(result, other) : DimExpr::min(result, other);
  return result;
}

DimExpr Simplifier::decideAtom(const Atom &atom) const {
  if (atom.kind == AtomKind::Symbol)
    return DimExpr::symbol(atom.text);
  if (atom.kind != AtomKind::FloorDiv)
    return decideExtremum(atom);
  DimExpr quotient =
      decide(atom.operands[0]).floorDiv(decide(atom.operands[1]));
  auto bounds = quotient.getBounds(counts);
  if (bounds && bounds->first == bounds->second)
    return DimExpr(bounds->first);
  return quotient;
}

DimExpr Simplifier::decide(const DimExpr &expr) const {
  if (!expr.isKnown())
    return expr;
  DimExpr result;
  for (const Term &term : DimExprAccess::get(expr).terms) {
    DimExpr product(term.coefficient);
    for (const AtomRef &atom : term.atoms)
      product *= decideAtom(*atom);
    result += product;
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Counts back to symbols
//===----------------------------------------------------------------------===//

DimExpr Simplifier::restoreAtom(const Atom &atom) const {
  if (atom.kind == AtomKind::Symbol)
    return restoreTerm({1, {std::make_shared<Atom>(atom)}});
  DimExpr result = restore(atom.operands.front());
  for (const DimExpr &operand : llvm::drop_begin(atom.operands)) {
    DimExpr other = restore(operand);
    result = atom.kind == AtomKind::FloorDiv ? result.floorDiv(other)
             : atom.kind == AtomKind::Min    ? DimExpr::min(result, other)
                                             : DimExpr::max(result, other);
  }
  return result;
}

/// g * count is (symbol - lo) / (step / g) exactly: the coefficient goes into
/// the counts as far as it divides their steps.
DimExpr Simplifier::restoreTerm(const Term &term) const {
  int64_t coefficient = term.coefficient;
  DimExpr result(1);
  for (const AtomRef &atom : term.atoms) {
    auto range = counted.find(atom->text);
    if (atom->kind != AtomKind::Symbol || range == counted.end()) {
      result *= atom->kind == AtomKind::Symbol ? DimExpr::symbol(atom->text)
                                               : restoreAtom(*atom);
      continue;
    }
    int64_t step = range->second.step;
    int64_t factor = std::gcd(coefficient, step);
    result *= (DimExpr::symbol(atom->text) - DimExpr(range->second.lo))
                  .floorDiv(DimExpr(step / factor));
    coefficient /= factor;
  }
  return result * DimExpr(coefficient);
}

DimExpr Simplifier::restore(const DimExpr &expr) const {
  if (!expr.isKnown())
    return expr;
  DimExpr result;
  for (const Term &term : DimExprAccess::get(expr).terms)
    result += restoreTerm(term);
  return result;
}

DimExpr neap::simplify(const DimExpr &expr, const SymbolFacts &facts) {
  if (expr.getConstant())
    return expr;
  return Simplifier(facts).run(expr);
}

llvm::SmallVector<DimExpr> neap::simplify(llvm::ArrayRef<DimExpr> exprs,
                                          const SymbolFacts &facts) {
  return llvm::map_to_vector(
      exprs, [&](const DimExpr &expr) { return simplify(expr, facts); });
}
