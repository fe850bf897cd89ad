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

static unsigned addStandardize(RegionNodes &nodes, unsigned input,
                               double epsilon, const DimExpr &numColumns) {
  unsigned mean = addMean(nodes, input, numColumns);
  unsigned centred = nodes.add(Opcode::Sub, {input, mean});
  unsigned square = nodes.add(Opcode::Mul, {centred, centred});
  unsigned variance = addMean(nodes, square, numColumns);
  unsigned scale = addInverseDeviation(nodes, variance, epsilon);
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
