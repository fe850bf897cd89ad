// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DimExpr.h - sizes of axes as expressions over named integer symbols.
//
// An expression is kept in one normal form: a sum of integer * product of
// atoms, where an atom is a symbol, a floor division, a minimum or a maximum of
// normal forms. A ceiling division becomes a floor division. Divisors are taken
// to be positive.
#ifndef NEAP_IR_DIMEXPR_H
#define NEAP_IR_DIMEXPR_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/StringMap.h"

#include <memory>
#include <optional>
#include <string>

namespace neap {

/// Values that a symbol may take: lo, lo + step, ..., at most hi.
struct SymbolRange {
  int64_t lo;
  int64_t hi;
  int64_t step = 1;
};

/// What is known of the symbols: `--dim=NAME=LO..HI[:STEP]` and
/// `--dim=NAME=EXPR`.
struct SymbolFacts;

/// What the value of an expression is computed with.
enum class DimOperation { Add, Mul, FloorDiv, Min, Max };

/// How DimExpr::emit() makes values.
struct DimExprEmitter {
  llvm::function_ref<mlir::Value(int64_t value)> constant;
  llvm::function_ref<mlir::Value(llvm::StringRef name)> symbol;
  llvm::function_ref<mlir::Value(DimOperation operation, mlir::Value lhs,
                                 mlir::Value rhs)>
      combine;
};

/// An immutable expression; copies share their storage. Thread-compatible.
class DimExpr {
public:
  /// Makes the constant 0.
  DimExpr() : DimExpr(0) {}
  /// Makes a constant.
  DimExpr(int64_t value);

  /// Returns the symbol `name`; see isSymbolName().
  static DimExpr symbol(llvm::StringRef name);
  /// Makes an expression of which nothing is known.
  static DimExpr unknown();
  /// Returns whether `name` reads back as one symbol: a letter or `_`, then
  /// letters, digits, `_` and `.`, and none of the words of the grammar.
  static bool isSymbolName(llvm::StringRef name);

  /// Parses `+ - * // floordiv ceildiv`, parentheses, `min(a, b, ...)`,
  /// `max(a, b, ...)`, `floordiv(a, b)`, `ceildiv(a, b)`, `floor(a / b)` and
  /// `ceil(a / b)`. On failure `error`, if given, says what was expected where.
  static mlir::FailureOr<DimExpr> parse(llvm::StringRef text,
                                        std::string *error = nullptr);

  /// Returns the larger or the smaller of both.
  static DimExpr max(const DimExpr &lhs, const DimExpr &rhs);
  static DimExpr min(const DimExpr &lhs, const DimExpr &rhs);

  DimExpr operator+(const DimExpr &rhs) const;
  DimExpr operator-(const DimExpr &rhs) const;
  DimExpr operator*(const DimExpr &rhs) const;
  DimExpr &operator+=(const DimExpr &rhs) { return *this = *this + rhs; }
  DimExpr &operator*=(const DimExpr &rhs) { return *this = *this * rhs; }
  /// Returns the quotient rounded down or up; an unknown expression if
  /// `divisor` is a constant below 1.
  DimExpr floorDiv(const DimExpr &divisor) const;
  DimExpr ceilDiv(const DimExpr &divisor) const;

  /// Compares normal forms. Unknown expressions equal nothing.
  bool operator==(const DimExpr &rhs) const;
  bool operator!=(const DimExpr &rhs) const { return !(*this == rhs); }

  /// Returns false for a result that overflowed 64 bits or grew beyond
  /// reason; such an expression prints as `<unknown>`.
  bool isKnown() const;
  /// Returns the value of a constant expression.
  std::optional<int64_t> getConstant() const;
  /// Returns whether this is the constant `value`.
  bool isConstant(int64_t value) const { return getConstant() == value; }

  /// Replaces symbols (all at once, not repeatedly).
  DimExpr substitute(const llvm::StringMap<DimExpr> &values) const;
  /// Returns the value at `values`, if it names every symbol that occurs.
  std::optional<int64_t> evaluate(const llvm::StringMap<int64_t> &values) const;
  /// Returns bounds (which need not be tight); nothing if a symbol has no
  /// range.
  std::optional<std::pair<int64_t, int64_t>>
  getBounds(const llvm::StringMap<SymbolRange> &ranges) const;
  /// Returns the symbols that occur, sorted, each once.
  llvm::SmallVector<std::string> getSymbols() const;

  /// Emits the computation of a known expression and returns its value.
  mlir::Value emit(const DimExprEmitter &emitter) const;

  /// Prints the normal form, which parse() reads back.
  void print(llvm::raw_ostream &os) const;
  std::string str() const;

  struct Sum;

private:
  explicit DimExpr(std::shared_ptr<const Sum> sum) : sum(std::move(sum)) {}
  static DimExpr extremum(bool isMax, const DimExpr &lhs, const DimExpr &rhs);
  friend struct DimExprAccess;

  std::shared_ptr<const Sum> sum;
};

struct SymbolFacts {
  llvm::StringMap<SymbolRange> ranges;
  llvm::StringMap<DimExpr> definitions;

  /// Applies definitions until none applies, then writes each symbol with a
  /// step as `lo + step * symbol`. For comparisons, not for printing.
  DimExpr resolve(const DimExpr &expr) const;
  /// Returns whether both are equal for all values that the facts allow, as
  /// far as the normal form and bounds can tell.
  bool areEqual(const DimExpr &lhs, const DimExpr &rhs) const;

  /// Returns bounds of `expr` (which need not be tight); nothing if a symbol
  /// has no range.
  std::optional<std::pair<int64_t, int64_t>>
  getBounds(const DimExpr &expr) const;
  /// Returns a number that `expr` never exceeds: of a constant, itself.
  std::optional<int64_t> getUpperBound(const DimExpr &expr) const;
  /// Returns whether `lhs` is known to be at least `rhs`.
  bool isAtLeast(const DimExpr &lhs, const DimExpr &rhs) const;
};

inline llvm::raw_ostream &operator<<(llvm::raw_ostream &os,
                                     const DimExpr &expr) {
  expr.print(os);
  return os;
}

/// Returns the sizes of the axes of `type`: constants and `#neap.dims` entries.
/// An axis whose size the type does not tell is unknown.
llvm::SmallVector<DimExpr> getDims(mlir::RankedTensorType type);

/// Returns the type with the sizes `dims`; it carries `#neap.dims` only if an
/// axis is not constant.
mlir::RankedTensorType getTensorType(llvm::ArrayRef<DimExpr> dims,
                                     mlir::Type elementType);

/// Returns `exprs` as integers, or nothing if one is symbolic.
std::optional<llvm::SmallVector<int64_t>>
getConstants(llvm::ArrayRef<DimExpr> exprs);

/// Returns the product of `dims`.
DimExpr getNumElements(llvm::ArrayRef<DimExpr> dims);

} // namespace neap

#endif // NEAP_IR_DIMEXPR_H
