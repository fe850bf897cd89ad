// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// StorageAssignment.h - which storage each value of a function lives in, and
// the memory graph of the function.
//
// The one place where views, concatenations and in-place candidates are
// decided, for the scheduler and the packer alike:
// - a reshape is its operand, a contiguous slice is a range of it;
// - the operands of a concatenation along an outermost axis are written where
//   the result has them, if they are whole results of launches; else a copy
//   puts them there;
// - an output is written in the caller's memory, if it is a whole result that
//   is no other output; else a copy puts it there;
// - a launch may compute a result over an operand that dies, as the kernel
//   allows.
// The definition of a size is a node too: what uses the size comes after it.
// None of it depends on the order of the ops.
#ifndef NEAP_PASSES_MEMORY_STORAGEASSIGNMENT_H
#define NEAP_PASSES_MEMORY_STORAGEASSIGNMENT_H

#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/Symbols.h"
#include "passes/analysis/SizeDefinitions.h"
#include "passes/memory/ConstantValues.h"
#include "passes/memory/MemoryGraph.h"
#include "passes/memory/SizeBounds.h"
#include <memory>

namespace neap {

/// A range of bytes of a storage.
struct Place {
  unsigned storage = 0;
  int64_t offsetInBytes = 0;
  int64_t lengthInBytes = 0;
};

enum class StorageKind { Arena, Const, Input, Output };

/// What StorageAssignment knows of a storage.
struct StorageInfo {
  StorageKind kind;
  /// The value that the storage was made for.
  mlir::Value value;
  /// At the bounds of the symbols.
  int64_t sizeInBytes;
  /// Inputs and outputs: the position in the signature.
  unsigned index = 0;
};

/// Bytes that a command of its own must move.
struct PlannedCopy {
  mlir::Value source;
  Place target;
};

/// A copy to an output, after the nodes that write its source.
struct OutputCopy {
  PlannedCopy copy;
  llvm::SmallVector<unsigned> writers;
};

struct StorageOptions {
  /// Scratch is planned for this many threads.
  unsigned maxThreads = 8;
};

class StorageAssignment {
public:
  /// Requires what neap-outline-kernels leaves, with bounds of all sizes; emits
  /// an error on the op that is something else.
  static mlir::FailureOr<StorageAssignment>
  compute(mlir::func::FuncOp function, const StorageOptions &options);

  const MemoryGraph &getGraph() const { return graph; }
  const ConstantValues &getConstants() const { return *constants; }
  const SizeDefinitions &getSizeDefinitions() const { return *definitions; }
  const SizeBounds &getBounds() const { return bounds; }
  unsigned getNumStorages() const { return infos.size(); }
  /// Returns the storage of the graph with the same number; one that lives
  /// inside another is not used.
  const StorageInfo &getInfo(unsigned storage) const { return infos[storage]; }
  /// Returns where the bytes of `value` are, which no storage contains.
  Place getPlace(mlir::Value value) const;
  /// Returns `place` in the outermost storage that contains it.
  Place resolve(Place place) const;
  /// Returns the launch, concatenation or definition of a size that is `node`.
  mlir::Operation *getOp(unsigned node) const { return nodeOps[node]; }
  /// Returns the copies that the concatenation `op` needs.
  llvm::ArrayRef<PlannedCopy> getCopies(mlir::Operation *op) const;
  llvm::ArrayRef<OutputCopy> getOutputCopies() const { return outputCopies; }
  /// Returns the bytes of scratch of one thread in a run of `op`.
  static int64_t getScratchBytesPerThread(mlir::Operation *op);

private:
  explicit StorageAssignment(mlir::func::FuncOp function)
      : function(function), bounds(getSymbolFacts(function)),
        constants(std::make_shared<ConstantValues>(function)),
        definitions(
            std::make_shared<SizeDefinitions>(function.getBody().front())) {}

  unsigned addStorage(StorageKind kind, mlir::Value value, unsigned index = 0);
  bool isWholeStorage(const Place &place) const;
  bool isFreeArenaStorage(const Place &place) const;
  /// Returns the bytes at which each operand of a concatenation starts.
  Place getOperandTarget(ConcatOp concat, unsigned operand) const;

  mlir::LogicalResult verify();
  void placeConstant(mlir::Value value);
  void placeValues();
  void placeOutputs();
  void placeConcatOperands();
  void buildGraph(const StorageOptions &options);
  void addNode(mlir::Operation *op, const StorageOptions &options);
  void addInPlaceCandidates(MemoryNode &node, mlir::Operation *op) const;
  void mergeWriters(mlir::Value from, llvm::SmallVectorImpl<unsigned> &into);
  void mergeDefinitions(mlir::Operation *op,
                        llvm::SmallVectorImpl<unsigned> &into);

  mlir::func::FuncOp function;
  SizeBounds bounds;
  std::shared_ptr<ConstantValues> constants;
  std::shared_ptr<SizeDefinitions> definitions;
  llvm::SmallVector<StorageInfo> infos;
  /// Per storage: where it lies in another one.
  llvm::SmallVector<std::optional<Place>> parents;
  llvm::DenseMap<mlir::Value, Place> places;
  llvm::DenseMap<unsigned, unsigned> storageOfConstant;
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<PlannedCopy>> copies;
  llvm::SmallVector<OutputCopy> outputCopies;
  /// Per value: the nodes that write its bytes.
  llvm::DenseMap<mlir::Value, llvm::SmallVector<unsigned>> writers;
  llvm::SmallVector<mlir::Operation *> nodeOps;
  /// Per definition of a size: its node.
  llvm::DenseMap<mlir::Operation *, unsigned> nodeOfDefinition;
  MemoryGraph graph;
};

} // namespace neap

#endif // NEAP_PASSES_MEMORY_STORAGEASSIGNMENT_H
