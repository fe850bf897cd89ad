// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SizeAnalysis.cpp - see the header.
#include "passes/analysis/SizeAnalysis.h"

#include "llvm/ADT/STLExtras.h"
#include <limits>

using namespace mlir;

namespace neap {

int64_t getLargest(const DimExpr &size, const SymbolFacts &facts) {
  if (std::optional<int64_t> constant = size.getConstant())
    return *constant;
  return facts.getUpperBound(size).value_or(
      std::numeric_limits<int64_t>::max());
}

bool isMultipleOf(const DimExpr &size, int64_t divisor,
                  const SymbolFacts &facts) {
  return divideExactly(size, divisor, facts).has_value();
}

std::optional<DimExpr> divideExactly(const DimExpr &value,
                                     const DimExpr &divisor,
                                     const SymbolFacts &facts) {
  std::optional<int64_t> dividend = value.getConstant();
  std::optional<int64_t> by = divisor.getConstant();
  if (dividend && by) {
    if (*by < 1 || *dividend % *by != 0)
      return std::nullopt;
    return DimExpr(*dividend / *by);
  }
  DimExpr quotient = value.floorDiv(divisor);
  if (!quotient.isKnown() || !facts.areEqual(quotient * divisor, value))
    return std::nullopt;
  return quotient;
}

bool areEqual(ArrayRef<DimExpr> lhs, ArrayRef<DimExpr> rhs,
              const SymbolFacts &facts) {
  return lhs.size() == rhs.size() &&
         llvm::all_of(llvm::zip(lhs, rhs), [&](auto sizes) {
           return facts.areEqual(std::get<0>(sizes), std::get<1>(sizes));
         });
}

} // namespace neap
