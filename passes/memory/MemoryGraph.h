// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MemoryGraph.h - what the scheduler and the packer know of a program: nodes
// that run one after the other, and the storages that they touch.
//
// Knows no IR, so that the algorithms can be tested on their own.
// StorageAssignment makes one from a function.
#ifndef NEAP_PASSES_MEMORY_MEMORYGRAPH_H
#define NEAP_PASSES_MEMORY_MEMORYGRAPH_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>

namespace neap {

/// Bytes that one or more values share. A storage that is not in the arena
/// (an input, an output, a constant) costs nothing here.
struct Storage {
  int64_t sizeInBytes = 0;
  bool inArena = true;
};

/// A node may write storage `written` over the bytes of storage `read`, if it
/// is the last one to touch `read`.
struct InPlaceCandidate {
  unsigned written;
  unsigned read;
};

/// One unit that runs: a launch or a group of copies.
struct MemoryNode {
  /// Storages that the node reads or writes, each once.
  llvm::SmallVector<unsigned, 4> touched;
  /// In the order of preference; candidates of one written storage are
  /// adjacent.
  llvm::SmallVector<InPlaceCandidate, 2> inPlace;
  /// Nodes that must run before, each once.
  llvm::SmallVector<unsigned, 4> predecessors;
  /// Arena bytes that are needed only while the node runs.
  int64_t scratchInBytes = 0;
};

/// Nodes in an order that respects the predecessors ("model order").
class MemoryGraph {
public:
  unsigned addStorage(Storage storage);
  unsigned addNode(MemoryNode node);

  unsigned getNumNodes() const { return nodes.size(); }
  unsigned getNumStorages() const { return storages.size(); }
  const MemoryNode &getNode(unsigned node) const { return nodes[node]; }
  const Storage &getStorage(unsigned storage) const {
    return storages[storage];
  }
  /// Returns the nodes that must run after `node`.
  llvm::ArrayRef<unsigned> getSuccessors(unsigned node) const {
    return successors[node];
  }
  /// Returns how many nodes touch `storage`.
  unsigned getNumTouches(unsigned storage) const { return touches[storage]; }

  /// Returns the arena bytes that `storage` takes: 0 outside the arena.
  int64_t getArenaBytes(unsigned storage) const {
    return storages[storage].inArena ? storages[storage].sizeInBytes : 0;
  }

  /// Returns the bytes that running `node` needs under every order.
  int64_t getFootprint(unsigned node) const;
  /// Returns the largest footprint: a lower bound of every order's peak.
  int64_t getLargestFootprint() const;

private:
  llvm::SmallVector<Storage> storages;
  llvm::SmallVector<MemoryNode> nodes;
  llvm::SmallVector<llvm::SmallVector<unsigned, 2>> successors;
  llvm::SmallVector<unsigned> touches;
};

/// Which nodes have run, and what is live. What is live depends only on the
/// set of nodes that have run, not on their order.
class ExecutionState {
public:
  explicit ExecutionState(const MemoryGraph &graph);

  const MemoryGraph &getGraph() const { return graph; }
  bool isReady(unsigned node) const { return numPending[node] == 0; }
  int64_t getLiveBytes() const { return liveBytes; }
  /// Returns how many nodes that touch `storage` have not run.
  unsigned getNumLeft(unsigned storage) const { return numLeft[storage]; }

  /// Returns the live bytes while `node` would run now.
  int64_t getBytesDuring(unsigned node) const;
  /// Returns by how much running `node` now would change the live bytes.
  int64_t getNetBytes(unsigned node) const;

  /// Calls `visit` with each pair of storages that share their bytes if `node`
  /// runs now. The one place where in-place is decided.
  void forEachReuse(unsigned node,
                    llvm::function_ref<void(InPlaceCandidate)> visit) const;

  void execute(unsigned node);
  /// Undoes execute(); nodes that depend on `node` must have been undone.
  void undo(unsigned node);

private:
  bool isNew(unsigned storage) const {
    return numLeft[storage] == graph.getNumTouches(storage);
  }
  bool isLastTouch(unsigned storage) const { return numLeft[storage] == 1; }

  const MemoryGraph &graph;
  /// Per storage: nodes that touch it and have not run.
  llvm::SmallVector<unsigned> numLeft;
  /// Per node: predecessors that have not run.
  llvm::SmallVector<unsigned> numPending;
  int64_t liveBytes = 0;
};

/// Returns the peak of live bytes when the nodes run in `order`.
int64_t computePeak(const MemoryGraph &graph, llvm::ArrayRef<unsigned> order);

} // namespace neap

#endif // NEAP_PASSES_MEMORY_MEMORYGRAPH_H
