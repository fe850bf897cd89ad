// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Normalization.cpp - norms and softmax. Their core is a row op over the last
// axis; here the rows are made by reshapes and transposes, and scales and
// biases become multiplications and additions.
#include "frontends/onnx/NodeContext.h"
#include "frontends/onnx/OpImporters.h"

#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// Half-precision rows are computed in f32.
static Value toComputeType(GraphBuilder &build, Value input) {
  Type type = getElementTypeOf(input);
  return type.isF16() || type.isBF16()
             ? build.cast(input, build.getBuilder().getF32Type())
             : input;
}

/// Whether input `index` is a tensor of floats; emits an error else.
static LogicalResult checkFloat(NodeContext &node, size_t index) {
  RankedTensorType type = node.getInputType(index);
  if (!type)
    return failure();
  if (!isa<FloatType>(type.getElementType()))
    return node.emitError() << "expected floats, got " << type.getElementType();
  return success();
}

/// Returns input `index`, converted to `type`; null if that fails.
static Value getFloats(NodeContext &node, size_t index, Type type) {
  if (failed(checkFloat(node, index)))
    return nullptr;
  Value input = node.getInput(index);
  return input ? node.build().cast(input, type) : nullptr;
}

/// Multiplies by input `scale` and adds input `bias`, if they are there; both
/// are broadcast as in NumPy.
static FailureOr<Value> scaleAndShift(NodeContext &node, Value result,
                                      size_t scale, size_t bias) {
  for (size_t index : {scale, bias}) {
    if (!node.hasInput(index))
      continue;
    Value factor = getFloats(node, index, getElementTypeOf(result));
    if (!factor)
      return failure();
    FailureOr<Value> wide = node.broadcastTo(factor, getDimsOf(result));
    if (failed(wide))
      return failure();
    result = index == scale ? node.build().binary<MulOp>(result, *wide)
                            : node.build().binary<AddOp>(result, *wide);
  }
  return result;
}

/// As `scaleAndShift`, for vectors over axis 1, the channels.
static FailureOr<Value> scaleAndShiftChannels(NodeContext &node, Value result,
                                              size_t scale, size_t bias) {
  Dims dims = getDimsOf(result);
  for (size_t index : {scale, bias}) {
    if (failed(node.checkRank(index, 1)))
      return failure();
    Value factor = getFloats(node, index, getElementTypeOf(result));
    if (!factor)
      return failure();
    FailureOr<Value> wide =
        node.broadcastTo(node.build().alongAxis(factor, 1, dims.size()), dims);
    if (failed(wide))
      return failure();
    result = index == scale ? node.build().binary<MulOp>(result, *wide)
                            : node.build().binary<AddOp>(result, *wide);
  }
  return result;
}

/// Emits `neap.standardize`.
static Value standardize(GraphBuilder &build, Value rows, double epsilon) {
  return StandardizeOp::create(build.getBuilder(), build.getLoc(),
                               rows.getType(), rows,
                               build.getBuilder().getF64FloatAttr(epsilon));
}

/// Returns `dims` with the axes from `axis` on made one.
static Dims joinAxesFrom(ArrayRef<DimExpr> dims, int64_t axis) {
  Dims rows(dims.take_front(axis));
  rows.push_back(getNumElements(dims.drop_front(axis)));
  return rows;
}

//===----------------------------------------------------------------------===//
// Layer, RMS, instance and group norms
//===----------------------------------------------------------------------===//

