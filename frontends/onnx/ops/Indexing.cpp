// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Indexing.cpp - gathers and scatters, and masks made of indices.
#include "frontends/onnx/Initializers.h"
#include "frontends/onnx/NodeContext.h"
#include "frontends/onnx/OpImporters.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// Returns input `index`, which must hold i32 or i64 indices.
static Value getIndices(NodeContext &node, size_t index) {
  RankedTensorType type = node.getInputType(index);
  if (!type)
    return nullptr;
  Type element = type.getElementType();
  if (!element.isInteger(32) && !element.isInteger(64)) {
    node.emitError() << "expected indices of type i32 or i64, got " << element;
    return nullptr;
  }
  return node.getInput(index);
}

static LogicalResult importGather(NodeContext &node) {
  Value input = node.getInput(0);
  Value indices = input ? getIndices(node, 1) : nullptr;
  if (!indices)
    return failure();
  Dims dims = getDimsOf(input);
  FailureOr<int64_t> axis = node.checkAxis(node.getInt("axis", 0), dims.size());
  if (failed(axis))
    return failure();
  Dims result(ArrayRef(dims).take_front(*axis));
  llvm::append_range(result, getDimsOf(indices));
  llvm::append_range(result, ArrayRef(dims).drop_front(*axis + 1));
  if (failed(node.checkSize(result)))
    return failure();
  GraphBuilder &build = node.build();
  return node.setOutput(
      0, GatherOp::create(build.getBuilder(), build.getLoc(),
                          getTensorType(result, getElementTypeOf(input)), input,
                          indices, *axis)
             .getResult());
}

static LogicalResult importGatherElements(NodeContext &node) {
  Value input = node.getInput(0);
  Value indices = input ? getIndices(node, 1) : nullptr;
  if (!indices || failed(node.checkRank(1, getRankOf(input))))
    return failure();
  FailureOr<int64_t> axis =
      node.checkAxis(node.getInt("axis", 0), getRankOf(input));
  if (failed(axis))
    return failure();
  GraphBuilder &build = node.build();
  return node.setOutput(
      0, GatherElementsOp::create(
             build.getBuilder(), build.getLoc(),
             getTensorType(getDimsOf(indices), getElementTypeOf(input)), input,
             indices, *axis)
             .getResult());
}

static LogicalResult importGatherND(NodeContext &node) {
  Value input = node.getInput(0);
  Value indices = input ? getIndices(node, 1) : nullptr;
  if (!indices)
    return failure();
  Dims dims = getDimsOf(input), places = getDimsOf(indices);
  int64_t batch = node.getInt("batch_dims", 0);
  if (places.empty() || batch < 0 ||
      batch >= static_cast<int64_t>(places.size()))
    return node.emitError() << "expected batch_dims below the rank of the "
                               "indices, "
                            << places.size() << ", got " << batch;
  FailureOr<int64_t> depth =
      node.checkStatic(places.back(), "the last axis of the indices");
  if (failed(depth))
    return failure();
  if (*depth > static_cast<int64_t>(dims.size()) - batch)
    return node.emitError()
           << "an index of " << *depth << " numbers does not fit the shape "
           << printDims(dims);
  Dims result(ArrayRef(places).drop_back());
  llvm::append_range(result, ArrayRef(dims).drop_front(batch + *depth));
  if (failed(node.checkSize(result)))
    return failure();
  GraphBuilder &build = node.build();
  return node.setOutput(
      0, GatherNdOp::create(build.getBuilder(), build.getLoc(),
                            getTensorType(result, getElementTypeOf(input)),
                            input, indices, batch)
             .getResult());
}

/// Reads how updates are combined with what is there; null: they replace it.
static FailureOr<ReduceKindAttr> getReduction(NodeContext &node) {
  StringRef name = node.getString("reduction", "none");
  MLIRContext *context = node.build().getBuilder().getContext();
  if (name == "none")
    return ReduceKindAttr();
  if (name == "add")
    return ReduceKindAttr::get(context, ReduceKind::Sum);
  if (name == "mul")
    return ReduceKindAttr::get(context, ReduceKind::Prod);
  if (name == "max")
    return ReduceKindAttr::get(context, ReduceKind::Max);
  if (name == "min")
    return ReduceKindAttr::get(context, ReduceKind::Min);
  return node.emitError() << "expected reduction none, add, mul, max or min, "
                             "got '"
                          << name << "'";
}

static LogicalResult importScatterElements(NodeContext &node) {
  Value input = node.getInput(0);
  Value indices = input ? getIndices(node, 1) : nullptr;
  Value updates = indices ? node.getInput(2) : nullptr;
  if (!updates)
    return failure();
  FailureOr<int64_t> axis =
      node.checkAxis(node.getInt("axis", 0), getRankOf(input));
  FailureOr<ReduceKindAttr> reduction = getReduction(node);
  if (failed(axis) || failed(reduction))
    return failure();
  GraphBuilder &build = node.build();
  return node.setOutput(
      0, ScatterElementsOp::create(build.getBuilder(), build.getLoc(),
                                   input.getType(), input, indices, updates,
                                   build.getBuilder().getI64IntegerAttr(*axis),
                                   *reduction)
             .getResult());
}

