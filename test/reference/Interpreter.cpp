// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/reference/Interpreter.h"

#include "dialects/neap/IR/NeapOps.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <functional>
#include <limits>

using namespace mlir;

namespace neap::test {
namespace {

using Shape = ArrayRef<int64_t>;
using Index = SmallVector<int64_t>;

Shape getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// Calls `function` with every index of `shape`, last axis fastest.
void forEachIndex(Shape shape,
                  const std::function<void(const Index &)> &function) {
  Index index(shape.size(), 0);
  for (int64_t i = 0, end = ShapedType::getNumElements(shape); i < end; ++i) {
    function(index);
    for (size_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < shape[axis])
        break;
      index[axis] = 0;
    }
  }
}

size_t flatten(Shape shape, const Index &index) {
  size_t result = 0;
  for (auto [size, i] : llvm::zip_equal(shape, index))
    result = result * size + i;
  return result;
}

/// Returns the elements of `op`'s result as elements of its input.
Elements gather(Operation *op, const Elements &input,
                const std::function<Index(const Index &)> &from) {
  Elements result;
  forEachIndex(getShape(op->getResult(0)), [&](const Index &index) {
    result.push_back(input[flatten(getShape(op->getOperand(0)), from(index))]);
  });
  return result;
}

/// Where views take their elements from.
std::optional<Elements> evaluateView(Operation *op, const Elements &input) {
  using Result = std::optional<Elements>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](ReshapeOp) { return input; })
      .Case([&](TransposeOp op) {
        return gather(op, input, [&](const Index &index) {
          Index from(index.size());
          for (auto [axis, source] : llvm::enumerate(op.getPermutation()))
            from[source] = index[axis];
          return from;
        });
      })
      .Case([&](SliceOp op) {
        SmallVector<int64_t> starts = *getConstants(op.getStarts());
        return gather(op, input, [&](const Index &index) {
          Index from(index);
          for (size_t axis = 0; axis < from.size(); ++axis)
            from[axis] = starts[axis] + index[axis] * op.getSteps()[axis];
          return from;
        });
      })
      .Case([&](BroadcastOp op) {
        Shape shape = getShape(op.getInput());
        return gather(op, input, [&](const Index &index) {
          Index from(index.end() - shape.size(), index.end());
          for (size_t axis = 0; axis < from.size(); ++axis)
            if (shape[axis] == 1)
              from[axis] = 0;
          return from;
        });
      })
      .Default([](Operation *) { return std::nullopt; });
}

using Unary = double (*)(double);

Unary getUnary(Operation *op) {
  return llvm::TypeSwitch<Operation *, Unary>(op)
      .Case([](NegOp) -> Unary { return [](double x) { return -x; }; })
      .Case([](AbsOp) -> Unary { return std::fabs; })
      .Case([](ExpOp) -> Unary { return std::exp; })
      .Case([](LogOp) -> Unary { return std::log; })
      .Case([](SqrtOp) -> Unary { return std::sqrt; })
      .Case([](ErfOp) -> Unary { return std::erf; })
      .Case([](TanhOp) -> Unary { return std::tanh; })
      .Case([](SinOp) -> Unary { return std::sin; })
      .Case([](FloorOp) -> Unary { return std::floor; })
      .Case([](CeilOp) -> Unary { return std::ceil; })
      .Case([](RoundOp) -> Unary { return std::nearbyint; })
      .Case([](SignOp) -> Unary {
        return [](double x) { return double((x > 0) - (x < 0)); };
      })
      .Case([](IsNaNOp) -> Unary {
        return [](double x) { return double(std::isnan(x)); };
      })
      .Default([](Operation *) { return nullptr; });
}

double propagateNaN(double x, double y, double otherwise) {
  return std::isnan(x) ? x : std::isnan(y) ? y : otherwise;
}

double divideInts(double x, double y) { return y == 0 ? 0 : std::trunc(x / y); }

double moduloInts(double x, double y) {
  return y == 0 ? 0 : x - y * std::floor(x / y);
}

double compare(ComparePredicate predicate, double x, double y) {
  switch (predicate) {
  case ComparePredicate::EQ:
    return x == y;
  case ComparePredicate::NE:
    return x != y;
  case ComparePredicate::LT:
    return x < y;
  case ComparePredicate::LE:
    return x <= y;
  case ComparePredicate::GT:
    return x > y;
  case ComparePredicate::GE:
    return x >= y;
  }
  llvm_unreachable("all predicates are handled");
}

