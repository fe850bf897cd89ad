// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ContentEvaluation.cpp - see ContentEvaluation.h. How exporters compute
// shapes: Shape, Gather, Slice, Concat, arithmetic, comparisons, Where.
// Elements are dimension expressions, so that all of this works on symbolic
// sizes.
#include "frontends/onnx/ContentEvaluation.h"

#include "frontends/onnx/Initializers.h"
#include "frontends/onnx/NodeContext.h"

#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/StringSwitch.h"

#include "onnx/onnx_pb.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

namespace {

/// A tensor whose elements are known.
struct Known {
  RankedTensorType type;
  Contents contents;

  ArrayRef<int64_t> shape() const { return type.getShape(); }
  bool isFloat() const { return isa<FloatType>(type.getElementType()); }
};

using Result = std::optional<Known>;
using Operands = ArrayRef<Known>;
using Evaluator = Result (*)(NodeContext &, Operands);
using BinaryFunction = std::optional<DimExpr> (*)(const SymbolFacts &,
                                                  const DimExpr &,
                                                  const DimExpr &);

} // namespace

/// Returns `contents` as a tensor, if that is small enough to be known.
static Result make(ArrayRef<int64_t> shape, Type element, Contents contents) {
  for (const DimExpr &entry : contents)
    if (!entry.isKnown())
      return std::nullopt;
  return Known{RankedTensorType::get(shape, element), std::move(contents)};
}

/// Whether a result of `shape` may be evaluated.
static bool isSmall(ArrayRef<int64_t> shape, Type element) {
  for (int64_t size : shape)
    if (size < 0)
      return false;
  return canHaveContents(RankedTensorType::get(shape, element));
}

/// Returns the constants in `contents`, if all are.
static std::optional<SmallVector<int64_t>> getInts(const Known &operand) {
  return getConstants(operand.contents);
}

/// Returns `axis` counted from the start, if it is inside `rank`.
static std::optional<int64_t> normalizeAxis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    return std::nullopt;
  return axis < 0 ? axis + rank : axis;
}

/// Turns the row-major `index` in `shape` into one per axis.
static SmallVector<int64_t> delinearize(int64_t index,
                                        ArrayRef<int64_t> shape) {
  SmallVector<int64_t> indices(shape.size());
  for (size_t i = shape.size(); i-- > 0;) {
    indices[i] = index % shape[i];
    index /= shape[i];
  }
  return indices;
}

static int64_t linearize(ArrayRef<int64_t> indices, ArrayRef<int64_t> shape) {
  int64_t index = 0;
  for (auto [i, size] : llvm::zip(indices, shape))
    index = index * size + i;
  return index;
}

/// Returns a tensor of `shape` whose element at an index is the element of
/// `input` at `map(index)`.
static Result remap(const Known &input, ArrayRef<int64_t> shape,
                    function_ref<SmallVector<int64_t>(ArrayRef<int64_t>)> map) {
  if (!isSmall(shape, input.type.getElementType()))
    return std::nullopt;
  Contents contents;
  int64_t numElements =
      RankedTensorType::get(shape, input.type.getElementType())
          .getNumElements();
  for (int64_t i : llvm::seq<int64_t>(0, numElements))
    contents.push_back(
        input.contents[linearize(map(delinearize(i, shape)), input.shape())]);
  return make(shape, input.type.getElementType(), std::move(contents));
}

/// Returns `input` broadcast to `shape`, as in NumPy.
static Result broadcast(const Known &input, ArrayRef<int64_t> shape) {
  size_t offset = shape.size() - input.shape().size();
  return remap(input, shape, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(index.drop_front(offset));
    for (auto [i, size] : llvm::zip(source, input.shape()))
      if (size == 1)
        i = 0;
    return source;
  });
}

