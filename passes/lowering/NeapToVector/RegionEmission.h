// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RegionEmission.h - the code of one region kernel while it is emitted; for
// RegionEmitter.cpp (rows and tiles) and RegionPasses.cpp (the columns of a
// row).
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_REGIONEMISSION_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_REGIONEMISSION_H

#include "passes/lowering/NeapToVector/KernelShell.h"
#include "passes/lowering/NeapToVector/RegionDescription.h"
#include "llvm/ADT/DenseMap.h"

namespace neap {

/// Up to 16 neighbouring columns of a row.
struct Chunk {
  explicit Chunk(mlir::Value column) : column(column) {}

  mlir::Value column;
  /// Lanes inside the row.
  int64_t numLanes = VectorEmitter::kLanes;
  /// The same where it is known only at run time (i64; may be more than 16).
  mlir::Value remaining;
  /// Null if all lanes are inside.
  mlir::Value mask;
  /// Nodes that have been computed for it.
  llvm::DenseMap<unsigned, mlir::Value> values;
};

/// The columns that one tile takes of a row; null bounds mean all of them.
struct ColumnRange {
  mlir::Value begin;
  mlir::Value end;
};

/// Emits the body of one kernel.
class RegionEmission {
public:
  RegionEmission(VectorEmitter &emitter, const RegionDescription &region,
                 const KernelArguments &arguments)
      : e(emitter), region(region), arguments(arguments) {}

  void run();

private:
  using Values = VectorEmitter::Values;

  // Rows and tiles.
  void emitRows();
  void emitTilesOfColumns();
  void emitRowsBetween(mlir::Value begin, mlir::Value end,
                       const ColumnRange &range);
  void emitRow(llvm::ArrayRef<mlir::Value> indices, const ColumnRange &range);
  void startRow(llvm::ArrayRef<mlir::Value> indices);
  Values getRowIndices(mlir::Value row);
  Values getNextIndices(llvm::ArrayRef<mlir::Value> indices);
  mlir::Value getRowPointer(const RegionAccess &access,
                            llvm::ArrayRef<mlir::Value> indices);

  // Passes.
  void emitPass(unsigned number, const ColumnRange &range);
  Values emitColumns(unsigned pass, const ColumnRange &range,
                     Values accumulators);
  Values emitTail(unsigned pass, Values accumulators);
  Values emitUnknownTail(unsigned pass, mlir::Value begin, Values accumulators);
  void emitChunk(unsigned pass, Chunk &chunk, unsigned which,
                 Values &accumulators);
  int64_t getUnroll(unsigned pass) const;

  // Values.
  mlir::Value getRowValue(unsigned node);
  mlir::Value getLanes(unsigned node, Chunk &chunk, unsigned pass);
  mlir::Value computeLanes(unsigned node, Chunk &chunk, unsigned pass);
  mlir::Value apply(const RegionNode &node,
                    llvm::ArrayRef<mlir::Value> operands);

  // Memory.
  mlir::Value loadLanes(const RegionAccess &access, mlir::Value pointer,
                        Chunk &chunk);
  void storeLanes(mlir::Value lanes, const RegionAccess &access,
                  mlir::Value pointer, Chunk &chunk);
  mlir::Value loadKept(const RegionKeep &keep, Chunk &chunk);
  void storeKept(const RegionKeep &keep, mlir::Value lanes, Chunk &chunk);
  mlir::Value getScratchPointer(const RegionKeep &keep, Chunk &chunk);

  VectorEmitter &e;
  const RegionDescription &region;
  const KernelArguments &arguments;
  // Of the current row: pointers by node (loads) and by output, scalars, and
  // scalars in all lanes.
  llvm::DenseMap<unsigned, mlir::Value> loadPointers;
  llvm::SmallVector<mlir::Value> outputPointers;
  llvm::DenseMap<unsigned, mlir::Value> rowValues;
  llvm::DenseMap<unsigned, mlir::Value> splats;
};

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_REGIONEMISSION_H
