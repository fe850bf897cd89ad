// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Slicing.cpp - see Slicing.h. Source: ONNX Slice-13, Pad-23.
#include "frontends/onnx/ops/Slicing.h"

#include "frontends/onnx/NodeContext.h"

#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

namespace {

/// Elements to take of each axis.
struct Ranges {
  SmallVector<int64_t> starts, sizes, steps;
};

} // namespace

/// Reads starts and ends (attributes before opset 10, else inputs), axes and
/// steps, one entry each per sliced axis.
static FailureOr<SmallVector<SmallVector<int64_t>>>
getSliceParameters(NodeContext &node, int64_t rank) {
  SmallVector<SmallVector<int64_t>> parameters;
  static const StringRef kNames[] = {"starts", "ends", "axes", "steps"};
  for (auto [index, name] : llvm::enumerate(kNames)) {
    auto given = node.getIntsOfAttributeOrInput(name, index + 1);
    if (failed(given))
      return failure();
    if (!*given && index < 2)
      return node.emitError() << "expected '" << name << "', got none";
    size_t count = index == 0 ? (*given)->size() : parameters[0].size();
    if (!*given && name == "axes")
      *given = llvm::to_vector(llvm::seq<int64_t>(0, count));
    if (!*given)
      *given = SmallVector<int64_t>(count, 1);
    if ((*given)->size() != count)
      return node.emitError() << "expected " << count << " entries in '" << name
                              << "', got " << (*given)->size();
    parameters.push_back(**given);
  }
  for (int64_t &axis : parameters[2]) {
    FailureOr<int64_t> checked = node.checkAxis(axis, rank);
    if (failed(checked))
      return failure();
    axis = *checked;
  }
  return parameters;
}

/// Clamps start and end of one axis as NumPy does; returns the number of
/// elements and moves `start` inside.
static int64_t clampSlice(int64_t &start, int64_t end, int64_t step,
                          int64_t size) {
  auto clamp = [&](int64_t position, int64_t low, int64_t high) {
    // Adding the size to the lowest number cannot overflow: it is negative.
    return std::clamp(position < 0 ? position + size : position, low, high);
  };
  if (step > 0) {
    start = clamp(start, 0, size);
    end = clamp(end, 0, size);
    return end <= start ? 0 : (end - start - 1) / step + 1;
  }
  start = clamp(start, -1, size - 1);
  end = clamp(end, -1, size - 1);
  // The step's size, without negating the lowest number.
  uint64_t stride = 0 - static_cast<uint64_t>(step);
  return start <= end
             ? 0
             : static_cast<int64_t>(
                   static_cast<uint64_t>(start - end - 1) / stride + 1);
}

LogicalResult neap::frontend::importSlice(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  Dims dims = getDimsOf(input);
  auto parameters = getSliceParameters(node, dims.size());
  if (failed(parameters))
    return failure();
  FailureOr<SmallVector<int64_t>> sizes = node.checkStatic(dims, "the shape");
  if (failed(sizes))
    return failure();
  Ranges ranges{SmallVector<int64_t>(dims.size(), 0), *sizes,
                SmallVector<int64_t>(dims.size(), 1)};
  for (auto [start, end, axis, step] :
       llvm::zip((*parameters)[0], (*parameters)[1], (*parameters)[2],
                 (*parameters)[3])) {
    if (step == 0)
      return node.emitError() << "the step along axis " << axis << " is 0";
    int64_t first = start;
    int64_t count = clampSlice(first, end, step, (*sizes)[axis]);
    ranges.sizes[axis] = count;
    // An empty or single element needs no step, a huge one would overflow.
    ranges.starts[axis] = count == 0 ? 0 : first;
    ranges.steps[axis] = count <= 1 ? 1 : step;
  }
  return node.setOutput(
      0, node.build().slice(input, ranges.starts, ranges.sizes, ranges.steps));
}

//===----------------------------------------------------------------------===//
// Pad
//===----------------------------------------------------------------------===//

/// Returns the pads before all axes, then after all axes.
static FailureOr<SmallVector<int64_t>> getPads(NodeContext &node,
                                               int64_t rank) {
  auto given = node.getIntsOfAttributeOrInput("pads", 1);
  if (failed(given))
    return failure();
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (node.hasInput(3)) {
    FailureOr<SmallVector<int64_t>> chosen = node.getInts(3, "the axes");
    if (failed(chosen))
      return failure();
    axes = *chosen;
  }
  if (!*given || (*given)->size() != 2 * axes.size())
    return node.emitError() << "expected " << 2 * axes.size() << " pads, got "
                            << (*given ? (*given)->size() : 0);
  SmallVector<int64_t> pads(2 * rank, 0);
  for (auto [i, position] : llvm::enumerate(axes)) {
    FailureOr<int64_t> axis = node.checkAxis(position, rank);
    if (failed(axis))
      return failure();
    pads[*axis] = (**given)[i];
    pads[rank + *axis] = (**given)[axes.size() + i];
  }
  constexpr int64_t kMaxPad = int64_t(1) << 40;
  for (int64_t pad : pads)
    if (pad < -kMaxPad || pad > kMaxPad)
      return node.emitError() << "expected pads in [-2^40, 2^40], got " << pad;
  return pads;
}

