// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Selection.cpp - ONNX ops that take elements by what they are: NonZero,
// Compress, Unique, NonMaxSuppression. How many are taken is a size that
// a run counts; its bound follows from the inputs' sizes.
#include "frontends/onnx/NodeContext.h"
#include "frontends/onnx/OpImporters.h"

#include "llvm/ADT/Sequence.h"

#include <limits>

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// Returns the slices of `axis` that `indices`, a vector, names.
static Value gather(GraphBuilder &build, Value input, Value indices,
                    int64_t axis) {
  Dims dims = getDimsOf(input);
  dims[axis] = getDimsOf(indices).front();
  return GatherOp::create(build.getBuilder(), build.getLoc(),
                          getTensorType(dims, getElementTypeOf(input)), input,
                          indices, axis);
}

/// Returns the vector of `size` zeros with `updates` written, or with `adds`
/// added, at `places`.
static Value scatter(GraphBuilder &build, const DimExpr &size, Value places,
                     Value updates, bool adds) {
  OpBuilder &builder = build.getBuilder();
  Value zeros = build.splat({size}, builder.getI64Type(), 0);
  ReduceKindAttr reduction =
      adds ? ReduceKindAttr::get(builder.getContext(), ReduceKind::Sum)
           : ReduceKindAttr();
  return ScatterElementsOp::create(builder, build.getLoc(), zeros.getType(),
                                   zeros, places, updates,
                                   builder.getI64IntegerAttr(0), reduction);
}

/// Returns the order in which the rows of `input`, [batch, rows, elements], are
/// sorted.
static Value sortOrder(GraphBuilder &build, Value input, bool isDescending) {
  Dims dims = getDimsOf(input);
  dims.pop_back();
  OpBuilder &builder = build.getBuilder();
  return SortOrderOp::create(builder, build.getLoc(),
                             getTensorType(dims, builder.getI64Type()), input,
                             isDescending);
}

/// Returns one element as a vector of one element of type `element`.
static Value asVector(GraphBuilder &build, Value value, Type element) {
  return build.cast(build.reshape(value, {1}), element);
}

//===----------------------------------------------------------------------===//
// NonZero and Compress
//===----------------------------------------------------------------------===//

/// Returns the place along each axis of `dims` of elements at row-major
/// `positions`, axis by axis.
static SmallVector<Value> splitPositions(GraphBuilder &build, Value positions,
                                         ArrayRef<DimExpr> dims) {
  SmallVector<Value> places;
  DimExpr stride(1);
  for (size_t axis = dims.size(); axis-- > 0;) {
    Value place = positions;
    // Of no elements there is no position, whatever it would be divided by.
    if (!stride.isConstant(1))
      place = build.binary<DivOp>(
          place, build.sizeLike(place, DimExpr::max(stride, 1)));
    if (axis != 0)
      place = build.binary<RemOp>(
          place, build.sizeLike(place, DimExpr::max(dims[axis], 1)));
    places.insert(places.begin(), place);
    stride *= dims[axis];
  }
  return places;
}

/// Returns the positions of what is not zero in `value`, if it is known.
static std::optional<SmallVector<int64_t>>
findKnownTrue(const ImportedValue &value) {
  constexpr int64_t kMostElements = 4096;
  DenseElementsAttr constant = findConstant(value);
  if (!constant || constant.getNumElements() > kMostElements)
    return std::nullopt;
  SmallVector<int64_t> positions;
  for (auto [i, element] : llvm::enumerate(constant.getValues<Attribute>())) {
    auto number = dyn_cast<FloatAttr>(element);
    bool isZero = number ? number.getValue().isZero()
                         : cast<IntegerAttr>(element).getValue().isZero();
    if (!isZero)
      positions.push_back(static_cast<int64_t>(i));
  }
  return positions;
}

