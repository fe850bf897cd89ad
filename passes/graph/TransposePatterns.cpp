// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TransposePatterns.cpp - moves transposes towards the results, where they meet
// their inverses or are taken up by a product.
#include "passes/graph/Patterns.h"
#include "passes/graph/Views.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace neap {
namespace {

/// Returns `value` at the axes before `permutation`, where that costs nothing
/// at run time: what it transposes, a broadcast, a splat, a compile-time value.
Value undoTranspose(PatternRewriter &rewriter, Location loc, Value value,
                    ArrayRef<int64_t> permutation) {
  return createTranspose(rewriter, loc, value, invertPermutation(permutation));
}

/// Returns whether undoTranspose() costs nothing at run time.
bool undoesFreely(Value value, ArrayRef<int64_t> permutation) {
  if (auto transpose = value.getDefiningOp<TransposeOp>())
    return transpose.getPermutation() == permutation;
  return getSplat(value) || value.getDefiningOp<BroadcastOp>() ||
         CompileTimeValues().contains(value);
}

/// Returns the transpose among `operands` that all of them can undo, or null.
TransposeOp findCommonTranspose(OperandRange operands) {
  for (Value operand : operands) {
    auto transpose = operand.getDefiningOp<TransposeOp>();
    if (!transpose || CompileTimeValues().contains(transpose.getInput()))
      continue;
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    bool isCommon = llvm::all_of(operands, [&](Value other) {
      return undoesFreely(other, permutation);
    });
    return isCommon ? transpose : TransposeOp();
  }
  return {};
}

/// Replaces `op` by the transpose of `value`.
LogicalResult replaceByTranspose(PatternRewriter &rewriter, Operation *op,
                                 Value value, ArrayRef<int64_t> permutation) {
  rewriter.replaceOp(
      op, createTranspose(rewriter, op->getLoc(), value, permutation));
  return success();
}

/// ew(transpose(x), transpose(y)) -> transpose(ew(x, y)).
struct SinkTransposeThroughElementwise : RewritePattern {
  SinkTransposeThroughElementwise(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isElementwise(op))
      return failure();
    TransposeOp transpose = findCommonTranspose(op->getOperands());
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "no transpose of all operands");
    SmallVector<int64_t> permutation(transpose.getPermutation());
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(
          undoTranspose(rewriter, op->getLoc(), operand, permutation));
    Value result = createAtOtherShape(rewriter, op, operands);
    return replaceByTranspose(rewriter, op, result, permutation);
  }
};

/// row_op(transpose(x)) -> transpose(row_op(x)) if the last axis stays.
struct SinkTransposeThroughRowOp : RewritePattern {
  SinkTransposeThroughRowOp(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isRowOp(op))
      return failure();
    auto transpose = op->getOperand(0).getDefiningOp<TransposeOp>();
    if (!transpose)
      return failure();
    SmallVector<int64_t> permutation(transpose.getPermutation());
    if (permutation.empty() ||
        permutation.back() != static_cast<int64_t>(permutation.size()) - 1)
      return rewriter.notifyMatchFailure(op, "last axis moves");
    Value result = createAtOtherShape(rewriter, op, transpose.getInput());
    return replaceByTranspose(rewriter, op, result, permutation);
  }
};

/// transpose(transpose(x)) is one; of a broadcast, or moving only axes of size
/// 1, it is none.
struct MergeTransposes : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    Value merged = createTranspose(rewriter, op.getLoc(), op.getInput(),
                                   op.getPermutation());
    auto same = merged.getDefiningOp<TransposeOp>();
    if (same && same.getInput() == op.getInput()) {
      rewriter.eraseOp(same);
      return rewriter.notifyMatchFailure(op, "nothing to merge with");
    }
    rewriter.replaceOp(op, merged);
    return success();
  }
};

/// For each axis of the result longer than 1, its number among such axes of the
/// input.
SmallVector<int64_t> getOrderOfLongAxes(TransposeOp transpose) {
  Shape input = getShape(transpose.getInput());
  SmallVector<int64_t> number(input.size());
  int64_t count = 0;
  for (auto [axis, size] : llvm::enumerate(input))
    number[axis] = size.isConstant(1) ? -1 : count++;
  SmallVector<int64_t> order;
  for (int64_t axis : transpose.getPermutation())
    if (number[axis] >= 0)
      order.push_back(number[axis]);
  return order;
}

/// Returns `shape` without its axes of size 1.
Shape getLongSizes(Shape shape) {
  llvm::erase(shape, DimExpr(1));
  return shape;
}

