// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RaiseAttention.cpp - finds attention in what exporters spell out.
//
// From the product of weights and values upwards: a rule for queries that
// attend to nothing, the softmax, one mask, a scale, the product of queries and
// keys. Each value on the way must have no other reader. Scales of queries and
// keys become one. A mask that selects between 0 and a number below all scores
// is a condition; conditions on positions alone become `causal`. Linear in the
// ops.
#include "dialects/neap/IR/Symbols.h"
#include "passes/graph/MaskConditions.h"
#include "passes/graph/Passes.h"
#include "passes/graph/Views.h"

#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/STLExtras.h"

#define DEBUG_TYPE "neap-raise-attention"

namespace neap {
#define GEN_PASS_DEF_RAISEATTENTION
#include "passes/graph/Passes.h.inc"
} // namespace neap

using namespace mlir;

namespace neap {
namespace {

/// One attention, read from its last product upwards.
class AttentionMatch {
public:
  AttentionMatch(MatmulOp last, const SymbolFacts &facts)
      : last(last), facts(facts) {}

  /// Reads the pattern; changes nothing.
  LogicalResult match();
  /// Replaces the last product.
  void rewrite(RewriterBase &rewriter);

private:
  LogicalResult matchMaskedRows();
  LogicalResult matchMask();
  LogicalResult matchAddedMask(AddOp add);
  LogicalResult matchSelectedScores(SelectOp select);
  void matchScale();
  LogicalResult matchProduct();
  bool reachesProduct(Value value) const;

  Value createMask(RewriterBase &rewriter, Location loc, ArrayRef<DimExpr> full,
                   ArrayRef<DimExpr> shape);