/// Sets the places of known `positions` in a tensor of type `type`.
static LogicalResult setKnownPlaces(NodeContext &node, RankedTensorType type,
                                    ArrayRef<int64_t> positions) {
  Contents places;
  int64_t size = type.getNumElements();
  for (int64_t length : type.getShape()) {
    size /= std::max<int64_t>(length, 1);
    for (int64_t position : positions)
      places.push_back(position / size % length);
  }
  auto result = RankedTensorType::get(
      {type.getRank(), static_cast<int64_t>(positions.size())},
      node.build().getBuilder().getI64Type());
  return node.setOutput(0, result, std::move(places));
}

static LogicalResult importNonZero(NodeContext &node) {
  const ImportedValue *known = node.findInput(0);
  if (!known)
    return failure();
  if (auto positions = findKnownTrue(*known))
    return setKnownPlaces(node, known->type, *positions);
  Value input = node.getInput(0);
  GraphBuilder &build = node.build();
  Dims dims = getDimsOf(input);
  Value flags = input;
  if (!getElementTypeOf(input).isInteger(1))
    flags = build.compare(ComparePredicate::NE, input, 0.0);
  Value positions =
      node.findTrue(build.reshape(flags, {getNumElements(dims)}), "nonzero");
  DimExpr count = getDimsOf(positions).front();
  // Of a scalar there are no axes, so that only the count is left.
  if (dims.empty())
    return node.setOutput(
        0, build.splat({0, count}, build.getBuilder().getI64Type(), 0));
  SmallVector<Value> rows;
  for (Value place : splitPositions(build, positions, dims))
    rows.push_back(build.reshape(place, {1, count}));
  return node.setOutput(0, build.concat(rows, 0));
}

/// Returns the attribute 'axis'; without one, 0 of `input` flattened.
static FailureOr<int64_t> getAxisOrFlatten(NodeContext &node, Value &input) {
  if (node.hasAttribute("axis"))
    return node.checkAxis(node.getInt("axis", 0), getRankOf(input));
  input = node.build().reshape(input, {getNumElements(getDimsOf(input))});
  return 0;
}

static LogicalResult importCompress(NodeContext &node) {
  Value input = node.getInput(0);
  Value flags = input ? node.getInput(1) : nullptr;
  if (!flags || failed(node.checkRank(1, 1)))
    return failure();
  GraphBuilder &build = node.build();
  FailureOr<int64_t> axis = getAxisOrFlatten(node, input);
  if (failed(axis))
    return failure();
  if (!getElementTypeOf(flags).isInteger(1))
    return node.emitError() << "expected a condition of type bool, got "
                            << getElementTypeOf(flags);
  if (auto known = findKnownTrue(*node.findInput(1))) {
    auto type = RankedTensorType::get({static_cast<int64_t>(known->size())},
                                      build.getBuilder().getI64Type());
    Value positions =
        build.constant(DenseElementsAttr::get(type, ArrayRef(*known)));
    return node.setOutput(0, gather(build, input, positions, *axis));
  }
  // What the condition says beyond the axis counts for nothing.
  DimExpr size = getDimsOf(input)[*axis], length = getDimsOf(flags).front();
  if (!node.getFacts().isAtLeast(size, length))
    flags = build.slice(flags, {0}, {DimExpr::min(size, length)}, {1});
  return node.setOutput(
      0, gather(build, input, node.findTrue(flags, "compress"), *axis));
}

//===----------------------------------------------------------------------===//
// Unique
//===----------------------------------------------------------------------===//

namespace {

/// Groups of equal rows, in one order or another.
struct RowGroups {
  DimExpr count;
  /// Per group: its first row and how many rows it has.
  Value firsts, sizes;
  /// Per row: its group.
  Value groupOf;
};

} // namespace