/// Axes of a reshape's one side, in the order in which the long axes that they
/// correspond to stand elsewhere. Axes of size 1 in front stay in front.
///
/// `positions` says where each axis of `longSizes` stands. Returns nothing if
/// the reshape mixes axes that do not stand side by side.
std::optional<SmallVector<int64_t>>
orderLikeLongAxes(ArrayRef<DimExpr> longSizes, ArrayRef<DimExpr> shape,
                  ArrayRef<int64_t> positions) {
  std::optional<SmallVector<AxisGroup>> groups =
      associateAxes(longSizes, shape);
  if (!groups)
    return std::nullopt;
  for (const AxisGroup &group : *groups)
    for (unsigned axis = group.firstBegin + 1; axis < group.firstEnd; ++axis)
      if (positions[axis] != positions[axis - 1] + 1)
        return std::nullopt;
  llvm::stable_sort(*groups, [&](const AxisGroup &a, const AxisGroup &b) {
    auto position = [&](const AxisGroup &group) {
      return group.firstBegin == group.firstEnd
                 ? static_cast<int64_t>(positions.size())
                 : positions[group.firstBegin];
    };
    return position(a) < position(b);
  });
  unsigned numLeading =
      shape.take_while([](const DimExpr &size) { return size.isConstant(1); })
          .size();
  auto axes = llvm::to_vector(llvm::seq<int64_t>(0, numLeading));
  for (const AxisGroup &group : *groups)
    for (unsigned axis = std::max(group.secondBegin, numLeading);
         axis < group.secondEnd; ++axis)
      axes.push_back(axis);
  return axes;
}

/// reshape(transpose(x)) -> transpose(reshape(x)) if the reshape splits and
/// merges only axes that are neighbours in x. Axes of size 1 are free.
struct SinkTransposeThroughReshape : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = op.getInput().getDefiningOp<TransposeOp>();
    if (!transpose)
      return failure();
    Shape shape = getShape(op.getResult());
    std::optional<SmallVector<int64_t>> axes =
        orderLikeLongAxes(getLongSizes(getShape(transpose.getResult())), shape,
                          getOrderOfLongAxes(transpose));
    if (!axes)
      return rewriter.notifyMatchFailure(op, "mixes axes that are apart");
    Value reshaped = createReshape(rewriter, op.getLoc(), transpose.getInput(),
                                   permute(shape, *axes));
    return replaceByTranspose(rewriter, op, reshaped, invertPermutation(*axes));
  }
};

/// transpose(reshape(transpose(x))) -> reshape(transpose(transpose(x))) if the
/// outer transpose keeps together what the reshape splits: two copies become
/// one. This is how a shuffle of channels ends between channels-last images.
struct MergeTransposesAroundReshape : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().getDefiningOp<ReshapeOp>();
    if (!reshape || !reshape.getInput().getDefiningOp<TransposeOp>())
      return failure();
    std::optional<SmallVector<int64_t>> axes =
        orderLikeLongAxes(getLongSizes(getShape(reshape.getResult())),
                          getShape(reshape.getInput()),
                          invertPermutation(getOrderOfLongAxes(op)));
    if (!axes)
      return rewriter.notifyMatchFailure(op, "splits what belongs together");
    Value merged =
        createTranspose(rewriter, op.getLoc(), reshape.getInput(), *axes);
    rewriter.replaceOp(op, createReshape(rewriter, op.getLoc(), merged,
                                         getShape(op.getResult())));
    return success();
  }
};

/// concat(transpose(x), transpose(y)) -> transpose(concat(x, y)).
struct SinkTransposeThroughConcat : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConcatOp op,
                                PatternRewriter &rewriter) const override {
    TransposeOp transpose = findCommonTranspose(op->getOperands());
    if (!transpose)
      return failure();
    SmallVector<int64_t> permutation(transpose.getPermutation());
    SmallVector<Value> inputs;
    for (Value input : op.getInputs())
      inputs.push_back(
          undoTranspose(rewriter, op.getLoc(), input, permutation));
    Shape shape =
        permute(getShape(op.getResult()), invertPermutation(permutation));
    Value result = ConcatOp::create(
        rewriter, op.getLoc(), withShape(op.getResult(), shape), inputs,
        rewriter.getI64IntegerAttr(permutation[op.getAxis()]));
    return replaceByTranspose(rewriter, op, result, permutation);
  }
};

