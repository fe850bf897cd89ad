// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Slicing.cpp - see Slicing.h. Source: ONNX Slice-13, Pad-23.
#include "frontends/onnx/ops/Slicing.h"

#include "dialects/neap/IR/DimExprSimplify.h"
#include "frontends/onnx/NodeContext.h"

#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// No position of a slice matters beyond this: no axis is as long.
static constexpr int64_t kFarAway = int64_t(1) << 41;

/// Reads starts and ends (attributes before opset 10, else inputs), axes and
/// steps, one entry each per sliced axis.
static FailureOr<SmallVector<Contents>> getSliceParameters(NodeContext &node) {
  SmallVector<Contents> parameters;
  static const StringRef kNames[] = {"starts", "ends", "axes", "steps"};
  for (auto [index, name] : llvm::enumerate(kNames)) {
    auto given = node.getSizesOfAttributeOrInput(name, index + 1);
    if (failed(given))
      return failure();
    if (!*given && index < 2)
      return node.emitError() << "expected '" << name << "', got none";
    size_t count = index == 0 ? (*given)->size() : parameters[0].size();
    if (!*given && name == "axes")
      *given = llvm::to_vector_of<DimExpr, 4>(llvm::seq<int64_t>(0, count));
    if (!*given)
      *given = Contents(count, 1);
    if ((*given)->size() != count)
      return node.emitError() << "expected " << count << " entries in '" << name
                              << "', got " << (*given)->size();
    parameters.push_back(**given);
  }
  return parameters;
}

/// Returns `position` counted from the start of an axis of `size` elements:
/// negative ones count from the end.
static FailureOr<DimExpr> countFromStart(NodeContext &node, DimExpr position,
                                         const DimExpr &size) {
  if (std::optional<int64_t> constant = position.getConstant())
    position = std::clamp(*constant, -kFarAway, kFarAway);
  auto bounds = node.getFacts().getBounds(position);
  if (bounds && bounds->first >= 0)
    return position;
  if (bounds && bounds->second < 0)
    return position + size;
  InFlightDiagnostic diagnostic = node.emitError();
  diagnostic << "whether the slice's position '" << position.str()
             << "' is negative depends on symbolic sizes";
  node.noteSymbols(diagnostic, {position});
  return diagnostic;
}

namespace {

/// Elements to take of one axis.
struct AxisRange {
  DimExpr start, size;
  int64_t step;
};

} // namespace

/// Clamps start and end of one axis as NumPy does.
static FailureOr<AxisRange> clampSlice(NodeContext &node, const DimExpr &start,
                                       const DimExpr &end, int64_t step,
                                       const DimExpr &size) {
  FailureOr<DimExpr> from = countFromStart(node, start, size);
  FailureOr<DimExpr> to = countFromStart(node, end, size);
  if (failed(from) || failed(to))
    return failure();
  bool isForward = step > 0;
  DimExpr low = isForward ? 0 : -1, high = isForward ? size : size - 1;
  auto clamp = [&](const DimExpr &position) {
    return simplify(DimExpr::max(low, DimExpr::min(position, high)),
                    node.getFacts());
  };
  AxisRange range{clamp(*from), 0, step};
  DimExpr length =
      isForward ? clamp(*to) - range.start : range.start - clamp(*to);
  // A larger step takes one element too.
  int64_t stride =
      isForward ? std::min(step, kFarAway) : -std::max(step, -kFarAway);
  range.size =
      simplify(DimExpr::max(0, length.ceilDiv(stride)), node.getFacts());
  // An empty or single element needs no step, a huge one would overflow.
  std::optional<int64_t> most = node.getFacts().getUpperBound(range.size);
  if (range.size.isConstant(0))
    range.start = 0;
  if (most && *most <= 1)
    range.step = 1;
  return range;
}

