// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Phases.h - the phases of a compile, and the pass pipeline of the one that is
// made of passes.
#ifndef NEAP_COMPILER_PIPELINES_PHASES_H
#define NEAP_COMPILER_PIPELINES_PHASES_H

#include "mlir/Pass/PassManager.h"

namespace neap {

/// In the order in which they run.
enum class Phase {
  Import,   ///< The model becomes a graph of neap ops.
  Kernels,  ///< The graph becomes kernels and their launches.
  Plan,     ///< The launches get an order, the tensors offsets.
  Generate, ///< The kernels become machine code, per instruction set.
  Write,    ///< Constants are evaluated into the container.
};

/// Returns what a progress line calls the phase.
llvm::StringRef getPhaseName(Phase phase);

/// How attention that a graph spells out is computed. The sums have different
/// orders, thus the results different bits.
enum class AttentionAlgorithm {
  Blocked, ///< In blocks of keys, without the matrix of scores.
  Unfused, ///< As the graph says: two products around a softmax.
};

/// Adds Phase::Kernels: from an imported graph to neap.kernel and neap.launch.
void addKernelPasses(mlir::OpPassManager &manager,
                     AttentionAlgorithm attention);

} // namespace neap

#endif // NEAP_COMPILER_PIPELINES_PHASES_H
