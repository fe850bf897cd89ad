// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DimExprSimplify.h - what is known of the symbols, used to shorten an
// expression.
#ifndef NEAP_IR_DIMEXPRSIMPLIFY_H
#define NEAP_IR_DIMEXPRSIMPLIFY_H

#include "dialects/neap/IR/DimExpr.h"

namespace neap {

/// Returns an expression that equals `expr` for all values that `facts` allow.
/// Minima, maxima and divisions that bounds decide are gone, and so are
/// divisions that the step of a symbol makes exact: with d in 8..64:8,
/// 8*(d // 8) is d and 2*((d - 1) // 2) is d - 2.
DimExpr simplify(const DimExpr &expr, const SymbolFacts &facts);

/// Simplifies each of `exprs`.
llvm::SmallVector<DimExpr> simplify(llvm::ArrayRef<DimExpr> exprs,
                                    const SymbolFacts &facts);

} // namespace neap

#endif // NEAP_IR_DIMEXPRSIMPLIFY_H
