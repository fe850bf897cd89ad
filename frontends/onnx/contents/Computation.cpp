// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Computation.cpp - evaluates ops that compute elements. What cannot be said of
// symbolic sizes with certainty, such as a comparison that their bounds do not
// decide, is declined.
#include "frontends/onnx/contents/Evaluators.h"

#include "frontends/onnx/Initializers.h"
#include "frontends/onnx/NodeContext.h"

#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;
using namespace neap::frontend::contents;

using BinaryFunction = std::optional<DimExpr> (*)(const SymbolFacts &,
                                                  const DimExpr &,
                                                  const DimExpr &);

static std::optional<DimExpr> add(const SymbolFacts &, const DimExpr &lhs,
                                  const DimExpr &rhs) {
  return lhs + rhs;
}
static std::optional<DimExpr> subtract(const SymbolFacts &, const DimExpr &lhs,
                                       const DimExpr &rhs) {
  return lhs - rhs;
}
static std::optional<DimExpr> multiply(const SymbolFacts &, const DimExpr &lhs,
                                       const DimExpr &rhs) {
  return lhs * rhs;
}
/// A product of floats may be -0, which is no integer.
static std::optional<DimExpr> multiplyFloats(const SymbolFacts &facts,
                                             const DimExpr &lhs,
                                             const DimExpr &rhs) {
  DimExpr product = lhs * rhs;
  auto bounds = facts.getBounds(product);
  bool mayBeZero = !bounds || (bounds->first <= 0 && bounds->second >= 0);
  bool mayBeNegative = !facts.isAtLeast(lhs, 0) || !facts.isAtLeast(rhs, 0);
  if (mayBeZero && mayBeNegative)
    return std::nullopt;
  return product;
}
/// Of bools, which are 0 or 1.
static std::optional<DimExpr>
exclusiveOr(const SymbolFacts &, const DimExpr &lhs, const DimExpr &rhs) {
  return lhs + rhs - DimExpr(2) * lhs * rhs;
}
static std::optional<DimExpr> maximum(const SymbolFacts &, const DimExpr &lhs,
                                      const DimExpr &rhs) {
  return DimExpr::max(lhs, rhs);
}
static std::optional<DimExpr> minimum(const SymbolFacts &, const DimExpr &lhs,
                                      const DimExpr &rhs) {
  return DimExpr::min(lhs, rhs);
}

/// Integer division truncates: it rounds down what is not negative.
static std::optional<DimExpr> divide(const SymbolFacts &facts,
                                     const DimExpr &lhs, const DimExpr &rhs) {
  std::optional<int64_t> dividend = lhs.getConstant(),
                         divisor = rhs.getConstant();
  if (divisor && (*divisor == 0 || *divisor == -1))
    return std::nullopt;
  if (dividend && divisor)
    return DimExpr(*dividend / *divisor);
  if (!facts.isAtLeast(lhs, 0) || !facts.isAtLeast(rhs, 1))
    return std::nullopt;
  return lhs.floorDiv(rhs);
}

static std::optional<DimExpr> divideExactly(const SymbolFacts &facts,
                                            const DimExpr &lhs,
                                            const DimExpr &rhs) {
  if (!facts.isAtLeast(rhs, 1))
    return std::nullopt;
  DimExpr quotient = lhs.floorDiv(rhs);
  if (!facts.areEqual(quotient * rhs, lhs))
    return std::nullopt;
  return quotient;
}

static std::optional<DimExpr>
remainder(const SymbolFacts &facts, const DimExpr &lhs, const DimExpr &rhs) {
  if (!facts.isAtLeast(rhs, 1))
    return std::nullopt;
  return lhs - lhs.floorDiv(rhs) * rhs;
}

/// Decides a comparison by the bounds of the difference.
static std::optional<DimExpr> equal(const SymbolFacts &facts,
                                    const DimExpr &lhs, const DimExpr &rhs) {
  if (facts.areEqual(lhs, rhs))
    return DimExpr(1);
  auto bounds = facts.getBounds(lhs - rhs);
  if (bounds && (bounds->first > 0 || bounds->second < 0))
    return DimExpr(0);
  return std::nullopt;
}

