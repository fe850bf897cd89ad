// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Unpooling.cpp - MaxUnpool, which writes maxima where they came from, and
// Col2Im, which sums overlapping blocks: each pixel gathers the entries of the
// blocks that cover it.
#include "frontends/onnx/ops/Unpooling.h"

#include "dialects/neap/IR/DimExprSimplify.h"

#include "frontends/onnx/ops/Sampling.h"
#include "frontends/onnx/ops/Windows.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

//===----------------------------------------------------------------------===//
// MaxUnpool
//===----------------------------------------------------------------------===//

/// Returns the sizes that the pool's input had if its windows just fit.
static FailureOr<Dims> getUnpooledDims(NodeContext &node,
                                       ArrayRef<DimExpr> pooled) {
  size_t count = pooled.size() - 2;
  SmallVector<int64_t> kernel = node.getInts("kernel_shape");
  if (kernel.size() != count)
    return node.emitError()
           << "expected " << count << " entries in 'kernel_shape', got "
           << kernel.size();
  auto strides = getWindowEntries(node, "strides", count, 1, 1);
  auto pads = getWindowEntries(node, "pads", 2 * count, 0, 0);
  auto sizes = getWindowEntries(node, "kernel_shape", count, 1, 1);
  if (failed(strides) || failed(pads) || failed(sizes))
    return failure();
  Dims dims(pooled.take_front(2));
  for (size_t i = 0; i < count; ++i) {
    int64_t extra =
        (*sizes)[i] - (*strides)[i] - (*pads)[i] - (*pads)[count + i];
    dims.push_back(pooled[2 + i] * DimExpr((*strides)[i]) + DimExpr(extra));
    if (dims.back().getConstant().value_or(1) < 1)
      return node.emitError() << "expected pads below the size of the result, "
                                 "got a result of size "
                              << dims.back().str();
  }
  return dims;
}

/// Grows `image` by zeros at the ends of its axes to the sizes of input 2.
static FailureOr<Value> padToOutputShape(NodeContext &node, Value image) {
  FailureOr<Contents> dims = node.getContents(2, "the output shape");
  if (failed(dims))
    return failure();
  Dims from = getDimsOf(image);
  if (dims->size() != from.size())
    return node.emitError() << "expected an output shape of " << from.size()
                            << " sizes, got " << dims->size();
  if (failed(node.checkSize(*dims)))
    return failure();
  GraphBuilder &build = node.build();
  for (auto [axis, wanted] : llvm::enumerate(*dims)) {
    DimExpr missing = simplify(wanted - from[axis], node.getFacts());
    if (missing.isConstant(0))
      continue;
    auto bounds = node.getFacts().getBounds(missing);
    if (bounds && bounds->first < 0) {
      InFlightDiagnostic diagnostic = node.emitError();
      diagnostic << "expected an output shape of at least " << printDims(from)
                 << ", got " << printDims(*dims);
      node.noteSymbols(diagnostic, {from, *dims});
      return diagnostic;
    }
    Dims zeros = getDimsOf(image);
    zeros[axis] = missing;
    image = build.concat(
        {image, build.splat(zeros, getElementTypeOf(image), 0)}, axis);
  }
  return image;
}

LogicalResult neap::frontend::importMaxUnpool(NodeContext &node) {
  Value maxima = node.getInput(0), places = maxima ? node.getInput(1) : nullptr;
  if (!places)
    return failure();
  Dims pooled = getDimsOf(maxima);
  if (pooled.size() < 3 || pooled != getDimsOf(places) ||
      !getElementTypeOf(places).isInteger(64))
    return node.emitError() << "expected maxima [N, C, spatial...] and an i64 "
                               "index of each, got "
                            << maxima.getType() << " and " << places.getType();
  FailureOr<Dims> dims = getUnpooledDims(node, pooled);
  if (failed(dims) || failed(node.checkSize(*dims)))
    return failure();
  GraphBuilder &build = node.build();
  Dims flat{getNumElements(pooled)};
  Value zeros =
      build.splat({getNumElements(*dims)}, getElementTypeOf(maxima), 0);
  Value image = ScatterElementsOp::create(
      build.getBuilder(), build.getLoc(), zeros.getType(), zeros,
      build.reshape(places, flat), build.reshape(maxima, flat),
      build.getBuilder().getI64IntegerAttr(0), ReduceKindAttr());
  image = build.reshape(image, *dims);
  if (!node.hasInput(2))
    return node.setOutput(0, image);
  FailureOr<Value> padded = padToOutputShape(node, image);
  return failed(padded) ? failure() : node.setOutput(0, *padded);
}

