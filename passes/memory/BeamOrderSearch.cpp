// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BeamOrderSearch.cpp - one run goes back and forth between the sets.
#include "passes/memory/BeamOrderSearch.h"

#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <tuple>

namespace neap {

void BeamOrderSearch::moveTo(unsigned index) {
  llvm::SmallVector<unsigned> path;
  for (unsigned at = index; at != kNone; at = all[at].parent)
    path.append(all[at].moves.rbegin(), all[at].moves.rend());
  std::reverse(path.begin(), path.end());
  llvm::ArrayRef<unsigned> executed = run.getExecuted();
  size_t common = 0;
  while (common < path.size() && common < executed.size() &&
         path[common] == executed[common])
    ++common;
  run.undoTo(common);
  for (unsigned node : llvm::ArrayRef(path).drop_front(common))
    run.execute(node);
}

void BeamOrderSearch::expand(unsigned index) {
  Reached &reached = all[index];
  if (reached.parent == kNone)
    run.undoTo(0);
  else
    moveTo(reached.parent);
  const size_t mark = run.getExecuted().size();
  if (reached.parent != kNone)
    run.execute(reached.node);
  run.runSafeNodes(reached.peak);
  llvm::ArrayRef<unsigned> moves = run.getExecuted().drop_front(mark);
  reached.moves.assign(moves.begin(), moves.end());
}

void BeamOrderSearch::note(Reached reached) {
  const size_t count = run.getExecuted().size();
  auto [it, isNew] = seen[count].try_emplace(reached.key, all.size());
  if (isNew) {
    levels[count].push_back(all.size());
    all.push_back(std::move(reached));
  } else if (reached.peak < all[it->second].peak) {
    all[it->second] = std::move(reached);
  }
}

void BeamOrderSearch::reachNext(unsigned index, int64_t bound) {
  const int64_t peakBefore = all[index].peak;
  const size_t mark = run.getExecuted().size();
  for (unsigned node : run.getReadyNodes()) {
    if (!run.fits(node, bound - 1))
      continue;
    int64_t peak = std::max(peakBefore, run.getState().getBytesDuring(node));
    run.execute(node);
    run.runSafeNodes(peak);
    note({peak, run.getState().getLiveBytes(), run.getKey(), index, node, {}});
    run.undoTo(mark);
  }
}

void BeamOrderSearch::cutLevel(std::vector<unsigned> &level,
                               unsigned width) const {
  llvm::sort(level, [&](unsigned lhs, unsigned rhs) {
    return std::make_tuple(all[lhs].peak, all[lhs].liveBytes, lhs) <
           std::make_tuple(all[rhs].peak, all[rhs].liveBytes, rhs);
  });
  level.resize(std::min<size_t>(level.size(), width));
}

std::optional<NodeOrder>
BeamOrderSearch::runLevels(int64_t bound, unsigned width, uint64_t maxVisits) {
  all.push_back(
      {floor, run.getState().getLiveBytes(), run.getKey(), kNone, kNone, {}});
  expand(0);
  levels[run.getExecuted().size()].push_back(0);
  for (unsigned count = 0; count < size; ++count) {
    cutLevel(levels[count], width);
    for (unsigned index : levels[count]) {
      if (run.getNumVisits() > maxVisits)
        return std::nullopt;
      expand(index);
      reachNext(index, bound);
    }
    seen[count].clear();
  }
  if (levels[size].empty())
    return std::nullopt;
  cutLevel(levels[size], 1);
  expand(levels[size][0]);
  return NodeOrder(run.getExecuted());
}

std::optional<NodeOrder> BeamOrderSearch::search(int64_t bound, unsigned width,
                                                 uint64_t maxVisits) {
  std::optional<NodeOrder> order = runLevels(bound, width, maxVisits);
  run.undoTo(0);
  return order;
}

} // namespace neap