  MatmulOp last;
  const SymbolFacts &facts;
  /// What is still to be read.
  Value current;
  /// The value behind which only rows that are not defined become 0: compared
  /// with the mask once that is known.
  Value maskOfCondition;
  MaskedRows maskedRows = MaskedRows::Nan;
  SoftmaxOp softmax;
  MatmulOp first;
  double scale = 1;
  std::optional<double> fill;
  /// A condition, whether it is to be negated, or what is added to scores.
  Value condition, added;
  bool isNegated = false;
  std::optional<DimExpr> causal;
};

} // namespace

/// Returns the float of which `value` has copies.
static std::optional<double> getFloatSplat(Value value) {
  DenseElementsAttr splat = getSplat(value);
  if (!splat || !isa<FloatType>(splat.getElementType()))
    return std::nullopt;
  return splat.getSplatValue<APFloat>().convertToDouble();
}

/// Returns whether a score plus `value` is `value`, for all scores that occur.
static bool isBelowAllScores(double value, Type element) {
  return value <= (element.isF32() ? -1e30 : -1e300);
}

/// Looks through repetition.
static Value stripBroadcasts(Value value) {
  while (auto broadcast = value.getDefiningOp<BroadcastOp>())
    value = broadcast.getInput();
  return value;
}

/// Returns whether two masks say the same of each score: one is a repetition of
/// the other, or both are of one number.
static bool isSameMask(Value lhs, Value rhs) {
  if (stripBroadcasts(lhs) == stripBroadcasts(rhs))
    return true;
  std::optional<double> number = getFloatSplat(lhs);
  return number && number == getFloatSplat(rhs);
}

LogicalResult AttentionMatch::match() {
  Type element = last.getType().getElementType();
  Shape shape = getShape(last.getResult());
  if ((!element.isF32() && !element.isF64()) || shape.size() < 3 ||
      getShape(last.getRhs()).size() != shape.size())
    return failure();
  current = last.getLhs();
  if (failed(matchMaskedRows()))
    return failure();
  softmax = current.getDefiningOp<SoftmaxOp>();
  if (!softmax)
    return failure();
  current = softmax.getInput();
  if (failed(matchMask()))
    return failure();
  matchScale();
  return matchProduct();
}

/// Reads `select(is_nan(p), 0, p)` and `select(max(mask) == -inf, 0, p)`.
LogicalResult AttentionMatch::matchMaskedRows() {
  auto select = current.getDefiningOp<SelectOp>();
  if (!select)
    return success(current.hasOneUse());
  if (!current.hasOneUse() || getFloatSplat(select.getOnTrue()) != 0.0)
    return failure();
  current = select.getOnFalse();
  if (auto isNan = select.getCondition().getDefiningOp<IsNaNOp>()) {
    maskedRows = MaskedRows::ZeroNan;
    return success(isNan.getInput() == current &&
                   select.getCondition().hasOneUse() &&
                   llvm::range_size(current.getUses()) == 2);
  }
  maskedRows = MaskedRows::Zero;
  auto compare =
      stripBroadcasts(select.getCondition()).getDefiningOp<CompareOp>();
  if (!compare || compare.getPredicate() != ComparePredicate::EQ ||
      getFloatSplat(compare.getRhs()) !=
          -std::numeric_limits<double>::infinity())
    return failure();
  auto maximum = compare.getLhs().getDefiningOp<ReduceOp>();
  if (!maximum || maximum.getKind() != ReduceKind::Max)
    return failure();
  int64_t lastAxis = getShape(maximum.getInput()).size() - 1;
  maskOfCondition = maximum.getInput();
  return success(maximum.getAxes() == ArrayRef<int64_t>{lastAxis} &&
                 current.hasOneUse());
}

/// Returns whether scores come from `value` by scaling alone.
bool AttentionMatch::reachesProduct(Value value) const {
  while (value.hasOneUse()) {
    Operation *op = value.getDefiningOp();
    if (isa_and_nonnull<MatmulOp>(op))
      return true;
    if (!isa_and_nonnull<MulOp, DivOp>(op))
      return false;
    bool isLeftSplat = getFloatSplat(op->getOperand(0)).has_value();
    value = op->getOperand(isLeftSplat && isa<MulOp>(op) ? 1 : 0);
  }
  return false;
}

LogicalResult AttentionMatch::matchMask() {
  if (auto add = current.getDefiningOp<AddOp>())
    return matchAddedMask(add);
  if (auto select = current.getDefiningOp<SelectOp>())
    return matchSelectedScores(select);
  return success(!maskOfCondition);
}

/// Reads scores + mask.
LogicalResult AttentionMatch::matchAddedMask(AddOp add) {
  if (!current.hasOneUse())
    return failure();
  bool isLeft = reachesProduct(add.getLhs());
  if (!isLeft && !reachesProduct(add.getRhs()))
    return failure();
  Value mask = stripBroadcasts(isLeft ? add.getRhs() : add.getLhs());
  if (maskOfCondition && !isSameMask(maskOfCondition, mask))
    return failure();
  current = isLeft ? add.getLhs() : add.getRhs();
  auto select = mask.getDefiningOp<SelectOp>();
  Type element = last.getType().getElementType();
  if (select && getFloatSplat(select.getOnTrue()) == 0.0) {
    std::optional<double> otherwise = getFloatSplat(select.getOnFalse());
    if (otherwise && isBelowAllScores(*otherwise, element)) {
      fill = otherwise;
      condition = select.getCondition();
      return success();
    }
  }
  if (select && getFloatSplat(select.getOnFalse()) == 0.0) {
    std::optional<double> otherwise = getFloatSplat(select.getOnTrue());
    if (otherwise && isBelowAllScores(*otherwise, element)) {
      fill = otherwise;
      condition = select.getCondition();
      isNegated = true;
      return success();
    }
  }
  if (getFloatSplat(mask) != 0.0)
    added = mask;
  return success();
}

/// Reads `select(condition, scores, fill)` and its opposite.
LogicalResult AttentionMatch::matchSelectedScores(SelectOp select) {
  if (!current.hasOneUse() || maskOfCondition)
    return failure();
  isNegated = !reachesProduct(select.getOnTrue());
  current = isNegated ? select.getOnFalse() : select.getOnTrue();
  fill = getFloatSplat(isNegated ? select.getOnTrue() : select.getOnFalse());
  condition = select.getCondition();
  return success(reachesProduct(current) && fill && *fill < 0);
}

/// Reads products with and quotients by a number.
void AttentionMatch::matchScale() {
  while (current.hasOneUse()) {
    Operation *op = current.getDefiningOp();
    if (!isa_and_nonnull<MulOp, DivOp>(op))
      return;
    std::optional<double> right = getFloatSplat(op->getOperand(1));
    std::optional<double> left = getFloatSplat(op->getOperand(0));
    if (right) {
      scale = isa<MulOp>(op) ? scale * *right : scale / *right;
      current = op->getOperand(0);
    } else if (left && isa<MulOp>(op)) {
      scale *= *left;
      current = op->getOperand(1);
    } else {
      return;
    }
  }
}

LogicalResult AttentionMatch::matchProduct() {
  first = current.getDefiningOp<MatmulOp>();
  if (!first || !current.hasOneUse() || !std::isfinite(scale) ||
      getShape(first.getRhs()).size() != getShape(current).size())
    return failure();
  auto isPositive = [](Value value) {
    return getShape(value).back().getConstant().value_or(0) > 0;
  };
  return success(isPositive(first.getLhs()) && isPositive(last.getResult()));
}

/// Returns `value`, [..., rows, columns], with two axes before the matrix.
static Value withTwoLeadingAxes(OpBuilder &builder, Location loc, Value value) {
  Shape shape = getShape(value);
  if (shape.size() == 4)
    return value;
  DimExpr batch = getNumElements(ArrayRef(shape).drop_back(2));
  return createReshape(builder, loc, value,
                       {batch, 1, shape[shape.size() - 2], shape.back()});
}

/// Returns what `value` is a multiple of, through views, and multiplies `scale`
/// by the factor.
static Value takeScale(OpBuilder &builder, Value value, double &scale) {
  Operation *op = value.getDefiningOp();
  if (auto mul = dyn_cast_or_null<MulOp>(op))
    for (unsigned i : {0, 1})
      if (std::optional<double> factor = getFloatSplat(mul->getOperand(i))) {
        scale *= *factor;
        return takeScale(builder, mul->getOperand(1 - i), scale);
      }
  if (auto div = dyn_cast_or_null<DivOp>(op))
    if (std::optional<double> divisor = getFloatSplat(div.getRhs())) {
      scale /= *divisor;
      return takeScale(builder, div.getLhs(), scale);
    }
  if (!isa_and_nonnull<ReshapeOp, TransposeOp, BroadcastOp>(op))
    return value;
  Value input = takeScale(builder, op->getOperand(0), scale);
  if (input == op->getOperand(0))
    return value;
  Operation *copy = builder.clone(*op);
  copy->setOperand(0, input);
  return copy->getResult(0);
}

/// Returns the shape to which both broadcast.
static Shape broadcastShapes(ArrayRef<DimExpr> lhs, ArrayRef<DimExpr> rhs) {
  Shape result(lhs.size() > rhs.size() ? lhs : rhs);
  ArrayRef<DimExpr> shorter = lhs.size() > rhs.size() ? rhs : lhs;
  size_t offset = result.size() - shorter.size();
  for (auto [axis, size] : llvm::enumerate(shorter))
    if (result[offset + axis].isConstant(1))
      result[offset + axis] = size;
  return result;
}

/// Returns the mask of `shape`, which is that of the scores, `full`, up to the
/// axes before the matrix.
Value AttentionMatch::createMask(RewriterBase &rewriter, Location loc,
                                 ArrayRef<DimExpr> full,
                                 ArrayRef<DimExpr> shape) {
  Value mask = added;
  if (condition) {
    MaskConditions conditions;
    if (isNegated)
      conditions.tensors = {
          NotOp::create(rewriter, loc, stripBroadcasts(condition))};
    else
      conditions = splitMask(condition, facts);
    for (Value tensor : conditions.tensors) {
      tensor = stripBroadcasts(tensor);
      if (!mask) {
        mask = tensor;
        continue;
      }
      Shape both = broadcastShapes(getShape(mask), getShape(tensor));
      mask = AndOp::create(rewriter, loc,
                           createBroadcast(rewriter, loc, mask, both),
                           createBroadcast(rewriter, loc, tensor, both));
    }
    causal = conditions.causal;
  }
  if (!mask)
    return {};
  return createReshape(rewriter, loc,
                       createBroadcast(rewriter, loc, mask, full), shape);
}

void AttentionMatch::rewrite(RewriterBase &rewriter) {
  rewriter.setInsertionPoint(last);
  Location loc =
      rewriter.getFusedLoc({first.getLoc(), softmax.getLoc(), last.getLoc()});
  double total = scale;
  Value query = takeScale(rewriter, first.getLhs(), total);
  Value transposed = takeScale(rewriter, first.getRhs(), total);
  if (!std::isfinite(total)) {
    total = scale;
    query = first.getLhs();
    transposed = first.getRhs();
  }
  SmallVector<int64_t> permutation =
      llvm::to_vector(llvm::seq<int64_t>(getShape(transposed).size()));
  std::swap(permutation.back(), permutation[permutation.size() - 2]);
  Value key = createTranspose(rewriter, loc, transposed, permutation);
  query = withTwoLeadingAxes(rewriter, loc, query);
  key = withTwoLeadingAxes(rewriter, loc, key);
  Value value = withTwoLeadingAxes(rewriter, loc, last.getRhs());
  Shape shape = getShape(query);
  shape.back() = getShape(key)[2];
  Value mask = createMask(rewriter, loc, getShape(first.getResult()), shape);
  Shape resultShape = getShape(query);
  resultShape.back() = getShape(value).back();
  auto attention = AttentionOp::create(
      rewriter, loc, withShape(query, resultShape), query, key, value, mask,
      rewriter.getF64FloatAttr(total),
      causal ? getDimExprAttr(rewriter.getContext(), *causal) : Attribute(),
      rewriter.getF64FloatAttr(
          fill.value_or(-std::numeric_limits<double>::infinity())),
      MaskedRowsAttr::get(rewriter.getContext(), maskedRows));
  rewriter.replaceOp(last, createReshape(rewriter, loc, attention,
                                         getShape(last.getResult())));
}

void raiseAttention(func::FuncOp func) {
  SymbolFacts facts = getSymbolFacts(func);
  IRRewriter rewriter(func.getContext());
  SmallVector<MatmulOp> products;
  func.walk([&](MatmulOp product) { products.push_back(product); });
  for (MatmulOp product : products) {
    AttentionMatch match(product, facts);
    if (succeeded(match.match()))
      match.rewrite(rewriter);
  }
}

namespace {

struct RaiseAttentionPass : impl::RaiseAttentionBase<RaiseAttentionPass> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>())
      raiseAttention(func);
  }
};

} // namespace
} // namespace neap
