// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Patterns.h - rewrite patterns that several graph passes share. All of them
// move views towards the results, so that together they end.
#ifndef NEAP_PASSES_GRAPH_PATTERNS_H
#define NEAP_PASSES_GRAPH_PATTERNS_H

#include "dialects/neap/IR/NeapOps.h"

#include "mlir/IR/PatternMatch.h"

namespace neap {

/// Reshapes below elementwise ops, row ops and products; merged reshapes.
void populateReshapePatterns(mlir::RewritePatternSet &patterns);

/// Transposes below elementwise ops, row ops and reshapes; merged transposes.
void populateTransposePatterns(mlir::RewritePatternSet &patterns);

/// Transposes below the ops that occur between convolutions: concat, pad,
/// slice, and reductions over the axes of an image.
void populateLayoutPatterns(mlir::RewritePatternSet &patterns);

/// Replaces `op`, whose operands and result have one shape, by the same op on
/// `operands`, which have another. Returns the new result.
mlir::Value createAtOtherShape(mlir::RewriterBase &rewriter,
                               mlir::Operation *op,
                               mlir::ArrayRef<mlir::Value> operands);

/// Returns whether `op` computes each row (last axis) from itself alone and
/// keeps the shape: softmax and its family.
bool isRowOp(mlir::Operation *op);

/// Returns whether `slice` cuts the last axis alone, in steps of 1.
bool isSliceOfRows(SliceOp slice);

} // namespace neap

#endif // NEAP_PASSES_GRAPH_PATTERNS_H
