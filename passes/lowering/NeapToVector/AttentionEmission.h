// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AttentionEmission.h - the emission of one attention kernel; internal to the
// attention emitter. AttentionEmitter.cpp makes tiles, queries and results,
// AttentionBlocks.cpp the blocks of keys.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_ATTENTIONEMISSION_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_ATTENTIONEMISSION_H

#include "passes/lowering/NeapToVector/AttentionDescription.h"
#include "passes/lowering/NeapToVector/KernelShell.h"
#include "passes/lowering/NeapToVector/VectorEmitter.h"

namespace neap {

/// Emits the body of one kernel.
class AttentionEmission {
public:
  using Values = VectorEmitter::Values;

  AttentionEmission(VectorEmitter &emitter,
                    const AttentionDescription &attention,
                    const KernelArguments &arguments);

  void emit();

private:
  /// Running maximum and sum of each vector of queries.
  struct Softmax {
    Values maxima, sums;

    Values join() const;
    static Softmax split(mlir::ValueRange values);
  };

  int64_t getWidth() const { return numVectors * VectorEmitter::kLanes; }
  mlir::Value constant(double value) {
    return emitter.constant(vectorType, value);
  }
  mlir::Value place(mlir::Value pointer, const AttentionAccess &access,
                    mlir::Value row, mlir::Value column);
  mlir::Value getLaneRow(int64_t vector, int64_t lane);
  mlir::Value advance(mlir::Value pointer, mlir::Value rows, int64_t lanes = 0);

  void emitRows();
  void packQueries();
  void packColumns(int64_t vector, mlir::Value column, int64_t numColumns);
  void clearSums();
  Softmax emitAllBlocks();
  Softmax emitBlocks(mlir::Value begin, mlir::Value end, const Softmax &before);
  mlir::Value countCausalKeys();
  mlir::Value isAnyMasked(const Softmax &softmax);
  Softmax emitBlock(mlir::Value firstKey, const Softmax &before);
  Values emitScores(mlir::Value firstKey, mlir::Value numKeys);
  Values emitScoresOf(mlir::Value firstKey, mlir::Value key, int64_t numKeys,
                      mlir::ValueRange maxima);
  mlir::Value finishScore(mlir::Value score, mlir::Value key, int64_t vector);
  mlir::Value loadMask(mlir::Value key, int64_t vector);
  Values emitWeights(mlir::Value numKeys, llvm::ArrayRef<mlir::Value> maxima);
  void emitSums(mlir::Value firstKey, mlir::Value numKeys,
                llvm::ArrayRef<mlir::Value> factors);
  void emitSumsOf(mlir::Value values, mlir::Value column, int64_t numColumns,
                  mlir::Value numKeys, llvm::ArrayRef<mlir::Value> factors);
  void storeResults(const Softmax &softmax);
  void storeColumns(int64_t vector, mlir::Value column, int64_t numColumns,
                    mlir::Value factor, mlir::Value isMasked);

  VectorEmitter &emitter;
  const AttentionDescription &attention;
  const KernelArguments &arguments;
  mlir::VectorType vectorType;
  /// Vectors of queries, keys, and columns of values that are worked on at a
  /// time.
  int64_t numVectors, keysAtOnce, columnsAtOnce;
  /// Scratch: queries [depth, width], scores [keys, width] and results
  /// [columns, width].
  mlir::Value queries, scores, sums;
  /// Of the present head.
  mlir::Value queryBase, keyBase, valueBase, maskBase, resultBase;
  /// The present first query and, of each lane, the query that it computes: the
  /// last one again where there are no more.
  mlir::Value firstRow;
};

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_ATTENTIONEMISSION_H