std::optional<double> evaluateBinary(Operation *op, double x, double y) {
  using Result = std::optional<double>;
  bool isFloat = isa<FloatType>(getElementTypeOrSelf(op->getOperand(0)));
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](AddOp) { return x + y; })
      .Case([&](SubOp) { return x - y; })
      .Case([&](MulOp) { return x * y; })
      .Case([&](DivOp) { return isFloat ? x / y : divideInts(x, y); })
      .Case([&](ModOp) {
        return isFloat ? x - y * std::floor(x / y) : moduloInts(x, y);
      })
      .Case([&](RemOp) { return y == 0 && !isFloat ? 0 : std::fmod(x, y); })
      .Case([&](PowOp) { return std::pow(x, y); })
      .Case([&](MaxOp) { return propagateNaN(x, y, std::max(x, y)); })
      .Case([&](MinOp) { return propagateNaN(x, y, std::min(x, y)); })
      .Case([&](AndOp) { return double(int64_t(x) & int64_t(y)); })
      .Case([&](OrOp) { return double(int64_t(x) | int64_t(y)); })
      .Case([&](XorOp) { return double(int64_t(x) ^ int64_t(y)); })
      .Case([&](CompareOp op) { return compare(op.getPredicate(), x, y); })
      .Default([](Operation *) { return Result(); });
}

double cast(double x, Type to) {
  if (to.isInteger(1))
    return x != 0;
  if (isa<IntegerType>(to))
    return std::trunc(x);
  return to.isF32() ? double(float(x)) : x;
}

std::optional<double> evaluateElement(Operation *op, ArrayRef<double> x) {
  if (auto conversion = dyn_cast<CastOp>(op))
    return cast(x[0], getElementTypeOrSelf(conversion.getResult()));
  if (isa<SelectOp>(op))
    return x[0] ? x[1] : x[2];
  if (isa<NotOp>(op))
    return getElementTypeOrSelf(op->getOperand(0)).isInteger(1)
               ? double(!x[0])
               : double(~int64_t(x[0]));
  if (x.size() == 2)
    return evaluateBinary(op, x[0], x[1]);
  Unary unary = x.size() == 1 ? getUnary(op) : nullptr;
  return unary ? std::optional<double>(unary(x[0])) : std::nullopt;
}

/// Applies `function` to each run of the last axis.
Elements mapRows(Value value, const Elements &input,
                 const std::function<Elements(ArrayRef<double>)> &function) {
  int64_t numColumns = getShape(value).back();
  int64_t numRows = ShapedType::getNumElements(getShape(value).drop_back());
  Elements result;
  for (int64_t row = 0; row < numRows; ++row)
    llvm::append_range(
        result, function(ArrayRef(input).slice(row * numColumns, numColumns)));
  return result;
}

double sumOf(ArrayRef<double> row) {
  double sum = 0;
  for (double x : row)
    sum += x;
  return sum;
}

double reduceRow(ReduceOp op, ArrayRef<double> row) {
  double infinity = std::numeric_limits<double>::infinity();
  if (op.getKind() == ReduceKind::Sum)
    return sumOf(row);
  double result = op.getKind() == ReduceKind::Prod  ? 1
                  : op.getKind() == ReduceKind::Max ? -infinity
                                                    : infinity;
  for (double x : row)
    result = op.getKind() == ReduceKind::Prod ? result * x
             : op.getKind() == ReduceKind::Max
                 ? propagateNaN(result, x, std::max(result, x))
                 : propagateNaN(result, x, std::min(result, x));
  return result;
}

Elements softmax(ArrayRef<double> row, bool isLogarithm) {
  double max = -std::numeric_limits<double>::infinity();
  for (double x : row)
    max = std::max(max, x);
  double sum = 0;
  for (double x : row)
    sum += std::exp(x - max);
  Elements result;
  for (double x : row)
    result.push_back(isLogarithm ? x - max - std::log(sum)
                                 : std::exp(x - max) / sum);
  return result;
}

Elements standardize(ArrayRef<double> row, double epsilon, bool isCentred) {
  double mean = isCentred ? sumOf(row) / row.size() : 0;
  double variance = 0;
  for (double x : row)
    variance += (x - mean) * (x - mean) / row.size();
  Elements result;
  for (double x : row)
    result.push_back((x - mean) / std::sqrt(variance + epsilon));
  return result;
}

std::optional<Elements> evaluateRows(Operation *op, const Elements &input) {
  using Result = std::optional<Elements>;
  Value value = op->getOperand(0);
  auto map = [&](auto function) { return mapRows(value, input, function); };
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](ReduceOp op) {
        return map(
            [&](ArrayRef<double> row) { return Elements{reduceRow(op, row)}; });
      })
      .Case([&](SoftmaxOp) {
        return map([](ArrayRef<double> row) { return softmax(row, false); });
      })
      .Case([&](LogSoftmaxOp) {
        return map([](ArrayRef<double> row) { return softmax(row, true); });
      })
      .Case([&](StandardizeOp op) {
        double epsilon = op.getEpsilon().convertToDouble();
        return map([=](ArrayRef<double> row) {
          return standardize(row, epsilon, true);
        });
      })
      .Case([&](RmsStandardizeOp op) {
        double epsilon = op.getEpsilon().convertToDouble();
        return map([=](ArrayRef<double> row) {
          return standardize(row, epsilon, false);
        });
      })
      .Default([](Operation *) { return Result(); });
}

