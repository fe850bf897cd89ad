// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SkylineSearch.h - exact search: do all buffers fit under a capacity?
//
// The state is a skyline, a height per section, and the set of buffers that
// are not placed: all of them lie above the skyline. The search branches on a
// point of a valley of the skyline: which buffer covers it, or none (then the
// skyline is raised there, which costs slack). Parts of time that no unplaced
// buffer connects are searched on their own; a buffer that spans a whole part
// goes to its top. States that have failed are remembered by what the future
// depends on: the unplaced set and the slack.
#ifndef NEAP_PASSES_MEMORY_SKYLINESEARCH_H
#define NEAP_PASSES_MEMORY_SKYLINESEARCH_H

#include "passes/memory/OffsetProblem.h"
#include <optional>

namespace neap {

class SkylineSearch {
public:
  enum class Outcome { Feasible, Infeasible, NodeLimit };

  /// Which point of the valleys is branched on.
  enum class PointRule {
    FewestThenLowest,
    FewestThenTightest,
    TightestThenFewest,
  };

  explicit SkylineSearch(const OffsetProblem &problem);

  /// Candidates that come first in `order` are tried first.
  void setOrder(llvm::ArrayRef<int> order);
  void setPointRule(PointRule rule) { pointRule = rule; }

  /// Searches for offsets below `capacity`; visits at most `maxNodes` nodes.
  Outcome run(int64_t capacity, uint64_t maxNodes);

  /// Returns the offsets in units, after Outcome::Feasible.
  const std::vector<int64_t> &getOffsets() const { return offsets; }
  /// Returns the nodes that the last run visited.
  uint64_t getNumNodes() const { return numNodes; }

private:
  /// Sections [begin, end).
  struct Range {
    int begin;
    int end;
    bool isEmpty() const { return begin >= end; }
    void include(int first, int last) {
      begin = std::min(begin, first);
      end = std::max(end, last);
    }
  };

  /// Identifies a state; both words 0 is no key.
  struct StateKey {
    uint64_t words[2] = {0, 0};
    bool operator==(const StateKey &other) const {
      return words[0] == other.words[0] && words[1] == other.words[1];
    }
    bool isEmpty() const { return !words[0] && !words[1]; }
    /// Adds a fact to the state, or takes it away.
    void toggle(uint64_t fact);
  };

  /// An old value, to be put back.
  struct Change {
    enum Kind { Height, Slack, Floor, Placed } kind;
    int index;
    int64_t old;
  };

  /// A part of the search that waits for the part it started.
  struct Frame {
    enum Kind {
      All,   // all `parts` must fit
      Branch // one choice at the point must lead to a solution
    } kind;
    size_t mark;
    int64_t ceiling;
    llvm::SmallVector<Range, 2> parts;
    size_t next = 0;
    int section = -1;
    llvm::SmallVector<int, 8> candidates = {};
    bool hasRaised = false;
    size_t choiceMark = 0;
    StateKey key = {};
  };

  void reset(int64_t capacity);
  /// Visits the unplaced buffers of a row until `visit` returns true.
  template <typename Visit>
  void visitUnplaced(const std::vector<uint64_t> &sets, int row,
                     Visit visit) const;
  template <typename Visit>
  void forEachUnplaced(const std::vector<uint64_t> &sets, int row,
                       Visit visit) const;

  // The search proper; std::nullopt means that a frame was pushed.
  std::optional<bool> enter(Range range, int64_t ceiling);
  std::optional<bool> advance(std::optional<bool> childResult);
  std::optional<bool> advanceAll(std::optional<bool> childResult);
  std::optional<bool> advanceBranch(std::optional<bool> childResult);
  std::optional<bool> popFrame(bool result);
  void pushBranch(Range range, int64_t ceiling, size_t mark, StateKey key);

  llvm::SmallVector<Range, 2> splitIntoParts(Range range) const;
  bool placeSpanningBuffers(Range range, int64_t &ceiling);
  int64_t countChoices(int section, int64_t limit) const;
  int choosePoint(Range range) const;
  llvm::SmallVector<int, 8> getCandidates(int section) const;
  bool leavePointEmpty(int section);

  // Changes of the state; those that return false have failed and must be
  // undone.
  void take(int buffer, int64_t offset);
  bool place(int buffer);
  bool raise(int section, int64_t height, Range &changed);
  bool propagate(Range range);
  void setFloor(int buffer, int64_t floor, Range &changed);
  void undo(size_t mark);

  // Both change the key of a section; twice the same changes nothing.
  void toggleUnplaced(int buffer);
  void toggleSlack(int section);
  StateKey computeKey(Range range) const;
  bool hasFailed(const StateKey &key) const;
  void rememberFailure(const StateKey &key);

  const OffsetProblem &problem;
  const int numWords;
  /// Buffers per section, and those that overlap each buffer: rows of bits.
  std::vector<uint64_t> liveSets, neighborSets;
  std::vector<uint64_t> unplaced;
  /// Per section: skyline, capacity left over, unplaced buffers, unplaced
  /// buffers that live on in the next section.
  std::vector<int64_t> heights, slacks;
  std::vector<int> numUnplaced, numCrossing;
  /// Per section: its slack and the unplaced buffers that begin there.
  std::vector<StateKey> sectionKeys;
  /// Per buffer: the lowest offset it may still have; its rank.
  std::vector<int64_t> floors;
  std::vector<int> ranks;
  std::vector<int64_t> offsets;

  std::vector<Change> trail;
  std::vector<Frame> frames;
  PointRule pointRule = PointRule::FewestThenLowest;
  uint64_t numNodes = 0, maxNodes = 0;
  bool isLimitReached = false;

  std::vector<StateKey> failedStates;
  size_t numFailedStates = 0;
};

} // namespace neap

#endif // NEAP_PASSES_MEMORY_SKYLINESEARCH_H
