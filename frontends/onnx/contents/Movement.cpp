// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Movement.cpp - evaluates ops that move elements and compute none.
#include "frontends/onnx/contents/Evaluators.h"

#include "frontends/onnx/NodeContext.h"

#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;
using namespace neap::frontend::contents;

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

Evaluator contents::getMovementEvaluator(StringRef op) {
  return llvm::StringSwitch<Evaluator>(op)
      .Case("Reshape", evaluateReshape)
      .Case("Unsqueeze", evaluateUnsqueeze)
      .Case("Squeeze", evaluateSqueeze)
      .Case("Concat", evaluateConcat)
      .Case("Gather", evaluateGather)
      .Case("Transpose", evaluateTranspose)
      .Case("Slice", evaluateSlice)
      .Case("Expand", evaluateExpand)
      .Default(nullptr);
}
