// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SimplifyGraph.cpp - algebra on the graph that leaves every bit of the
// results.
//
// One greedy set: the folders and canonicalizations of the dialect, dead code,
// views moved towards the results (ReshapePatterns, TransposePatterns), and the
// patterns below. Views only move down, broadcasts only leave elementwise ops,
// and factors only move up through slices, so it ends.
#include "passes/graph/Passes.h"
#include "passes/graph/Patterns.h"
#include "passes/graph/Views.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#define DEBUG_TYPE "neap-simplify-graph"

namespace neap {
#define GEN_PASS_DEF_SIMPLIFYGRAPH
#include "passes/graph/Passes.h.inc"
} // namespace neap

using namespace mlir;

namespace neap {
namespace {

/// ew(broadcast(x), broadcast(y)) -> broadcast(ew(x', y')), computed at the
/// smallest shape that both reach.
struct NarrowElementwise : RewritePattern {
  NarrowElementwise(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isElementwise(op) || op->getNumOperands() == 0)
      return failure();
    ArrayRef<int64_t> shape = getShape(op->getResult(0));
    std::optional<SmallVector<int64_t>> narrow = getJointShape(op);
    if (!narrow || ArrayRef<int64_t>(*narrow) == shape)
      return rewriter.notifyMatchFailure(op, "operands fill the result");
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(narrowOperand(rewriter, operand, *narrow));
    Value result = createAtOtherShape(rewriter, op, operands);
    rewriter.replaceOp(op,
                       createBroadcast(rewriter, op->getLoc(), result, shape));
    return success();
  }

private:
  /// Returns the smallest shape of the result's rank that holds what the
  /// operands repeat; nothing if one of them is no broadcast.
  static std::optional<SmallVector<int64_t>> getJointShape(Operation *op) {
    SmallVector<int64_t> joint(getShape(op->getResult(0)).size(), 1);
    bool hasBroadcast = false;
    for (Value operand : op->getOperands()) {
      if (getSplat(operand))
        continue;
      auto broadcast = operand.getDefiningOp<BroadcastOp>();
      if (!broadcast)
        return std::nullopt;
      hasBroadcast = true;
      ArrayRef<int64_t> input = getShape(broadcast.getInput());
      unsigned lead = joint.size() - input.size();
      for (auto [axis, size] : llvm::enumerate(input))
        if (size != 1)
          joint[lead + axis] = size;
    }
    if (!hasBroadcast)
      return std::nullopt;
    return joint;
  }

  static Value narrowOperand(PatternRewriter &rewriter, Value operand,
                             ArrayRef<int64_t> shape) {
    Value input = operand;
    if (auto broadcast = operand.getDefiningOp<BroadcastOp>()) {
      ArrayRef<int64_t> from = getShape(broadcast.getInput());
      SmallVector<int64_t> full(shape.size() - from.size(), 1);
      llvm::append_range(full, from);
      input =
          createReshape(rewriter, operand.getLoc(), broadcast.getInput(), full);
    }
    if (DenseElementsAttr splat = getSplat(input))
      return ConstantOp::create(rewriter, operand.getLoc(),
                                splat.resizeSplat(withShape(input, shape)));
    return createBroadcast(rewriter, operand.getLoc(), input, shape);
  }
};

/// matmul(x, broadcast(w)) -> matmul(x, w) for one matrix w.
struct UseOneRhsMatrix : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulOp op,
                                PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = getShape(op.getRhs());
    if (shape.size() == 2)
      return failure();
    Value source = op.getRhs();
    if (auto broadcast = source.getDefiningOp<BroadcastOp>())
      source = broadcast.getInput();
    ArrayRef<int64_t> matrix = shape.take_back(2);
    if (getShape(source).size() < 2 ||
        getShape(source).take_back(2) != matrix ||
        !llvm::all_of(getShape(source).drop_back(2),
                      [](int64_t size) { return size == 1; }))
      return rewriter.notifyMatchFailure(op, "more than one matrix");
    Value rhs = createReshape(rewriter, op.getLoc(), source, matrix);
    rewriter.replaceOpWithNewOp<MatmulOp>(op, op.getType(), op.getLhs(), rhs);
    return success();
  }
};