/// Sets the outputs Mean and InvStdDev of LayerNormalization, if asked for.
static LogicalResult setLayerStatistics(NodeContext &node, Value rows,
                                        int64_t axis, ArrayRef<DimExpr> dims,
                                        double epsilon) {
  if (!node.hasOutput(1) && !node.hasOutput(2))
    return success();
  GraphBuilder &build = node.build();
  Dims kept(dims);
  for (DimExpr &dim : MutableArrayRef(kept).drop_front(axis))
    dim = DimExpr(1);
  int64_t last = getRankOf(rows) - 1;
  Value mean = build.mean(rows, {last});
  Value difference =
      build.binary<SubOp>(rows, build.broadcast(mean, getDimsOf(rows)));
  Value variance =
      build.mean(build.binary<MulOp>(difference, difference), {last});
  Value deviation = build.unary<SqrtOp>(build.binary<AddOp>(variance, epsilon));
  Value inverse = build.binary<DivOp>(build.splatLike(deviation, 1), deviation);
  // 'stash_type' says what type they have; f64 is computed in f64 all the same.
  auto set = [&](size_t index, Value value) {
    value = build.reshape(value, kept);
    return node.setOutput(
        index, node.getInt("stash_type", 1) == 1
                   ? build.cast(value, build.getBuilder().getF32Type())
                   : value);
  };
  return success(succeeded(set(1, mean)) && succeeded(set(2, inverse)));
}

/// Returns the first normalized axis of layer and RMS norm.
static FailureOr<int64_t> getFirstAxis(NodeContext &node) {
  if (failed(checkFloat(node, 0)))
    return failure();
  return node.checkAxis(node.getInt("axis", -1),
                        node.getInputType(0).getRank());
}

/// Imports a normalization over the axes from attribute `axis` on. `normalize`
/// gets them joined to rows and returns those normalized, or null after an
/// error; inputs 1 and 2 scale and shift them.
static LogicalResult importRowNormalization(
    NodeContext &node,
    function_ref<Value(Value rows, int64_t axis, const Dims &dims)> normalize) {
  FailureOr<int64_t> axis = getFirstAxis(node);
  Value input = succeeded(axis) ? node.getInput(0) : nullptr;
  if (!input)
    return failure();
  GraphBuilder &build = node.build();
  Dims dims = getDimsOf(input);
  Value rows =
      build.reshape(toComputeType(build, input), joinAxesFrom(dims, *axis));
  Value normal = normalize(rows, *axis, dims);
  if (!normal)
    return failure();
  FailureOr<Value> result =
      scaleAndShift(node, build.reshape(normal, dims), 1, 2);
  if (failed(result))
    return failure();
  return node.setOutput(0, build.cast(*result, getElementTypeOf(input)));
}

static LogicalResult importLayerNormalization(NodeContext &node) {
  double epsilon = node.getFloat("epsilon", 1e-5f);
  return importRowNormalization(
      node, [&](Value rows, int64_t axis, const Dims &dims) -> Value {
        if (failed(setLayerStatistics(node, rows, axis, dims, epsilon)))
          return nullptr;
        return standardize(node.build(), rows, epsilon);
      });
}

static LogicalResult importRMSNormalization(NodeContext &node) {
  double epsilon = node.getFloat("epsilon", 1e-5f);
  return importRowNormalization(
      node, [&](Value rows, int64_t, const Dims &) -> Value {
        OpBuilder &builder = node.build().getBuilder();
        return RmsStandardizeOp::create(builder, node.build().getLoc(),
                                        rows.getType(), rows,
                                        builder.getF64FloatAttr(epsilon));
      });
}

/// Returns input 0 if it has at least `rank` axes and holds floats.
static Value getImage(NodeContext &node, int64_t rank) {
  if (failed(checkFloat(node, 0)))
    return nullptr;
  if (node.getInputType(0).getRank() < rank) {
    node.emitError() << "expected an input of rank at least " << rank
                     << ", got rank " << node.getInputType(0).getRank();
    return nullptr;
  }
  return node.getInput(0);
}

static LogicalResult importInstanceNormalization(NodeContext &node) {
  Value input = getImage(node, 3);
  if (!input)
    return failure();
  GraphBuilder &build = node.build();
  Type type = getElementTypeOf(input);
  Dims dims = getDimsOf(input);
  Value rows =
      build.reshape(toComputeType(build, input), joinAxesFrom(dims, 2));
  Value normal = standardize(build, rows, node.getFloat("epsilon", 1e-5f));
  FailureOr<Value> result =
      scaleAndShiftChannels(node, build.reshape(normal, dims), 1, 2);
  return failed(result) ? failure()
                        : node.setOutput(0, build.cast(*result, type));
}

