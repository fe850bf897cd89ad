// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MergeEqualWeights.cpp - groups weights by length, then by hash, then by the
// bytes themselves. Matrices that are one another's transpose are found by
// comparing elements, which ends at the first that differs.
#include "compiler/plan_writer/MergeEqualWeights.h"

#include "dialects/neap/IR/NeapOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/xxhash.h"
#include <cstring>
#include <map>

using namespace mlir;

namespace neap {

namespace {
/// Weights that may be equal: the same encoding, length and element type.
using GroupKey = std::pair<std::pair<unsigned, uint64_t>, Type>;

struct WeightBytes {
  mutable WeightOp op;
  ArrayRef<uint8_t> bytes;

  RankedTensorType getType() const {
    return cast<RankedTensorType>(op.getType());
  }
};
} // namespace

/// Makes the users of `weight` use `value`.
static void replaceWeight(WeightOp weight, Value value) {
  weight.replaceAllUsesWith(value);
  weight.erase();
}

/// Returns `first`, of the bytes of `weight`, in its shape.
static Value reshapeTo(WeightOp weight, WeightOp first) {
  if (weight.getType() == first.getType())
    return first;
  OpBuilder builder(weight);
  return ReshapeOp::create(builder, weight.getLoc(), weight.getType(), first);
}

/// Whether rows x columns elements of `lhs` are those of `rhs` transposed. Both
/// are read in tiles, so that neither is read column by column.
template <typename Element>
static bool isTransposeOf(const uint8_t *lhs, const uint8_t *rhs, int64_t rows,
                          int64_t columns) {
  constexpr int64_t kTile = 64;
  auto load = [](const uint8_t *start, int64_t index) {
    Element element;
    std::memcpy(&element, start + index * sizeof(Element), sizeof(Element));
    return element;
  };
  for (int64_t i0 = 0; i0 < rows; i0 += kTile)
    for (int64_t j0 = 0; j0 < columns; j0 += kTile)
      for (int64_t i = i0; i < std::min(rows, i0 + kTile); ++i)
        for (int64_t j = j0; j < std::min(columns, j0 + kTile); ++j)
          if (load(lhs, i * columns + j) != load(rhs, j * rows + i))
            return false;
  return true;
}

/// Whether `weight` is a matrix whose transpose has the bytes of `other`.
static bool isTransposeOf(const WeightBytes &weight, const WeightBytes &other) {
  RankedTensorType type = weight.getType();
  RankedTensorType otherType = other.getType();
  if (weight.op.getBlob().getEncoding() != BlobEncoding::Raw ||
      type.getRank() != 2 || otherType.getRank() != 2 ||
      type.getDimSize(0) != otherType.getDimSize(1))
    return false;
  const uint64_t numElements = type.getNumElements();
  if (numElements == 0 || weight.bytes.size() % numElements != 0)
    return false;
  int64_t rows = type.getDimSize(0), columns = type.getDimSize(1);
  const uint8_t *lhs = weight.bytes.data(), *rhs = other.bytes.data();
  switch (weight.bytes.size() / numElements) {
  case 1:
    return isTransposeOf<uint8_t>(lhs, rhs, rows, columns);
  case 2:
    return isTransposeOf<uint16_t>(lhs, rhs, rows, columns);
  case 4:
    return isTransposeOf<uint32_t>(lhs, rhs, rows, columns);
  case 8:
    return isTransposeOf<uint64_t>(lhs, rhs, rows, columns);
  default:
    return false;
  }
}

/// Merges the equal ones of `group`, which are in the order of the function.
static LogicalResult mergeGroup(ArrayRef<WeightOp> group,
                                const MappedFiles &files) {
  SmallVector<WeightBytes> kept;
  std::map<uint64_t, SmallVector<size_t, 1>> keptByHash;
  for (WeightOp weight : group) {
    FailureOr<ArrayRef<uint8_t>> bytes =
        files.getBytes(weight, weight.getBlob());
    if (failed(bytes))
      return failure();
    WeightBytes current{weight, *bytes};
    SmallVector<size_t, 1> &candidates = keptByHash[llvm::xxh3_64bits(*bytes)];
    auto *equal = llvm::find_if(
        candidates, [&](size_t i) { return kept[i].bytes == *bytes; });
    if (equal != candidates.end()) {
      replaceWeight(weight, reshapeTo(weight, kept[*equal].op));
      continue;
    }
    auto *turned = llvm::find_if(kept, [&](const WeightBytes &other) {
      return isTransposeOf(current, other);
    });
    if (turned != kept.end()) {
      OpBuilder builder(weight);
      replaceWeight(weight,
                    TransposeOp::create(builder, weight.getLoc(),
                                        weight.getType(), turned->op,
                                        builder.getDenseI64ArrayAttr({1, 0})));
      continue;
    }
    candidates.push_back(kept.size());
    kept.push_back(current);
  }
  return success();
}

LogicalResult mergeEqualWeights(ModuleOp module, const MappedFiles &files) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isExternal())
      continue;
    llvm::MapVector<GroupKey, SmallVector<WeightOp>> groups;
    for (auto weight : function.getBody().front().getOps<WeightOp>()) {
      BlobAttr blob = weight.getBlob();
      Type elementType = cast<ShapedType>(weight.getType()).getElementType();
      if (blob.getFile() >= 0 && blob.getLength() > 0)
        groups[{{unsigned(blob.getEncoding()), blob.getLength()}, elementType}]
            .push_back(weight);
    }
    for (auto &[key, group] : groups)
      if (group.size() > 1 && failed(mergeGroup(group, files)))
        return failure();
  }
  return success();
}

} // namespace neap