/// Returns the shape that all operands broadcast to.
static std::optional<SmallVector<int64_t>> getBroadcastShape(Operands inputs) {
  Dims dims;
  for (const Known &input : inputs) {
    std::optional<Dims> both = getBroadcastDims(dims, getDims(input.type));
    if (!both)
      return std::nullopt;
    dims = *both;
  }
  return getConstants(dims);
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

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
                      .Case("Mul", multiply)
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

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

/// Returns the elements of `input` in another shape.
static Result withShape(const Known &input, ArrayRef<int64_t> shape) {
  Type element = input.type.getElementType();
  if (!isSmall(shape, element) ||
      RankedTensorType::get(shape, element).getNumElements() !=
          input.type.getNumElements())
    return std::nullopt;
  return make(shape, element, input.contents);
}

static Result evaluateReshape(NodeContext &node, Operands inputs) {
  if (inputs.size() != 2)
    return std::nullopt;
  std::optional<SmallVector<int64_t>> shape = getInts(inputs[1]);
  if (!shape || node.getInt("allowzero", 0))
    return std::nullopt;
  int64_t known = 1, *rest = nullptr;
  for (auto [i, size] : llvm::enumerate(*shape)) {
    if (size == 0 && i < inputs[0].shape().size())
      size = inputs[0].shape()[i];
    if (size == -1 && !rest)
      rest = &size;
    else if (size < 1 || size > inputs[0].type.getNumElements())
      return std::nullopt;
    else
      known *= size;
    if (known > inputs[0].type.getNumElements())
      return std::nullopt;
  }
  if (rest)
    *rest = inputs[0].type.getNumElements() / known;
  return withShape(inputs[0], *shape);
}

/// Returns axes from the attribute or from operand 1; nothing if both lack.
static std::optional<SmallVector<int64_t>> getAxes(NodeContext &node,
                                                   Operands inputs) {
  if (node.hasAttribute("axes"))
    return node.getInts("axes");
  if (inputs.size() < 2)
    return std::nullopt;
  return getInts(inputs[1]);
}

static Result evaluateUnsqueeze(NodeContext &node, Operands inputs) {
  std::optional<SmallVector<int64_t>> axes = getAxes(node, inputs);
  if (!axes)
    return std::nullopt;
  int64_t rank = inputs[0].type.getRank() + axes->size();
  for (int64_t &axis : *axes) {
    std::optional<int64_t> normal = normalizeAxis(axis, rank);
    if (!normal)
      return std::nullopt;
    axis = *normal;
  }
  llvm::sort(*axes);
  SmallVector<int64_t> shape(inputs[0].shape());
  for (int64_t axis : *axes) {
    if (axis > static_cast<int64_t>(shape.size()))
      return std::nullopt;
    shape.insert(shape.begin() + axis, 1);
  }
  return withShape(inputs[0], shape);
}

static Result evaluateSqueeze(NodeContext &node, Operands inputs) {
  std::optional<SmallVector<int64_t>> axes = getAxes(node, inputs);
  int64_t rank = inputs[0].type.getRank();
  SmallVector<bool> isDropped(rank, false);
  for (auto [axis, size] : llvm::enumerate(inputs[0].shape()))
    isDropped[axis] = !axes && size == 1;
  if (axes)
    for (int64_t axis : *axes) {
      std::optional<int64_t> normal = normalizeAxis(axis, rank);
      if (!normal || inputs[0].shape()[*normal] != 1)
        return std::nullopt;
      isDropped[*normal] = true;
    }
  SmallVector<int64_t> shape;
  for (auto [axis, size] : llvm::enumerate(inputs[0].shape()))
    if (!isDropped[axis])
      shape.push_back(size);
  return withShape(inputs[0], shape);
}

static Result evaluateConcat(NodeContext &node, Operands inputs) {
  // Shapes are joined from vectors; other tensors are left to the importer.
  Type element = inputs[0].type.getElementType();
  Contents contents;
  for (const Known &input : inputs) {
    if (input.type.getRank() != 1 || input.type.getElementType() != element)
      return std::nullopt;
    llvm::append_range(contents, input.contents);
  }
  SmallVector<int64_t> shape = {static_cast<int64_t>(contents.size())};
  if (!isSmall(shape, element) || node.getInt("axis", 0) > 0)
    return std::nullopt;
  return make(shape, element, std::move(contents));
}

static Result evaluateGather(NodeContext &node, Operands inputs) {
  if (inputs.size() != 2 || inputs[0].type.getRank() != 1 ||
      node.getInt("axis", 0) > 0)
    return std::nullopt;
  std::optional<SmallVector<int64_t>> indices = getInts(inputs[1]);
  if (!indices)
    return std::nullopt;
  int64_t size = inputs[0].type.getNumElements();
  Contents contents;
  for (int64_t index : *indices) {
    std::optional<int64_t> normal = normalizeAxis(index, size);
    if (!normal)
      return std::nullopt;
    contents.push_back(inputs[0].contents[*normal]);
  }
  return make(inputs[1].shape(), inputs[0].type.getElementType(),
              std::move(contents));
}

static Result evaluateTranspose(NodeContext &node, Operands inputs) {
  SmallVector<int64_t> permutation = node.getInts("perm");
  int64_t rank = inputs[0].type.getRank();
  if (permutation.empty())
    permutation = llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, rank)));
  SmallVector<int64_t> shape;
  SmallVector<bool> isSeen(rank, false);
  for (int64_t axis : permutation) {
    if (axis < 0 || axis >= rank || isSeen[axis])
      return std::nullopt;
    isSeen[axis] = true;
    shape.push_back(inputs[0].shape()[axis]);
  }
  if (static_cast<int64_t>(shape.size()) != rank)
    return std::nullopt;
  return remap(inputs[0], shape, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(rank);
    for (auto [i, axis] : llvm::zip(index, permutation))
      source[axis] = i;
    return source;
  });
}