static LogicalResult importScatterND(NodeContext &node) {
  Value input = node.getInput(0);
  Value indices = input ? getIndices(node, 1) : nullptr;
  Value updates = indices ? node.getInput(2) : nullptr;
  FailureOr<ReduceKindAttr> reduction = getReduction(node);
  if (!updates || failed(reduction))
    return failure();
  GraphBuilder &build = node.build();
  return node.setOutput(0,
                        ScatterNdOp::create(build.getBuilder(), build.getLoc(),
                                            input.getType(), input, indices,
                                            updates, *reduction)
                            .getResult());
}

/// Writes a slice per batch entry into a cache, from the place that its index
/// says on; in circular mode its end goes to the cache's beginning.
static LogicalResult importTensorScatter(NodeContext &node) {
  Value cache = node.getInput(0), update = cache ? node.getInput(1) : nullptr;
  if (!update)
    return failure();
  int64_t rank = getRankOf(cache);
  FailureOr<int64_t> axis = node.checkAxis(node.getInt("axis", -2), rank);
  if (failed(axis))
    return failure();
  StringRef mode = node.getString("mode", "linear");
  Dims dims = getDimsOf(cache), part = getDimsOf(update), expected = part;
  if (mode != "linear" && mode != "circular")
    return node.emitError()
           << "expected mode linear or circular, got '" << mode << "'";
  if (expected.size() == dims.size())
    expected[*axis] = dims[*axis];
  if (*axis == 0 || expected != dims ||
      getElementTypeOf(update) != getElementTypeOf(cache))
    return node.emitError()
           << "expected an axis that is not the batch and an update of the "
              "cache's type but for it, got axis "
           << *axis << ", " << cache.getType() << " and " << update.getType();
  GraphBuilder &build = node.build();
  Value places = build.broadcast(
      build.alongAxis(build.iota(part[*axis]), *axis, rank), part);
  if (node.hasInput(2)) {
    Value starts = getIndices(node, 2);
    if (!starts)
      return failure();
    if (getDimsOf(starts) != Dims{dims[0]})
      return node.emitError()
             << "expected an index per batch entry, got " << starts.getType();
    starts = build.cast(starts, build.getBuilder().getI64Type());
    places = build.binary<AddOp>(
        places, build.broadcast(build.alongAxis(starts, 0, rank), part));
  }
  if (mode == "circular")
    places = build.binary<ModOp>(places, build.sizeLike(places, dims[*axis]));
  return node.setOutput(
      0, ScatterElementsOp::create(build.getBuilder(), build.getLoc(),
                                   cache.getType(), cache, places, update,
                                   build.getBuilder().getI64IntegerAttr(*axis),
                                   ReduceKindAttr())
             .getResult());
}

/// Of each sequence the first elements, as many as its length says, backwards.
static LogicalResult importReverseSequence(NodeContext &node) {
  Value input = node.getInput(0);
  Value lengths = input ? getIndices(node, 1) : nullptr;
  if (!lengths)
    return failure();
  int64_t rank = getRankOf(input);
  FailureOr<int64_t> time = node.checkAxis(node.getInt("time_axis", 0), rank);
  FailureOr<int64_t> batch = node.checkAxis(node.getInt("batch_axis", 1), rank);
  if (failed(time) || failed(batch))
    return failure();
  Dims dims = getDimsOf(input);
  if (*time == *batch || getDimsOf(lengths) != Dims{dims[*batch]})
    return node.emitError()
           << "expected axes of time and batch that differ and a length per "
              "batch entry, got axes "
           << *time << " and " << *batch << " of " << printDims(dims)
           << " and lengths " << printDims(getDimsOf(lengths));
  GraphBuilder &build = node.build();
  SmallVector<int64_t> permutation{*batch, *time};
  for (int64_t axis = 0; axis < rank; ++axis)
    if (axis != *batch && axis != *time)
      permutation.push_back(axis);
  Value moved = build.transpose(input, permutation);
  Dims table{dims[*batch], dims[*time]};
  Value places =
      build.broadcast(build.alongAxis(build.iota(table[1]), 1, 2), table);
  Value length = build.broadcast(
      build.alongAxis(build.cast(lengths, build.getBuilder().getI64Type()), 0,
                      2),
      table);
  Value last = build.binary<AddOp>(length, -1.0);
  Value sources =
      build.select(build.compare(ComparePredicate::LT, places, length),
                   build.binary<SubOp>(last, places), places);
  Value result = GatherNdOp::create(
      build.getBuilder(), build.getLoc(), moved.getType(), moved,
      build.reshape(sources, {table[0], table[1], DimExpr(1)}), 1);
  SmallVector<int64_t> back(rank);
  for (auto [to, from] : llvm::enumerate(permutation))
    back[from] = static_cast<int64_t>(to);
  return node.setOutput(0, build.transpose(result, back));
}

