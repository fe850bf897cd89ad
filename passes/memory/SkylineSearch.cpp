// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SkylineSearch.cpp - the search with an explicit stack, a trail of changes
// and a table of failed states.
#include "passes/memory/SkylineSearch.h"

#include "passes/memory/DeterministicHash.h"
#include "llvm/ADT/bit.h"
#include <algorithm>
#include <tuple>

namespace neap {

/// Slots of the table of failed states.
static size_t getTableSize(int numBuffers) {
  return size_t(1) << (numBuffers > 64 ? 20 : 16);
}

template <typename Visit>
void SkylineSearch::visitUnplaced(const std::vector<uint64_t> &sets, int row,
                                  Visit visit) const {
  const uint64_t *words = &sets[size_t(row) * numWords];
  for (int word = 0; word < numWords; ++word)
    for (uint64_t bits = words[word] & unplaced[word]; bits; bits &= bits - 1)
      if (visit(word * 64 + llvm::countr_zero(bits)))
        return;
}

template <typename Visit>
void SkylineSearch::forEachUnplaced(const std::vector<uint64_t> &sets, int row,
                                    Visit visit) const {
  visitUnplaced(sets, row, [&](int i) {
    visit(i);
    return false;
  });
}

SkylineSearch::SkylineSearch(const OffsetProblem &problem)
    : problem(problem), numWords((problem.getNumBuffers() + 63) / 64),
      liveSets(size_t(problem.getNumSections()) * numWords),
      neighborSets(size_t(problem.getNumBuffers()) * numWords),
      unplaced(numWords), heights(problem.getNumSections()),
      slacks(problem.getNumSections()), numUnplaced(problem.getNumSections()),
      numCrossing(problem.getNumSections()),
      sectionKeys(problem.getNumSections()), floors(problem.getNumBuffers()),
      ranks(problem.getNumBuffers()), offsets(problem.getNumBuffers()),
      failedStates(getTableSize(problem.getNumBuffers())) {
  auto insert = [&](std::vector<uint64_t> &sets, int row, int buffer) {
    sets[size_t(row) * numWords + buffer / 64] |= uint64_t(1) << (buffer % 64);
  };
  for (int i = 0; i < problem.getNumBuffers(); ++i) {
    const PackedBuffer &buffer = problem.getBuffer(i);
    for (int section = buffer.begin; section < buffer.end; ++section)
      insert(liveSets, section, i);
    for (int j = 0; j < problem.getNumBuffers(); ++j)
      if (j != i && buffer.overlaps(problem.getBuffer(j)))
        insert(neighborSets, i, j);
  }
}

void SkylineSearch::setOrder(llvm::ArrayRef<int> order) {
  for (size_t i = 0; i < order.size(); ++i)
    ranks[order[i]] = i;
}

//===----------------------------------------------------------------------===//
// Changes of the state
//===----------------------------------------------------------------------===//

void SkylineSearch::reset(int64_t capacity) {
  std::fill(unplaced.begin(), unplaced.end(), 0);
  std::fill(heights.begin(), heights.end(), 0);
  std::fill(floors.begin(), floors.end(), 0);
  std::fill(numUnplaced.begin(), numUnplaced.end(), 0);
  std::fill(numCrossing.begin(), numCrossing.end(), 0);
  std::fill(sectionKeys.begin(), sectionKeys.end(), StateKey());
  for (int i = 0; i < problem.getNumBuffers(); ++i) {
    const PackedBuffer &buffer = problem.getBuffer(i);
    unplaced[i / 64] |= uint64_t(1) << (i % 64);
    toggleUnplaced(i);
    for (int section = buffer.begin; section < buffer.end; ++section) {
      ++numUnplaced[section];
      numCrossing[section] += section + 1 < buffer.end;
    }
  }
  for (int section = 0; section < problem.getNumSections(); ++section) {
    slacks[section] = capacity - problem.getLiveSize(section);
    toggleSlack(section);
  }
  trail.clear();
  frames.clear();
  numNodes = 0;
  isLimitReached = false;
}

void SkylineSearch::undo(size_t mark) {
  for (; trail.size() > mark; trail.pop_back()) {
    const Change &change = trail.back();
    switch (change.kind) {
    case Change::Height:
      heights[change.index] = change.old;
      break;
    case Change::Slack:
      toggleSlack(change.index);
      slacks[change.index] = change.old;
      toggleSlack(change.index);
      break;
    case Change::Floor:
      floors[change.index] = change.old;
      break;
    case Change::Placed:
      unplaced[change.index / 64] |= uint64_t(1) << (change.index % 64);
      toggleUnplaced(change.index);
      const PackedBuffer &buffer = problem.getBuffer(change.index);
      for (int section = buffer.begin; section < buffer.end; ++section) {
        ++numUnplaced[section];
        numCrossing[section] += section + 1 < buffer.end;
      }
      break;
    }
  }
}

/// Gives `buffer` its offset; the skyline stays.
void SkylineSearch::take(int index, int64_t offset) {
  trail.push_back({Change::Placed, index, 0});
  unplaced[index / 64] &= ~(uint64_t(1) << (index % 64));
  toggleUnplaced(index);
  offsets[index] = offset;
  const PackedBuffer &buffer = problem.getBuffer(index);
  for (int section = buffer.begin; section < buffer.end; ++section) {
    --numUnplaced[section];
    numCrossing[section] -= section + 1 < buffer.end;
  }
}

void SkylineSearch::setFloor(int index, int64_t floor, Range &changed) {
  if (floors[index] >= floor)
    return;
  trail.push_back({Change::Floor, index, floors[index]});
  floors[index] = floor;
  const PackedBuffer &buffer = problem.getBuffer(index);
  changed.include(buffer.begin, buffer.end);
}

/// Raises the skyline, with nothing below: costs slack.
bool SkylineSearch::raise(int section, int64_t height, Range &changed) {
  const int64_t wasted = height - heights[section];
  if (wasted > slacks[section])
    return false;
  trail.push_back({Change::Slack, section, slacks[section]});
  toggleSlack(section);
  slacks[section] -= wasted;
  toggleSlack(section);
  trail.push_back({Change::Height, section, heights[section]});
  heights[section] = height;
  forEachUnplaced(liveSets, section,
                  [&](int i) { setFloor(i, height, changed); });
  return true;
}

/// Raises the skyline to the least floor of the buffers above it, until
/// nothing changes.
bool SkylineSearch::propagate(Range range) {
  while (!range.isEmpty()) {
    Range changed{problem.getNumSections(), 0};
    for (int section = range.begin; section < range.end; ++section) {
      if (!numUnplaced[section])
        continue;
      // No floor is below the skyline.
      const int64_t height = heights[section];
      int64_t least = INT64_MAX;
      visitUnplaced(liveSets, section, [&](int i) {
        least = std::min(least, floors[i]);
        return least == height;
      });
      if (least > height && !raise(section, least, changed))
        return false;
    }
    range = changed;
  }
  return true;
}

/// Puts `buffer` on the skyline, at its floor.
bool SkylineSearch::place(int index) {
  const PackedBuffer &buffer = problem.getBuffer(index);
  const int64_t top = floors[index] + buffer.size;
  take(index, floors[index]);
  Range changed{buffer.begin, buffer.end};
  for (int section = buffer.begin; section < buffer.end; ++section) {
    trail.push_back({Change::Height, section, heights[section]});
    heights[section] = top;
  }
  forEachUnplaced(neighborSets, index,
                  [&](int i) { setFloor(i, top, changed); });
  return propagate(changed);
}

//===----------------------------------------------------------------------===//
// Failed states
//===----------------------------------------------------------------------===//

void SkylineSearch::StateKey::toggle(uint64_t fact) {
  words[0] ^= mixBits(fact);
  words[1] ^= mixBits(fact ^ 0x5bf0363546296ec3);
}

void SkylineSearch::toggleUnplaced(int buffer) {
  sectionKeys[problem.getBuffer(buffer).begin].toggle(uint64_t(1) << 62 |
                                                      uint64_t(buffer));
}

void SkylineSearch::toggleSlack(int section) {
  sectionKeys[section].toggle(mixBits(uint64_t(section)) ^
                              uint64_t(slacks[section]) ^ uint64_t(1) << 63);
}

SkylineSearch::StateKey SkylineSearch::computeKey(Range range) const {
  StateKey key;
  key.toggle(uint64_t(range.begin) << 32 | uint64_t(range.end));
  for (int section = range.begin; section < range.end; ++section) {
    key.words[0] ^= sectionKeys[section].words[0];
    key.words[1] ^= sectionKeys[section].words[1];
  }
  return key;
}

bool SkylineSearch::hasFailed(const StateKey &key) const {
  const size_t mask = failedStates.size() - 1;
  for (size_t slot = key.words[0] & mask; !failedStates[slot].isEmpty();
       slot = (slot + 1) & mask)
    if (failedStates[slot] == key)
      return true;
  return false;
}

void SkylineSearch::rememberFailure(const StateKey &key) {
  if (numFailedStates * 4 > failedStates.size() * 3) {
    std::fill(failedStates.begin(), failedStates.end(), StateKey());
    numFailedStates = 0;
  }
  const size_t mask = failedStates.size() - 1;
  size_t slot = key.words[0] & mask;
  for (; !failedStates[slot].isEmpty(); slot = (slot + 1) & mask)
    if (failedStates[slot] == key)
      return;
  failedStates[slot] = key;
  ++numFailedStates;
}

//===----------------------------------------------------------------------===//
// Parts and points
//===----------------------------------------------------------------------===//

/// Returns the parts of `range` that have unplaced buffers and that none of
/// them connects; those with fewer buffers first.
llvm::SmallVector<SkylineSearch::Range, 2>
SkylineSearch::splitIntoParts(Range range) const {
  llvm::SmallVector<std::pair<int64_t, Range>, 2> counted;
  for (int section = range.begin; section < range.end; ++section) {
    if (!numUnplaced[section])
      continue;
    Range part{section, section + 1};
    int64_t count = numUnplaced[section];
    while (part.end < range.end && numCrossing[part.end - 1] > 0)
      count += numUnplaced[part.end++];
    counted.push_back({count, part});
    section = part.end - 1;
  }
  std::sort(counted.begin(), counted.end(), [](auto &lhs, auto &rhs) {
    return std::tie(lhs.first, lhs.second.begin) <
           std::tie(rhs.first, rhs.second.begin);
  });
  llvm::SmallVector<Range, 2> parts;
  for (auto &[count, part] : counted)
    parts.push_back(part);
  return parts;
}

/// Puts buffers that live in all of `range` right below the ceiling: whatever
/// solution there is, they can be moved there. Returns whether there are any.
bool SkylineSearch::placeSpanningBuffers(Range range, int64_t &ceiling) {
  llvm::SmallVector<int, 4> spanning;
  forEachUnplaced(liveSets, range.begin, [&](int i) {
    const PackedBuffer &buffer = problem.getBuffer(i);
    if (buffer.begin == range.begin && buffer.end == range.end)
      spanning.push_back(i);
  });
  for (int i : spanning) {
    ceiling -= problem.getBuffer(i).size;
    take(i, ceiling);
  }
  return !spanning.empty();
}

llvm::SmallVector<int, 8> SkylineSearch::getCandidates(int section) const {
  llvm::SmallVector<int, 8> candidates;
  forEachUnplaced(liveSets, section, [&](int i) {
    if (floors[i] == heights[section])
      candidates.push_back(i);
  });
  return candidates;
}

/// Returns in how many ways the point of `section` can be covered or left
/// empty; more than `limit` is not counted out.
int64_t SkylineSearch::countChoices(int section, int64_t limit) const {
  int64_t choices = slacks[section] > 0;
  visitUnplaced(liveSets, section, [&](int i) {
    choices += floors[i] == heights[section];
    return choices > limit;
  });
  return choices;
}

/// Returns the section of a valley of the skyline where there are the fewest
/// choices, by the rule.
int SkylineSearch::choosePoint(Range range) const {
  using Score = std::pair<int64_t, int64_t>;
  int best = -1;
  Score bestScore{INT64_MAX, INT64_MAX};
  auto getScore = [&](int section) -> Score {
    switch (pointRule) {
    case PointRule::FewestThenLowest:
      return {countChoices(section, bestScore.first), heights[section]};
    case PointRule::FewestThenTightest:
      return {countChoices(section, bestScore.first), slacks[section]};
    case PointRule::TightestThenFewest:
      if (slacks[section] > bestScore.first)
        return {slacks[section], INT64_MAX};
      return {slacks[section], countChoices(section, INT64_MAX)};
    }
    return {};
  };
  for (int begin = range.begin, end; begin < range.end; begin = end) {
    const int64_t height = heights[begin];
    for (end = begin + 1; end < range.end && heights[end] == height;)
      ++end;
    bool isValley = (begin == range.begin || heights[begin - 1] > height) &&
                    (end == range.end || heights[end] > height);
    for (int section = begin; isValley && section < end; ++section) {
      Score score = getScore(section);
      if (score >= bestScore)
        continue;
      best = section;
      bestScore = score;
    }
  }
  return best;
}

/// Decides that nothing covers the point of `section`: raises the skyline to
/// the next height at which a buffer there could start.
bool SkylineSearch::leavePointEmpty(int section) {
  if (slacks[section] == 0)
    return false;
  const int64_t height = heights[section];
  int64_t next = INT64_MAX;
  forEachUnplaced(liveSets, section, [&](int i) {
    if (floors[i] > height) {
      next = std::min(next, floors[i]);
      return;
    }
    // It would lie on a neighbor that is not in this section.
    forEachUnplaced(neighborSets, i, [&](int j) {
      const PackedBuffer &neighbor = problem.getBuffer(j);
      if (neighbor.begin > section || neighbor.end <= section)
        next = std::min(next, floors[j] + neighbor.size);
    });
  });
  if (next == INT64_MAX)
    return false;
  Range changed{problem.getNumSections(), 0};
  return raise(section, next, changed) && propagate(changed);
}

//===----------------------------------------------------------------------===//
// The search
//===----------------------------------------------------------------------===//

std::optional<bool> SkylineSearch::enter(Range range, int64_t ceiling) {
  const size_t mark = trail.size();
  llvm::SmallVector<Range, 2> parts = splitIntoParts(range);
  if (parts.empty())
    return true;
  if (parts.size() == 1) {
    if (!placeSpanningBuffers(parts[0], ceiling)) {
      if (++numNodes > maxNodes) {
        isLimitReached = true;
        return false;
      }
      StateKey key = computeKey(parts[0]);
      if (hasFailed(key))
        return false;
      pushBranch(parts[0], ceiling, mark, key);
      return std::nullopt;
    }
    if (!propagate(parts[0])) {
      undo(mark);
      return false;
    }
  }
  Frame frame{Frame::All, mark, ceiling, std::move(parts)};
  frames.push_back(std::move(frame));
  return std::nullopt;
}

void SkylineSearch::pushBranch(Range range, int64_t ceiling, size_t mark,
                               StateKey key) {
  Frame frame{Frame::Branch, mark, ceiling, {range}};
  frame.section = choosePoint(range);
  frame.key = key;
  frame.candidates = getCandidates(frame.section);
  std::sort(frame.candidates.begin(), frame.candidates.end(),
            [&](int lhs, int rhs) { return ranks[lhs] < ranks[rhs]; });
  // Of buffers that are alike one is enough.
  auto isRepeated = [&](int i) {
    return std::any_of(frame.candidates.begin(), frame.candidates.end(),
                       [&](int j) {
                         return ranks[j] < ranks[i] &&
                                problem.getBuffer(j) == problem.getBuffer(i);
                       });
  };
  llvm::SmallVector<int, 8> distinct;
  for (int i : frame.candidates)
    if (!isRepeated(i))
      distinct.push_back(i);
  frame.candidates = std::move(distinct);
  frames.push_back(std::move(frame));
}

std::optional<bool> SkylineSearch::popFrame(bool result) {
  if (!result)
    undo(frames.back().mark);
  frames.pop_back();
  return result;
}

std::optional<bool> SkylineSearch::advanceAll(std::optional<bool> childResult) {
  Frame &frame = frames.back();
  if (childResult && !*childResult)
    return popFrame(false);
  if (frame.next == frame.parts.size())
    return popFrame(true);
  const Range part = frame.parts[frame.next++];
  return enter(part, frame.ceiling);
}

std::optional<bool>
SkylineSearch::advanceBranch(std::optional<bool> childResult) {
  Frame &frame = frames.back();
  if (childResult) {
    if (*childResult)
      return popFrame(true);
    if (isLimitReached)
      return popFrame(false);
    undo(frame.choiceMark);
  }
  frame.choiceMark = trail.size();
  const Range range = frame.parts[0];
  while (frame.next < frame.candidates.size()) {
    if (place(frame.candidates[frame.next++]))
      return enter(range, frame.ceiling);
    undo(frame.choiceMark);
  }
  if (!frame.hasRaised) {
    frame.hasRaised = true;
    if (leavePointEmpty(frame.section))
      return enter(range, frame.ceiling);
    undo(frame.choiceMark);
  }
  rememberFailure(frame.key);
  return popFrame(false);
}

std::optional<bool> SkylineSearch::advance(std::optional<bool> childResult) {
  return frames.back().kind == Frame::All ? advanceAll(childResult)
                                          : advanceBranch(childResult);
}

SkylineSearch::Outcome SkylineSearch::run(int64_t capacity,
                                          uint64_t newMaxNodes) {
  reset(capacity);
  maxNodes = newMaxNodes;
  if (std::any_of(slacks.begin(), slacks.end(),
                  [](int64_t slack) { return slack < 0; }))
    return Outcome::Infeasible;
  std::optional<bool> result = enter({0, problem.getNumSections()}, capacity);
  while (!frames.empty())
    result = advance(result);
  if (*result)
    return Outcome::Feasible;
  return isLimitReached ? Outcome::NodeLimit : Outcome::Infeasible;
}

} // namespace neap
