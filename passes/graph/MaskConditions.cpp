// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MaskConditions.cpp - see the header. Exporters spell causality as a
// comparison of positions that Range and broadcasts make; such tensors of
// integers are read as sums of multiples of their indices.
#include "passes/graph/MaskConditions.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace neap {
namespace {

/// constant + sum(coefficient[axis] * index[axis]).
struct IndexSum {
  DimExpr constant;
  SmallVector<int64_t> coefficients;
};

} // namespace

/// Ops that are looked through; masks of exporters have some ten.
static constexpr unsigned kMostSteps = 32;

static std::optional<IndexSum> readIndexSum(Value value, unsigned steps);

/// Returns the axes of `shape` that have more than one element, as far as that
/// is known.
static SmallVector<unsigned> getLongAxes(ArrayRef<DimExpr> shape) {
  SmallVector<unsigned> axes;
  for (auto [axis, size] : llvm::enumerate(shape))
    if (!size.isConstant(1))
      axes.push_back(axis);
  return axes;
}

/// Returns the sum under another shape that differs by axes of size 1.
static std::optional<IndexSum>
reshapeSum(const IndexSum &sum, ArrayRef<DimExpr> from, ArrayRef<DimExpr> to) {
  SmallVector<unsigned> fromAxes = getLongAxes(from), toAxes = getLongAxes(to);
  if (fromAxes.size() != toAxes.size())
    return std::nullopt;
  IndexSum result{sum.constant, SmallVector<int64_t>(to.size(), 0)};
  for (auto [fromAxis, toAxis] : llvm::zip_equal(fromAxes, toAxes)) {
    if (from[fromAxis] != to[toAxis])
      return std::nullopt;
    result.coefficients[toAxis] = sum.coefficients[fromAxis];
  }
  return result;
}

/// Returns the sum repeated to `rank` axes.
static IndexSum broadcastSum(IndexSum sum, ArrayRef<DimExpr> from,
                             size_t rank) {
  for (auto [coefficient, size] : llvm::zip_equal(sum.coefficients, from))
    if (size.isConstant(1))
      coefficient = 0;
  SmallVector<int64_t> coefficients(rank - from.size(), 0);
  llvm::append_range(coefficients, sum.coefficients);
  return {sum.constant, coefficients};
}

/// Returns lhs + sign * rhs.
static std::optional<IndexSum> combine(Value lhs, Value rhs, int64_t sign,
                                       unsigned steps) {
  std::optional<IndexSum> left = readIndexSum(lhs, steps);
  std::optional<IndexSum> right =
      left ? readIndexSum(rhs, steps) : std::nullopt;
  if (!right)
    return std::nullopt;
  left->constant += right->constant * sign;
  for (auto [l, r] : llvm::zip_equal(left->coefficients, right->coefficients))
    l += sign * r;
  return left;
}

/// Returns the integer of which `value` has copies.
static std::optional<int64_t> getIntegerSplat(Value value) {
  DenseElementsAttr splat = getSplat(value);
  if (!splat || !splat.getElementType().isInteger())
    return std::nullopt;
  return splat.getSplatValue<APInt>().getSExtValue();
}

/// Reads a tensor of signed integers as a sum.
static std::optional<IndexSum> readIndexSum(Value value, unsigned steps) {
  auto element = dyn_cast<IntegerType>(getType(value).getElementType());
  if (!element || element.getWidth() < 32 || element.isUnsigned() || steps == 0)
    return std::nullopt;
  Shape shape = getShape(value);
  if (std::optional<int64_t> splat = getIntegerSplat(value))
    return IndexSum{*splat, SmallVector<int64_t>(shape.size(), 0)};
  Operation *op = value.getDefiningOp();
  if (auto size = dyn_cast_or_null<SizeOp>(op))
    return IndexSum{size.getExpr(), {}};
  if (auto iota = dyn_cast_or_null<IotaOp>(op)) {
    std::optional<IndexSum> start = readIndexSum(iota.getStart(), steps - 1);
    std::optional<int64_t> step = getIntegerSplat(iota.getStep());
    if (!start || !step || *step < -1 || *step > 1)
      return std::nullopt;
    return IndexSum{start->constant, {shape[0].isConstant(1) ? 0 : *step}};
  }
  if (auto add = dyn_cast_or_null<AddOp>(op))
    return combine(add.getLhs(), add.getRhs(), 1, steps - 1);
  if (auto sub = dyn_cast_or_null<SubOp>(op))
    return combine(sub.getLhs(), sub.getRhs(), -1, steps - 1);
  if (!isa_and_nonnull<ReshapeOp, BroadcastOp, CastOp>(op))
    return std::nullopt;
  std::optional<IndexSum> sum = readIndexSum(op->getOperand(0), steps - 1);
  if (!sum || isa<CastOp>(op))
    return sum;
  Shape from = getShape(op->getOperand(0));
  if (isa<ReshapeOp>(op))
    return reshapeSum(*sum, from, shape);
  return broadcastSum(*sum, from, shape.size());
}