static LogicalResult importGroupNormalization(NodeContext &node) {
  Value input = getImage(node, 2);
  if (!input)
    return failure();
  GraphBuilder &build = node.build();
  Type type = getElementTypeOf(input);
  Dims dims = getDimsOf(input);
  FailureOr<int64_t> channels = node.checkStatic(dims[1], "the channel axis");
  int64_t groups = node.getInt("num_groups", 0);
  if (failed(channels))
    return failure();
  if (groups < 1 || *channels % groups != 0)
    return node.emitError() << "expected num_groups to divide the " << *channels
                            << " channels, got " << groups;
  DimExpr rowSize = DimExpr(*channels / groups) *
                    getNumElements(ArrayRef(dims).drop_front(2));
  Value rows = build.reshape(toComputeType(build, input),
                             {dims[0], DimExpr(groups), rowSize});
  Value normal = standardize(build, rows, node.getFloat("epsilon", 1e-5f));
  FailureOr<Value> result =
      scaleAndShiftChannels(node, build.reshape(normal, dims), 1, 2);
  return failed(result) ? failure()
                        : node.setOutput(0, build.cast(*result, type));
}

/// Whether the statistics are those of the batch. Before opset 14 the outputs
/// that only training has say so.
static bool isTraining(NodeContext &node) {
  if (node.getOpset() >= 14)
    return node.getInt("training_mode", 0) != 0;
  return llvm::any_of(llvm::seq<size_t>(1, 5),
                      [&](size_t output) { return node.hasOutput(output); });
}

/// Replaces `mean` and `variance` by those of the batch; sets the outputs of
/// the running ones and, of old opsets, of the batch's.
static LogicalResult useBatchStatistics(NodeContext &node, Value input,
                                        Value &mean, Value &variance) {
  GraphBuilder &build = node.build();
  Dims dims = getDimsOf(input), channels{dims[1]};
  SmallVector<int64_t> axes{0};
  llvm::append_range(axes, llvm::seq<int64_t>(2, dims.size()));
  Value center = build.mean(input, axes);
  Value difference = build.binary<SubOp>(input, build.broadcast(center, dims));
  Value spread = build.mean(build.binary<MulOp>(difference, difference), axes);
  double momentum = node.getFloat("momentum", 0.9f);
  for (auto [index, running, batch] :
       {std::tuple(1, &mean, build.reshape(center, channels)),
        std::tuple(2, &variance, build.reshape(spread, channels))}) {
    Type type = node.getInputType(index + 2).getElementType();
    Value next = build.binary<AddOp>(build.binary<MulOp>(*running, momentum),
                                     build.binary<MulOp>(batch, 1 - momentum));
    *running = batch;
    if (failed(node.setOutput(index, build.cast(next, type))) ||
        failed(node.setOutput(index + 2, build.cast(batch, type))))
      return failure();
  }
  return success();
}

/// scale / sqrt(var + epsilon) and bias - mean * that are computed from
/// weights, once, at compile time.
static LogicalResult importBatchNormalization(NodeContext &node) {
  Value input = getImage(node, 2);
  if (!input)
    return failure();
  GraphBuilder &build = node.build();
  Type type = getElementTypeOf(input);
  input = toComputeType(build, input);
  Value parameters[4];
  Dims dims = getDimsOf(input);
  for (size_t i = 0; i < 4; ++i) {
    parameters[i] = getFloats(node, i + 1, getElementTypeOf(input));
    if (!parameters[i])
      return failure();
    Dims own = getDimsOf(parameters[i]);
    if (own.size() != 1 || own[0] != dims[1])
      return node.emitError() << "expected input " << i + 1 << " of shape ["
                              << dims[1].str() << "], got " << printDims(own);
  }
  auto [scale, bias, mean, variance] = parameters;
  if (isTraining(node)) {
    if (failed(useBatchStatistics(node, input, mean, variance)))
      return failure();
  } else if (failed(node.checkNoOutputs(1))) {
    return failure();
  }
  Value deviation = build.unary<SqrtOp>(
      build.binary<AddOp>(variance, node.getFloat("epsilon", 1e-5f)));
  Value factor = build.binary<DivOp>(scale, deviation);
  Value offset = build.binary<SubOp>(bias, build.binary<MulOp>(mean, factor));
  auto widen = [&](Value vector) {
    return build.broadcast(build.alongAxis(vector, 1, dims.size()), dims);
  };
  Value result = build.binary<AddOp>(build.binary<MulOp>(input, widen(factor)),
                                     widen(offset));
  return node.setOutput(0, build.cast(result, type));
}