static std::optional<DimExpr> greaterOrEqual(const SymbolFacts &facts,
                                             const DimExpr &lhs,
                                             const DimExpr &rhs) {
  auto bounds = facts.getBounds(lhs - rhs);
  if (!bounds || (bounds->first < 0 && bounds->second >= 0))
    return std::nullopt;
  return DimExpr(bounds->first >= 0);
}
static std::optional<DimExpr> greater(const SymbolFacts &facts,
                                      const DimExpr &lhs, const DimExpr &rhs) {
  return greaterOrEqual(facts, lhs, rhs + 1);
}
static std::optional<DimExpr> less(const SymbolFacts &facts, const DimExpr &lhs,
                                   const DimExpr &rhs) {
  return greaterOrEqual(facts, rhs, lhs + 1);
}
static std::optional<DimExpr>
lessOrEqual(const SymbolFacts &facts, const DimExpr &lhs, const DimExpr &rhs) {
  return greaterOrEqual(facts, rhs, lhs);
}

/// Applies `function` to both operands, broadcast.
static Result applyBinary(NodeContext &node, Operands inputs, Type element,
                          BinaryFunction function) {
  if (inputs.size() != 2 ||
      inputs[0].type.getElementType() != inputs[1].type.getElementType())
    return std::nullopt;
  std::optional<SmallVector<int64_t>> shape = getBroadcastShape(inputs);
  if (!shape || !isSmall(*shape, element))
    return std::nullopt;
  Result lhs = broadcast(inputs[0], *shape), rhs = broadcast(inputs[1], *shape);
  if (!lhs || !rhs)
    return std::nullopt;
  Contents contents;
  for (auto [a, b] : llvm::zip(lhs->contents, rhs->contents)) {
    std::optional<DimExpr> value = function(node.getFacts(), a, b);
    if (!value)
      return std::nullopt;
    contents.push_back(*value);
  }
  return make(*shape, element, std::move(contents));
}

static Result evaluateArithmetic(NodeContext &node, Operands inputs) {
  bool isFloat = inputs[0].isFloat();
  auto function = llvm::StringSwitch<BinaryFunction>(node.getOpType())
                      .Case("Add", add)
                      .Case("Sub", subtract)
                      .Case("Mul", isFloat ? multiplyFloats : multiply)
                      .Case("Div", isFloat ? divideExactly : divide)
                      .Case("Mod", remainder)
                      .Case("Max", maximum)
                      .Case("Min", minimum)
                      .Default(nullptr);
  if (node.getOpType() == "Mod" && (isFloat || node.getInt("fmod", 0)))
    return std::nullopt;
  return applyBinary(node, inputs, inputs[0].type.getElementType(), function);
}

static Result evaluateComparison(NodeContext &node, Operands inputs) {
  auto function = llvm::StringSwitch<BinaryFunction>(node.getOpType())
                      .Case("Equal", equal)
                      .Case("Less", less)
                      .Case("LessOrEqual", lessOrEqual)
                      .Case("Greater", greater)
                      .Case("GreaterOrEqual", greaterOrEqual)
                      .Case("And", multiply)
                      .Case("Or", maximum)
                      .Case("Xor", exclusiveOr)
                      .Default(nullptr);
  return applyBinary(node, inputs, node.build().getBuilder().getI1Type(),
                     function);
}

static Result evaluateNot(NodeContext &, Operands inputs) {
  Known result = inputs[0];
  for (DimExpr &entry : result.contents)
    entry = DimExpr(1) - entry;
  return result;
}

static Result evaluateNeg(NodeContext &, Operands inputs) {
  // -0.0 is no integer.
  if (inputs[0].isFloat())
    return std::nullopt;
  Known result = inputs[0];
  for (DimExpr &entry : result.contents)
    entry = DimExpr(0) - entry;
  return result;
}

static Result evaluateIdentity(NodeContext &, Operands inputs) {
  return inputs[0];
}

static Result evaluateWhere(NodeContext &, Operands inputs) {
  if (inputs.size() != 3)
    return std::nullopt;
  std::optional<SmallVector<int64_t>> shape = getBroadcastShape(inputs);
  Type element = inputs[1].type.getElementType();
  if (!shape || !isSmall(*shape, element) ||
      element != inputs[2].type.getElementType())
    return std::nullopt;
  Result condition = broadcast(inputs[0], *shape),
         onTrue = broadcast(inputs[1], *shape),
         onFalse = broadcast(inputs[2], *shape);
  if (!condition || !onTrue || !onFalse)
    return std::nullopt;
  Contents contents;
  for (auto [which, a, b] :
       llvm::zip(condition->contents, onTrue->contents, onFalse->contents)) {
    if (!which.getConstant() && a != b)
      return std::nullopt;
    contents.push_back(which.getConstant().value_or(1) ? a : b);
  }
  return make(*shape, element, std::move(contents));
}

