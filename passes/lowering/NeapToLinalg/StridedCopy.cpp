// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// StridedCopy.cpp - copies between strided views. Axes that both sides pass
// through alike become one. Where input and output are contiguous along
// different axes, blocks of 16 x 16 are transposed in registers, so that each
// cache line is read and written once.
#include "passes/lowering/NeapToLinalg/LoopEmitter.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <tuple>

using namespace mlir;

namespace neap {

/// Elements along each side of a block: a cache line of 4-byte elements.
static constexpr int64_t kBlock = 16;
/// Blocks side by side in a strip. While a strip goes down the rows, the
/// input's 64 open pages stay in the translation buffer (f32 [4096, 4096] on an
/// EPYC with AVX2: 24 ms, without strips 30 ms).
static constexpr int64_t kBlocksPerStrip = 4;
/// Bytes of the vectors that a block is transposed in.
static constexpr int64_t kVectorBytes = 16;

namespace {
/// Sizes and both sides' strides, merged as far as possible.
struct CopyShape {
  Indices sizes;
  SmallVector<DimExpr> inputStrides, outputStrides;
};
} // namespace

/// Drops axes of size 1 and merges neighbours that both sides walk alike.
static CopyShape mergeAxes(LoopEmitter &emitter, ArrayRef<Index> sizes,
                           const StridedView &input,
                           const StridedView &output) {
  CopyShape shape;
  for (auto [axis, size] : llvm::enumerate(sizes)) {
    std::optional<int64_t> known = getConstantIntValue(size);
    if (known == 1)
      continue;
    DimExpr in = input.strides[axis], out = output.strides[axis];
    bool canMerge = known && !shape.sizes.empty() &&
                    shape.inputStrides.back() == in * *known &&
                    shape.outputStrides.back() == out * *known;
    if (canMerge) {
      shape.sizes.back() = emitter.mul(shape.sizes.back(), size);
      shape.inputStrides.back() = in;
      shape.outputStrides.back() = out;
      continue;
    }
    shape.sizes.push_back(size);
    shape.inputStrides.push_back(in);
    shape.outputStrides.push_back(out);
  }
  return shape;
}

/// Returns the axis to transpose with the last one: the one that the input is
/// contiguous along, if the output is contiguous along the last and there is a
/// whole block.
static std::optional<unsigned> findTransposedAxis(const CopyShape &shape) {
  auto hasBlock = [&](Index size) {
    return getConstantIntValue(size).value_or(kBlock) >= kBlock;
  };
  // A stride that is not known is large where it matters.
  if (shape.sizes.size() < 2 || !shape.outputStrides.back().isConstant(1) ||
      shape.inputStrides.back().getConstant().value_or(2) < 2 ||
      !hasBlock(shape.sizes.back()))
    return std::nullopt;
  for (unsigned axis = 0; axis + 1 < shape.sizes.size(); ++axis)
    if (shape.inputStrides[axis].isConstant(1) && hasBlock(shape.sizes[axis]))
      return axis;
  return std::nullopt;
}

void LoopEmitter::copy(ArrayRef<Index> sizes, const StridedView &input,
                       const StridedView &output) {
  if (input.splat)
    return fill(sizes, output, input.splat);
  CopyShape shape = mergeAxes(*this, sizes, input, output);
  StridedView from = input, to = output;
  from.strides = shape.inputStrides;
  to.strides = shape.outputStrides;
  if (std::optional<unsigned> axis = findTransposedAxis(shape))
    return copyTransposed(shape.sizes, from, to, *axis);
  emitMap(shape.sizes, from, to,
          [](ValueRange elements) { return elements.front(); });
}

void LoopEmitter::copyTransposed(ArrayRef<Index> sizes,
                                 const StridedView &input,
                                 const StridedView &output, unsigned axis) {
  unsigned last = sizes.size() - 1;
  SmallVector<unsigned> outer, plane{axis, last};
  for (unsigned i = 0; i < last; ++i)
    if (i != axis)
      outer.push_back(i);
  auto select = [](ArrayRef<Index> values, ArrayRef<unsigned> axes) {
    return llvm::map_to_vector(axes, [&](unsigned i) { return values[i]; });
  };
  forEach(select(sizes, outer), [&](ArrayRef<Index> indices) {
    StridedView from = advance(selectAxes(input, outer), indices);
    StridedView to = advance(selectAxes(output, outer), indices);
    from.strides = selectAxes(input, plane).strides;
    to.strides = selectAxes(output, plane).strides;
    transposePlane(select(sizes, plane), from, to);
  });
}

/// Copies [rows, columns] of which the input is contiguous along rows and the
/// output along columns: whole blocks, then the columns and the rows that are
/// left.
void LoopEmitter::transposePlane(ArrayRef<Index> sizes,
                                 const StridedView &input,
                                 const StridedView &output) {
  Index rowBlocks, restRows, columnBlocks, restColumns;
  std::tie(rowBlocks, restRows) = divRem(sizes[0], kBlock);
  std::tie(columnBlocks, restColumns) = divRem(sizes[1], kBlock);
  Index blockedRows = mul(rowBlocks, kBlock);
  Index blockedColumns = mul(columnBlocks, kBlock);
  Index strips = ceilDiv(columnBlocks, kBlocksPerStrip);
  forEach({strips, rowBlocks}, [&](ArrayRef<Index> indices) {
    Index first = mul(indices[0], kBlocksPerStrip);
    Index count = min(sub(columnBlocks, first), constant(kBlocksPerStrip));
    forEach(count, [&](Index block) {
      Indices start{mul(indices[1], kBlock), mul(add(first, block), kBlock)};
      transposeBlock(advance(input, start), advance(output, start));
    });
  });
  auto copyRest = [&](ArrayRef<Index> start, ArrayRef<Index> rest) {
    if (llvm::any_of(rest, [](Index i) { return getConstantIntValue(i) == 0; }))
      return;
    emitMap(rest, advance(input, start), advance(output, start),
            [](ValueRange elements) { return elements.front(); });
  };
  copyRest({constant(0), blockedColumns}, {blockedRows, restColumns});
  copyRest({blockedRows, constant(0)}, {restRows, sizes[1]});
}

/// Interleaves the elements of two vectors, from their lower or upper halves.
static Value interleave(VectorEmitter &emitter, Value lhs, Value rhs,
                        bool upperHalves) {
  int64_t lanes = cast<VectorType>(lhs.getType()).getNumElements();
  SmallVector<int64_t> mask;
  for (int64_t i = 0; i < lanes / 2; ++i) {
    int64_t lane = upperHalves ? lanes / 2 + i : i;
    mask.append({lane, lanes + lane});
  }
  return emitter.create<vector::ShuffleOp>(lhs, rhs, mask);
}

/// Transposes n vectors of n lanes in log2(n) steps: interleaving rows i and
/// i + n/2 moves one bit of the row number into the lane number.
static SmallVector<Value> transposeVectors(VectorEmitter &emitter,
                                           SmallVector<Value> rows) {
  size_t half = rows.size() / 2;
  for (size_t step = 1; step < rows.size(); step *= 2) {
    SmallVector<Value> next;
    for (size_t i = 0; i < half; ++i)
      for (bool upper : {false, true})
        next.push_back(interleave(emitter, rows[i], rows[i + half], upper));
    rows = std::move(next);
  }
  return rows;
}

/// Transposes kBlock x kBlock elements.
void LoopEmitter::transposeBlock(const StridedView &input,
                                 const StridedView &output) {
  Type storage = VectorEmitter::getStorageType(input.element);
  int64_t lanes = kVectorBytes / VectorEmitter::getSizeInBytes(input.element);
  VectorType type = VectorEmitter::getVectorType(storage, lanes);
  Index blocks = constant(kBlock / lanes);
  forEach({blocks, blocks}, [&](ArrayRef<Index> block) {
    Indices start{mul(block[0], lanes), mul(block[1], lanes)};
    StridedView from = advance(input, start), to = advance(output, start);
    SmallVector<Value> rows;
    for (int64_t i = 0; i < lanes; ++i) {
      StridedView row = advanceAxis(from, 1, constant(i));
      rows.push_back(
          create<vector::LoadOp>(type, row.buffer, materialize(row.offset)));
    }
    rows = transposeVectors(emitter, std::move(rows));
    for (int64_t i = 0; i < lanes; ++i) {
      StridedView row = advanceAxis(to, 0, constant(i));
      create<vector::StoreOp>(rows[i], row.buffer, materialize(row.offset));
    }
  });
}

} // namespace neap
