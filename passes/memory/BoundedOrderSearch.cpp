// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BoundedOrderSearch.cpp - last nodes first, then the search with an explicit
// stack.
#include "passes/memory/BoundedOrderSearch.h"

#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <tuple>

namespace neap {

//===----------------------------------------------------------------------===//
// Nodes that run last
//===----------------------------------------------------------------------===//

/// Returns whether a node may write two results over the same operand. Which
/// of them does depends on what has run, and the argument for last nodes does
/// not hold.
bool BoundedOrderSearch::hasSharedInPlaceRead() const {
  for (unsigned node = begin; node < end; ++node) {
    llvm::ArrayRef<InPlaceCandidate> pairs =
        state.getGraph().getNode(node).inPlace;
    for (const InPlaceCandidate &a : pairs)
      for (const InPlaceCandidate &b : pairs)
        if (a.read == b.read && a.written != b.written)
          return true;
  }
  return false;
}

/// Returns whether `node`, which has been undone, can run after all others
/// that have not: it leaves no fewer bytes live than there were before.
bool BoundedOrderSearch::canBeLast(unsigned node, int64_t bound) {
  ++numVisits;
  if (state.getNetBytes(node) < 0)
    return false;
  const int64_t bytes = state.getBytesDuring(node);
  if (bytes <= bound)
    return true;
  nextBound = std::min(nextBound, bytes);
  return false;
}

NodeOrder BoundedOrderSearch::chooseLastNodes(int64_t bound) {
  NodeOrder last;
  if (hasSharedInPlaceRead())
    return last;
  for (unsigned node = begin; node < end; ++node)
    state.execute(node);
  std::vector<bool> isLast(end - begin, false);
  auto isBeforeAny = [&](unsigned node) {
    return llvm::any_of(state.getGraph().getSuccessors(node),
                        [&](unsigned successor) {
                          return successor < end && !isLast[successor - begin];
                        });
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (unsigned node = end; node-- > begin;) {
      if (isLast[node - begin] || isBeforeAny(node))
        continue;
      state.undo(node);
      if (!canBeLast(node, bound)) {
        state.execute(node);
        continue;
      }
      isLast[node - begin] = true;
      last.push_back(node);
      changed = true;
    }
  }
  for (unsigned node = end; node-- > begin;)
    if (!isLast[node - begin])
      state.undo(node);
  std::reverse(last.begin(), last.end());
  return last;
}

//===----------------------------------------------------------------------===//
// The search
//===----------------------------------------------------------------------===//

/// Runs what is safe and pushes a frame for what is left to choose.
BoundedOrderSearch::Step BoundedOrderSearch::enter(SegmentRun &run,
                                                   int64_t bound) {
  run.runSafeNodes(bound);
  if (run.getExecuted().size() + lastNodes.size() == end - begin)
    return Step::Complete;
  if (failedSets.contains(run.getKey()))
    return Step::Failed;
  Frame frame{run.getExecuted().size(), run.getKey(), {}};
  // Those first that add the fewest live bytes, then those that need the
  // fewest while they run.
  using Rank = std::tuple<int64_t, int64_t, unsigned>;
  llvm::SmallVector<Rank> ranks;
  for (unsigned node : run.getReadyNodes())
    if (run.fits(node, bound))
      ranks.push_back(
          {state.getNetBytes(node), state.getBytesDuring(node), node});
  llvm::sort(ranks);
  for (const Rank &rank : ranks)
    frame.choices.push_back(std::get<unsigned>(rank));
  frames.push_back(std::move(frame));
  return Step::Pushed;
}

BoundedOrderSearch::Outcome
BoundedOrderSearch::search(SegmentRun &run, int64_t bound, uint64_t maxVisits) {
  Step step = enter(run, bound);
  while (step != Step::Complete) {
    if (frames.empty())
      return Outcome::Impossible;
    if (run.getNumVisits() > maxVisits)
      return Outcome::VisitLimit;
    Frame &frame = frames.back();
    run.undoTo(frame.numExecuted);
    if (frame.next == frame.choices.size()) {
      failedSets.insert(frame.key);
      frames.pop_back();
      continue;
    }
    run.execute(frame.choices[frame.next++]);
    step = enter(run, bound);
  }
  order.assign(run.getExecuted().begin(), run.getExecuted().end());
  order.append(lastNodes);
  return Outcome::Found;
}

BoundedOrderSearch::Outcome BoundedOrderSearch::run(int64_t bound,
                                                    uint64_t maxVisits) {
  nextBound = INT64_MAX;
  failedSets.clear();
  frames.clear();
  lastNodes = chooseLastNodes(bound);
  SegmentRun run(state, begin, end);
  for (unsigned node : lastNodes)
    run.bar(node);
  Outcome outcome = search(run, bound, maxVisits);
  nextBound = std::min(nextBound, run.getLeastExcess());
  numVisits += run.getNumVisits();
  return outcome;
}

} // namespace neap