//===----------------------------------------------------------------------===//
// LRN, Lp and mean-variance normalization
//===----------------------------------------------------------------------===//

/// x / (bias + alpha / size * sum of squares over `size` channels)^beta. The
/// sums are windows over the channels, taken as a spatial axis.
static LogicalResult importLRN(NodeContext &node) {
  Value input = getImage(node, 3);
  if (!input)
    return failure();
  GraphBuilder &build = node.build();
  Dims dims = getDimsOf(input);
  int64_t size = node.getInt("size", 0);
  if (size < 1 || size > (int64_t(1) << 31))
    return node.emitError() << "expected size in [1, 2^31], got " << size;
  Dims image = {dims[0], DimExpr(1), dims[1],
                getNumElements(ArrayRef(dims).drop_front(2))};
  Value squares = build.reshape(build.binary<MulOp>(input, input), image);
  int64_t before = (size - 1) / 2, after = size - 1 - before;
  Value sums = PoolOp::create(
      build.getBuilder(), build.getLoc(), squares.getType(), PoolKind::Sum,
      squares, ArrayRef<int64_t>{size, 1}, ArrayRef<int64_t>{1, 1},
      ArrayRef<int64_t>{before, 0, after, 0}, ArrayRef<int64_t>{1, 1},
      /*count_include_pad=*/false, Layout::ChannelsFirst);
  double alpha = node.getFloat("alpha", 1e-4f) / static_cast<double>(size);
  Value base =
      build.binary<AddOp>(build.binary<MulOp>(build.reshape(sums, dims), alpha),
                          node.getFloat("bias", 1));
  Value power = build.binary<PowOp>(base, node.getFloat("beta", 0.75));
  return node.setOutput(0, build.binary<DivOp>(input, power));
}

/// x / norm, and 0 where the norm is 0.
static LogicalResult importLpNormalization(NodeContext &node) {
  Value input = getImage(node, 1);
  if (!input)
    return failure();
  int64_t p = node.getInt("p", 2);
  FailureOr<int64_t> axis =
      node.checkAxis(node.getInt("axis", -1), getRankOf(input));
  if (failed(axis))
    return failure();
  if (p != 1 && p != 2)
    return node.emitError() << "expected p = 1 or p = 2, got " << p;
  GraphBuilder &build = node.build();
  Value terms =
      p == 1 ? build.unary<AbsOp>(input) : build.binary<MulOp>(input, input);
  Value norm = build.reduce(ReduceKind::Sum, terms, {*axis});
  if (p == 2)
    norm = build.unary<SqrtOp>(norm);
  norm = build.broadcast(norm, getDimsOf(input));
  return node.setOutput(
      0, build.select(build.compare(ComparePredicate::EQ, norm, 0.0),
                      build.splatLike(input, 0),
                      build.binary<DivOp>(input, norm)));
}