static FailureOr<PadMode> getPadMode(NodeContext &node) {
  StringRef mode = node.getString("mode", "constant");
  if (mode == "constant")
    return PadMode::Constant;
  if (mode == "edge")
    return PadMode::Edge;
  if (mode == "reflect")
    return PadMode::Reflect;
  if (mode == "wrap")
    return PadMode::Wrap;
  return node.emitError() << "expected mode constant, edge, reflect or wrap, "
                             "got '"
                          << mode << "'";
}

/// Cuts what negative pads take away, and makes them 0.
static FailureOr<Value> applyNegativePads(NodeContext &node, Value input,
                                          MutableArrayRef<int64_t> pads) {
  if (llvm::all_of(pads, [](int64_t pad) { return pad >= 0; }))
    return input;
  FailureOr<SmallVector<int64_t>> sizes =
      node.checkStatic(getDimsOf(input), "the shape");
  if (failed(sizes))
    return failure();
  size_t rank = sizes->size();
  SmallVector<int64_t> starts(rank, 0), steps(rank, 1);
  for (size_t axis = 0; axis < rank; ++axis) {
    starts[axis] = std::max<int64_t>(0, -pads[axis]);
    (*sizes)[axis] -= starts[axis] + std::max<int64_t>(0, -pads[rank + axis]);
    if ((*sizes)[axis] < 0)
      return node.emitError() << "the negative pads of axis " << axis
                              << " take more than it has";
  }
  for (int64_t &pad : pads)
    pad = std::max<int64_t>(0, pad);
  return node.build().slice(input, starts, *sizes, steps);
}

/// Returns the scalar that mode constant fills in.
static FailureOr<Value> getPadValue(NodeContext &node, Type type) {
  if (!node.hasInput(2))
    return node.build().splat({}, type, node.getFloat("value", 0));
  Value value = node.getInput(2);
  if (!value)
    return failure();
  if (!getNumElements(getDimsOf(value)).isConstant(1) ||
      getElementTypeOf(value) != type)
    return node.emitError() << "expected one element of type " << type
                            << " to pad with, got " << value.getType();
  return node.build().reshape(value, {});
}

/// Whether the mode can find elements for the pads.
static LogicalResult checkPads(NodeContext &node, PadMode mode,
                               ArrayRef<DimExpr> dims, ArrayRef<int64_t> pads) {
  if (mode == PadMode::Constant)
    return success();
  for (auto [axis, dim] : llvm::enumerate(dims)) {
    int64_t pad = std::max(pads[axis], pads[dims.size() + axis]);
    if (pad == 0)
      continue;
    FailureOr<int64_t> size = node.checkStatic(dim, "a padded axis");
    if (failed(size))
      return failure();
    if (*size == 0 || (mode == PadMode::Reflect && pad >= *size))
      return node.emitError() << "axis " << axis << " of size " << *size
                              << " is too small for a pad of " << pad;
  }
  return success();
}

LogicalResult neap::frontend::importPad(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  size_t rank = getRankOf(input);
  FailureOr<SmallVector<int64_t>> pads = getPads(node, rank);
  FailureOr<PadMode> mode = getPadMode(node);
  if (failed(pads) || failed(mode))
    return failure();
  FailureOr<Value> cut = applyNegativePads(node, input, *pads);
  if (failed(cut) || failed(checkPads(node, *mode, getDimsOf(*cut), *pads)))
    return failure();
  Value value;
  if (*mode == PadMode::Constant) {
    FailureOr<Value> given = getPadValue(node, getElementTypeOf(input));
    if (failed(given))
      return failure();
    value = *given;
  }
  Dims dims = getDimsOf(*cut);
  for (size_t axis = 0; axis < rank; ++axis)
    dims[axis] += DimExpr((*pads)[axis] + (*pads)[rank + axis]);
  if (failed(node.checkSize(dims)))
    return failure();
  GraphBuilder &build = node.build();
  if (llvm::all_of(*pads, [](int64_t pad) { return pad == 0; }))
    return node.setOutput(0, *cut);
  return node.setOutput(
      0, PadOp::create(build.getBuilder(), build.getLoc(),
                       getTensorType(dims, getElementTypeOf(input)), *cut,
                       value, ArrayRef(*pads).take_front(rank),
                       ArrayRef(*pads).drop_front(rank), *mode)
             .getResult());
}
