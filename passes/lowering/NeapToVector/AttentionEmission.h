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
  };

  /// Keys or values of a block, in place or copied.
  struct BlockRows {
    mlir::Value start;
    DimExpr rowStride, columnStride;
  };

  int64_t getWidth() const { return numVectors * VectorEmitter::kLanes; }
  mlir::Value constant(double value) {
    return emitter.constant(vectorType, value);
  }
  mlir::Value place(mlir::Value pointer, const AttentionAccess &access,
                    mlir::Value row, mlir::Value column);
  mlir::Value place(const BlockRows &rows, mlir::Value row, mlir::Value column);
  mlir::Value getLaneRow(int64_t vector, int64_t lane);
  mlir::Value advance(mlir::Value pointer, mlir::Value rows, int64_t lanes = 0);

  void forEachGroup(llvm::function_ref<void()> emitGroup);
  mlir::Value getGroupEnd();
  mlir::Value getLowest();
  Softmax loadSoftmax();
  void storeSoftmax(const Softmax &value);
  void packQueries();
  void packColumns(int64_t vector, mlir::Value column, int64_t numColumns);
  void clearSums();
  void emitBlocks();
  void openBlock(mlir::Value firstKey);
  void copyRow(mlir::Value source, const DimExpr &stride, mlir::Value target,
               int64_t numColumns);
  mlir::Value countCausalKeys(mlir::Value row);
  mlir::Value isAnyMasked();
  void emitBlock(mlir::Value firstKey);
  Values addProducts(llvm::ArrayRef<mlir::Value> vectors, mlir::Value start,
                     const DimExpr &stride, int64_t count,
                     mlir::ValueRange sums);
  Values emitScores(mlir::Value firstKey);
  Values emitScoresOf(mlir::Value firstKey, mlir::Value key, int64_t numKeys,
                      mlir::ValueRange maxima);
  mlir::Value finishScore(mlir::Value score, mlir::Value key, int64_t vector);
  mlir::Value loadMask(mlir::Value key, int64_t vector);
  Values emitWeights(llvm::ArrayRef<mlir::Value> maxima);
  void emitSums(llvm::ArrayRef<mlir::Value> factors);
  void emitSumsOf(mlir::Value column, int64_t numColumns,
                  llvm::ArrayRef<mlir::Value> factors);
  void storeResults();
  mlir::Value getMaskedResult();
  void storeColumns(int64_t vector, mlir::Value column, int64_t numColumns,
                    mlir::Value factor, mlir::Value isMasked);

  VectorEmitter &emitter;
  const AttentionDescription &attention;
  const KernelArguments &arguments;
  mlir::VectorType vectorType;
  /// Vectors of a group of queries; keys and columns of values that are worked
  /// on at a time.
  int64_t numVectors, keysAtOnce, columnsAtOnce;
  /// Scratch of a tile: for each group, queries [depth, width], results
  /// [columns, width] and softmax [2, width]; scores [keys, width].
  mlir::Value allQueries, allSums, allSoftmax, scores;
  /// Scratch of a block: keys [keys, depth] and values [keys, columns].
  mlir::Value keyCopy, valueCopy;
  /// Of the present head.
  mlir::Value queryBase, keyBase, valueBase, maskBase, resultBase;
  /// The present block of keys.
  mlir::Value blockSize;
  BlockRows blockKeys, blockValues;
  /// The queries of the present tile.
  mlir::Value beginRow, endRow;
  /// The first query of the present group, and its scratch. Lanes after the
  /// last query compute that one again.
  mlir::Value firstRow, queries, sums, softmax;
};

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_ATTENTIONEMISSION_H
