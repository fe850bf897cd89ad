// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MaskConditions.h - what a mask of attention asks for: conditions that all
// must hold, of which those that compare positions need no tensor.
#ifndef NEAP_PASSES_GRAPH_MASKCONDITIONS_H
#define NEAP_PASSES_GRAPH_MASKCONDITIONS_H

#include "passes/graph/Views.h"
#include <optional>

namespace neap {

/// The conjunction of conditions on [..., Q, K].
struct MaskConditions {
  /// Key j counts for query i only if j <= i + causal.
  std::optional<DimExpr> causal;
  /// Tensors of bool that broadcast to the mask's shape.
  llvm::SmallVector<mlir::Value> tensors;
};

/// Splits `mask`, a tensor of bool of rank at least 2. Conditions that hold
/// whatever the symbols are vanish.
MaskConditions splitMask(mlir::Value mask, const SymbolFacts &facts);

} // namespace neap

#endif // NEAP_PASSES_GRAPH_MASKCONDITIONS_H
