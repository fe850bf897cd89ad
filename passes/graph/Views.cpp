// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Views.cpp - facts about and builders of ops that only move elements.
#include "passes/graph/Views.h"

#include "passes/analysis/ContiguousViews.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

using namespace mlir;

namespace neap {

RankedTensorType getType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

Shape getShape(Value value) { return getDims(getType(value)); }

RankedTensorType withShape(Value value, ArrayRef<DimExpr> shape) {
  return getTensorType(shape, getType(value).getElementType());
}

bool isElementwise(Operation *op) {
  return isa<NeapDialect>(op->getDialect()) &&
         op->hasTrait<OpTrait::Elementwise>();
}

bool isView(Operation *op) {
  return isa_and_nonnull<ReshapeOp, TransposeOp, SliceOp, BroadcastOp>(op);
}

bool isContiguousSlice(SliceOp slice) {
  Shape source = getShape(slice.getInput()), sizes = getShape(slice);
  if (llvm::any_of(llvm::zip(slice.getSteps(), sizes), [](auto stepAndSize) {
        auto [step, size] = stepAndSize;
        return step != 1 && size.getConstant().value_or(2) > 1;
      }))
    return false;
  unsigned axis = 0;
  while (axis < sizes.size() && sizes[axis].isConstant(1))
    ++axis;
  bool takesWholeAxes =
      axis >= sizes.size() || ArrayRef(sizes).drop_front(axis + 1) ==
                                  ArrayRef(source).drop_front(axis + 1);
  return takesWholeAxes && getContiguousStart(slice);
}

bool isFreeInPlan(Operation *op) {
  if (isa<ReshapeOp>(op))
    return true;
  if (auto slice = dyn_cast<SliceOp>(op))
    return isContiguousSlice(slice);
  auto concat = dyn_cast<ConcatOp>(op);
  return concat && getConcatStarts(concat);
}

DenseElementsAttr getSplat(Value value) {
  // A splat of symbolic shape is the repetition of a constant.
  if (!getType(value).hasStaticShape())
    if (auto broadcast = value.getDefiningOp<BroadcastOp>())
      return getType(broadcast.getInput()).hasStaticShape()
                 ? getSplat(broadcast.getInput())
                 : DenseElementsAttr();
  auto constant = value.getDefiningOp<ConstantOp>();
  if (!constant)
    return {};
  auto elements = dyn_cast<DenseElementsAttr>(constant.getValue());
  return elements && elements.isSplat() ? elements : DenseElementsAttr();
}

/// Returns whether what `op` computes depends on symbols.
static bool hasSymbols(Operation *op) {
  if (auto slice = dyn_cast<SliceOp>(op))
    if (!getConstants(slice.getStarts()))
      return true;
  return isa<SizeOp>(op) || llvm::any_of(op->getResultTypes(), [](Type type) {
           auto tensor = dyn_cast<RankedTensorType>(type);
           return tensor && !tensor.hasStaticShape();
         });
}

bool CompileTimeValues::contains(Value value) {
  Operation *op = value.getDefiningOp();
  return op && containsResultsOf(op);
}

bool CompileTimeValues::containsResultsOf(Operation *root) {
  SmallVector<Operation *> stack{root};
  while (!stack.empty()) {
    Operation *op = stack.back();
    if (known.contains(op)) {
      stack.pop_back();
      continue;
    }
    bool isKnown = isa<NeapDialect>(op->getDialect()) && !hasSymbols(op);
    bool isPending = false;
    for (Value operand : op->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      auto found = producer ? known.find(producer) : known.end();
      if (!producer || (found != known.end() && !found->second)) {
        isKnown = false;
        break;
      }
      if (found == known.end()) {
        stack.push_back(producer);
        isPending = true;
        break;
      }
    }
    if (isPending)
      continue;
    known[op] = isKnown;
    stack.pop_back();
  }
  return known.lookup(root);
}

namespace {

/// Sizes at which the products of different symbols are different numbers.
class SampleSizes {
public:
  explicit SampleSizes(ArrayRef<ArrayRef<DimExpr>> shapes) {
    static constexpr int64_t kPrimes[] = {1009, 2003, 4001, 521, 251, 127};
    std::set<std::string> symbols;
    for (ArrayRef<DimExpr> shape : shapes)
      for (const DimExpr &size : shape)
        for (const std::string &symbol : size.getSymbols())
          symbols.insert(symbol);
    for (auto [index, symbol] : llvm::enumerate(symbols))
      values[symbol] = kPrimes[index % std::size(kPrimes)];
  }