//===----------------------------------------------------------------------===//
// Col2Im
//===----------------------------------------------------------------------===//

namespace {

/// One spatial axis.
struct BlockAxis {
  DimExpr image;
  int64_t block, stride, dilation, padBegin;
  DimExpr numBlocks;
};

} // namespace

/// Returns, of each pixel of an axis and each entry of a block, the block that
/// has the pixel at that entry, if there is one: [image, block].
static Taps getBlocks(GraphBuilder &build, const BlockAxis &axis) {
  Type f64 = build.getBuilder().getF64Type();
  Dims dims{axis.image, DimExpr(axis.block)};
  auto along = [&](int64_t position) {
    Value numbers = build.cast(build.iota(dims[position]), f64);
    return build.broadcast(build.alongAxis(numbers, position, 2), dims);
  };
  Value offset =
      build.binary<MulOp>(along(1), static_cast<double>(axis.dilation));
  Value start = build.binary<SubOp>(
      build.binary<AddOp>(along(0), static_cast<double>(axis.padBegin)),
      offset);
  Value block = build.binary<DivOp>(start, static_cast<double>(axis.stride));
  Value whole = build.unary<FloorOp>(block);
  Taps taps =
      placeTaps(build, whole, build.splatLike(block, 1), axis.numBlocks);
  taps.isInside = build.binary<AndOp>(
      taps.isInside, build.compare(ComparePredicate::EQ, whole, block));
  return taps;
}

/// Returns the entry of which block each pixel sums: [image..., block...].
static Value getEntries(GraphBuilder &build, ArrayRef<BlockAxis> axes) {
  int64_t count = axes.size();
  DimExpr numBlocks(1);
  Dims dims(2 * count);
  for (auto [i, axis] : llvm::enumerate(axes)) {
    dims[i] = axis.image;
    dims[count + i] = axis.block;
    numBlocks *= axis.numBlocks;
  }
  Taps all;
  for (auto [i, axis] : llvm::enumerate(axes)) {
    auto number = static_cast<int64_t>(i);
    Taps taps = broadcastTaps(build, getBlocks(build, axis),
                              {number, count + number}, dims);
    all = i == 0 ? taps : combineTaps(build, all, taps, axis.numBlocks);
  }
  // Entry e of block b is row e * blocks + b.
  Dims block(ArrayRef(dims).drop_front(count));
  Value entries = build.iota(getNumElements(block));
  entries = build.binary<MulOp>(entries, build.sizeLike(entries, numBlocks));
  Dims narrow(count, DimExpr(1));
  llvm::append_range(narrow, block);
  all.position = build.binary<AddOp>(
      all.position, build.broadcast(build.reshape(entries, narrow), dims));
  return getIndices(build, all);
}

/// Computes how many blocks an axis has; `pads` are all that it gets.
static LogicalResult countBlocks(NodeContext &node, size_t number, int64_t pads,
                                 BlockAxis &axis) {
  constexpr int64_t kMaxSize = 1 << 30;
  auto bounds = node.getFacts().getBounds(axis.image);
  if (!bounds || bounds->first < 1 || bounds->second > kMaxSize ||
      axis.block < 1 || axis.block > kMaxSize)
    return node.emitError()
           << "expected sizes of images and blocks in [1, 2^30], got "
           << axis.image.str() << " and " << axis.block;
  int64_t more = pads - axis.dilation * (axis.block - 1) - 1;
  if (bounds->first + more < 0) {
    InFlightDiagnostic diagnostic = node.emitError();
    diagnostic << "the block along spatial axis " << number
               << (axis.image.getConstant() ? " is" : " can be")
               << " larger than the padded image";
    node.noteSymbols(diagnostic, {axis.image});
    return diagnostic;
  }
  axis.numBlocks = simplify(
      (axis.image + DimExpr(more)).floorDiv(axis.stride) + 1, node.getFacts());
  return success();
}