/// slice(x) * c -> slice(x * [1, ..., c, ..., 1]) if x is only read in slices
/// of its rows: x, a fresh result, is scaled where it is computed. This is how
/// the query and key of a joint projection lose their scaling kernels.
struct ScaleBeforeSlice : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MulOp op,
                                PatternRewriter &rewriter) const override {
    bool isSplatRight = static_cast<bool>(getSplat(op.getRhs()));
    Value scaled = isSplatRight ? op.getLhs() : op.getRhs();
    DenseElementsAttr factor =
        getSplat(isSplatRight ? op.getRhs() : op.getLhs());
    auto slice = scaled.getDefiningOp<SliceOp>();
    if (!factor || !slice || !slice->hasOneUse() ||
        !isa<FloatType>(factor.getElementType()) || !isScaledCheaply(slice))
      return rewriter.notifyMatchFailure(op, "no scaled slice of a result");

    Value source = slice.getInput();
    rewriter.setInsertionPointAfterValue(source);
    Value factors = createFactors(rewriter, op.getLoc(), slice, factor);
    auto product = MulOp::create(rewriter, op.getLoc(), source, factors);
    rewriter.replaceAllUsesExcept(source, product, product);
    rewriter.replaceOp(op, slice);
    return success();
  }

private:
  /// Whether one more multiplication of all that `slice` cuts costs no pass
  /// over memory, and no other reader sees the elements of `slice`.
  static bool isScaledCheaply(SliceOp slice) {
    Operation *producer = slice.getInput().getDefiningOp();
    if (!producer || !(isElementwise(producer) || isa<MatmulOp>(producer)) ||
        !isSliceOfRows(slice) || !slice.getStarts().back().getConstant() ||
        !slice.getType().hasStaticShape())
      return false;
    return llvm::all_of(slice.getInput().getUsers(), [&](Operation *user) {
      auto other = dyn_cast<SliceOp>(user);
      return other == slice ||
             (other && isSliceOfRows(other) && areDisjoint(slice, other));
    });
  }

  /// Whether two slices of rows share no column.
  static bool areDisjoint(SliceOp a, SliceOp b) {
    auto isBefore = [](SliceOp first, SliceOp second) {
      DimExpr gap = second.getStarts().back() - first.getStarts().back() -
                    first.getSizes().back();
      return gap.getConstant().value_or(-1) >= 0;
    };
    return isBefore(a, b) || isBefore(b, a);
  }

  /// Returns 1 outside of the slice and the factor inside, repeated by row.
  static Value createFactors(PatternRewriter &rewriter, Location loc,
                             SliceOp slice, DenseElementsAttr factor) {
    ArrayRef<int64_t> shape = getShape(slice.getInput());
    int64_t start = *slice.getStarts().back().getConstant(),
            size = getShape(slice).back();
    Type element = factor.getElementType();
    auto getType = [&](ArrayRef<int64_t> sizes) {
      return RankedTensorType::get(sizes, element);
    };
    Value one = ConstantOp::create(
        rewriter, loc,
        DenseElementsAttr::get(getType({}), FloatAttr::get(element, 1.0)));
    Value inside =
        ConstantOp::create(rewriter, loc, factor.resizeSplat(getType({size})));
    Value factors = PadOp::create(
        rewriter, loc, getType({shape.back()}), inside, one,
        ArrayRef<int64_t>{start},
        ArrayRef<int64_t>{shape.back() - start - size}, PadMode::Constant);
    return createBroadcast(rewriter, loc, factors, shape);
  }
};

} // namespace

LogicalResult simplifyGraph(func::FuncOp func) {
  MLIRContext *context = func.getContext();
  RewritePatternSet patterns(context);
  for (RegisteredOperationName name : context->getRegisteredOperations())
    if (name.getDialectNamespace() == NeapDialect::getDialectNamespace())
      name.getCanonicalizationPatterns(patterns, context);
  populateReshapePatterns(patterns);
  populateTransposePatterns(patterns);
  patterns.add<NarrowElementwise, ScaleBeforeSlice, UseOneRhsMatrix>(context);
  if (failed(applyPatternsGreedily(func, std::move(patterns))))
    return func.emitError("graph did not settle under simplification");
  return success();
}

namespace {

struct SimplifyGraphPass : impl::SimplifyGraphBase<SimplifyGraphPass> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (failed(simplifyGraph(func)))
        return signalPassFailure();
  }
};

} // namespace
} // namespace neap