/// Returns the sum that is at least 0 exactly where `compare` is true.
static std::optional<IndexSum> readComparison(CompareOp compare) {
  bool isGreater = compare.getPredicate() == ComparePredicate::GE ||
                   compare.getPredicate() == ComparePredicate::GT;
  bool isLess = compare.getPredicate() == ComparePredicate::LE ||
                compare.getPredicate() == ComparePredicate::LT;
  if (!isGreater && !isLess)
    return std::nullopt;
  Value large = isGreater ? compare.getLhs() : compare.getRhs();
  Value small = isGreater ? compare.getRhs() : compare.getLhs();
  std::optional<IndexSum> sum = combine(large, small, -1, kMostSteps);
  bool isStrict = compare.getPredicate() == ComparePredicate::GT ||
                  compare.getPredicate() == ComparePredicate::LT;
  if (sum && isStrict)
    sum->constant += -1;
  return sum;
}

/// Returns whether `sum` is at least 0 at every index.
static bool isNeverNegative(const IndexSum &sum, ArrayRef<DimExpr> shape,
                            const SymbolFacts &facts) {
  DimExpr least = sum.constant;
  for (auto [coefficient, size] : llvm::zip_equal(sum.coefficients, shape))
    if (coefficient < 0)
      least += (size - 1) * coefficient;
  return facts.isAtLeast(least, 0);
}

namespace {

class MaskSplitter {
public:
  explicit MaskSplitter(const SymbolFacts &facts) : facts(facts) {}

  /// Adds the conditions of `value`, whose last axes are the mask's; fails if
  /// it can only be taken as a tensor.
  LogicalResult split(Value value, unsigned steps);

  MaskConditions result;

private:
  LogicalResult splitComparison(CompareOp compare);

  const SymbolFacts &facts;
};

} // namespace

/// Reads a comparison of positions.
LogicalResult MaskSplitter::splitComparison(CompareOp compare) {
  Shape shape = getShape(compare.getResult());
  std::optional<IndexSum> sum = readComparison(compare);
  if (!sum)
    return failure();
  if (isNeverNegative(*sum, shape, facts))
    return success();
  if (shape.size() < 2)
    return failure();
  // causal + query - key >= 0
  auto hasCoefficient = [&](size_t fromBack, int64_t wanted) {
    size_t axis = shape.size() - fromBack;
    int64_t coefficient = sum->coefficients[axis];
    return coefficient == wanted ||
           (coefficient == 0 && shape[axis].isConstant(1));
  };
  bool isCausal = hasCoefficient(2, 1) && hasCoefficient(1, -1) &&
                  llvm::all_of(ArrayRef(sum->coefficients).drop_back(2),
                               [](int64_t c) { return c == 0; });
  if (!isCausal)
    return failure();
  // Of two, both hold if the stricter one does.
  result.causal = result.causal ? DimExpr::min(*result.causal, sum->constant)
                                : sum->constant;
  return success();
}

LogicalResult MaskSplitter::split(Value value, unsigned steps) {
  if (DenseElementsAttr splat = getSplat(value))
    if (splat.getSplatValue<APInt>().isOne())
      return success();
  Operation *op = value.getDefiningOp();
  if (!op || steps == 0)
    return failure();
  if (auto both = dyn_cast<AndOp>(op)) {
    for (Value operand : both.getOperands())
      if (failed(split(operand, steps - 1)))
        result.tensors.push_back(operand);
    return success();
  }
  if (auto compare = dyn_cast<CompareOp>(op))
    return splitComparison(compare);
  // A causal mask says the same of every batch and head, but its last axes must
  // not be repeated: a row of it is no causal mask.
  if (auto broadcast = dyn_cast<BroadcastOp>(op)) {
    MaskSplitter inner(facts);
    if (failed(inner.split(broadcast.getInput(), steps - 1)))
      return failure();
    Shape from = getShape(broadcast.getInput()), to = getShape(value);
    bool keepsMatrix = from.size() >= 2 &&
                       ArrayRef(from).take_back(2) == ArrayRef(to).take_back(2);
    if (inner.result.causal && !keepsMatrix)
      return failure();
    if (inner.result.causal)
      result.causal = result.causal
                          ? DimExpr::min(*result.causal, *inner.result.causal)
                          : *inner.result.causal;
    llvm::append_range(result.tensors, inner.result.tensors);
    return success();
  }
  if (auto reshape = dyn_cast<ReshapeOp>(op)) {
    // Only conditions that always hold survive any reshape.
    MaskSplitter inner(facts);
    bool isAlways = succeeded(inner.split(reshape.getInput(), steps - 1)) &&
                    !inner.result.causal && inner.result.tensors.empty();
    return success(isAlways);
  }
  return failure();
}

MaskConditions splitMask(Value mask, const SymbolFacts &facts) {
  MaskSplitter splitter(facts);
  if (failed(splitter.split(mask, kMostSteps)))
    splitter.result.tensors.push_back(mask);
  return splitter.result;
}

} // namespace neap
