// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RaiseRotaryEmbedding.cpp - finds rotary embeddings in what exporters spell
// out. Two forms: the rotated columns are joined and then multiplied, as in
// Transformers, or both halves of the result are computed and then joined, as
// in the body of ONNX RotaryEmbedding.
#include "passes/graph/Passes.h"
#include "passes/graph/Views.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#define DEBUG_TYPE "neap-raise-rotary-embedding"

namespace neap {
#define GEN_PASS_DEF_RAISEROTARYEMBEDDING
#include "passes/graph/Passes.h.inc"
} // namespace neap

using namespace mlir;

namespace neap {
namespace {

/// One half of the columns of a tensor.
struct Half {
  Value whole;
  bool isSecond;
};

} // namespace

/// Reads a slice of one half of the columns.
static std::optional<Half> matchHalf(Value value) {
  auto slice = value.getDefiningOp<SliceOp>();
  if (!slice)
    return std::nullopt;
  Shape shape = getShape(slice.getInput());
  std::optional<int64_t> width = shape.back().getConstant();
  if (!width || *width % 2 != 0 || getType(value).getRank() == 0)
    return std::nullopt;
  SmallVector<DimExpr> starts(slice.getStarts());
  DimExpr start = starts.pop_back_val();
  shape.back() = *width / 2;
  bool takesColumns =
      shape == getShape(value) &&
      llvm::all_of(slice.getSteps(), [](int64_t step) { return step == 1; }) &&
      llvm::all_of(starts, [](DimExpr s) { return s.isConstant(0); });
  if (!takesColumns || (!start.isConstant(0) && !start.isConstant(*width / 2)))
    return std::nullopt;
  return Half{slice.getInput(), !start.isConstant(0)};
}

/// Returns the operands of a concatenation of two along the columns.
static std::optional<std::pair<Value, Value>> matchJoinedColumns(Value value) {
  auto concat = value.getDefiningOp<ConcatOp>();
  if (!concat || concat.getInputs().size() != 2 ||
      concat.getAxis() + 1 != getType(value).getRank())
    return std::nullopt;
  return std::pair(concat.getInputs()[0], concat.getInputs()[1]);
}

/// Returns x if `value` is concat(-x2, x1).
static Value matchRotated(Value value) {
  auto halves = matchJoinedColumns(value);
  auto negated = halves ? halves->first.getDefiningOp<NegOp>() : NegOp();
  if (!negated)
    return {};
  std::optional<Half> second = matchHalf(negated->getOperand(0));
  std::optional<Half> first = matchHalf(halves->second);
  bool isRotated = second && first && second->isSecond && !first->isSecond &&
                   second->whole == first->whole;
  return isRotated ? first->whole : Value();
}

namespace {

/// x * cos + concat(-x2, x1) * sin.
struct JoinedThenMultiplied : OpRewritePattern<AddOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AddOp op,
                                PatternRewriter &rewriter) const override {
    for (auto [plain, rotated] : {std::pair(op.getLhs(), op.getRhs()),
                                  std::pair(op.getRhs(), op.getLhs())}) {
      auto straight = plain.getDefiningOp<MulOp>();
      auto turned = rotated.getDefiningOp<MulOp>();
      if (!straight || !turned)
        continue;
      for (unsigned i : {0, 1})
        for (unsigned j : {0, 1}) {
          Value x = matchRotated(turned->getOperand(i));
          if (!x || straight->getOperand(j) != x)
            continue;
          rewriter.replaceOpWithNewOp<RotaryEmbeddingOp>(
              op, x.getType(), x, straight->getOperand(1 - j),
              turned->getOperand(1 - i), false);
          return success();
        }
    }
    return failure();
  }
};

/// A product of one half and a factor.
struct Term {
  Half half;
  Value factor;
};

/// concat(x1 * cos - x2 * sin, x2 * cos + x1 * sin).
struct MultipliedThenJoined : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConcatOp op,
                                PatternRewriter &rewriter) const override;
};

} // namespace

/// Reads a product of one half and a factor.
static std::optional<Term> matchTerm(Value value) {
  auto mul = value.getDefiningOp<MulOp>();
  if (!mul)
    return std::nullopt;
  for (unsigned i : {0, 1})
    if (std::optional<Half> half = matchHalf(mul->getOperand(i)))
      return Term{*half, mul->getOperand(1 - i)};
  return std::nullopt;
}

/// Returns `angles`, one per pair, for both columns of each pair.
static Value repeatForPairs(PatternRewriter &rewriter, Location loc,
                            Value angles) {
  Shape shape = getShape(angles);
  DimExpr half = shape.pop_back_val();
  Shape single = shape, pair = shape, whole = shape;
  single.append({1, half});
  pair.append({2, half});
  whole.push_back(half * 2);
  Value split = createReshape(rewriter, loc, angles, single);
  return createReshape(rewriter, loc,
                       createBroadcast(rewriter, loc, split, pair), whole);
}

LogicalResult
MultipliedThenJoined::matchAndRewrite(ConcatOp op,
                                      PatternRewriter &rewriter) const {
  auto halves = matchJoinedColumns(op.getResult());
  auto sub = halves ? halves->first.getDefiningOp<SubOp>() : SubOp();
  auto add = halves ? halves->second.getDefiningOp<AddOp>() : AddOp();
  if (!sub || !add)
    return failure();
  std::optional<Term> x1Cos = matchTerm(sub.getLhs());
  std::optional<Term> x2Sin = matchTerm(sub.getRhs());
  std::optional<Term> left = matchTerm(add.getLhs());
  std::optional<Term> right = matchTerm(add.getRhs());
  if (!x1Cos || !x2Sin || !left || !right)
    return failure();
  const Term &x2Cos = left->half.isSecond ? *left : *right;
  const Term &x1Sin = left->half.isSecond ? *right : *left;
  Value x = x1Cos->half.whole;
  bool isRotary = !x1Cos->half.isSecond && x2Sin->half.isSecond &&
                  x2Cos.half.isSecond && !x1Sin.half.isSecond &&
                  x2Sin->half.whole == x && x2Cos.half.whole == x &&
                  x1Sin.half.whole == x && x1Cos->factor == x2Cos.factor &&
                  x1Sin.factor == x2Sin->factor;
  if (!isRotary)
    return failure();
  Location loc = op.getLoc();
  Value cos = repeatForPairs(rewriter, loc, x1Cos->factor);
  Value sin = repeatForPairs(rewriter, loc, x1Sin.factor);
  rewriter.replaceOpWithNewOp<RotaryEmbeddingOp>(op, x.getType(), x, cos, sin,
                                                 false);
  return success();
}

namespace {

struct RaiseRotaryEmbeddingPass
    : impl::RaiseRotaryEmbeddingBase<RaiseRotaryEmbeddingPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<JoinedThenMultiplied, MultipliedThenJoined>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace neap