/// (x - mean) / (deviation + 1e-9)
static LogicalResult importMeanVarianceNormalization(NodeContext &node) {
  Value input = getImage(node, 1);
  if (!input)
    return failure();
  SmallVector<int64_t> axes = {0, 2, 3};
  if (node.hasAttribute("axes"))
    axes = node.getInts("axes");
  FailureOr<SmallVector<int64_t>> checked =
      node.checkAxes(axes, getRankOf(input));
  if (failed(checked))
    return failure();
  GraphBuilder &build = node.build();
  Dims dims = getDimsOf(input);
  Value difference = build.binary<SubOp>(
      input, build.broadcast(build.mean(input, *checked), dims));
  Value variance =
      build.mean(build.binary<MulOp>(difference, difference), *checked);
  Value deviation = build.binary<AddOp>(build.unary<SqrtOp>(variance), 1e-9);
  return node.setOutput(
      0, build.binary<DivOp>(difference, build.broadcast(deviation, dims)));
}

//===----------------------------------------------------------------------===//
// Softmax and its like
//===----------------------------------------------------------------------===//

/// Applies `compute` to rows along the axis: before opset 13 all axes from it
/// on are one, since then it is one axis.
template <typename Compute>
static LogicalResult importRows(NodeContext &node, Compute compute) {
  bool joinsAxes = node.getOpset() < 13;
  RankedTensorType type = node.getInputType(0);
  if (!type || failed(checkFloat(node, 0)))
    return failure();
  int64_t position = node.getInt("axis", joinsAxes ? 1 : -1);
  int64_t rank = type.getRank();
  // The joined axes may be none: one element per row.
  bool isNone = joinsAxes && position == rank;
  FailureOr<int64_t> axis =
      isNone ? FailureOr<int64_t>(rank) : node.checkAxis(position, rank);
  Value input = succeeded(axis) ? node.getInput(0) : nullptr;
  if (!input)
    return failure();
  GraphBuilder &build = node.build();
  Dims dims = getDimsOf(input);
  Value rows = toComputeType(build, input);
  if (joinsAxes)
    rows = build.reshape(rows, joinAxesFrom(dims, *axis));
  else
    rows = build.swapWithLast(rows, *axis);
  Value result = compute(build, rows);
  result = joinsAxes ? build.reshape(result, dims)
                     : build.swapWithLast(result, *axis);
  return node.setOutput(0, build.cast(result, type.getElementType()));
}

template <typename OpTy>
static LogicalResult importRowOp(NodeContext &node) {
  return importRows(node, [](GraphBuilder &build, Value rows) {
    return build.unary<OpTy>(rows);
  });
}

/// 1 at the first maximum of each row, else 0.
static LogicalResult importHardmax(NodeContext &node) {
  return importRows(node, [](GraphBuilder &build, Value rows) {
    Dims dims = getDimsOf(rows), kept = dims;
    kept.back() = DimExpr(1);
    Type index = build.getBuilder().getI64Type();
    int64_t last = dims.size() - 1;
    Value first = ArgReduceOp::create(
        build.getBuilder(), build.getLoc(), getTensorType(kept, index),
        ReduceKind::Max, rows, last, /*select_last=*/false);
    Value positions =
        build.alongAxis(build.iota(dims.back()), last, dims.size());
    return build.cast(build.compare(ComparePredicate::EQ,
                                    build.broadcast(positions, dims),
                                    build.broadcast(first, dims)),
                      getElementTypeOf(rows));
  });
}

ArrayRef<OpImporter> neap::frontend::getNormalizationImporters() {
  static const OpImporter kImporters[] = {
      {"BatchNormalization", 9, importBatchNormalization},
      {"GroupNormalization", 21, importGroupNormalization},
      {"Hardmax", 1, importHardmax},
      {"InstanceNormalization", 6, importInstanceNormalization},
      {"LRN", 1, importLRN},
      {"LayerNormalization", 17, importLayerNormalization},
      {"LogSoftmax", 1, importRowOp<LogSoftmaxOp>},
      {"LpNormalization", 1, importLpNormalization},
      {"MeanVarianceNormalization", 9, importMeanVarianceNormalization},
      {"RMSNormalization", 23, importRMSNormalization},
      {"Softmax", 1, importRowOp<SoftmaxOp>},
  };
  return kImporters;
}
