// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape.cpp - data movement: shapes, permutations, repetition, joining. Slices
// and pads, whose parameters need more arithmetic, are in Slicing.cpp.
#include "dialects/neap/IR/DimExprSimplify.h"
#include "frontends/onnx/NodeContext.h"
#include "frontends/onnx/OpImporters.h"
#include "frontends/onnx/ops/Slicing.h"

#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

//===----------------------------------------------------------------------===//
// The same elements under another shape
//===----------------------------------------------------------------------===//

/// Returns the sizes that `target` asks for: 0 keeps an axis, one -1 takes what
/// is left.
static FailureOr<SmallVector<DimExpr>>
resolveReshape(NodeContext &node, ArrayRef<DimExpr> from,
               ArrayRef<DimExpr> target) {
  Dims dims(target);
  DimExpr *rest = nullptr;
  DimExpr known(1);
  for (auto [axis, dim] : llvm::enumerate(dims)) {
    if (dim.isConstant(0) && !node.getInt("allowzero", 0)) {
      if (axis >= from.size())
        return node.emitError()
               << "axis " << axis << " of the shape " << printDims(target)
               << " is 0, but the input has rank " << from.size();
      dim = from[axis];
    }
    if (dim.isConstant(-1) && rest)
      return node.emitError()
             << "expected at most one -1 in the shape " << printDims(target);
    if (dim.isConstant(-1))
      rest = &dim;
    else
      known *= dim;
  }
  if (failed(node.checkSize(from)))
    return failure();
  if (rest) {
    DimExpr total = getNumElements(from);
    if (known.isConstant(0))
      return node.emitError() << "-1 in the shape " << printDims(target)
                              << " has no single meaning: another axis is 0";
    *rest = simplify(total, node.getFacts())
                .floorDiv(simplify(known, node.getFacts()));
  }
  return simplify(dims, node.getFacts());
}

/// Emits a reshape if the number of elements stays.
static LogicalResult setReshaped(NodeContext &node, ArrayRef<DimExpr> dims) {
  Value input = node.getInput(0);
  if (!input || failed(node.checkSize(dims)))
    return failure();
  DimExpr from = getNumElements(getDimsOf(input)), to = getNumElements(dims);
  if (!node.getFacts().areEqual(from, to)) {
    InFlightDiagnostic diagnostic = node.emitError();
    diagnostic << "cannot reshape " << printDims(getDimsOf(input)) << " to "
               << printDims(dims) << ": " << from.str() << " elements are not "
               << to.str();
    node.noteSymbols(diagnostic, {from, to});
    return diagnostic;
  }
  return node.setOutput(0, node.build().reshape(input, dims));
}

static LogicalResult importReshape(NodeContext &node) {
  RankedTensorType type = node.getInputType(0);
  if (!type)
    return failure();
  FailureOr<Contents> target = node.getContents(1, "the shape");
  if (failed(target))
    return failure();
  FailureOr<SmallVector<DimExpr>> dims =
      resolveReshape(node, getDims(type), *target);
  return failed(dims) ? failure() : setReshaped(node, *dims);
}

static LogicalResult importFlatten(NodeContext &node) {
  RankedTensorType type = node.getInputType(0);
  if (!type)
    return failure();
  // The axis may also be the rank itself.
  int64_t position = node.getInt("axis", 1), rank = type.getRank();
  FailureOr<int64_t> axis = position == rank ? FailureOr<int64_t>(rank)
                                             : node.checkAxis(position, rank);
  if (failed(axis))
    return failure();
  SmallVector<DimExpr> dims = getDims(type);
  return setReshaped(node, {getNumElements(ArrayRef(dims).take_front(*axis)),
                            getNumElements(ArrayRef(dims).drop_front(*axis))});
}

static LogicalResult importSqueeze(NodeContext &node) {
  RankedTensorType type = node.getInputType(0);
  auto axes = node.getIntsOfAttributeOrInput("axes", 1);
  if (!type || failed(axes))
    return failure();
  SmallVector<DimExpr> dims = getDims(type);
  FailureOr<SmallVector<int64_t>> dropped = SmallVector<int64_t>();
  if (*axes)
    dropped = node.checkAxes(**axes, dims.size());
  else
    for (auto [axis, dim] : llvm::enumerate(dims))
      if (dim.isConstant(1))
        dropped->push_back(axis);
  if (failed(dropped))
    return failure();
  Dims kept;
  for (auto [axis, dim] : llvm::enumerate(dims)) {
    bool isDropped = llvm::is_contained(*dropped, static_cast<int64_t>(axis));
    if (isDropped && !dim.isConstant(1))
      return node.emitError()
             << "expected axis " << axis << " of size 1, got " << dim.str();
    if (!isDropped)
      kept.push_back(dim);
  }
  return setReshaped(node, kept);
}