static Result evaluateCast(NodeContext &node, Operands inputs) {
  Type element = getElementType(node.build().getBuilder().getContext(),
                                static_cast<int32_t>(node.getInt("to", 0)));
  Known result = inputs[0];
  if (!element || !isSmall(result.shape(), element))
    return std::nullopt;
  result.type = RankedTensorType::get(result.shape(), element);
  if (!element.isInteger(1))
    return result;
  for (DimExpr &entry : result.contents) {
    std::optional<DimExpr> isZero = equal(node.getFacts(), entry, 0);
    if (!isZero)
      return std::nullopt;
    entry = DimExpr(1) - *isZero;
  }
  return result;
}

static Result evaluateRange(NodeContext &, Operands inputs) {
  if (inputs.size() != 3 || inputs[0].isFloat())
    return std::nullopt;
  SmallVector<int64_t> bounds;
  for (const Known &input : inputs) {
    std::optional<SmallVector<int64_t>> ints = getInts(input);
    if (!ints || ints->size() != 1)
      return std::nullopt;
    bounds.push_back(ints->front());
  }
  int64_t start = bounds[0], limit = bounds[1], step = bounds[2];
  constexpr int64_t kLimit = int64_t(1) << 40;
  if (step == 0 || std::abs(start) > kLimit || std::abs(limit) > kLimit ||
      std::abs(step) > kLimit)
    return std::nullopt;
  int64_t size =
      std::max<int64_t>(0, (limit - start + step - (step > 0 ? 1 : -1)) / step);
  Type element = inputs[0].type.getElementType();
  if (!isSmall({size}, element))
    return std::nullopt;
  Contents contents;
  for (int64_t i : llvm::seq<int64_t>(0, size))
    contents.push_back(start + i * step);
  return make({size}, element, std::move(contents));
}

static Result evaluateReduction(NodeContext &node, Operands inputs) {
  // A vector to one number, the way element counts are computed.
  if (inputs[0].type.getRank() != 1 || inputs[0].contents.empty() ||
      inputs[0].isFloat())
    return std::nullopt;
  auto function = llvm::StringSwitch<BinaryFunction>(node.getOpType())
                      .Case("ReduceSum", add)
                      .Case("ReduceProd", multiply)
                      .Case("ReduceMax", maximum)
                      .Case("ReduceMin", minimum)
                      .Default(nullptr);
  std::optional<SmallVector<int64_t>> axes = getAxes(node, inputs);
  if ((!axes || axes->empty()) && node.getInt("noop_with_empty_axes", 0))
    return std::nullopt;
  if (axes &&
      llvm::any_of(*axes, [](int64_t axis) { return axis != 0 && axis != -1; }))
    return std::nullopt;
  DimExpr total = inputs[0].contents.front();
  for (const DimExpr &entry : ArrayRef(inputs[0].contents).drop_front())
    total = *function(node.getFacts(), total, entry);
  SmallVector<int64_t> shape;
  if (node.getInt("keepdims", 1))
    shape.push_back(1);
  return make(shape, inputs[0].type.getElementType(), {total});
}

Evaluator contents::getComputationEvaluator(StringRef op) {
  return llvm::StringSwitch<Evaluator>(op)
      .Cases({"Add", "Sub", "Mul", "Div", "Mod", "Max", "Min"},
             evaluateArithmetic)
      .Cases({"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual",
              "And", "Or", "Xor"},
             evaluateComparison)
      .Case("Not", evaluateNot)
      .Case("Neg", evaluateNeg)
      .Cases({"Identity", "Floor", "Ceil", "Round"}, evaluateIdentity)
      .Case("Where", evaluateWhere)
      .Case("Cast", evaluateCast)
      .Case("Range", evaluateRange)
      .Cases({"ReduceSum", "ReduceProd", "ReduceMax", "ReduceMin"},
             evaluateReduction)
      .Default(nullptr);
}