/// op(transpose(x)) -> transpose(op(x)) for an op whose attributes have one
/// entry per axis: `setAttributes` gives the copy at the axes of x those of
/// `op` in the order of `inverse`.
template <typename OpTy>
LogicalResult
sinkTranspose(PatternRewriter &rewriter, OpTy op,
              function_ref<void(OpTy, ArrayRef<int64_t>)> setAttributes) {
  auto transpose = op.getInput().template getDefiningOp<TransposeOp>();
  if (!transpose)
    return failure();
  SmallVector<int64_t> permutation(transpose.getPermutation());
  SmallVector<int64_t> inverse = invertPermutation(permutation);
  auto copy = cast<OpTy>(rewriter.clone(*op));
  copy.getInputMutable().assign(transpose.getInput());
  setAttributes(copy, inverse);
  copy.getResult().setType(
      withShape(copy.getResult(), permute(getShape(op.getResult()), inverse)));
  return replaceByTranspose(rewriter, op, copy.getResult(), permutation);
}

/// pad(transpose(x)) -> transpose(pad(x)).
struct SinkTransposeThroughPad : OpRewritePattern<PadOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PadOp op,
                                PatternRewriter &rewriter) const override {
    return sinkTranspose<PadOp>(rewriter, op,
                                [&](PadOp copy, ArrayRef<int64_t> inverse) {
                                  copy.setLow(permute(op.getLow(), inverse));
                                  copy.setHigh(permute(op.getHigh(), inverse));
                                });
  }
};

/// slice(transpose(x)) -> transpose(slice(x)).
struct SinkTransposeThroughSlice : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    return sinkTranspose<SliceOp>(
        rewriter, op, [&](SliceOp copy, ArrayRef<int64_t> inverse) {
          copy.setStarts(permute(op.getStarts(), inverse));
          copy.setSizes(permute(op.getSizes(), inverse));
          copy.setSteps(permute(op.getSteps(), inverse));
        });
  }
};

/// reduce(transpose(x)) -> transpose(reduce(x)) if the last axis of x is not
/// reduced, as the channels of an image are not: rows of x are then combined
/// with each other.
struct SinkTransposeThroughReduce : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReduceOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = op.getInput().getDefiningOp<TransposeOp>();
    if (!transpose)
      return failure();
    SmallVector<int64_t> permutation(transpose.getPermutation());
    SmallVector<int64_t> axes = permute(permutation, op.getAxes());
    llvm::sort(axes);
    Shape input = getShape(transpose.getInput());
    if (input.back().isConstant(1) ||
        llvm::is_contained(axes, input.size() - 1))
      return rewriter.notifyMatchFailure(op, "reduces the last axis");
    Shape shape =
        permute(getShape(op.getResult()), invertPermutation(permutation));
    Value result = ReduceOp::create(rewriter, op.getLoc(),
                                    withShape(op.getResult(), shape),
                                    op.getKind(), transpose.getInput(), axes);
    return replaceByTranspose(rewriter, op, result, permutation);
  }
};

/// gather(transpose(x), i) -> transpose(gather(x, i)) for a vector i: how an
/// image is resized to its nearest pixels.
struct SinkTransposeThroughGather : OpRewritePattern<GatherOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GatherOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = op.getInput().getDefiningOp<TransposeOp>();
    if (!transpose || getShape(op.getIndices()).size() != 1)
      return failure();
    if (CompileTimeValues().contains(transpose.getInput()))
      return rewriter.notifyMatchFailure(op, "transposed at compile time");
    SmallVector<int64_t> permutation(transpose.getPermutation());
    Shape shape =
        permute(getShape(op.getResult()), invertPermutation(permutation));
    Value result = GatherOp::create(
        rewriter, op.getLoc(), withShape(op.getResult(), shape),
        transpose.getInput(), op.getIndices(),
        rewriter.getI64IntegerAttr(permutation[op.getAxis()]));
    return replaceByTranspose(rewriter, op, result, permutation);
  }
};

} // namespace

void populateTransposePatterns(RewritePatternSet &patterns) {
  patterns.add<MergeTransposes, MergeTransposesAroundReshape,
               SinkTransposeThroughElementwise, SinkTransposeThroughReshape,
               SinkTransposeThroughRowOp>(patterns.getContext());
}

void populateLayoutPatterns(RewritePatternSet &patterns) {
  patterns.add<SinkTransposeThroughConcat, SinkTransposeThroughGather,
               SinkTransposeThroughPad, SinkTransposeThroughReduce,
               SinkTransposeThroughSlice>(patterns.getContext());
}

} // namespace neap