static LogicalResult importUnsqueeze(NodeContext &node) {
  RankedTensorType type = node.getInputType(0);
  auto axes = node.getIntsOfAttributeOrInput("axes", 1);
  if (!type || failed(axes))
    return failure();
  if (!*axes)
    return node.emitError() << "expected axes, got none";
  FailureOr<SmallVector<int64_t>> added =
      node.checkAxes(**axes, type.getRank() + (*axes)->size());
  if (failed(added))
    return failure();
  Dims dims(getDims(type));
  for (int64_t axis : *added)
    dims.insert(dims.begin() + axis, DimExpr(1));
  return setReshaped(node, dims);
}

//===----------------------------------------------------------------------===//
// Permutation
//===----------------------------------------------------------------------===//

static LogicalResult importTranspose(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  int64_t rank = getRankOf(input);
  SmallVector<int64_t> permutation = node.getInts("perm");
  if (!node.hasAttribute("perm"))
    permutation = llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, rank)));
  SmallVector<int64_t> sorted(permutation);
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, rank)))
    return node.emitError()
           << "expected 'perm' to be a permutation of " << rank << " axes";
  return node.setOutput(0, node.build().transpose(input, permutation));
}

/// Returns the block size if it is positive and the rank is 4.
static FailureOr<int64_t> getBlockSize(NodeContext &node) {
  int64_t size = node.getInt("blocksize", 0);
  if (failed(node.checkRank(0, 4)))
    return failure();
  if (size < 1 || size > (1 << 15))
    return node.emitError() << "expected blocksize in [1, 2^15], got " << size;
  return size;
}

/// Returns `dim` divided by `divisor`, which must leave no rest.
static FailureOr<DimExpr> divideAxis(NodeContext &node, const DimExpr &dim,
                                     int64_t divisor, StringRef what) {
  DimExpr quotient = simplify(dim.floorDiv(divisor), node.getFacts());
  if (node.getFacts().areEqual(quotient * divisor, dim))
    return quotient;
  InFlightDiagnostic diagnostic = node.emitError();
  diagnostic << "expected " << what << " divisible by " << divisor << ", got "
             << dim.str();
  node.noteSymbols(diagnostic, {dim});
  return diagnostic;
}

static LogicalResult importDepthToSpace(NodeContext &node) {
  FailureOr<int64_t> size = getBlockSize(node);
  Value input = succeeded(size) ? node.getInput(0) : nullptr;
  if (!input)
    return failure();
  Dims dims = getDimsOf(input);
  DimExpr b = *size, n = dims[0], h = dims[2], w = dims[3];
  FailureOr<DimExpr> c = divideAxis(node, dims[1], *size * *size, "channels");
  if (failed(c))
    return failure();
  GraphBuilder &build = node.build();
  StringRef mode = node.getString("mode", "DCR");
  if (mode != "DCR" && mode != "CRD")
    return node.emitError() << "expected mode DCR or CRD, got '" << mode << "'";
  bool isDepthFirst = mode == "DCR";
  Value blocks =
      isDepthFirst ? build.transpose(build.reshape(input, {n, b, b, *c, h, w}),
                                     {0, 3, 4, 1, 5, 2})
                   : build.transpose(build.reshape(input, {n, *c, b, b, h, w}),
                                     {0, 1, 4, 2, 5, 3});
  return node.setOutput(0, build.reshape(blocks, {n, *c, h * b, w * b}));
}

