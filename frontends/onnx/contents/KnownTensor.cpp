// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KnownTensor.cpp - see KnownTensor.h.
#include "frontends/onnx/contents/KnownTensor.h"

#include "frontends/onnx/NodeContext.h"

#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;
using namespace neap::frontend::contents;

Result contents::make(ArrayRef<int64_t> shape, Type element,
                      Contents contents) {
  for (const DimExpr &entry : contents)
    if (!entry.isKnown())
      return std::nullopt;
  return Known{RankedTensorType::get(shape, element), std::move(contents)};
}

bool contents::isSmall(ArrayRef<int64_t> shape, Type element) {
  for (int64_t size : shape)
    if (size < 0)
      return false;
  return canHaveContents(RankedTensorType::get(shape, element));
}

std::optional<SmallVector<int64_t>> contents::getInts(const Known &operand) {
  return getConstants(operand.contents);
}

std::optional<int64_t> contents::normalizeAxis(int64_t axis, int64_t rank) {
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

Result
contents::remap(const Known &input, ArrayRef<int64_t> shape,
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

Result contents::broadcast(const Known &input, ArrayRef<int64_t> shape) {
  size_t offset = shape.size() - input.shape().size();
  return remap(input, shape, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(index.drop_front(offset));
    for (auto [i, size] : llvm::zip(source, input.shape()))
      if (size == 1)
        i = 0;
    return source;
  });
}

std::optional<SmallVector<int64_t>>
contents::getBroadcastShape(Operands inputs) {
  Dims dims;
  for (const Known &input : inputs) {
    std::optional<Dims> both = getBroadcastDims(dims, getDims(input.type));
    if (!both)
      return std::nullopt;
    dims = *both;
  }
  return getConstants(dims);
}

std::optional<SmallVector<int64_t>> contents::getAxes(NodeContext &node,
                                                      Operands inputs) {
  if (node.hasAttribute("axes"))
    return node.getInts("axes");
  if (inputs.size() < 2)
    return std::nullopt;
  return getInts(inputs[1]);
}