/// Reads the sizes and attributes; `numBlocks` is checked against the input.
static FailureOr<SmallVector<BlockAxis>>
getBlockAxes(NodeContext &node, const DimExpr &numBlocks) {
  auto image = node.getContents(1, "the image shape");
  auto block = node.getInts(2, "the block shape");
  if (failed(image) || failed(block))
    return failure();
  size_t count = image->size();
  auto strides = getWindowEntries(node, "strides", count, 1, 1);
  auto dilations = getWindowEntries(node, "dilations", count, 1, 1);
  auto pads = getWindowEntries(node, "pads", 2 * count, 0, 0);
  if (failed(strides) || failed(dilations) || failed(pads))
    return failure();
  if (count < 1 || block->size() != count)
    return node.emitError() << "expected as many sizes of the image as of a "
                               "block, got "
                            << count << " and " << block->size();
  SmallVector<BlockAxis> axes;
  DimExpr product(1);
  for (size_t i = 0; i < count; ++i) {
    BlockAxis axis{(*image)[i],     (*block)[i], (*strides)[i],
                   (*dilations)[i], (*pads)[i],  DimExpr()};
    int64_t bothPads = (*pads)[i] + (*pads)[count + i];
    if (failed(countBlocks(node, i, bothPads, axis)))
      return failure();
    product *= axis.numBlocks;
    axes.push_back(axis);
  }
  if (!node.getFacts().areEqual(product, numBlocks)) {
    InFlightDiagnostic diagnostic = node.emitError();
    diagnostic << "expected as many blocks as fit into the image, "
               << product.str() << ", got " << numBlocks.str();
    node.noteSymbols(diagnostic, {product, numBlocks});
    return diagnostic;
  }
  return axes;
}

LogicalResult neap::frontend::importCol2Im(NodeContext &node) {
  Value blocks = node.getInput(0);
  if (!blocks || failed(node.checkRank(0, 3)))
    return failure();
  Dims dims = getDimsOf(blocks);
  FailureOr<SmallVector<BlockAxis>> axes = getBlockAxes(node, dims[2]);
  if (failed(axes))
    return failure();
  int64_t blockSize = 1;
  Dims image;
  for (const BlockAxis &axis : *axes) {
    blockSize = std::min<int64_t>(blockSize * axis.block, int64_t(1) << 31);
    image.push_back(axis.image);
  }
  FailureOr<int64_t> rows = node.checkStatic(dims[1], "the size of a block");
  if (failed(rows))
    return failure();
  if (blockSize < 1 || *rows % blockSize != 0)
    return node.emitError() << "expected axis 1 of the input to be a multiple "
                               "of the size of a block, "
                            << blockSize << ", got " << *rows;
  Dims result{dims[0], DimExpr(*rows / blockSize)};
  llvm::append_range(result, image);
  if (failed(node.checkSize(result)))
    return failure();
  GraphBuilder &build = node.build();
  Type element = getElementTypeOf(blocks);
  Type f64 = build.getBuilder().getF64Type();
  bool isSmallFloat = isa<FloatType>(element) && element != f64;
  Type wide = isSmallFloat ? build.getBuilder().getF32Type() : f64;
  Value entries =
      build.reshape(build.cast(blocks, wide),
                    {dims[0], result[1], DimExpr(blockSize) * dims[2]});
  Dims table{DimExpr(1), getNumElements(image), DimExpr(blockSize)};
  Value indices = build.reshape(getEntries(build, *axes), table);
  Value sums = weightedGather(build, ReduceKind::Sum,
                              build.transpose(entries, {0, 2, 1}), indices,
                              build.splat(table, wide, 1));
  Value output = build.reshape(build.transpose(sums, {0, 2, 1}), result);
  return node.setOutput(0, build.cast(output, element));
}
