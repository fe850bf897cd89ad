// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape.cpp - data movement: shapes, permutations, repetition, joining. Slices
// and pads, whose parameters need more arithmetic, are in Slicing.cpp.
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
static FailureOr<Dims> resolveReshape(NodeContext &node, ArrayRef<DimExpr> from,
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
    *rest = total.floorDiv(known);
  }
  return dims;
}

/// Emits a reshape if the number of elements stays.
static LogicalResult setReshaped(NodeContext &node, ArrayRef<DimExpr> dims) {
  Value input = node.getInput(0);
  if (!input || failed(node.checkSize(dims)))
    return failure();
  DimExpr from = getNumElements(getDimsOf(input)), to = getNumElements(dims);
  if (from != to)
    return node.emitError() << "cannot reshape " << printDims(getDimsOf(input))
                            << " to " << printDims(dims) << ": " << from.str()
                            << " elements are not " << to.str();
  return node.setOutput(0, node.build().reshape(input, dims));
}

static LogicalResult importReshape(NodeContext &node) {
  RankedTensorType type = node.getInputType(0);
  if (!type)
    return failure();
  FailureOr<Contents> target = node.getContents(1, "the shape");
  if (failed(target))
    return failure();
  FailureOr<Dims> dims = resolveReshape(node, getDims(type), *target);
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

static LogicalResult importDepthToSpace(NodeContext &node) {
  FailureOr<int64_t> size = getBlockSize(node);
  Value input = succeeded(size) ? node.getInput(0) : nullptr;
  if (!input)
    return failure();
  FailureOr<SmallVector<int64_t>> sizes =
      node.checkStatic(getDimsOf(input), "the shape");
  if (failed(sizes))
    return failure();
  int64_t b = *size, n = (*sizes)[0], c = (*sizes)[1], h = (*sizes)[2],
          w = (*sizes)[3];
  if (c % (b * b) != 0)
    return node.emitError()
           << "expected channels divisible by " << b * b << ", got " << c;
  GraphBuilder &build = node.build();
  StringRef mode = node.getString("mode", "DCR");
  if (mode != "DCR" && mode != "CRD")
    return node.emitError() << "expected mode DCR or CRD, got '" << mode << "'";
  bool isDepthFirst = mode == "DCR";
  Value blocks =
      isDepthFirst
          ? build.transpose(build.reshape(input, {n, b, b, c / (b * b), h, w}),
                            {0, 3, 4, 1, 5, 2})
          : build.transpose(build.reshape(input, {n, c / (b * b), b, b, h, w}),
                            {0, 1, 4, 2, 5, 3});
  return node.setOutput(0,
                        build.reshape(blocks, {n, c / (b * b), h * b, w * b}));
}

static LogicalResult importSpaceToDepth(NodeContext &node) {
  FailureOr<int64_t> size = getBlockSize(node);
  Value input = succeeded(size) ? node.getInput(0) : nullptr;
  if (!input)
    return failure();
  FailureOr<SmallVector<int64_t>> sizes =
      node.checkStatic(getDimsOf(input), "the shape");
  if (failed(sizes))
    return failure();
  int64_t b = *size, n = (*sizes)[0], c = (*sizes)[1], h = (*sizes)[2],
          w = (*sizes)[3];
  if (h % b != 0 || w % b != 0)
    return node.emitError() << "expected height and width divisible by " << b
                            << ", got " << h << " and " << w;
  GraphBuilder &build = node.build();
  Value blocks = build.transpose(
      build.reshape(input, {n, c, h / b, b, w / b, b}), {0, 3, 5, 1, 2, 4});
  return node.setOutput(0, build.reshape(blocks, {n, c * b * b, h / b, w / b}));
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
    return node.emitError() << "the shape " << printDims(getDimsOf(input))
                            << " does not broadcast to " << printDims(*target);
  if (failed(node.checkSize(*dims)))
    return failure();
  return node.setOutput(0, node.build().broadcast(input, *dims));
}

/// [a, b] times [r, s]: [1, a, 1, b] to [r, a, s, b] to [r a, s b].
static LogicalResult importTile(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  FailureOr<SmallVector<int64_t>> repeats = node.getInts(1, "the repeats");
  if (failed(repeats))
    return failure();
  Dims dims = getDimsOf(input), split, wide, result;
  if (repeats->size() != dims.size())
    return node.emitError()
           << "expected " << dims.size() << " repeats, got " << repeats->size();
  for (auto [dim, repeat] : llvm::zip(dims, *repeats)) {
    split.append({DimExpr(1), dim});
    wide.append({DimExpr(repeat), dim});
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
        getElementTypeOf(input) != getElementTypeOf(inputs->front()))
      return node.emitError()
             << "cannot join " << inputs->front().getType() << " and "
             << input.getType() << " along axis " << *axis;
  }
  return node.setOutput(0, node.build().concat(*inputs, *axis));
}

/// Returns the sizes of the parts of an axis of `size` elements.
static FailureOr<SmallVector<int64_t>> getPartSizes(NodeContext &node,
                                                    int64_t size) {
  auto given = node.getIntsOfAttributeOrInput("split", 1);
  if (failed(given))
    return failure();
  int64_t numParts = node.getNumOutputs();
  if (*given) {
    int64_t total = 0;
    for (int64_t part : **given) {
      if (part < 0 || part > size - total)
        return node.emitError()
               << "the parts do not fit into the axis of size " << size;
      total += part;
    }
    if (total != size || static_cast<int64_t>((*given)->size()) != numParts)
      return node.emitError()
             << "expected " << numParts << " parts that make " << size
             << ", got " << (*given)->size() << " that make " << total;
    return **given;
  }
  if (node.getInt("num_outputs", numParts) != numParts)
    return node.emitError() << "expected num_outputs " << numParts << ", got "
                            << node.getInt("num_outputs", numParts);
  // All are equal; only since opset 18 may the last one be smaller.
  if (node.getOpset() < 18 && size % numParts != 0)
    return node.emitError() << "cannot split an axis of size " << size
                            << " into " << numParts << " equal parts";
  int64_t part = (size + numParts - 1) / numParts;
  SmallVector<int64_t> parts;
  for (int64_t begin = 0; parts.size() < static_cast<size_t>(numParts);
       begin += part)
    parts.push_back(std::clamp<int64_t>(size - begin, 0, part));
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
  FailureOr<SmallVector<int64_t>> sizes =
      node.checkStatic(getDims(known.type), "the shape");
  if (failed(axis) || failed(sizes))
    return failure();
  FailureOr<SmallVector<int64_t>> parts = getPartSizes(node, (*sizes)[*axis]);
  if (failed(parts))
    return failure();
  if (known.contents && sizes->size() == 1)
    return splitContents(node, known, *parts);
  Value input = node.getInput(0);
  if (!input)
    return failure();
  SmallVector<int64_t> starts(sizes->size(), 0), steps(sizes->size(), 1);
  for (auto [i, part] : llvm::enumerate(*parts)) {
    (*sizes)[*axis] = part;
    if (node.hasOutput(i) &&
        failed(node.setOutput(
            i, node.build().slice(input, starts, *sizes, steps))))
      return failure();
    starts[*axis] += part;
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
