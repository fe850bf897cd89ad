// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AttentionDescription.h - an attention kernel's body as loops over heads,
// queries and keys: what AttentionEmitter makes code from.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_ATTENTIONDESCRIPTION_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_ATTENTIONDESCRIPTION_H

#include "dialects/neap/IR/NeapOps.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace neap {

/// How one buffer is addressed: its rows are queries or keys, its columns
/// elements of a head or, of a mask, keys.
struct AttentionAccess {
  /// Operand of the kernel call.
  unsigned buffer = 0;
  mlir::Type elementType;
  /// Elements before the first one of the first head.
  DimExpr offset;
  /// Elements between iterations of each loop around the rows.
  llvm::SmallVector<DimExpr> loopStrides;
  DimExpr rowStride;
  DimExpr columnStride;
};

/// Attention over heads, each a loop over queries and keys.
struct AttentionDescription {
  /// Keys that are worked on at a time: part of the op's definition.
  static constexpr int64_t kKeysPerBlock = 48;
  /// Queries of a tile, on every instruction set.
  static constexpr int64_t kQueriesPerTile = 32;
  /// Queries that a group has at most.
  static constexpr int64_t kMostQueriesPerGroup = 32;

  const SymbolFacts *facts = nullptr;
  mlir::Type elementType;
  /// Sizes of the loops around the queries: batch and heads.
  llvm::SmallVector<DimExpr> loops;
  DimExpr numQueries, numKeys;
  /// Elements of a query and a key; of a value.
  int64_t depth = 0, valueDepth = 0;
  AttentionAccess query, key, value, result;
  std::optional<AttentionAccess> mask;
  double scale = 1;
  std::optional<DimExpr> causal;
  double fill = 0;
  MaskedRows maskedRows = MaskedRows::Nan;

  DimExpr getNumQueryTiles() const;
  DimExpr getNumTiles() const;
  /// Elements of scratch for a tile's queries, for a group's scores with a
  /// block of keys, for a tile's results, and for their maxima and sums of
  /// weights.
  int64_t getQueryElements() const { return depth * kQueriesPerTile; }
  int64_t getScoreElements() const {
    return kKeysPerBlock * kMostQueriesPerGroup;
  }
  int64_t getSumElements() const { return valueDepth * kQueriesPerTile; }
  int64_t getSoftmaxElements() const { return 2 * kQueriesPerTile; }
  /// A block's keys are copied if the elements of one are not adjacent; its
  /// values also if they are apart from one another: they are read once for
  /// every few columns, and rows that are far apart fall on few cache sets.
  bool copiesKeys() const { return !key.columnStride.isConstant(1); }
  bool copiesValues() const {
    return !value.columnStride.isConstant(1) ||
           !value.rowStride.isConstant(valueDepth);
  }
  /// Elements of scratch for these copies.
  int64_t getKeyElements() const {
    return copiesKeys() ? kKeysPerBlock * depth : 0;
  }
  int64_t getValueElements() const {
    return copiesValues() ? kKeysPerBlock * valueDepth : 0;
  }
  int64_t getScratchElements() const {
    return getQueryElements() + getScoreElements() + getSumElements() +
           getSoftmaxElements() + getKeyElements() + getValueElements();
  }
};

/// Describes `body`. Fails silently if it is not of the form that
/// docs/contract.md lists under `attention`. `facts` are of the symbols in its
/// sizes and outlive the description.
mlir::FailureOr<AttentionDescription>
describeAttention(mlir::Block &body, const SymbolFacts &facts);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_ATTENTIONDESCRIPTION_H
