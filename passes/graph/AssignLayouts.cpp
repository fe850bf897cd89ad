// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AssignLayouts.cpp - makes convolutions and poolings channels-last.
//
// First every channels-first conv and pool becomes a channels-last one between
// two transposes (that of a constant filter is computed at compile time). Then
// transposes move towards the results until they meet their inverses; where an
// image has no long spatial axes they are reshapes, thus nothing.
#include "passes/graph/Passes.h"
#include "passes/graph/Patterns.h"
#include "passes/graph/Views.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#define DEBUG_TYPE "neap-assign-layouts"

namespace neap {
#define GEN_PASS_DEF_ASSIGNLAYOUTS
#include "passes/graph/Passes.h.inc"
} // namespace neap

using namespace mlir;

namespace neap {
namespace {

/// Returns [0, 2, ..., rank - 1, 1]: [B, C, spatial...] to
/// [B, spatial..., C].
SmallVector<int64_t> getChannelsLastPermutation(unsigned rank) {
  SmallVector<int64_t> permutation{0};
  for (unsigned axis = 2; axis < rank; ++axis)
    permutation.push_back(axis);
  permutation.push_back(1);
  return permutation;
}

/// Replaces `op` by `copy`, a channels-last copy of it on `input`.
void finishChannelsLast(RewriterBase &rewriter, Operation *op, Operation *copy,
                        Value input, ArrayRef<int64_t> permutation) {
  copy->setOperand(0, input);
  Value result = copy->getResult(0);
  result.setType(withShape(result, permute(getShape(result), permutation)));
  rewriter.setInsertionPointAfter(copy);
  rewriter.replaceOp(op, createTranspose(rewriter, op->getLoc(), result,
                                         invertPermutation(permutation)));
}

/// Puts transposes around a channels-first convolution.
void makeChannelsLast(RewriterBase &rewriter, ConvOp op) {
  rewriter.setInsertionPoint(op);
  unsigned rank = getShape(op.getInput()).size();
  SmallVector<int64_t> permutation = getChannelsLastPermutation(rank);
  // [O, C/groups, kernel...] to [kernel..., C/groups, O].
  SmallVector<int64_t> filterPermutation;
  for (unsigned axis = 2; axis < rank; ++axis)
    filterPermutation.push_back(axis);
  filterPermutation.append({1, 0});
  Value input =
      createTranspose(rewriter, op.getLoc(), op.getInput(), permutation);
  Value filter =
      createTranspose(rewriter, op.getLoc(), op.getFilter(), filterPermutation);
  auto copy = cast<ConvOp>(rewriter.clone(*op));
  copy.setLayout(Layout::ChannelsLast);
  copy.getFilterMutable().assign(filter);
  finishChannelsLast(rewriter, op, copy, input, permutation);
}

/// Puts transposes around a channels-first pooling.
void makeChannelsLast(RewriterBase &rewriter, PoolOp op) {
  rewriter.setInsertionPoint(op);
  SmallVector<int64_t> permutation =
      getChannelsLastPermutation(getShape(op.getInput()).size());
  Value input =
      createTranspose(rewriter, op.getLoc(), op.getInput(), permutation);
  auto copy = cast<PoolOp>(rewriter.clone(*op));
  copy.setLayout(Layout::ChannelsLast);
  finishChannelsLast(rewriter, op, copy, input, permutation);
}

} // namespace

LogicalResult assignLayouts(func::FuncOp func) {
  IRRewriter rewriter(func.getContext());
  func.walk([&](Operation *op) {
    if (auto conv = dyn_cast<ConvOp>(op);
        conv && conv.getLayout() == Layout::ChannelsFirst)
      makeChannelsLast(rewriter, conv);
    else if (auto pool = dyn_cast<PoolOp>(op);
             pool && pool.getLayout() == Layout::ChannelsFirst)
      makeChannelsLast(rewriter, pool);
  });
  RewritePatternSet patterns(func.getContext());
  populateReshapePatterns(patterns);
  populateTransposePatterns(patterns);
  populateLayoutPatterns(patterns);
  if (failed(applyPatternsGreedily(func, std::move(patterns))))
    return func.emitError("layouts did not settle");
  return success();
}

namespace {

struct AssignLayoutsPass : impl::AssignLayoutsBase<AssignLayoutsPass> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (failed(assignLayouts(func)))
        return signalPassFailure();
  }
};

} // namespace
} // namespace neap
