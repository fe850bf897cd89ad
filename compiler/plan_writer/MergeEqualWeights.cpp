// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MergeEqualWeights.cpp - groups weights by length, then by hash, then by the
// bytes themselves.
#include "compiler/plan_writer/MergeEqualWeights.h"

#include "dialects/neap/IR/NeapOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/xxhash.h"
#include <map>

using namespace mlir;

namespace neap {

namespace {
/// Weights that may be equal: the same encoding, length and element type.
using GroupKey = std::pair<std::pair<unsigned, uint64_t>, Type>;

struct WeightBytes {
  WeightOp op;
  ArrayRef<uint8_t> bytes;
};
} // namespace

/// Makes the users of `weight` use `first`.
static void replaceWeight(WeightOp weight, WeightOp first) {
  Value value = first;
  if (weight.getType() != first.getType()) {
    OpBuilder builder(weight);
    value =
        ReshapeOp::create(builder, weight.getLoc(), weight.getType(), first);
  }
  weight.replaceAllUsesWith(value);
  weight.erase();
}

/// Merges the equal ones of `group`, which are in the order of the function.
static LogicalResult mergeGroup(ArrayRef<WeightOp> group,
                                const MappedFiles &files) {
  std::map<uint64_t, SmallVector<WeightBytes, 1>> kept;
  for (WeightOp weight : group) {
    FailureOr<ArrayRef<uint8_t>> bytes =
        files.getBytes(weight, weight.getBlob());
    if (failed(bytes))
      return failure();
    auto &candidates = kept[llvm::xxh3_64bits(*bytes)];
    auto *equal = llvm::find_if(candidates, [&](const WeightBytes &other) {
      return other.bytes == *bytes;
    });
    if (equal == candidates.end())
      candidates.push_back({weight, *bytes});
    else
      replaceWeight(weight, equal->op);
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