Elements evaluateConstant(ConstantOp op) {
  Elements result;
  auto value = llvm::cast<DenseElementsAttr>(op.getValue());
  bool isFloat = isa<FloatType>(value.getElementType());
  for (Attribute element : value.getValues<Attribute>())
    result.push_back(
        isFloat
            ? llvm::cast<FloatAttr>(element).getValueAsDouble()
            : double(
                  llvm::cast<IntegerAttr>(element).getValue().getSExtValue()));
  return result;
}

/// Returns the scores of one query: row `row` of [B * H * Q, K].
Elements scoreKeys(AttentionOp op, ArrayRef<Elements> operands, int64_t row) {
  Shape query = getShape(op.getQuery());
  int64_t numKeys = getShape(op.getKey())[2], depth = query[3];
  int64_t head = row / query[2], position = row % query[2];
  bool isBool = op.getMask() && getElementTypeOrSelf(op.getMask()).isInteger(1);
  std::optional<int64_t> causal;
  if (op.getCausal())
    causal = op.getCausal()->getConstant();
  Elements scores;
  for (int64_t key = 0; key < numKeys; ++key) {
    double score = 0;
    for (int64_t i = 0; i < depth; ++i)
      score += operands[0][row * depth + i] *
               operands[1][(head * numKeys + key) * depth + i];
    score *= op.getScale().convertToDouble();
    double mask = op.getMask() ? operands[3][row * numKeys + key] : 0;
    bool isMasked =
        (isBool && mask == 0) || (causal && key > position + *causal);
    if (!isBool)
      score += mask;
    scores.push_back(isMasked ? op.getFill().convertToDouble() : score);
  }
  return scores;
}

Elements evaluateAttention(AttentionOp op, ArrayRef<Elements> operands) {
  Shape shape = getShape(op.getResult());
  int64_t numKeys = getShape(op.getKey())[2];
  Elements result;
  for (int64_t row = 0; row < shape[0] * shape[1] * shape[2]; ++row) {
    Elements scores = scoreKeys(op, operands, row);
    Elements weights = softmax(scores, false);
    bool isMasked = llvm::all_of(
        scores, [](double score) { return std::isinf(score) && score < 0; });
    bool isNan = llvm::any_of(weights, [](double x) { return std::isnan(x); });
    bool isZero = (op.getMaskedRows() == MaskedRows::Zero && isMasked) ||
                  (op.getMaskedRows() == MaskedRows::ZeroNan && isNan);
    for (int64_t i = 0; i < shape[3]; ++i) {
      double sum = 0;
      for (int64_t key = 0; key < numKeys; ++key)
        sum += weights[key] *
               operands[2][(row / shape[2] * numKeys + key) * shape[3] + i];
      result.push_back(isZero ? 0 : sum);
    }
  }
  return result;
}

std::optional<Elements> evaluate(Operation *op, ArrayRef<Elements> operands) {
  if (auto constant = dyn_cast<ConstantOp>(op))
    return evaluateConstant(constant);
  if (auto attention = dyn_cast<AttentionOp>(op))
    return evaluateAttention(attention, operands);
  if (std::optional<Elements> view = evaluateView(op, operands[0]))
    return view;
  if (std::optional<Elements> rows = evaluateRows(op, operands[0]))
    return rows;
  Elements result;
  for (size_t i = 0; i < operands[0].size(); ++i) {
    SmallVector<double> x;
    for (const Elements &operand : operands)
      x.push_back(operand[i]);
    std::optional<double> element = evaluateElement(op, x);
    if (!element)
      return std::nullopt;
    result.push_back(*element);
  }
  return result;
}

} // namespace

FailureOr<std::vector<Elements>>
interpret(Block &body, const std::vector<Elements> &inputs) {
  DenseMap<Value, Elements> values;
  for (auto [argument, input] : llvm::zip_equal(body.getArguments(), inputs))
    values[argument] = input;
  for (Operation &op : body.without_terminator()) {
    SmallVector<Elements> operands;
    for (Value operand : op.getOperands())
      operands.push_back(values[operand]);
    std::optional<Elements> result = evaluate(&op, operands);
    if (!result)
      return op.emitError("is unknown to the reference interpreter");
    values[op.getResult(0)] = std::move(*result);
  }
  std::vector<Elements> results;
  for (Value value : body.getTerminator()->getOperands())
    results.push_back(values[value]);
  return results;
}

} // namespace neap::test