LogicalResult neap::frontend::importSlice(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  Dims sizes = getDimsOf(input), starts(sizes.size(), 0);
  SmallVector<int64_t> steps(sizes.size(), 1);
  FailureOr<SmallVector<Contents>> parameters = getSliceParameters(node);
  if (failed(parameters))
    return failure();
  auto positions = node.checkStatic((*parameters)[2], "axes");
  auto strides = node.checkStatic((*parameters)[3], "steps");
  if (failed(positions) || failed(strides))
    return failure();
  for (auto [start, end, position, step] :
       llvm::zip((*parameters)[0], (*parameters)[1], *positions, *strides)) {
    FailureOr<int64_t> axis = node.checkAxis(position, sizes.size());
    if (failed(axis))
      return failure();
    if (step == 0)
      return node.emitError() << "the step along axis " << *axis << " is 0";
    FailureOr<AxisRange> range =
        clampSlice(node, start, end, step, sizes[*axis]);
    if (failed(range))
      return failure();
    starts[*axis] = range->start;
    sizes[*axis] = range->size;
    steps[*axis] = range->step;
  }
  if (failed(node.checkSize(sizes)))
    return failure();
  return node.setOutput(0, node.build().slice(input, starts, sizes, steps));
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
  Dims sizes = getDimsOf(input), starts(sizes.size(), 0);
  size_t rank = sizes.size();
  SmallVector<int64_t> steps(rank, 1);
  for (size_t axis = 0; axis < rank; ++axis) {
    int64_t before = std::max<int64_t>(0, -pads[axis]);
    int64_t after = std::max<int64_t>(0, -pads[rank + axis]);
    if (!node.getFacts().isAtLeast(sizes[axis], before + after))
      return node.emitError() << "the negative pads of axis " << axis
                              << " take more than it has";
    starts[axis] = before;
    sizes[axis] = sizes[axis] - DimExpr(before + after);
  }
  for (int64_t &pad : pads)
    pad = std::max<int64_t>(0, pad);
  return node.build().slice(input, starts, sizes, steps);
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
    int64_t least = mode == PadMode::Reflect ? pad + 1 : 1;
    if (!node.getFacts().isAtLeast(dim, least))
      return node.emitError() << "axis " << axis << " of size " << dim.str()
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

/// Each axis is cut or extended by zeros to its size, by equally much on both
/// sides; by one more at the end if that is odd.
LogicalResult neap::frontend::importCenterCropPad(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  int64_t rank = getRankOf(input);
  FailureOr<Contents> shape = node.getContents(1, "the shape");
  SmallVector<int64_t> axes = node.getInts("axes");
  if (!node.hasAttribute("axes"))
    llvm::append_range(axes, llvm::seq<int64_t>(0, rank));
  if (failed(shape) || failed(node.checkAxes(axes, rank)))
    return failure();
  if (shape->size() != axes.size())
    return node.emitError() << "expected a size per axis, got " << shape->size()
                            << " for " << axes.size();
  Dims dims = getDimsOf(input), starts(rank, DimExpr(0)), kept = dims;
  SmallVector<int64_t> low(rank), high(rank), steps(rank, 1);
  for (auto [axis, size] : llvm::zip(axes, *shape)) {
    axis += axis < 0 ? rank : 0;
    FailureOr<int64_t> growth =
        node.checkStatic(simplify(size - dims[axis], node.getFacts()),
                         "the difference of the sizes");
    if (failed(growth))
      return failure();
    int64_t before = std::abs(*growth) / 2;
    if (*growth < 0) {
      starts[axis] = DimExpr(before);
      kept[axis] = size;
    } else {
      low[axis] = before;
      high[axis] = *growth - before;
    }
    dims[axis] = size;
  }
  if (failed(node.checkSize(dims)))
    return failure();
  GraphBuilder &build = node.build();
  Value cut = build.slice(input, starts, kept, steps);
  if (cut.getType() == getTensorType(dims, getElementTypeOf(input)))
    return node.setOutput(0, cut);
  return node.setOutput(
      0, PadOp::create(build.getBuilder(), build.getLoc(),
                       getTensorType(dims, getElementTypeOf(input)), cut,
                       build.splat({}, getElementTypeOf(input), 0), low, high,
                       PadMode::Constant)
             .getResult());
}