/// Returns, per row of the matrix `rows`, whether it differs from the row
/// before. Two NaNs are equal.
static Value differFromPrevious(GraphBuilder &build, Value rows) {
  Dims dims = getDimsOf(rows);
  Value index = build.iota(dims[0]);
  Value previous = build.binary<MaxOp>(build.binary<AddOp>(index, -1.0), 0.0);
  Value before = gather(build, rows, previous, 0);
  Value differs = build.compare(ComparePredicate::NE, rows, before);
  if (isa<FloatType>(getElementTypeOf(rows))) {
    Value isNumber = build.compare(ComparePredicate::EQ, rows, rows);
    Value wasNumber = build.compare(ComparePredicate::EQ, before, before);
    differs =
        build.binary<AndOp>(differs, build.binary<OrOp>(isNumber, wasNumber));
  }
  differs =
      build.reshape(build.reduce(ReduceKind::Max, differs, {1}), {dims[0]});
  return build.binary<OrOp>(differs,
                            build.compare(ComparePredicate::EQ, index, 0.0));
}

/// Returns the groups of equal rows of a matrix in the order of the rows.
static RowGroups groupSorted(NodeContext &node, Value rows) {
  GraphBuilder &build = node.build();
  OpBuilder &builder = build.getBuilder();
  Dims dims = getDimsOf(rows);
  Value order =
      build.reshape(sortOrder(build, build.reshape(rows, {1, dims[0], dims[1]}),
                              /*isDescending=*/false),
                    {dims[0]});
  Value isNew = differFromPrevious(build, gather(build, rows, order, 0));
  Value starts = node.findTrue(isNew, "unique");
  RowGroups groups;
  groups.count = getDimsOf(starts).front();
  groups.firsts = gather(build, order, starts, 0);
  Value numbers = build.cast(isNew, builder.getI64Type());
  Value number = build.binary<AddOp>(
      CumulativeSumOp::create(builder, build.getLoc(), numbers.getType(),
                              numbers, /*axis=*/uint64_t(0),
                              /*exclusive=*/false, /*reverse=*/false),
      -1.0);
  groups.groupOf = scatter(build, dims[0], order, number, /*adds=*/false);
  groups.sizes = scatter(build, groups.count, number,
                         build.splatLike(number, 1), /*adds=*/true);
  return groups;
}

/// Returns `groups` in the order in which they first occur.
static RowGroups orderByOccurrence(GraphBuilder &build,
                                   const RowGroups &groups) {
  Value order = build.reshape(
      sortOrder(build, build.reshape(groups.firsts, {1, groups.count, 1}),
                /*isDescending=*/false),
      {groups.count});
  Value newNumber = scatter(build, groups.count, order,
                            build.iota(groups.count), /*adds=*/false);
  return {groups.count, gather(build, groups.firsts, order, 0),
          gather(build, groups.sizes, order, 0),
          gather(build, newNumber, groups.groupOf, 0)};
}

static LogicalResult importUnique(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  GraphBuilder &build = node.build();
  FailureOr<int64_t> axis = getAxisOrFlatten(node, input);
  if (failed(axis))
    return failure();
  auto permutation = llvm::to_vector(llvm::seq<int64_t>(0, getRankOf(input)));
  permutation.erase(permutation.begin() + *axis);
  permutation.insert(permutation.begin(), *axis);
  Value rows = build.transpose(input, permutation);
  Dims dims = getDimsOf(rows);
  rows = build.reshape(rows,
                       {dims[0], getNumElements(ArrayRef(dims).drop_front())});
  RowGroups groups = groupSorted(node, rows);
  if (!node.getInt("sorted", 1))
    groups = orderByOccurrence(build, groups);
  return success(succeeded(node.setOutput(
                     0, gather(build, input, groups.firsts, *axis))) &&
                 succeeded(node.setOutput(1, groups.firsts)) &&
                 succeeded(node.setOutput(2, groups.groupOf)) &&
                 succeeded(node.setOutput(3, groups.sizes)));
}

//===----------------------------------------------------------------------===//
// NonMaxSuppression
//===----------------------------------------------------------------------===//

