// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SizeAnalysis.h - what can be said of sizes that are expressions: enough to
// choose code for them.
#ifndef NEAP_PASSES_ANALYSIS_SIZEANALYSIS_H
#define NEAP_PASSES_ANALYSIS_SIZEANALYSIS_H

#include "dialects/neap/IR/DimExprSimplify.h"
#include "llvm/ADT/ArrayRef.h"
#include <optional>

namespace neap {

/// Returns the largest value of `size`; the largest int64_t if the facts set
/// none.
int64_t getLargest(const DimExpr &size, const SymbolFacts &facts);

/// Returns whether `size` is a multiple of `divisor` whatever the symbols are.
bool isMultipleOf(const DimExpr &size, int64_t divisor,
                  const SymbolFacts &facts);

/// Returns value / divisor if that is an integer whatever the symbols are.
std::optional<DimExpr> divideExactly(const DimExpr &value,
                                     const DimExpr &divisor,
                                     const SymbolFacts &facts);

/// Returns whether both shapes are equal whatever the symbols are.
bool areEqual(llvm::ArrayRef<DimExpr> lhs, llvm::ArrayRef<DimExpr> rhs,
              const SymbolFacts &facts);

} // namespace neap

#endif // NEAP_PASSES_ANALYSIS_SIZEANALYSIS_H
