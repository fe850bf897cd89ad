// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GreedyOffsets.cpp - the greedy portfolio.
#include "passes/memory/GreedyOffsets.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace neap {

namespace {
/// What the orders look at, per buffer. Larger comes first.
struct BufferKeys {
  int64_t size, width, area;
  /// The largest live size of a section in which the buffer lives.
  int64_t pressure;
  /// The sum of the sizes that live at the same time.
  int64_t conflicts;
  int64_t begin, end;
};
using SortKey = std::array<int64_t, 3>;
} // namespace

static std::vector<BufferKeys> computeKeys(const OffsetProblem &problem) {
  std::vector<BufferKeys> keys;
  for (int i = 0; i < problem.getNumBuffers(); ++i) {
    const PackedBuffer &buffer = problem.getBuffer(i);
    const int64_t width = buffer.getWidth();
    BufferKeys key{buffer.size, width,        buffer.size * width, 0,
                   0,           buffer.begin, buffer.end};
    for (int section = buffer.begin; section < buffer.end; ++section)
      key.pressure = std::max(key.pressure, problem.getLiveSize(section));
    for (int j = 0; j < problem.getNumBuffers(); ++j)
      if (j != i && buffer.overlaps(problem.getBuffer(j)))
        key.conflicts += problem.getBuffer(j).size;
    keys.push_back(key);
  }
  return keys;
}

std::vector<std::vector<int>> getPlacementOrders(const OffsetProblem &problem) {
  const std::vector<BufferKeys> keys = computeKeys(problem);
  using GetSortKey = SortKey (*)(const BufferKeys &);
  static constexpr GetSortKey kRules[] = {
      [](const BufferKeys &k) -> SortKey { return {-k.size, -k.width, 0}; },
      [](const BufferKeys &k) -> SortKey {
        return {-k.width, -k.area, -k.pressure};
      },
      [](const BufferKeys &k) -> SortKey {
        return {-k.pressure, -k.area, -k.width};
      },
      [](const BufferKeys &k) -> SortKey {
        return {-k.pressure, -k.width, -k.size};
      },
      [](const BufferKeys &k) -> SortKey { return {-k.area, 0, 0}; },
      [](const BufferKeys &k) -> SortKey { return {-k.conflicts, -k.size, 0}; },
      [](const BufferKeys &k) -> SortKey { return {k.begin, -k.size, 0}; },
      [](const BufferKeys &k) -> SortKey { return {-k.end, -k.size, 0}; },
  };
  std::vector<std::vector<int>> orders;
  for (GetSortKey getSortKey : kRules) {
    std::vector<int> order(keys.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](int lhs, int rhs) {
      return std::make_pair(getSortKey(keys[lhs]), lhs) <
             std::make_pair(getSortKey(keys[rhs]), rhs);
    });
    orders.push_back(std::move(order));
  }
  return orders;
}

/// Returns the offset of the chosen gap between `taken`, sorted ranges
/// [begin, end) of bytes.
static int64_t findGap(llvm::ArrayRef<std::pair<int64_t, int64_t>> taken,
                       int64_t size, GapChoice choice) {
  int64_t top = 0, offset = -1, smallest = INT64_MAX;
  for (auto [begin, end] : taken) {
    int64_t gap = begin - top;
    if (gap >= size && gap < smallest) {
      offset = top;
      smallest = gap;
      if (choice == GapChoice::First)
        break;
    }
    top = std::max(top, end);
  }
  return offset < 0 ? top : offset;
}

std::vector<int64_t> placeGreedily(const OffsetProblem &problem,
                                   llvm::ArrayRef<int> order,
                                   GapChoice choice) {
  std::vector<int64_t> offsets(problem.getNumBuffers(), -1);
  std::vector<std::pair<int64_t, int64_t>> taken;
  for (size_t i = 0; i < order.size(); ++i) {
    const PackedBuffer &buffer = problem.getBuffer(order[i]);
    taken.clear();
    for (int placed : order.take_front(i))
      if (buffer.overlaps(problem.getBuffer(placed)))
        taken.push_back({offsets[placed],
                         offsets[placed] + problem.getBuffer(placed).size});
    std::sort(taken.begin(), taken.end());
    offsets[order[i]] = findGap(taken, buffer.size, choice);
  }
  return offsets;
}

} // namespace neap
