// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DimExprImpl.h - how an expression is stored; for DimExpr*.cpp only.
#ifndef NEAP_IR_DIMEXPRIMPL_H
#define NEAP_IR_DIMEXPRIMPL_H

#include "dialects/neap/IR/DimExpr.h"

#include <map>
#include <vector>

namespace neap {

/// Bounds on the size of an expression; beyond them it is unknown.
constexpr size_t kMaxTerms = 256;
constexpr size_t kMaxAtoms = 32;

enum class AtomKind { Symbol, FloorDiv, Min, Max };

/// A factor that is not a number.
struct Atom {
  AtomKind kind;
  /// The name of a symbol; the text of the rest, without outer parentheses.
  std::string text;
  /// Dividend and divisor; or what the extremum is taken of.
  std::vector<DimExpr> operands;
};

using AtomRef = std::shared_ptr<const Atom>;
/// Atoms sorted by their text.
using Product = std::vector<AtomRef>;

struct Term {
  int64_t coefficient;
  Product atoms;
};

/// Terms by the text of their product.
using TermMap = std::map<std::string, Term>;

struct DimExpr::Sum {
  /// Sorted by the text of the product; no coefficient is 0.
  std::vector<Term> terms;
  bool isKnown = true;
};

struct DimExprAccess {
  static DimExpr make(std::shared_ptr<const DimExpr::Sum> sum) {
    return DimExpr(std::move(sum));
  }
  static const DimExpr::Sum &get(const DimExpr &expr) { return *expr.sum; }
};

} // namespace neap

#endif // NEAP_IR_DIMEXPRIMPL_H
