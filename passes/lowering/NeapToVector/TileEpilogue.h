// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TileEpilogue.h - what happens to a tile of a product before it is stored:
// elementwise ops with further tensors (bias, residual, activation), then the
// place in the result.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_TILEEPILOGUE_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_TILEEPILOGUE_H

#include "mlir/IR/Block.h"
#include "passes/lowering/NeapToVector/MicroKernel.h"

namespace neap {

/// A tensor that an epilogue reads.
struct EpilogueInput {
  /// The operand of an elementwise op, of the product's shape.
  mlir::Value value;
  /// The kernel's argument that it views.
  mlir::BlockArgument base;
  LinearIndex index;
  TileAccess access;
};

/// A constant of equal elements that an epilogue reads.
struct EpilogueSplat {
  mlir::Value value;
  mlir::Attribute element;
};

/// The ops of a kernel's body after the product.
struct TileEpilogue {
  /// What the microkernel computes.
  mlir::Value product;
  /// Elementwise ops in order.
  llvm::SmallVector<mlir::Operation *> ops;
  llvm::SmallVector<EpilogueInput> inputs;
  llvm::SmallVector<EpilogueSplat> splats;
  /// The value that is stored: `product` or the result of one of `ops`.
  mlir::Value stored;
  LinearIndex resultIndex;
  TileAccess result;

  /// Whether the ops run in a loop over the stored tile rather than in
  /// registers: long ones would spill the accumulators.
  bool isLong() const;
  /// Returns the scratch that a tile needs, the same on every instruction set.
  int64_t getScratchBytes() const;
};

/// Reads the epilogue of `product` in `body`; `index` is the product's. Fails
/// if an op is neither elementwise on the product's shape nor a view.
mlir::FailureOr<TileEpilogue> analyzeEpilogue(mlir::Block &body,
                                              mlir::Value product,
                                              IndexSpace &space,
                                              const TensorIndex &index);

/// Returns the inputs of `body` whose bytes the result may take over: those
/// that the epilogue alone reads, each element where the result's is written.
llvm::SmallVector<unsigned> getInPlaceInputs(mlir::Block &body,
                                             const TileEpilogue &epilogue,
                                             const SymbolFacts &facts);

/// Emits epilogues.
class EpilogueEmitter {
public:
  /// Places of the columns of one panel: one entry per input, then the
  /// result's.
  using Columns = llvm::SmallVector<PanelColumns>;

  /// `scratch` points to getScratchBytes() bytes.
  EpilogueEmitter(VectorEmitter &emitter, const TileEpilogue &epilogue,
                  mlir::Value scratch)
      : emitter(emitter), epilogue(epilogue), scratch(scratch) {}

  /// Returns the number of buffers that a tile touches: inputs and result.
  unsigned getNumAccesses() const { return epilogue.inputs.size() + 1; }
  const TileAccess &getAccess(unsigned i) const {
    return i < epilogue.inputs.size() ? epilogue.inputs[i].access
                                      : epilogue.result;
  }

  /// Emits the places of the panel whose first column is `column`.
  Columns emitColumns(mlir::Value column, const PanelWidth &width);

  /// Emits ops and stores of a tile. `rows` are pointers, per access, to row 0
  /// and column 0; `tile` are its vectors, row by row, one per panel.
  void emit(TileShape shape, llvm::ArrayRef<Columns> panels,
            llvm::ArrayRef<mlir::Value> rows, llvm::ArrayRef<mlir::Value> tile);

private:
  void emitInRegisters(TileShape shape, llvm::ArrayRef<Columns> panels,
                       llvm::ArrayRef<mlir::Value> rows,
                       llvm::ArrayRef<mlir::Value> tile);
  void emitInLoop(TileShape shape, llvm::ArrayRef<Columns> panels,
                  llvm::ArrayRef<mlir::Value> rows,
                  llvm::ArrayRef<mlir::Value> tile);
  llvm::SmallVector<mlir::Value> advanceRows(llvm::ArrayRef<mlir::Value> rows,
                                             mlir::Value row);
  void emitRow(const Columns &columns, llvm::ArrayRef<mlir::Value> rows,
               mlir::Value lanes, llvm::ArrayRef<mlir::Value> preloaded);
  llvm::SmallVector<mlir::Value>
  preloadRowInvariants(const Columns &columns,
                       llvm::ArrayRef<mlir::Value> rows);

  VectorEmitter &emitter;
  const TileEpilogue &epilogue;
  mlir::Value scratch;
};

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_TILEEPILOGUE_H