  /// Returns the number that `size` is there; 0 if there is none.
  int64_t get(const DimExpr &size) const {
    if (std::optional<int64_t> constant = size.getConstant())
      return *constant;
    return size.evaluate(values).value_or(0);
  }

private:
  llvm::StringMap<int64_t> values;
};

} // namespace

std::optional<SmallVector<AxisGroup>> associateAxes(ArrayRef<DimExpr> first,
                                                    ArrayRef<DimExpr> second) {
  if (llvm::is_contained(first, DimExpr(0)) ||
      llvm::is_contained(second, DimExpr(0)))
    return std::nullopt;
  SampleSizes sample({first, second});
  SmallVector<AxisGroup> groups;
  unsigned i = 0, j = 0;
  while (i < first.size() || j < second.size()) {
    AxisGroup group{i, i, j, j};
    DimExpr firstSize = i < first.size() ? first[i++] : 1;
    DimExpr secondSize = j < second.size() ? second[j++] : 1;
    while (firstSize != secondSize) {
      bool growsFirst = sample.get(firstSize) < sample.get(secondSize);
      if (growsFirst ? i == first.size() : j == second.size())
        return std::nullopt;
      (growsFirst ? firstSize : secondSize) *=
          growsFirst ? first[i++] : second[j++];
    }
    group.firstEnd = i;
    group.secondEnd = j;
    groups.push_back(group);
  }
  return groups;
}

SmallVector<int64_t> invertPermutation(ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> inverse(permutation.size());
  for (auto [index, axis] : llvm::enumerate(permutation))
    inverse[axis] = index;
  return inverse;
}

SmallVector<int64_t> permute(ArrayRef<int64_t> values,
                             ArrayRef<int64_t> permutation) {
  return llvm::map_to_vector(permutation,
                             [&](int64_t axis) { return values[axis]; });
}

Shape permute(ArrayRef<DimExpr> values, ArrayRef<int64_t> permutation) {
  return Shape(
      llvm::map_range(permutation, [&](int64_t axis) { return values[axis]; }));
}

/// Returns `shape` with size-1 axes in front up to `rank`.
static Shape extendShape(ArrayRef<DimExpr> shape, unsigned rank) {
  Shape result(rank - shape.size(), 1);
  llvm::append_range(result, shape);
  return result;
}

/// Returns `shape` without the axes of size 1 in front: a broadcast brings them
/// back.
static ArrayRef<DimExpr> dropLeadingOnes(ArrayRef<DimExpr> shape) {
  return shape.drop_while(
      [](const DimExpr &size) { return size.isConstant(1); });
}

/// Returns the shape that the input of `broadcast` must have so that the same
/// repetition of it has `shape`, if there is one.
static std::optional<Shape> reshapeBroadcastInput(BroadcastOp broadcast,
                                                  ArrayRef<DimExpr> shape) {
  Shape from = getShape(broadcast.getResult());
  Shape input = extendShape(getShape(broadcast.getInput()), from.size());
  std::optional<SmallVector<AxisGroup>> groups = associateAxes(from, shape);
  if (!groups)
    return std::nullopt;
  Shape result;
  for (const AxisGroup &group : *groups) {
    bool isRepeated = false, isKept = false;
    for (unsigned axis = group.firstBegin; axis < group.firstEnd; ++axis) {
      isRepeated |= input[axis] != from[axis];
      isKept |= !input[axis].isConstant(1);
    }
    if (isRepeated && isKept)
      return std::nullopt;
    for (unsigned axis = group.secondBegin; axis < group.secondEnd; ++axis)
      result.push_back(isRepeated ? 1 : shape[axis]);
  }
  return Shape(dropLeadingOnes(result));
}

Value createSplat(OpBuilder &builder, Location loc, DenseElementsAttr splat,
                  ArrayRef<DimExpr> shape) {
  RankedTensorType type = getTensorType(shape, splat.getElementType());
  if (type.hasStaticShape())
    return ConstantOp::create(builder, loc, splat.resizeSplat(type));
  Value scalar = createSplat(builder, loc, splat, {});
  return BroadcastOp::create(builder, loc, type, scalar);
}

Value createBroadcast(OpBuilder &builder, Location loc, Value value,
                      ArrayRef<DimExpr> shape) {
  if (ArrayRef(getShape(value)) == shape)
    return value;
  if (DenseElementsAttr splat = getSplat(value))
    return createSplat(builder, loc, splat, shape);
  return BroadcastOp::create(builder, loc, withShape(value, shape), value);
}

bool reshapesFreely(Value value, ArrayRef<DimExpr> shape) {
  if (getSplat(value))
    return true;
  auto broadcast = value.getDefiningOp<BroadcastOp>();
  return broadcast && reshapeBroadcastInput(broadcast, shape);
}

Value createReshape(OpBuilder &builder, Location loc, Value value,
                    ArrayRef<DimExpr> shape) {
  if (ArrayRef(getShape(value)) == shape)
    return value;
  if (DenseElementsAttr splat = getSplat(value))
    return createSplat(builder, loc, splat, shape);
  if (auto reshape = value.getDefiningOp<ReshapeOp>())
    return createReshape(builder, loc, reshape.getInput(), shape);
  if (auto broadcast = value.getDefiningOp<BroadcastOp>())
    if (auto input = reshapeBroadcastInput(broadcast, shape))
      return createBroadcast(
          builder, loc,
          createReshape(builder, loc, broadcast.getInput(), *input), shape);
  return ReshapeOp::create(builder, loc, withShape(value, shape), value);
}

/// Returns whether `permutation` keeps the order of all axes that are not 1.
static bool movesOnlyUnitAxes(ArrayRef<DimExpr> shape,
                              ArrayRef<int64_t> permutation) {
  int64_t last = -1;
  for (int64_t axis : permutation) {
    if (shape[axis].isConstant(1))
      continue;
    if (axis < last)
      return false;
    last = axis;
  }
  return true;
}

Value createTranspose(OpBuilder &builder, Location loc, Value value,
                      ArrayRef<int64_t> permutation) {
  Shape shape = permute(getShape(value), permutation);
  if (movesOnlyUnitAxes(getShape(value), permutation) || getSplat(value))
    return createReshape(builder, loc, value, shape);
  if (auto inner = value.getDefiningOp<TransposeOp>())
    return createTranspose(builder, loc, inner.getInput(),
                           permute(inner.getPermutation(), permutation));
  if (auto broadcast = value.getDefiningOp<BroadcastOp>()) {
    Shape inputShape =
        extendShape(getShape(broadcast.getInput()), shape.size());
    Value input = createReshape(builder, loc, broadcast.getInput(), inputShape);
    input = createTranspose(builder, loc, input, permutation);
    input =
        createReshape(builder, loc, input, dropLeadingOnes(getShape(input)));
    return createBroadcast(builder, loc, input, shape);
  }
  return TransposeOp::create(builder, loc, withShape(value, shape), value,
                             builder.getDenseI64ArrayAttr(permutation));
}

} // namespace neap
