// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ContiguousViews.h - which slices and concatenations are ranges of bytes at
// places that do not depend on symbols: these are no code but a decision of the
// memory planner.
#ifndef NEAP_PASSES_ANALYSIS_CONTIGUOUSVIEWS_H
#define NEAP_PASSES_ANALYSIS_CONTIGUOUSVIEWS_H

#include "dialects/neap/IR/NeapOps.h"

#include <optional>

namespace neap {

/// Returns the element at which a slice starts if its elements lie side by
/// side in the operand: whole axes, after one range, after single elements.
std::optional<int64_t> getContiguousStart(SliceOp slice);

/// Returns the element at which each operand starts in the result of a
/// concatenation along an outermost axis.
std::optional<llvm::SmallVector<int64_t>> getConcatStarts(ConcatOp concat);

} // namespace neap

#endif // NEAP_PASSES_ANALYSIS_CONTIGUOUSVIEWS_H
