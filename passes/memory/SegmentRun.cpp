// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SegmentRun.cpp - bookkeeping of ready nodes, and safe nodes.
#include "passes/memory/SegmentRun.h"

#include "passes/memory/DeterministicHash.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include <algorithm>
#include <optional>

namespace neap {

/// Longer chains are left to the search.
static constexpr unsigned kMaxChainLength = 16;

SegmentRun::SegmentRun(ExecutionState &state, unsigned begin, unsigned end)
    : state(state), begin(begin), end(end), readySet((end - begin + 63) / 64),
      barred(end - begin) {
  for (unsigned node = begin; node < end; ++node)
    if (state.isReady(node))
      setReady(node, true);
}

void SegmentRun::setReady(unsigned node, bool isReady) {
  const unsigned position = node - begin;
  const uint64_t bit = uint64_t(1) << (position % 64);
  if (isReady && !barred[position])
    readySet[position / 64] |= bit;
  else
    readySet[position / 64] &= ~bit;
}

void SegmentRun::bar(unsigned node) {
  barred[node - begin] = true;
  setReady(node, false);
}

llvm::SmallVector<unsigned> SegmentRun::getReadyNodes() const {
  llvm::SmallVector<unsigned> nodes;
  for (size_t word = 0; word < readySet.size(); ++word)
    for (uint64_t bits = readySet[word]; bits; bits &= bits - 1)
      nodes.push_back(begin + word * 64 + llvm::countr_zero(bits));
  return nodes;
}

bool SegmentRun::fits(unsigned node, int64_t bound) {
  ++numVisits;
  const int64_t bytes = state.getBytesDuring(node);
  if (bytes <= bound)
    return true;
  leastExcess = std::min(leastExcess, bytes);
  return false;
}

void SegmentRun::toggleKey(unsigned node) {
  key.first ^= mixBits(2 * uint64_t(node));
  key.second ^= mixBits(2 * uint64_t(node) + 1);
}

void SegmentRun::execute(unsigned node) {
  state.execute(node);
  executed.push_back(node);
  toggleKey(node);
  setReady(node, false);
  for (unsigned successor : state.getGraph().getSuccessors(node))
    if (successor < end && state.isReady(successor))
      setReady(successor, true);
}

void SegmentRun::undoTo(size_t count) {
  while (executed.size() > count) {
    unsigned node = executed.pop_back_val();
    for (unsigned successor : state.getGraph().getSuccessors(node))
      if (successor < end)
        setReady(successor, false);
    state.undo(node);
    toggleKey(node);
    setReady(node, true);
  }
}

/// Runs the ready nodes that are safe; returns whether there was one.
bool SegmentRun::runSafeNode(int64_t bound) {
  bool hasRun = false;
  for (size_t word = 0; word < readySet.size(); ++word)
    for (uint64_t bits = readySet[word]; bits; bits &= bits - 1) {
      unsigned node = begin + word * 64 + llvm::countr_zero(bits);
      if (state.getNetBytes(node) > 0 || !fits(node, bound))
        continue;
      execute(node);
      hasRun = true;
    }
  return hasRun;
}

/// Runs `first` and nodes after it up to the first that leaves no more bytes
/// live than there were; runs none if there is no such chain.
bool SegmentRun::runChain(unsigned first, int64_t bound) {
  const size_t mark = executed.size();
  const int64_t liveBytes = state.getLiveBytes();
  std::optional<unsigned> next = first;
  for (unsigned length = 0; next && length < kMaxChainLength; ++length) {
    unsigned node = *next;
    if (!fits(node, bound))
      break;
    execute(node);
    if (state.getLiveBytes() <= liveBytes)
      return true;
    next.reset();
    for (unsigned successor : state.getGraph().getSuccessors(node))
      if (successor < end && isReady(successor) &&
          (!next || state.getNetBytes(successor) < state.getNetBytes(*next)))
        next = successor;
  }
  undoTo(mark);
  return false;
}

bool SegmentRun::runSafeChain(int64_t bound) {
  return llvm::any_of(getReadyNodes(),
                      [&](unsigned node) { return runChain(node, bound); });
}

void SegmentRun::runSafeNodes(int64_t bound) {
  while (runSafeNode(bound) || runSafeChain(bound)) {
  }
}

} // namespace neap
