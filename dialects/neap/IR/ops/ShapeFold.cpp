// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ShapeFold.cpp - folding of data movement: what moves nothing, what undoes
// or repeats what came before, and movement of small or splat constants.
#include "dialects/neap/IR/ConstantFold.h"
#include "dialects/neap/IR/NeapOps.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace neap;

/// Returns the row-major strides of a static shape.
static SmallVector<int64_t> getStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t axis = static_cast<int64_t>(shape.size()) - 2; axis >= 0; --axis)
    strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

//===----------------------------------------------------------------------===//
// ReshapeOp
//===----------------------------------------------------------------------===//

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  if (auto inner = getInput().getDefiningOp<ReshapeOp>()) {
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  auto elements = dyn_cast_if_present<DenseElementsAttr>(adaptor.getInput());
  if (!elements || !getType().hasStaticShape())
    return {};
  if (elements.isSplat())
    return elements.resizeSplat(getType());
  if (!isFoldableSize(getType()))
    return {};
  return elements.reshape(getType());
}

//===----------------------------------------------------------------------===//
// TransposeOp
//===----------------------------------------------------------------------===//

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  ArrayRef<int64_t> permutation = getPermutation();
  if (llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size())))
    return getInput();
  if (auto inner = getInput().getDefiningOp<TransposeOp>()) {
    SmallVector<int64_t> composed;
    for (int64_t axis : permutation)
      composed.push_back(inner.getPermutation()[axis]);
    setPermutation(composed);
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  if (!adaptor.getInput())
    return {};
  SmallVector<int64_t> strides = getStrides(getInput().getType().getShape());
  return foldMovement(getType(), adaptor.getInput(),
                      [&](ArrayRef<int64_t> index) {
                        int64_t source = 0;
                        for (auto [i, axis] : llvm::zip(index, permutation))
                          source += i * strides[axis];
                        return source;
                      });
}

namespace {

/// A transpose that moves axes of size 1 only is a reshape, which costs
/// nothing.
struct TransposeOfUnitAxes : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    int64_t previous = -1;
    for (int64_t axis : op.getPermutation()) {
      if (op.getInput().getType().getDimSize(axis) == 1)
        continue;
      if (axis < previous)
        return rewriter.notifyMatchFailure(op, "moves an axis above size 1");
      previous = axis;
    }
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getInput());
    return success();
  }
};

} // namespace

void TransposeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<TransposeOfUnitAxes>(context);
}

//===----------------------------------------------------------------------===//
// BroadcastOp
//===----------------------------------------------------------------------===//

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  RankedTensorType inputType = getInput().getType();
  if (inputType == getType())
    return getInput();
  if (auto inner = getInput().getDefiningOp<BroadcastOp>()) {
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  if (!adaptor.getInput())
    return {};
  ArrayRef<int64_t> shape = inputType.getShape();
  SmallVector<int64_t> strides = getStrides(shape);
  return foldMovement(
      getType(), adaptor.getInput(), [&](ArrayRef<int64_t> index) {
        int64_t source = 0;
        index = index.take_back(shape.size());
        for (size_t axis = 0; axis < shape.size(); ++axis)
          source += shape[axis] == 1 ? 0 : index[axis] * strides[axis];
        return source;
      });
}

//===----------------------------------------------------------------------===//
// SliceOp
//===----------------------------------------------------------------------===//

/// Returns whether `op` takes everything in order.
static bool isWholeInput(SliceOp op) {
  return op.getInput().getType() == op.getType() &&
         llvm::all_of(op.getStarts(),
                      [](const DimExpr &x) { return x.isConstant(0); }) &&
         llvm::all_of(op.getSteps(), [](int64_t x) { return x == 1; });
}

/// Makes `op` take its elements from the input of `inner`, its own input.
static void composeSlices(SliceOp op, SliceOp inner) {
  SmallVector<DimExpr> starts = inner.getStarts();
  SmallVector<int64_t> steps;
  for (auto [axis, start] : llvm::enumerate(op.getStarts())) {
    int64_t innerStep = inner.getSteps()[axis];
    starts[axis] += start * DimExpr(innerStep);
    steps.push_back(op.getSteps()[axis] * innerStep);
  }
  op.setStarts(starts);
  op.setSteps(steps);
  op.getInputMutable().assign(inner.getInput());
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  if (isWholeInput(*this))
    return getInput();
  bool isEmpty = llvm::is_contained(getSizes(), DimExpr(0));
  auto inner = getInput().getDefiningOp<SliceOp>();
  if (inner && !isEmpty) {
    composeSlices(*this, inner);
    return getResult();
  }
  std::optional<SmallVector<int64_t>> starts = getConstants(getStarts());
  if (!adaptor.getInput() || !starts)
    return {};
  SmallVector<int64_t> strides = getStrides(getInput().getType().getShape());
  ArrayRef<int64_t> steps = getSteps();
  return foldMovement(
      getType(), adaptor.getInput(), [&](ArrayRef<int64_t> index) {
        int64_t source = 0;
        for (size_t axis = 0; axis < index.size(); ++axis)
          source +=
              ((*starts)[axis] + index[axis] * steps[axis]) * strides[axis];
        return source;
      });
}

//===----------------------------------------------------------------------===//
// ConcatOp
//===----------------------------------------------------------------------===//

/// Appends the raw elements of slab `outer` of `elements`, which has
/// `slabSize` of them.
template <typename Value>
static void appendSlab(DenseElementsAttr elements, int64_t outer,
                       int64_t slabSize, SmallVectorImpl<Value> &values) {
  for (int64_t i = 0; i < slabSize; ++i)
    values.push_back(elements.isSplat() ? elements.getSplatValue<Value>()
                                        : *(elements.value_begin<Value>() +
                                            outer * slabSize + i));
}

/// Concatenates constants along `axis`.
template <typename Value>
static Attribute concatConstants(RankedTensorType type, int64_t axis,
                                 ArrayRef<DenseElementsAttr> inputs) {
  int64_t numOuter = 1;
  for (int64_t size : type.getShape().take_front(axis))
    numOuter *= size;
  SmallVector<Value> values;
  for (int64_t outer = 0; outer < numOuter; ++outer)
    for (DenseElementsAttr input : inputs)
      appendSlab(input, outer, input.getNumElements() / numOuter, values);
  if (values.empty())
    return {};
  return DenseElementsAttr::get(type, values);
}

OpFoldResult ConcatOp::fold(FoldAdaptor adaptor) {
  if (getInputs().size() == 1)
    return getInputs().front();
  for (auto [index, input] : llvm::enumerate(getInputs())) {
    auto type = cast<RankedTensorType>(input.getType());
    if (type.getDimSize(getAxis()) != 0)
      continue;
    getInputsMutable().erase(index);
    return getResult();
  }
  if (!isFoldableSize(getType()))
    return {};
  SmallVector<DenseElementsAttr> inputs;
  for (Attribute input : adaptor.getInputs()) {
    auto elements = dyn_cast_if_present<DenseElementsAttr>(input);
    if (!elements)
      return {};
    inputs.push_back(elements);
  }
  if (isa<FloatType>(getType().getElementType()))
    return concatConstants<APFloat>(getType(), getAxis(), inputs);
  return concatConstants<APInt>(getType(), getAxis(), inputs);
}

//===----------------------------------------------------------------------===//
// SizeOp
//===----------------------------------------------------------------------===//

OpFoldResult SizeOp::fold(FoldAdaptor) {
  std::optional<int64_t> constant = getExpr().getConstant();
  if (!constant)
    return {};
  return DenseElementsAttr::get(getType(), *constant);
}
