// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SegmentSearch.cpp - best-first and beam search over executed sets.
#include "passes/memory/SegmentSearch.h"

#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <queue>
#include <tuple>
#include <unordered_map>

namespace neap {

size_t SegmentSearch::NodeSetHash::operator()(const NodeSet &set) const {
  return llvm::hash_combine_range(set.begin(), set.end());
}

void SegmentSearch::moveTo(const NodeSet &set) {
  // The segment is sorted topologically: undo backwards, execute forwards.
  for (unsigned i = segment.size(); i-- > 0;)
    if (contains(current, i) && !contains(set, i))
      state.undo(segment[i]);
  for (unsigned i = 0; i < segment.size(); ++i)
    if (!contains(current, i) && contains(set, i))
      state.execute(segment[i]);
  current = set;
}

void SegmentSearch::run(Reached &reached, unsigned position) {
  unsigned node = segment[position];
  reached.peak = std::max(reached.peak, state.getBytesDuring(node));
  state.execute(node);
  insert(reached.set, position);
  reached.moves.push_back(node);
  ++reached.numExecuted;
}

void SegmentSearch::runSafeNodes(Reached &reached) {
  for (bool changed = true; changed;) {
    changed = false;
    for (unsigned i = 0; i < segment.size(); ++i) {
      unsigned node = segment[i];
      if (contains(reached.set, i) || !state.isReady(node) ||
          state.getNetBytes(node) > 0 ||
          state.getBytesDuring(node) > std::max(reached.peak, floor))
        continue;
      run(reached, i);
      changed = true;
    }
  }
}

SegmentSearch::Reached SegmentSearch::reach(const Reached &from,
                                            unsigned fromIndex,
                                            unsigned position) {
  Reached reached;
  reached.set = from.set;
  reached.peak = from.peak;
  reached.numExecuted = from.numExecuted;
  reached.parent = fromIndex;
  run(reached, position);
  runSafeNodes(reached);
  reached.liveBytes = state.getLiveBytes();
  for (unsigned node : llvm::reverse(reached.moves))
    state.undo(node);
  return reached;
}

SegmentSearch::Reached SegmentSearch::makeStart() {
  Reached start;
  start.set.assign(numWords, 0);
  current = start.set;
  runSafeNodes(start);
  start.liveBytes = state.getLiveBytes();
  current = start.set;
  return start;
}

NodeOrder SegmentSearch::traceBack(llvm::ArrayRef<Reached> all,
                                   unsigned index) const {
  NodeOrder order;
  for (; index != kNoParent; index = all[index].parent)
    order.append(all[index].moves.rbegin(), all[index].moves.rend());
  std::reverse(order.begin(), order.end());
  return order;
}

namespace {
/// An entry of the best-first queue; the least is taken first.
struct QueueEntry {
  int64_t peak;
  unsigned numLeft;
  unsigned index;

  bool operator>(const QueueEntry &other) const {
    return std::tie(peak, numLeft, index) >
           std::tie(other.peak, other.numLeft, other.index);
  }
};
} // namespace

std::optional<NodeOrder> SegmentSearch::searchExactly(int64_t bound,
                                                      unsigned maxStates) {
  const unsigned size = segment.size();
  std::vector<Reached> all{makeStart()};
  std::unordered_map<NodeSet, int64_t, NodeSetHash> bestPeak;
  std::priority_queue<QueueEntry, std::vector<QueueEntry>, std::greater<>>
      queue;
  bestPeak[all[0].set] = all[0].peak;
  queue.push({all[0].peak, size - all[0].numExecuted, 0});

  std::optional<NodeOrder> found;
  while (!queue.empty() && all.size() <= maxStates) {
    QueueEntry entry = queue.top();
    queue.pop();
    const Reached from = all[entry.index];
    if (bestPeak[from.set] < entry.peak)
      continue;
    if (entry.numLeft == 0) {
      found = traceBack(all, entry.index);
      break;
    }
    ++numStates;
    moveTo(from.set);
    for (unsigned i = 0; i < size; ++i) {
      if (contains(from.set, i) || !state.isReady(segment[i]))
        continue;
      Reached next = reach(from, entry.index, i);
      if (next.peak > bound)
        continue;
      auto [it, isNew] = bestPeak.try_emplace(next.set, next.peak);
      if (!isNew && it->second <= next.peak)
        continue;
      it->second = next.peak;
      queue.push({next.peak, size - next.numExecuted, unsigned(all.size())});
      all.push_back(std::move(next));
    }
  }
  moveTo(NodeSet(numWords, 0));
  return found;
}

std::optional<NodeOrder>
SegmentSearch::searchBeam(int64_t bound, unsigned width, bool &exact) {
  const unsigned size = segment.size();
  using Level = std::unordered_map<NodeSet, unsigned, NodeSetHash>;
  std::vector<Reached> all{makeStart()};
  // Per number of executed nodes: the sets reached, in the order of discovery.
  std::vector<std::vector<unsigned>> levels(size + 1);
  std::vector<Level> seen(size + 1);
  levels[all[0].numExecuted].push_back(0);
  exact = true;

  for (unsigned count = 0; count < size; ++count) {
    std::vector<unsigned> &level = levels[count];
    auto getRank = [&](unsigned index) {
      return std::make_tuple(std::max(all[index].peak, floor),
                             all[index].liveBytes, index);
    };
    llvm::sort(level, [&](unsigned lhs, unsigned rhs) {
      return getRank(lhs) < getRank(rhs);
    });
    if (level.size() > width) {
      level.resize(width);
      exact = false;
    }
    for (unsigned index : level) {
      ++numStates;
      const Reached from = all[index];
      moveTo(from.set);
      for (unsigned i = 0; i < size; ++i) {
        if (contains(from.set, i) || !state.isReady(segment[i]))
          continue;
        Reached next = reach(from, index, i);
        if (next.peak >= bound)
          continue;
        auto [it, isNew] =
            seen[next.numExecuted].try_emplace(next.set, all.size());
        if (isNew) {
          levels[next.numExecuted].push_back(all.size());
          all.push_back(std::move(next));
        } else if (next.peak < all[it->second].peak) {
          all[it->second] = std::move(next);
        }
      }
    }
    seen[count].clear();
  }
  moveTo(NodeSet(numWords, 0));
  if (levels[size].empty())
    return std::nullopt;
  return traceBack(all, levels[size][0]);
}

} // namespace neap
