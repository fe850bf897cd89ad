// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ReshapePatterns.cpp - moves reshapes towards the results: a reshape costs
// nothing, but one that stands between two ops keeps them in two kernels.
#include "passes/graph/Patterns.h"
#include "passes/graph/Views.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace neap {

bool isRowOp(Operation *op) {
  return isa<SoftmaxOp, LogSoftmaxOp, StandardizeOp, RmsStandardizeOp>(op);
}

bool isSliceOfRows(SliceOp slice) {
  ArrayRef<int64_t> shape = getShape(slice.getInput());
  return !shape.empty() && getShape(slice).drop_back() == shape.drop_back() &&
         llvm::all_of(slice.getSteps(), [](int64_t step) { return step == 1; });
}

Value createAtOtherShape(RewriterBase &rewriter, Operation *op,
                         ArrayRef<Value> operands) {
  Operation *copy = rewriter.clone(*op);
  copy->setOperands(operands);
  Value result = copy->getResult(0);
  result.setType(withShape(result, getShape(operands.front())));
  return result;
}

namespace {

/// reshape(reshape(x)) is one; a reshape of a broadcast is a broadcast.
struct MergeReshapes : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    Value input = op.getInput();
    ArrayRef<int64_t> shape = getShape(op.getResult());
    bool isMerged = input.getDefiningOp<ReshapeOp>() ||
                    getShape(input) == shape || reshapesFreely(input, shape);
    if (!isMerged)
      return rewriter.notifyMatchFailure(op, "input cannot take the shape");
    rewriter.replaceOp(op, createReshape(rewriter, op.getLoc(), input, shape));
    return success();
  }
};

/// ew(reshape(x), y) -> reshape(ew(x, y')). y must take the shape without
/// hiding its producer: a splat, a broadcast, a reshape from the same shape, a
/// value known at compile time; or any value if x has the lower rank.
struct SinkReshapeThroughElementwise : RewritePattern {
  SinkReshapeThroughElementwise(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isElementwise(op))
      return failure();
    for (Value operand : op->getOperands()) {
      auto reshape = operand.getDefiningOp<ReshapeOp>();
      if (!reshape || CompileTimeValues().contains(reshape.getInput()))
        continue;
      ArrayRef<int64_t> shape = getShape(reshape.getInput());
      if (!llvm::all_of(op->getOperands(),
                        [&](Value other) { return takesShape(other, shape); }))
        continue;
      SmallVector<Value> operands;
      for (Value other : op->getOperands())
        operands.push_back(createReshape(rewriter, op->getLoc(), other, shape));
      Value result = createAtOtherShape(rewriter, op, operands);
      rewriter.replaceOp(op, createReshape(rewriter, op->getLoc(), result,
                                           getShape(op->getResult(0))));
      return success();
    }
    return failure();
  }

private:
  static bool takesShape(Value value, ArrayRef<int64_t> shape) {
    auto reshape = value.getDefiningOp<ReshapeOp>();
    if (reshape && getShape(reshape.getInput()) == shape)
      return true;
    if (reshapesFreely(value, shape))
      return true;
    if (value.getDefiningOp<BroadcastOp>())
      return false;
    return shape.size() < getShape(value).size() ||
           CompileTimeValues().contains(value);
  }
};

/// Returns whether a reshape between both shapes keeps the last axis.
bool keepsLastAxis(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  return !from.empty() && !to.empty() && from.back() == to.back() &&
         !llvm::is_contained(from, 0);
}

/// row_op(reshape(x)) -> reshape(row_op(x)).
struct SinkReshapeThroughRowOp : RewritePattern {
  SinkReshapeThroughRowOp(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isRowOp(op))
      return failure();
    auto reshape = op->getOperand(0).getDefiningOp<ReshapeOp>();
    if (!reshape || !keepsLastAxis(getShape(reshape.getInput()),
                                   getShape(reshape.getResult())))
      return failure();
    Value result = createAtOtherShape(rewriter, op, reshape.getInput());
    rewriter.replaceOp(op, createReshape(rewriter, op->getLoc(), result,
                                         getShape(op->getResult(0))));
    return success();
  }
};

/// slice(reshape(x)) -> reshape(slice(x)) for parts of rows.
struct SinkReshapeThroughSlice : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().getDefiningOp<ReshapeOp>();
    if (!reshape || !isSliceOfRows(op))
      return failure();
    ArrayRef<int64_t> shape = getShape(reshape.getInput());
    if (!keepsLastAxis(shape, getShape(op.getInput())))
      return rewriter.notifyMatchFailure(op, "rows have another size");
    SmallVector<DimExpr> starts(shape.size(), 0);
    SmallVector<DimExpr> sizes = getDims(reshape.getInput().getType());
    starts.back() = op.getStarts().back();
    sizes.back() = op.getSizes().back();
    Value slice = SliceOp::create(
        rewriter, op.getLoc(),
        getTensorType(sizes, op.getType().getElementType()), reshape.getInput(),
        starts, sizes, SmallVector<int64_t>(shape.size(), 1));
    rewriter.replaceOp(op, createReshape(rewriter, op.getLoc(), slice,
                                         getShape(op.getResult())));
    return success();
  }
};

/// matmul(reshape(x), w) -> reshape(matmul(x, w)) for a matrix w, if K stays.
struct SinkReshapeThroughMatmul : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulOp op,
                                PatternRewriter &rewriter) const override {
    auto reshape = op.getLhs().getDefiningOp<ReshapeOp>();
    if (!reshape || getShape(op.getRhs()).size() != 2)
      return failure();
    Value lhs = reshape.getInput();
    if (getShape(lhs).size() < 2 ||
        !keepsLastAxis(getShape(lhs), getShape(op.getLhs())) ||
        CompileTimeValues().contains(lhs))
      return failure();
    SmallVector<int64_t> shape(getShape(lhs));
    shape.back() = getShape(op.getRhs()).back();
    Value product = MatmulOp::create(rewriter, op.getLoc(),
                                     withShape(lhs, shape), lhs, op.getRhs());
    rewriter.replaceOp(op, createReshape(rewriter, op.getLoc(), product,
                                         getShape(op.getResult())));
    return success();
  }
};

} // namespace

void populateReshapePatterns(RewritePatternSet &patterns) {
  patterns.add<MergeReshapes, SinkReshapeThroughElementwise,
               SinkReshapeThroughRowOp, SinkReshapeThroughSlice,
               SinkReshapeThroughMatmul>(patterns.getContext());
}

} // namespace neap
