// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ExprText.h - size expressions as text: "768", "batch*floordiv(seq, 8) + 1".
//
// The grammar includes what DimExpr prints: sums, products and floor divisions
// (//) of integers, names and the functions floordiv, ceildiv, min and max,
// with parentheses.
#ifndef NEAP_PLAN_IR_EXPRTEXT_H
#define NEAP_PLAN_IR_EXPRTEXT_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>
#include <string>

namespace neap::planir {

/// One node of an expression; a name is a symbol or a scalar.
struct ExprNode {
  enum class Op { Constant, Name, Add, Mul, FloorDiv, CeilDiv, Min, Max };
  Op op = Op::Constant;
  int64_t value = 0;
  std::string name;
  /// Positions of the operands, which come before.
  unsigned lhs = 0;
  unsigned rhs = 0;
};

/// Nodes in post-order; the last is the whole expression.
using ExprNodes = llvm::SmallVector<ExprNode, 1>;

/// Parses `text`; on failure `error`, if given, says what was expected where.
std::optional<ExprNodes> parseExprText(llvm::StringRef text,
                                       std::string *error = nullptr);

/// Returns whether parseExprText() accepts `text`.
bool isExprText(llvm::StringRef text);

/// Returns the value of a constant.
std::optional<int64_t> getConstant(llvm::StringRef text);

} // namespace neap::planir

#endif // NEAP_PLAN_IR_EXPRTEXT_H
