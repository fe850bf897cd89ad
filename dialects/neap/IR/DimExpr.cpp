// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DimExpr.cpp - arithmetic on size expressions in normal form.
//
// A sum is a list of terms, coefficient * product of atoms, sorted by the
// atoms' text; an atom knows its text, so that comparing is comparing strings.
#include "dialects/neap/IR/DimExpr.h"

#include "dialects/neap/IR/DimExprImpl.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <map>
#include <numeric>
#include <set>

using namespace neap;
using Sum = DimExpr::Sum;

//===----------------------------------------------------------------------===//
// Representation
//===----------------------------------------------------------------------===//

/// Makes the expression of `terms`, dropping those with coefficient 0.
static DimExpr makeSum(TermMap terms) {
  for (auto it = terms.begin(); it != terms.end();)
    it = it->second.coefficient == 0 ? terms.erase(it) : std::next(it);
  if (terms.size() > kMaxTerms)
    return DimExpr::unknown();
  auto sum = std::make_shared<Sum>();
  for (auto &entry : terms)
    sum->terms.push_back(std::move(entry.second));
  return DimExprAccess::make(std::move(sum));
}

/// Returns the text by which products are ordered and compared.
static std::string getKey(const Product &atoms) {
  std::string key;
  for (const AtomRef &atom : atoms)
    key += (key.empty() ? "" : "*") + atom->text;
  return key;
}

/// Adds a term to `terms`; returns false on overflow.
static bool addTerm(TermMap &terms, const Product &atoms, int64_t coefficient) {
  Term &term = terms.try_emplace(getKey(atoms), Term{0, atoms}).first->second;
  return !llvm::AddOverflow(term.coefficient, coefficient, term.coefficient);
}

static const Sum &get(const DimExpr &expr) { return DimExprAccess::get(expr); }

/// Makes the expression that is one atom.
static DimExpr makeAtom(AtomKind kind, std::string text,
                        std::vector<DimExpr> operands = {}) {
  auto atom = std::make_shared<Atom>();
  atom->kind = kind;
  atom->text = std::move(text);
  atom->operands = std::move(operands);
  TermMap terms;
  addTerm(terms, {std::move(atom)}, 1);
  return makeSum(std::move(terms));
}

DimExpr::DimExpr(int64_t value) {
  auto constant = std::make_shared<Sum>();
  if (value != 0)
    constant->terms.push_back({value, {}});
  sum = std::move(constant);
}

DimExpr DimExpr::symbol(llvm::StringRef name) {
  return makeAtom(AtomKind::Symbol, name.str());
}

DimExpr DimExpr::unknown() {
  auto sum = std::make_shared<Sum>();
  sum->isKnown = false;
  return DimExpr(std::move(sum));
}

bool DimExpr::isKnown() const { return sum->isKnown; }

std::optional<int64_t> DimExpr::getConstant() const {
  if (!isKnown())
    return std::nullopt;
  if (sum->terms.empty())
    return 0;
  if (sum->terms.size() > 1 || !sum->terms.front().atoms.empty())
    return std::nullopt;
  return sum->terms.front().coefficient;
}

