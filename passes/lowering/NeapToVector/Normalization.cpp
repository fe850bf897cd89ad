// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Normalization.cpp - softmax and the standardizations as nodes of a region.
#include "passes/lowering/NeapToVector/RegionDescription.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace neap {

using Opcode = RegionOpcode;

/// Appends the mean of `node` over the row.
static unsigned addMean(RegionNodes &nodes, unsigned node,
                        const DimExpr &numColumns) {
  Type element = nodes.getElement(node);
  unsigned sum = nodes.addReduction({ReduceKind::Sum, element}, node);
  unsigned count = nodes.addSize(element, numColumns);
  return nodes.add(Opcode::Div, {sum, count});
}

/// Appends 1 / sqrt(variance + epsilon).
static unsigned addInverseDeviation(RegionNodes &nodes, unsigned variance,
                                    double epsilon) {
  Type element = nodes.getElement(variance);
  unsigned shifted =
      nodes.add(Opcode::Add, {variance, nodes.addConstant(element, epsilon)});
  unsigned root = nodes.add(Opcode::Sqrt, {shifted});
  return nodes.add(Opcode::Div, {nodes.addConstant(element, 1.0), root});
}

/// Appends x - max(x). A NaN that the maximum ignores makes its exponential
/// NaN, and the sum with it.
static unsigned addDifferenceFromMax(RegionNodes &nodes, unsigned input) {
  Reduction max{ReduceKind::Max, nodes.getElement(input), /*ignoresNaN=*/true};
  return nodes.add(Opcode::Sub, {input, nodes.addReduction(max, input)});
}

static unsigned addSoftmax(RegionNodes &nodes, unsigned input) {
  Type element = nodes.getElement(input);
  unsigned difference = addDifferenceFromMax(nodes, input);
  unsigned power = nodes.add(Opcode::ExpOfNegative, {difference});
  unsigned sum = nodes.addReduction({ReduceKind::Sum, element}, power);
  unsigned inverse =
      nodes.add(Opcode::Div, {nodes.addConstant(element, 1.0), sum});
  return nodes.add(Opcode::Mul, {power, inverse});
}

static unsigned addLogSoftmax(RegionNodes &nodes, unsigned input) {
  Type element = nodes.getElement(input);
  unsigned difference = addDifferenceFromMax(nodes, input);
  unsigned power = nodes.add(Opcode::ExpOfNegative, {difference});
  unsigned sum = nodes.addReduction({ReduceKind::Sum, element}, power);
  return nodes.add(Opcode::Sub, {difference, nodes.add(Opcode::Log, {sum})});
}

/// Appends mean(x^2) - offset^2 as a product: squared, a large `offset` would
/// overflow before the row does.
static unsigned addVariance(RegionNodes &nodes, unsigned meanSquare,
                            unsigned offset) {
  unsigned root = nodes.add(Opcode::Sqrt, {meanSquare});
  unsigned variance =
      nodes.add(Opcode::Mul, {nodes.add(Opcode::Sub, {root, offset}),
                              nodes.add(Opcode::Add, {root, offset})});
  unsigned zero = nodes.addConstant(nodes.getElement(meanSquare), 0.0);
  return nodes.add(Opcode::Max, {variance, zero});
}

/// The mean is rounded to a place of its own size, which may be coarse beside
/// the deviation. What is left over, the mean of the differences from it,
/// corrects both.
static unsigned addStandardize(RegionNodes &nodes, unsigned input,
                               double epsilon, const DimExpr &numColumns) {
  unsigned mean = addMean(nodes, input, numColumns);
  unsigned shifted = nodes.add(Opcode::Sub, {input, mean});
  unsigned square = nodes.add(Opcode::Mul, {shifted, shifted});
  unsigned offset = addMean(nodes, shifted, numColumns);
  unsigned meanSquare = addMean(nodes, square, numColumns);
  unsigned variance = addVariance(nodes, meanSquare, offset);
  unsigned scale = addInverseDeviation(nodes, variance, epsilon);
  unsigned centred = nodes.add(Opcode::Sub, {shifted, offset});
  return nodes.add(Opcode::Mul, {centred, scale});
}

static unsigned addRmsStandardize(RegionNodes &nodes, unsigned input,
                                  double epsilon, const DimExpr &numColumns) {
  unsigned square = nodes.add(Opcode::Mul, {input, input});
  unsigned mean = addMean(nodes, square, numColumns);
  unsigned scale = addInverseDeviation(nodes, mean, epsilon);
  return nodes.add(Opcode::Mul, {input, scale});
}

std::optional<unsigned> addNormalization(RegionNodes &nodes, Operation *op,
                                         unsigned input,
                                         const DimExpr &numColumns) {
  using Result = std::optional<unsigned>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](SoftmaxOp) { return Result(addSoftmax(nodes, input)); })
      .Case([&](LogSoftmaxOp) { return Result(addLogSoftmax(nodes, input)); })
      .Case([&](StandardizeOp op) {
        double epsilon = op.getEpsilon().convertToDouble();
        return Result(addStandardize(nodes, input, epsilon, numColumns));
      })
      .Case([&](RmsStandardizeOp op) {
        double epsilon = op.getEpsilon().convertToDouble();
        return Result(addRmsStandardize(nodes, input, epsilon, numColumns));
      })
      .Default([](Operation *) { return Result(); });
}

} // namespace neap