/// Returns elements start, start + step, ... of the first axis, up to end.
static Result sliceFirstAxis(const Known &input, int64_t start, int64_t end,
                             int64_t step) {
  int64_t size = input.shape()[0];
  auto clamp = [&](int64_t index, int64_t lo, int64_t hi) {
    if (index < 0)
      index = index < -size ? lo : index + size;
    return std::clamp(index, lo, hi);
  };
  int64_t direction = step > 0 ? 1 : -1;
  start = step > 0 ? clamp(start, 0, size) : clamp(start, 0, size - 1);
  end = step > 0 ? clamp(end, 0, size)
                 : (end < -size ? -1 : clamp(end, -1, size - 1));
  SmallVector<int64_t> rows;
  step = std::clamp(step, -size - 1, size + 1);
  for (int64_t i = start; (end - i) * direction > 0; i += step)
    rows.push_back(i);
  SmallVector<int64_t> shape(input.shape());
  shape[0] = rows.size();
  return remap(input, shape, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(index);
    source[0] = rows[index[0]];
    return source;
  });
}

static Result evaluateSlice(NodeContext &node, Operands inputs) {
  // Parameters: attributes before opset 10, else inputs.
  SmallVector<SmallVector<int64_t>> parameters;
  if (node.hasAttribute("starts")) {
    parameters = {node.getInts("starts"), node.getInts("ends"),
                  node.getInts("axes")};
  } else {
    for (const Known &input : inputs.drop_front()) {
      std::optional<SmallVector<int64_t>> ints = getInts(input);
      if (!ints)
        return std::nullopt;
      parameters.push_back(*ints);
    }
  }
  parameters.resize(4);
  auto get = [&](size_t which, int64_t otherwise) {
    return parameters[which].empty() ? otherwise : parameters[which].front();
  };
  bool isOneAxis = parameters[0].size() == 1 && parameters[1].size() == 1 &&
                   inputs[0].type.getRank() >= 1;
  int64_t step = get(3, 1);
  if (!isOneAxis || step == 0 || inputs[0].shape()[0] == 0 ||
      normalizeAxis(get(2, 0), inputs[0].type.getRank()) != 0)
    return std::nullopt;
  return sliceFirstAxis(inputs[0], get(0, 0), get(1, 0), step);
}

static Result evaluateExpand(NodeContext &, Operands inputs) {
  if (inputs.size() != 2)
    return std::nullopt;
  std::optional<Dims> dims =
      getBroadcastDims(getDims(inputs[0].type), inputs[1].contents);
  std::optional<SmallVector<int64_t>> shape;
  if (dims)
    shape = getConstants(*dims);
  if (!shape || !isSmall(*shape, inputs[0].type.getElementType()))
    return std::nullopt;
  return broadcast(inputs[0], *shape);
}

//===----------------------------------------------------------------------===//
// Others
//===----------------------------------------------------------------------===//

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

/// The ops that are evaluated.
static Evaluator getEvaluator(StringRef op) {
  return llvm::StringSwitch<Evaluator>(op)
      .Cases({"Add", "Sub", "Mul", "Div", "Mod", "Max", "Min"},
             evaluateArithmetic)
      .Cases({"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual",
              "And", "Or"},
             evaluateComparison)
      .Case("Not", evaluateNot)
      .Case("Neg", evaluateNeg)
      .Cases({"Identity", "Floor", "Ceil", "Round"}, evaluateIdentity)
      .Case("Where", evaluateWhere)
      .Case("Cast", evaluateCast)
      .Case("Reshape", evaluateReshape)
      .Case("Unsqueeze", evaluateUnsqueeze)
      .Case("Squeeze", evaluateSqueeze)
      .Case("Concat", evaluateConcat)
      .Case("Gather", evaluateGather)
      .Case("Transpose", evaluateTranspose)
      .Case("Slice", evaluateSlice)
      .Case("Expand", evaluateExpand)
      .Case("Range", evaluateRange)
      .Cases({"ReduceSum", "ReduceProd", "ReduceMax", "ReduceMin"},
             evaluateReduction)
      .Default(nullptr);
}

/// Whether every element is a number that its float type holds exactly.
static bool areExact(const Known &result, const SymbolFacts &facts) {
  if (!result.isFloat())
    return true;
  return llvm::all_of(result.contents, [&](const DimExpr &entry) {
    return entry.getConstant() || (facts.isAtLeast(entry, -kMaxExactFloat) &&
                                   facts.isAtLeast(kMaxExactFloat, entry));
  });
}

bool neap::frontend::tryEvaluateContents(NodeContext &node) {
  Evaluator evaluate = getEvaluator(node.getOpType());
  if (!evaluate || node.getNumInputs() == 0 || node.getNumOutputs() != 1)
    return false;
  SmallVector<Known> operands;
  for (size_t i = 0, e = node.getNumInputs(); i < e; ++i) {
    // Trailing optional inputs may be left empty; no op here has one inside.
    if (!node.hasInput(i))
      return false;
    const ImportedValue *input = node.findInput(i);
    if (!input || !input->contents)
      return false;
    operands.push_back({input->type, *input->contents});
  }
  Result result = evaluate(node, operands);
  return result && areExact(*result, node.getFacts()) &&
         succeeded(node.setOutput(0, result->type,
                                  std::move(result->contents)));
}
