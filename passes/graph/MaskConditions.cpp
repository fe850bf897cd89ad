// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MaskConditions.cpp - see the header. Exporters spell causality as a
// comparison of positions, which IndexSums reads.
#include "passes/graph/MaskConditions.h"

#include "passes/graph/IndexSums.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace neap {

/// Ops that are looked through; masks of exporters have some ten.
static constexpr unsigned kMostSteps = 32;

namespace {

class MaskSplitter {
public:
  explicit MaskSplitter(IndexSumReader &reader) : reader(reader) {}

  /// Adds the conditions of `value`, whose last axes are the mask's; fails if
  /// it can only be taken as a tensor.
  LogicalResult split(Value value, unsigned steps);

  MaskConditions result;

private:
  LogicalResult splitComparison(CompareOp compare);
  LogicalResult splitBroadcast(BroadcastOp broadcast, unsigned steps);
  void requireCausal(DimExpr causal);

  IndexSumReader &reader;
};

} // namespace

/// Of two, both hold if the stricter one does.
void MaskSplitter::requireCausal(DimExpr causal) {
  result.causal = result.causal ? DimExpr::min(*result.causal, causal) : causal;
}

/// Reads causal + query - key >= 0.
LogicalResult MaskSplitter::splitComparison(CompareOp compare) {
  ComparePredicate predicate = compare.getPredicate();
  bool isGreater =
      predicate == ComparePredicate::GE || predicate == ComparePredicate::GT;
  bool isLess =
      predicate == ComparePredicate::LE || predicate == ComparePredicate::LT;
  Shape shape = getShape(compare.getResult());
  if ((!isGreater && !isLess) || shape.size() < 2)
    return failure();
  std::optional<IndexSum> sum =
      reader.readDifference(isGreater ? compare.getLhs() : compare.getRhs(),
                            isGreater ? compare.getRhs() : compare.getLhs());
  if (!sum)
    return failure();
  auto hasCoefficient = [&](size_t fromBack, int64_t wanted) {
    size_t axis = shape.size() - fromBack;
    return sum->coefficients[axis] == wanted || shape[axis].isConstant(1);
  };
  bool isCausal = hasCoefficient(2, 1) && hasCoefficient(1, -1) &&
                  llvm::all_of(ArrayRef(sum->coefficients).drop_back(2),
                               [](int64_t c) { return c == 0; });
  if (!isCausal)
    return failure();
  bool isStrict =
      predicate == ComparePredicate::GT || predicate == ComparePredicate::LT;
  requireCausal(isStrict ? sum->constant - 1 : sum->constant);
  return success();
}

/// A causal mask says the same of every batch and head, but its last axes must
/// not be repeated: a row of it is no causal mask.
LogicalResult MaskSplitter::splitBroadcast(BroadcastOp broadcast,
                                           unsigned steps) {
  MaskSplitter inner(reader);
  if (failed(inner.split(broadcast.getInput(), steps)))
    return failure();
  Shape from = getShape(broadcast.getInput());
  Shape to = getShape(broadcast.getResult());
  bool keepsMatrix = from.size() >= 2 &&
                     ArrayRef(from).take_back(2) == ArrayRef(to).take_back(2);
  if (inner.result.causal && !keepsMatrix)
    return failure();
  if (inner.result.causal)
    requireCausal(*inner.result.causal);
  llvm::append_range(result.tensors, inner.result.tensors);
  return success();
}

LogicalResult MaskSplitter::split(Value value, unsigned steps) {
  if (std::optional<IndexSum> sum = reader.read(value))
    if (sum->isConstant() && sum->constant.isConstant(1))
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
  if (auto broadcast = dyn_cast<BroadcastOp>(op))
    return splitBroadcast(broadcast, steps - 1);
  return failure();
}

MaskConditions splitMask(Value mask, const SymbolFacts &facts) {
  IndexSumReader reader(facts);
  MaskSplitter splitter(reader);
  if (failed(splitter.split(mask, kMostSteps)))
    splitter.result.tensors.push_back(mask);
  return splitter.result;
}

} // namespace neap