static LogicalResult importSpaceToDepth(NodeContext &node) {
  FailureOr<int64_t> size = getBlockSize(node);
  Value input = succeeded(size) ? node.getInput(0) : nullptr;
  if (!input)
    return failure();
  Dims dims = getDimsOf(input);
  DimExpr b = *size, n = dims[0], c = dims[1];
  FailureOr<DimExpr> h = divideAxis(node, dims[2], *size, "a height");
  FailureOr<DimExpr> w = divideAxis(node, dims[3], *size, "a width");
  if (failed(h) || failed(w))
    return failure();
  GraphBuilder &build = node.build();
  Value blocks = build.transpose(build.reshape(input, {n, c, *h, b, *w, b}),
                                 {0, 3, 5, 1, 2, 4});
  return node.setOutput(0, build.reshape(blocks, {n, c * b * b, *h, *w}));
}

//===----------------------------------------------------------------------===//
// Repetition
//===----------------------------------------------------------------------===//

static LogicalResult importExpand(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  FailureOr<Contents> target = node.getContents(1, "the shape");
  if (failed(target))
    return failure();
  std::optional<Dims> dims = getBroadcastDims(getDimsOf(input), *target);
  if (!dims)
    return node.emitNoBroadcast(getDimsOf(input), *target);
  if (failed(node.checkSize(*dims)))
    return failure();
  return node.setOutput(0, node.build().broadcast(input, *dims));
}

/// [a, b] times [r, s]: [1, a, 1, b] to [r, a, s, b] to [r a, s b].
static LogicalResult importTile(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  FailureOr<Contents> repeats = node.getContents(1, "the repeats");
  if (failed(repeats))
    return failure();
  Dims dims = getDimsOf(input), split, wide, result;
  if (repeats->size() != dims.size())
    return node.emitError()
           << "expected " << dims.size() << " repeats, got " << repeats->size();
  for (auto [dim, repeat] : llvm::zip(dims, *repeats)) {
    split.append({DimExpr(1), dim});
    wide.append({repeat, dim});
    result.push_back(dim * repeat);
  }
  if (failed(node.checkSize(wide)) || failed(node.checkSize(result)))
    return failure();
  GraphBuilder &build = node.build();
  Value repeated = build.broadcast(build.reshape(input, split), wide);
  return node.setOutput(0, build.reshape(repeated, result));
}

//===----------------------------------------------------------------------===//
// Joining and cutting
//===----------------------------------------------------------------------===//

static LogicalResult importConcat(NodeContext &node) {
  FailureOr<SmallVector<Value>> inputs = node.getInputs();
  if (failed(inputs))
    return failure();
  Dims first = getDimsOf(inputs->front());
  FailureOr<int64_t> axis =
      node.checkAxis(node.getInt("axis", 0), first.size());
  if (failed(axis))
    return failure();
  for (Value input : *inputs) {
    Dims dims = getDimsOf(input), expected = first;
    if (dims.size() == first.size())
      expected[*axis] = dims[*axis];
    if (dims != expected ||
        getElementTypeOf(input) != getElementTypeOf(inputs->front())) {
      InFlightDiagnostic diagnostic = node.emitError();
      diagnostic << "cannot join " << inputs->front().getType() << " and "
                 << input.getType() << " along axis " << *axis;
      node.noteSymbols(diagnostic, {dims, expected});
      return diagnostic;
    }
  }
  return node.setOutput(0, node.build().concat(*inputs, *axis));
}

/// Returns the sizes of the parts of an axis that the node gives.
static FailureOr<Contents> checkParts(NodeContext &node, const DimExpr &size,
                                      Contents parts) {
  DimExpr total;
  for (const DimExpr &part : parts)
    total += part;
  if (failed(node.checkSize(parts)))
    return failure();
  if (node.getFacts().areEqual(total, size) &&
      parts.size() == node.getNumOutputs())
    return parts;
  return node.emitError() << "expected " << node.getNumOutputs()
                          << " parts that make " << size.str() << ", got "
                          << parts.size() << " that make " << total.str();
}

/// Returns the sizes of the parts of an axis of `size` elements.
static FailureOr<Contents> getPartSizes(NodeContext &node,
                                        const DimExpr &size) {
  auto given = node.getSizesOfAttributeOrInput("split", 1);
  if (failed(given))
    return failure();
  if (*given)
    return checkParts(node, size, **given);
  int64_t numParts = node.getNumOutputs();
  if (node.getInt("num_outputs", numParts) != numParts)
    return node.emitError() << "expected num_outputs " << numParts << ", got "
                            << node.getInt("num_outputs", numParts);
  // All are equal; only since opset 18 may the last one be smaller.
  DimExpr part = simplify(size.ceilDiv(numParts), node.getFacts());
  if (node.getOpset() < 18 &&
      !node.getFacts().areEqual(part * DimExpr(numParts), size))
    return node.emitError() << "cannot split an axis of size " << size.str()
                            << " into " << numParts << " equal parts";
  Contents parts;
  for (int64_t i = 0; i < numParts; ++i)
    parts.push_back(
        simplify(DimExpr::max(0, DimExpr::min(part, size - part * DimExpr(i))),
                 node.getFacts()));
  return parts;
}