//===----------------------------------------------------------------------===//
// Masks made of indices
//===----------------------------------------------------------------------===//

/// `on` where the position along the new axis is the index, else `off`.
static LogicalResult importOneHot(NodeContext &node) {
  Value indices = node.getInput(0);
  Value values = indices ? node.getInput(2) : nullptr;
  if (!values)
    return failure();
  FailureOr<double> depth = node.getNumber(1, "the depth");
  if (failed(depth))
    return failure();
  GraphBuilder &build = node.build();
  Dims dims = getDimsOf(indices), narrow = dims;
  if (*depth < 1 || *depth > 1LL << 40)
    return node.emitError() << "expected a depth in [1, 2^40], got " << *depth;
  if (getDimsOf(values) != Dims{DimExpr(2)})
    return node.emitError() << "expected two values, got " << values.getType();
  FailureOr<int64_t> axis =
      node.checkAxis(node.getInt("axis", -1), dims.size() + 1);
  if (failed(axis))
    return failure();
  auto size = static_cast<int64_t>(*depth);
  dims.insert(dims.begin() + *axis, DimExpr(size));
  narrow.insert(narrow.begin() + *axis, DimExpr(1));
  if (failed(node.checkSize(dims)))
    return failure();
  Value places = build.cast(indices, build.getBuilder().getI64Type());
  Value wrapped = build.select(
      build.compare(ComparePredicate::LT, places, 0.0),
      build.binary<AddOp>(places, static_cast<double>(size)), places);
  Value positions = build.alongAxis(build.iota(size), *axis, dims.size());
  Value mask =
      build.compare(ComparePredicate::EQ, build.broadcast(positions, dims),
                    build.broadcast(build.reshape(wrapped, narrow), dims));
  auto pick = [&](int64_t which) {
    return build.broadcast(
        build.reshape(build.slice(values, {which}, {1}, {1}), {}), dims);
  };
  return node.setOutput(0, build.select(mask, pick(1), pick(0)));
}

/// Returns column - row for each element of a matrix, as i64.
static Value buildDiagonals(GraphBuilder &build, ArrayRef<DimExpr> matrix) {
  Value rows =
      build.broadcast(build.alongAxis(build.iota(matrix[0]), 0, 2), matrix);
  Value columns =
      build.broadcast(build.alongAxis(build.iota(matrix[1]), 1, 2), matrix);
  return build.binary<SubOp>(columns, rows);
}

static LogicalResult importEyeLike(NodeContext &node) {
  RankedTensorType type = node.getInputType(0);
  if (!type || failed(node.checkRank(0, 2)))
    return failure();
  GraphBuilder &build = node.build();
  Type element = type.getElementType();
  if (node.hasAttribute("dtype"))
    element = getElementType(build.getBuilder().getContext(),
                             static_cast<int32_t>(node.getInt("dtype", 0)));
  if (!element)
    return node.emitError() << "the element type of 'dtype' is not supported";
  Value diagonals = buildDiagonals(build, getDims(type));
  Value mask = build.compare(ComparePredicate::EQ, diagonals,
                             static_cast<double>(node.getInt("k", 0)));
  return node.setOutput(0, build.cast(mask, element));
}

static LogicalResult importTrilu(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  GraphBuilder &build = node.build();
  Dims dims = getDimsOf(input);
  if (dims.size() < 2)
    return node.emitError()
           << "expected an input of rank at least 2, got " << printDims(dims);
  Value diagonals = buildDiagonals(build, ArrayRef(dims).take_back(2));
  Value k = build.splat({}, build.getBuilder().getI64Type(), 0);
  if (node.hasInput(1)) {
    k = getIndices(node, 1);
    if (!k)
      return failure();
    if (!getNumElements(getDimsOf(k)).isConstant(1))
      return node.emitError()
             << "expected k to be one number, got " << k.getType();
    k = build.reshape(build.cast(k, build.getBuilder().getI64Type()), {});
  }
  Value mask = build.compare(
      node.getInt("upper", 1) ? ComparePredicate::GE : ComparePredicate::LE,
      diagonals, build.broadcast(k, getDimsOf(diagonals)));
  return node.setOutput(0, build.select(build.broadcast(mask, dims), input,
                                        build.splatLike(input, 0)));
}

ArrayRef<OpImporter> neap::frontend::getIndexingImporters() {
  static const OpImporter kImporters[] = {
      {"EyeLike", 9, importEyeLike},
      {"Gather", 1, importGather},
      {"GatherElements", 11, importGatherElements},
      {"GatherND", 11, importGatherND},
      {"OneHot", 9, importOneHot,
       "only a depth that is known when the model is compiled"},
      {"ReverseSequence", 10, importReverseSequence},
      {"Scatter", 9, importScatterElements},
      {"ScatterElements", 11, importScatterElements},
      {"ScatterND", 11, importScatterND},
      {"TensorScatter", 24, importTensorScatter},
      {"Trilu", 14, importTrilu},
  };
  return kImporters;
}