/// Returns an input of one number as a vector; `otherwise` if it is absent.
static Value getLimit(NodeContext &node, size_t index, Type element,
                      double otherwise) {
  if (!node.hasInput(index))
    return node.build().splat({1}, element, otherwise);
  Value value = node.getInput(index);
  if (!value)
    return nullptr;
  if (getNumElements(getDimsOf(value)).isConstant(1))
    return asVector(node.build(), value, element);
  node.emitError() << "expected input " << index << " to be one number, got "
                   << value.getType();
  return nullptr;
}

/// Returns how many boxes of a class are taken at most.
static FailureOr<DimExpr> getMostBoxes(NodeContext &node, const DimExpr &all) {
  if (!node.hasInput(2))
    return DimExpr(0);
  const ImportedValue *input = node.findInput(2);
  if (!input)
    return failure();
  if (!findConstant(*input))
    return all;
  FailureOr<double> limit = node.getNumber(2, "max_output_boxes_per_class");
  if (failed(limit))
    return failure();
  auto most = static_cast<int64_t>(std::clamp<double>(*limit, 0, 1LL << 40));
  return DimExpr::min(all, most);
}

/// Returns [batch, class, box] of what is taken in `taken`, batch by class by
/// box.
static Value listBoxes(NodeContext &node, Value taken) {
  GraphBuilder &build = node.build();
  Dims dims = getDimsOf(taken);
  Value flat = build.reshape(taken, {getNumElements(dims)});
  Value positions =
      node.findTrue(build.compare(ComparePredicate::GE, flat, 0.0), "boxes");
  SmallVector<Value> columns = splitPositions(build, positions, dims);
  columns[2] = gather(build, flat, positions, 0);
  for (Value &column : columns)
    column = build.reshape(column, {getDimsOf(positions).front(), 1});
  return build.concat(columns, 1);
}

static LogicalResult importNonMaxSuppression(NodeContext &node) {
  Value boxes = node.getInput(0);
  Value scores = boxes ? node.getInput(1) : nullptr;
  if (!scores || failed(node.checkRank(0, 3)) || failed(node.checkRank(1, 3)))
    return failure();
  Dims shape = getDimsOf(boxes), classes = getDimsOf(scores);
  if (!shape[2].isConstant(4) || classes[0] != shape[0] ||
      classes[2] != shape[1]) {
    InFlightDiagnostic diagnostic = node.emitError();
    diagnostic << "expected boxes [B, N, 4] and scores [B, C, N], got "
               << printDims(shape) << " and " << printDims(classes);
    node.noteSymbols(diagnostic, {shape, classes});
    return diagnostic;
  }
  GraphBuilder &build = node.build();
  OpBuilder &builder = build.getBuilder();
  FailureOr<DimExpr> most = getMostBoxes(node, shape[1]);
  if (failed(most))
    return failure();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Value limit = getLimit(node, 2, builder.getI64Type(), 0);
  Value overlap = limit ? getLimit(node, 3, builder.getF32Type(), 0) : nullptr;
  Value score =
      overlap ? getLimit(node, 4, builder.getF32Type(), -infinity) : nullptr;
  if (!score)
    return failure();
  Value order = sortOrder(
      build,
      build.reshape(scores, {classes[0] * classes[1], classes[2], DimExpr(1)}),
      /*isDescending=*/true);
  Dims result = classes;
  result[2] = *most;
  Value taken = NonMaxSuppressionOp::create(
      builder, build.getLoc(), getTensorType(result, builder.getI64Type()),
      boxes, scores, build.reshape(order, classes), limit, overlap, score,
      node.getInt("center_point_box", 0) != 0);
  return node.setOutput(0, listBoxes(node, taken));
}

ArrayRef<OpImporter> neap::frontend::getSelectionImporters() {
  static const OpImporter kImporters[] = {
      {"Compress", 9, importCompress},
      {"NonMaxSuppression", 10, importNonMaxSuppression},
      {"NonZero", 9, importNonZero},
      {"Unique", 11, importUnique},
  };
  return kImporters;
}