/// Sets the outputs of a split vector whose contents are known.
static LogicalResult splitContents(NodeContext &node,
                                   const ImportedValue &vector,
                                   ArrayRef<int64_t> parts) {
  Type element = vector.type.getElementType();
  ArrayRef<DimExpr> rest(*vector.contents);
  for (auto [i, part] : llvm::enumerate(parts)) {
    if (node.hasOutput(i) &&
        failed(node.setOutput(i, RankedTensorType::get({part}, element),
                              Contents(rest.take_front(part)))))
      return failure();
    rest = rest.drop_front(part);
  }
  return success();
}

static LogicalResult importSplit(NodeContext &node) {
  const ImportedValue *found = node.findInput(0);
  if (!found)
    return failure();
  ImportedValue known = *found;
  FailureOr<int64_t> axis =
      node.checkAxis(node.getInt("axis", 0), known.type.getRank());
  if (failed(axis))
    return failure();
  Dims sizes = getDims(known.type), starts(sizes.size(), 0);
  FailureOr<Contents> parts = getPartSizes(node, sizes[*axis]);
  if (failed(parts))
    return failure();
  if (known.contents && sizes.size() == 1) {
    FailureOr<SmallVector<int64_t>> lengths =
        node.checkStatic(*parts, "the sizes of the parts");
    if (failed(lengths))
      return failure();
    return splitContents(node, known, *lengths);
  }
  Value input = node.getInput(0);
  if (!input)
    return failure();
  SmallVector<int64_t> steps(sizes.size(), 1);
  for (auto [i, part] : llvm::enumerate(*parts)) {
    sizes[*axis] = part;
    if (node.hasOutput(i) &&
        failed(
            node.setOutput(i, node.build().slice(input, starts, sizes, steps))))
      return failure();
    starts[*axis] = simplify(starts[*axis] + part, node.getFacts());
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Shapes themselves
//===----------------------------------------------------------------------===//

static LogicalResult importShape(NodeContext &node) {
  RankedTensorType type = node.getInputType(0);
  if (!type)
    return failure();
  int64_t rank = type.getRank();
  auto clamp = [&](int64_t position) {
    return std::clamp<int64_t>(position < 0 ? position + rank : position, 0,
                               rank);
  };
  int64_t start = clamp(node.getInt("start", 0));
  int64_t end = clamp(node.getInt("end", rank));
  Contents contents;
  for (int64_t axis = start; axis < end; ++axis)
    contents.push_back(getDims(type)[axis]);
  return node.setOutput(
      0,
      RankedTensorType::get({static_cast<int64_t>(contents.size())},
                            node.build().getBuilder().getI64Type()),
      contents);
}

static LogicalResult importSize(NodeContext &node) {
  RankedTensorType type = node.getInputType(0);
  if (!type)
    return failure();
  return node.setOutput(
      0, RankedTensorType::get({}, node.build().getBuilder().getI64Type()),
      {getNumElements(getDims(type))});
}

ArrayRef<OpImporter> neap::frontend::getShapeImporters() {
  static const OpImporter kImporters[] = {
      {"CenterCropPad", 18, importCenterCropPad},
      {"Concat", 4, importConcat},
      {"DepthToSpace", 1, importDepthToSpace},
      {"Expand", 8, importExpand},
      {"Flatten", 1, importFlatten},
      {"Pad", 2, importPad},
      {"Reshape", 5, importReshape},
      {"Shape", 1, importShape},
      {"Size", 1, importSize},
      {"Slice", 1, importSlice},
      {"SpaceToDepth", 1, importSpaceToDepth},
      {"Split", 2, importSplit},
      {"Squeeze", 1, importSqueeze},
      {"Tile", 6, importTile},
      {"Transpose", 1, importTranspose},
      {"Unsqueeze", 1, importUnsqueeze},
  };
  return kImporters;
}
