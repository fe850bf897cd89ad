// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// IndexSums.h - tensors whose elements follow from their place alone: what
// exporters make of Range, from which they compute masks.
#ifndef NEAP_PASSES_GRAPH_INDEXSUMS_H
#define NEAP_PASSES_GRAPH_INDEXSUMS_H

#include "passes/graph/Views.h"
#include "llvm/ADT/DenseMap.h"
#include <optional>

namespace neap {

/// constant + sum(coefficients[axis] * index[axis]); axes of size 1 have the
/// coefficient 0.
struct IndexSum {
  DimExpr constant;
  llvm::SmallVector<int64_t> coefficients;

  bool isConstant() const;
};

/// Reads tensors of signed integers, and of bools as 0 and 1, as sums. Answers
/// are kept, so that reading is linear in the ops read.
class IndexSumReader {
public:
  explicit IndexSumReader(const SymbolFacts &facts) : facts(facts) {}

  /// Returns nothing if the elements are no such sum, or are not known to be.
  std::optional<IndexSum> read(mlir::Value value);
  /// Reads lhs - rhs.
  std::optional<IndexSum> readDifference(mlir::Value lhs, mlir::Value rhs);
  /// Returns whether `sum` is at least 0 at every index of `shape`.
  bool isNeverNegative(const IndexSum &sum,
                       llvm::ArrayRef<DimExpr> shape) const;

private:
  std::optional<IndexSum> readOp(mlir::Operation *op);
  std::optional<IndexSum> readConstant(ConstantOp constant);
  std::optional<IndexSum> readIota(IotaOp iota);
  std::optional<IndexSum> readReshape(ReshapeOp reshape);
  std::optional<IndexSum> readBroadcast(BroadcastOp broadcast);
  std::optional<IndexSum> readSlice(SliceOp slice);
  std::optional<IndexSum> readConcat(ConcatOp concat);
  std::optional<IndexSum> readGather(GatherOp gather);
  std::optional<IndexSum> readGatherNd(GatherNdOp gather);
  std::optional<IndexSum> readCompare(CompareOp compare);
  std::optional<IndexSum> readComponent(mlir::Value indices, int64_t component);

  const SymbolFacts &facts;
  llvm::DenseMap<mlir::Value, std::optional<IndexSum>> known;
  unsigned depth = 0;
};

} // namespace neap

#endif // NEAP_PASSES_GRAPH_INDEXSUMS_H
