// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Views.cpp - facts about and builders of ops that only move elements.
#include "passes/graph/Views.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace neap {

RankedTensorType getType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

ArrayRef<int64_t> getShape(Value value) { return getType(value).getShape(); }

RankedTensorType withShape(Value value, ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape, getType(value).getElementType());
}

bool isElementwise(Operation *op) {
  return isa<NeapDialect>(op->getDialect()) &&
         op->hasTrait<OpTrait::Elementwise>();
}

bool isView(Operation *op) {
  return isa_and_nonnull<ReshapeOp, TransposeOp, SliceOp, BroadcastOp>(op);
}

bool isContiguousSlice(SliceOp slice) {
  ArrayRef<int64_t> source = getShape(slice.getInput());
  ArrayRef<int64_t> sizes = slice.getType().getShape();
  if (llvm::any_of(llvm::zip(slice.getSteps(), sizes), [](auto stepAndSize) {
        auto [step, size] = stepAndSize;
        return step != 1 && size > 1;
      }))
    return false;
  unsigned axis = 0;
  while (axis < sizes.size() && sizes[axis] == 1)
    ++axis;
  return axis >= sizes.size() ||
         sizes.drop_front(axis + 1) == source.drop_front(axis + 1);
}

bool isFreeInPlan(Operation *op) {
  if (isa<ReshapeOp>(op))
    return true;
  if (auto slice = dyn_cast<SliceOp>(op))
    return isContiguousSlice(slice);
  auto concat = dyn_cast<ConcatOp>(op);
  return concat &&
         llvm::all_of(getShape(concat.getResult()).take_front(concat.getAxis()),
                      [](int64_t size) { return size == 1; });
}

DenseElementsAttr getSplat(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  if (!constant)
    return {};
  auto elements = dyn_cast<DenseElementsAttr>(constant.getValue());
  return elements && elements.isSplat() ? elements : DenseElementsAttr();
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
    bool isKnown = isa<NeapDialect>(op->getDialect());
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

std::optional<SmallVector<AxisGroup>> associateAxes(ArrayRef<int64_t> first,
                                                    ArrayRef<int64_t> second) {
  if (llvm::is_contained(first, 0) || llvm::is_contained(second, 0))
    return std::nullopt;
  SmallVector<AxisGroup> groups;
  unsigned i = 0, j = 0;
  while (i < first.size() || j < second.size()) {
    AxisGroup group{i, i, j, j};
    int64_t firstSize = i < first.size() ? first[i++] : 1;
    int64_t secondSize = j < second.size() ? second[j++] : 1;
    while (firstSize != secondSize) {
      bool growsFirst = firstSize < secondSize;
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

SmallVector<DimExpr> permute(ArrayRef<DimExpr> values,
                             ArrayRef<int64_t> permutation) {
  return llvm::map_to_vector(permutation,
                             [&](int64_t axis) { return values[axis]; });
}

/// Returns the shape of `value` with size-1 axes in front up to `rank`.
static SmallVector<int64_t> extendShape(ArrayRef<int64_t> shape,
                                        unsigned rank) {
  SmallVector<int64_t> result(rank - shape.size(), 1);
  llvm::append_range(result, shape);
  return result;
}

/// Returns `shape` without the axes of size 1 in front: a broadcast brings them
/// back.
static ArrayRef<int64_t> dropLeadingOnes(ArrayRef<int64_t> shape) {
  return shape.drop_while([](int64_t size) { return size == 1; });
}

/// Returns the shape that the input of `broadcast` must have so that the same
/// repetition of it has `shape`, if there is one.
static std::optional<SmallVector<int64_t>>
reshapeBroadcastInput(BroadcastOp broadcast, ArrayRef<int64_t> shape) {
  ArrayRef<int64_t> from = getShape(broadcast.getResult());
  SmallVector<int64_t> input =
      extendShape(getShape(broadcast.getInput()), from.size());
  std::optional<SmallVector<AxisGroup>> groups = associateAxes(from, shape);
  if (!groups)
    return std::nullopt;
  SmallVector<int64_t> result;
  for (const AxisGroup &group : *groups) {
    bool isRepeated = false, isKept = false;
    for (unsigned axis = group.firstBegin; axis < group.firstEnd; ++axis) {
      isRepeated |= input[axis] != from[axis];
      isKept |= input[axis] != 1;
    }
    if (isRepeated && isKept)
      return std::nullopt;
    for (unsigned axis = group.secondBegin; axis < group.secondEnd; ++axis)
      result.push_back(isRepeated ? 1 : shape[axis]);
  }
  return llvm::to_vector(dropLeadingOnes(result));
}

Value createBroadcast(OpBuilder &builder, Location loc, Value value,
                      ArrayRef<int64_t> shape) {
  if (getShape(value) == shape)
    return value;
  if (DenseElementsAttr splat = getSplat(value))
    return ConstantOp::create(builder, loc,
                              splat.resizeSplat(withShape(value, shape)));
  return BroadcastOp::create(builder, loc, withShape(value, shape), value);
}

bool reshapesFreely(Value value, ArrayRef<int64_t> shape) {
  if (getSplat(value))
    return true;
  auto broadcast = value.getDefiningOp<BroadcastOp>();
  return broadcast && reshapeBroadcastInput(broadcast, shape);
}

Value createReshape(OpBuilder &builder, Location loc, Value value,
                    ArrayRef<int64_t> shape) {
  if (getShape(value) == shape)
    return value;
  if (DenseElementsAttr splat = getSplat(value))
    return ConstantOp::create(builder, loc,
                              splat.resizeSplat(withShape(value, shape)));
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
static bool movesOnlyUnitAxes(ArrayRef<int64_t> shape,
                              ArrayRef<int64_t> permutation) {
  int64_t last = -1;
  for (int64_t axis : permutation) {
    if (shape[axis] == 1)
      continue;
    if (axis < last)
      return false;
    last = axis;
  }
  return true;
}

Value createTranspose(OpBuilder &builder, Location loc, Value value,
                      ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> shape = permute(getShape(value), permutation);
  if (movesOnlyUnitAxes(getShape(value), permutation) || getSplat(value))
    return createReshape(builder, loc, value, shape);
  if (auto inner = value.getDefiningOp<TransposeOp>())
    return createTranspose(builder, loc, inner.getInput(),
                           permute(inner.getPermutation(), permutation));
  if (auto broadcast = value.getDefiningOp<BroadcastOp>()) {
    SmallVector<int64_t> inputShape =
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