bool DimExpr::operator==(const DimExpr &rhs) const {
  if (!isKnown() || !rhs.isKnown() ||
      sum->terms.size() != rhs.sum->terms.size())
    return false;
  if (sum == rhs.sum)
    return true;
  for (auto [left, right] : llvm::zip(sum->terms, rhs.sum->terms))
    if (left.coefficient != right.coefficient ||
        getKey(left.atoms) != getKey(right.atoms))
      return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Sums and products
//===----------------------------------------------------------------------===//

DimExpr DimExpr::operator+(const DimExpr &rhs) const {
  if (!isKnown() || !rhs.isKnown())
    return unknown();
  // Most sizes are constants, most offsets 0.
  if (sum->terms.empty() || rhs.sum->terms.empty())
    return sum->terms.empty() ? rhs : *this;
  int64_t total;
  std::optional<int64_t> left = getConstant(), right = rhs.getConstant();
  if (left && right && !llvm::AddOverflow(*left, *right, total))
    return DimExpr(total);
  TermMap terms;
  for (const Sum *side : {sum.get(), rhs.sum.get()})
    for (const Term &term : side->terms)
      if (!addTerm(terms, term.atoms, term.coefficient))
        return unknown();
  return makeSum(std::move(terms));
}

DimExpr DimExpr::operator-(const DimExpr &rhs) const {
  return *this + rhs * DimExpr(-1);
}

/// Returns the atoms of both products, sorted.
static Product multiply(const Product &lhs, const Product &rhs) {
  Product atoms = lhs;
  atoms.insert(atoms.end(), rhs.begin(), rhs.end());
  llvm::sort(atoms, [](const AtomRef &left, const AtomRef &right) {
    return left->text < right->text;
  });
  return atoms;
}

DimExpr DimExpr::operator*(const DimExpr &rhs) const {
  if (!isKnown() || !rhs.isKnown() ||
      sum->terms.size() * rhs.sum->terms.size() > kMaxTerms)
    return unknown();
  int64_t product;
  std::optional<int64_t> leftConstant = getConstant();
  std::optional<int64_t> rightConstant = rhs.getConstant();
  if (leftConstant == 1 || rightConstant == 1)
    return leftConstant == 1 ? rhs : *this;
  if (leftConstant && rightConstant &&
      !llvm::MulOverflow(*leftConstant, *rightConstant, product))
    return DimExpr(product);
  TermMap terms;
  for (const Term &left : sum->terms) {
    for (const Term &right : rhs.sum->terms) {
      int64_t coefficient;
      if (left.atoms.size() + right.atoms.size() > kMaxAtoms ||
          llvm::MulOverflow(left.coefficient, right.coefficient, coefficient) ||
          !addTerm(terms, multiply(left.atoms, right.atoms), coefficient))
        return unknown();
    }
  }
  return makeSum(std::move(terms));
}

//===----------------------------------------------------------------------===//
// Division
//===----------------------------------------------------------------------===//

/// Returns the quotient rounded down.
static int64_t floorDivide(int64_t value, int64_t divisor) {
  return llvm::divideFloorSigned(value, divisor);
}

/// Removes the atoms of `divisor` from `atoms`; nothing if one is missing.
static std::optional<Product> divideProduct(const Product &atoms,
                                            const Product &divisor) {
  Product rest = atoms;
  for (const AtomRef &atom : divisor) {
    auto it = llvm::find_if(
        rest, [&](const AtomRef &own) { return own->text == atom->text; });
    if (it == rest.end())
      return std::nullopt;
    rest.erase(it);
  }
  return rest;
}

/// Splits `value` into divisor * quotient + rest, where `divisor` is one term.
static void splitByTerm(const Sum &value, const Term &divisor,
                        TermMap &quotient, TermMap &rest) {
  for (const Term &term : value.terms) {
    std::optional<Product> atoms = divideProduct(term.atoms, divisor.atoms);
    if (!atoms) {
      addTerm(rest, term.atoms, term.coefficient);
      continue;
    }
    int64_t whole = floorDivide(term.coefficient, divisor.coefficient);
    addTerm(quotient, *atoms, whole);
    addTerm(rest, term.atoms, term.coefficient - whole * divisor.coefficient);
  }
}

/// Divides numerator and constant divisor by their common factor:
/// floor((g x + k) / (g c)) = floor((x + floor(k / g)) / c).
static void reduceFraction(DimExpr &value, int64_t &divisor) {
  int64_t factor = divisor;
  for (const Term &term : get(value).terms)
    if (!term.atoms.empty())
      factor = std::gcd(factor, term.coefficient);
  if (factor == 1)
    return;
  TermMap terms;
  for (const Term &term : get(value).terms)
    addTerm(terms, term.atoms, floorDivide(term.coefficient, factor));
  value = makeSum(std::move(terms));
  divisor /= factor;
}

/// If `value` is floor(x / a) + k with constants a, k, makes it x + k a and
/// multiplies `divisor` by a.
static bool flattenNestedDivision(DimExpr &value, int64_t &divisor) {
  const Atom *inner = nullptr;
  int64_t addend = 0;
  for (const Term &term : get(value).terms) {
    if (term.atoms.empty()) {
      addend = term.coefficient;
      continue;
    }
    if (inner || term.coefficient != 1 || term.atoms.size() != 1)
      return false;
    inner = term.atoms.front().get();
  }
  if (!inner || inner->kind != AtomKind::FloorDiv)
    return false;
  std::optional<int64_t> innerDivisor = inner->operands[1].getConstant();
  int64_t product;
  if (!innerDivisor || llvm::MulOverflow(divisor, *innerDivisor, product))
    return false;
  value = inner->operands[0] + DimExpr(addend) * DimExpr(*innerDivisor);
  divisor = product;
  return value.isKnown();
}

/// Returns the text of an operand of a division.
static std::string printOperand(const DimExpr &expr) {
  std::string text = expr.str();
  bool isWord = llvm::all_of(
      text, [](char c) { return llvm::isAlnum(c) || c == '_' || c == '.'; });
  return isWord ? text : "(" + text + ")";
}

/// Makes the atom of a division that cannot be simplified.
static DimExpr makeDivision(const DimExpr &value, const DimExpr &divisor) {
  return makeAtom(AtomKind::FloorDiv,
                  printOperand(value) + " // " + printOperand(divisor),
                  {value, divisor});
}

/// Divides by a constant above 1.
static DimExpr divideByConstant(DimExpr value, int64_t divisor) {
  TermMap quotient, rest;
  splitByTerm(get(value), {divisor, {}}, quotient, rest);
  DimExpr whole = makeSum(std::move(quotient));
  value = makeSum(std::move(rest));
  reduceFraction(value, divisor);
  if (std::optional<int64_t> constant = value.getConstant())
    return whole + DimExpr(floorDivide(*constant, divisor));
  if (flattenNestedDivision(value, divisor))
    return whole + value.floorDiv(DimExpr(divisor));
  if (divisor == 1)
    return whole + value;
  return whole + makeDivision(value, DimExpr(divisor));
}

DimExpr DimExpr::floorDiv(const DimExpr &divisor) const {
  if (!isKnown() || !divisor.isKnown())
    return unknown();
  if (std::optional<int64_t> constant = divisor.getConstant()) {
    if (*constant < 1)
      return unknown();
    return *constant == 1 ? *this : divideByConstant(*this, *constant);
  }
  if (*this == divisor)
    return DimExpr(1);
  TermMap quotient, rest;
  bool isTerm = divisor.sum->terms.size() == 1 &&
                divisor.sum->terms.front().coefficient > 0;
  if (isTerm)
    splitByTerm(*sum, divisor.sum->terms.front(), quotient, rest);
  DimExpr whole = makeSum(std::move(quotient));
  DimExpr remainder = isTerm ? makeSum(std::move(rest)) : *this;
  if (remainder.isConstant(0))
    return whole;
  return whole + makeDivision(remainder, divisor);
}

DimExpr DimExpr::ceilDiv(const DimExpr &divisor) const {
  return (*this + divisor - DimExpr(1)).floorDiv(divisor);
}

//===----------------------------------------------------------------------===//
// Minimum and maximum
//===----------------------------------------------------------------------===//

/// Adds `expr`, or its operands if it is itself such an extremum, to
/// `operands`, keeping only one of two that differ by a constant.
static void addOperand(bool isMax, const DimExpr &expr,
                       std::map<std::string, DimExpr> &operands) {
  const std::vector<Term> &terms = get(expr).terms;
  AtomKind kind = isMax ? AtomKind::Max : AtomKind::Min;
  if (terms.size() == 1 && terms.front().coefficient == 1 &&
      terms.front().atoms.size() == 1 &&
      terms.front().atoms.front()->kind == kind) {
    for (const DimExpr &operand : terms.front().atoms.front()->operands)
      addOperand(isMax, operand, operands);
    return;
  }
  for (auto it = operands.begin(); it != operands.end(); ++it) {
    std::optional<int64_t> difference = (expr - it->second).getConstant();
    if (!difference)
      continue;
    if (isMax == (*difference < 0) || *difference == 0)
      return;
    operands.erase(it);
    break;
  }
  operands.emplace(expr.str(), expr);
}

DimExpr DimExpr::extremum(bool isMax, const DimExpr &lhs, const DimExpr &rhs) {
  if (!lhs.isKnown() || !rhs.isKnown())
    return unknown();
  std::map<std::string, DimExpr> operands;
  addOperand(isMax, lhs, operands);
  addOperand(isMax, rhs, operands);
  if (operands.size() == 1)
    return operands.begin()->second;
  if (operands.size() > kMaxTerms)
    return unknown();
  std::string text = isMax ? "max(" : "min(";
  std::vector<DimExpr> list;
  for (auto &[operandText, operand] : operands) {
    text += (list.empty() ? "" : ", ") + operandText;
    list.push_back(operand);
  }
  return makeAtom(isMax ? AtomKind::Max : AtomKind::Min, text + ")",
                  std::move(list));
}

DimExpr DimExpr::max(const DimExpr &lhs, const DimExpr &rhs) {
  return extremum(/*isMax=*/true, lhs, rhs);
}

DimExpr DimExpr::min(const DimExpr &lhs, const DimExpr &rhs) {
  return extremum(/*isMax=*/false, lhs, rhs);
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

/// Prints one term without its sign.
static void printTerm(const Term &term, llvm::raw_ostream &os) {
  uint64_t magnitude = term.coefficient < 0
                           ? 0 - static_cast<uint64_t>(term.coefficient)
                           : static_cast<uint64_t>(term.coefficient);
  bool isBare = term.atoms.empty() || magnitude != 1;
  if (isBare)
    os << magnitude;
  for (const AtomRef &atom : term.atoms) {
    if (isBare)
      os << "*";
    isBare = true;
    bool needsParens = atom->kind == AtomKind::FloorDiv;
    os << (needsParens ? "(" : "") << atom->text << (needsParens ? ")" : "");
  }
}

void DimExpr::print(llvm::raw_ostream &os) const {
  if (!isKnown()) {
    os << "<unknown>";
    return;
  }
  if (sum->terms.empty())
    os << "0";
  bool isFirst = true;
  auto printSigned = [&](const Term &term) {
    bool isNegative = term.coefficient < 0;
    if (isFirst)
      os << (isNegative ? "-" : "");
    else
      os << (isNegative ? " - " : " + ");
    isFirst = false;
    printTerm(term, os);
  };
  // The constant, the first in order, goes last.
  bool hasConstant = !sum->terms.empty() && sum->terms.front().atoms.empty();
  for (const Term &term : llvm::drop_begin(sum->terms, hasConstant ? 1 : 0))
    printSigned(term);
  if (hasConstant)
    printSigned(sum->terms.front());
}

std::string DimExpr::str() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  print(os);
  return text;
}

std::optional<llvm::SmallVector<int64_t>>
neap::getConstants(llvm::ArrayRef<DimExpr> exprs) {
  llvm::SmallVector<int64_t> constants;
  for (const DimExpr &expr : exprs) {
    std::optional<int64_t> constant = expr.getConstant();
    if (!constant)
      return std::nullopt;
    constants.push_back(*constant);
  }
  return constants;
}

DimExpr neap::getNumElements(llvm::ArrayRef<DimExpr> dims) {
  DimExpr product(1);
  for (const DimExpr &dim : dims)
    product *= dim;
  return product;
}
