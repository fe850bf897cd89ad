// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OffsetDescent.h - lowers a peak step by step with the exact search.
#ifndef NEAP_PASSES_MEMORY_OFFSETDESCENT_H
#define NEAP_PASSES_MEMORY_OFFSETDESCENT_H

#include "passes/memory/OffsetProblem.h"
#include "passes/memory/SkylineSearch.h"

namespace neap {

class RandomSequence;

/// Offsets and what is known of them, in units.
struct OffsetSolution {
  std::vector<int64_t> offsets;
  int64_t peak = INT64_MAX;
  /// No offsets have a lower peak.
  int64_t lowerBound = 0;
  uint64_t numNodes = 0;
};

/// Improves offsets: first a search for the largest live size itself; if that
/// ends at its limit, the gap is halved while it is wide, then the capacity
/// creeps down from the last solution, which guides each next search. Stops
/// when the largest live size is reached, a bound is proved, or one unit less
/// exceeds the limit. Each search restarts with Luby's sequence of limits on
/// perturbed orders; the last quarter of its nodes is one long run, for proofs.
class OffsetDescent {
public:
  OffsetDescent(const OffsetProblem &problem,
                llvm::ArrayRef<std::vector<int>> orders)
      : problem(problem), orders(orders), search(problem) {}

  OffsetSolution improve(OffsetSolution solution,
                         const OffsetSearchLimits &limits);

private:
  SkylineSearch::Outcome attempt(int64_t capacity, uint64_t maxNodes);
  /// Sets rule and order of restart `number`.
  void prepareFirstRound(unsigned number);
  void prepareRestart(RandomSequence &random, uint64_t number);
  std::vector<int> perturb(std::vector<int> order, double amplitude,
                           RandomSequence &random) const;
  int64_t chooseCapacity(int64_t capacity, SkylineSearch::Outcome outcome);

  const OffsetProblem &problem;
  llvm::ArrayRef<std::vector<int>> orders;
  SkylineSearch search;
  OffsetSolution best;
  /// Capacities below are refuted.
  int64_t refuted = 0;
  /// Buffers by the offsets of the last solution of the search; empty before.
  std::vector<int> guide;
  bool isCreeping = false;
};

} // namespace neap

#endif // NEAP_PASSES_MEMORY_OFFSETDESCENT_H
