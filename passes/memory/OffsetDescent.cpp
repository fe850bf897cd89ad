// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OffsetDescent.cpp - capacities to try, and restarts of each search.
#include "passes/memory/OffsetDescent.h"

#include "passes/memory/DeterministicHash.h"
#include <algorithm>
#include <numeric>

namespace neap {

using Outcome = SkylineSearch::Outcome;
using PointRule = SkylineSearch::PointRule;

static constexpr unsigned kNumRules = 3;
static constexpr PointRule kRules[kNumRules] = {PointRule::FewestThenLowest,
                                                PointRule::FewestThenTightest,
                                                PointRule::TightestThenFewest};
/// The placement orders that lead to solutions soonest come first.
static constexpr unsigned kFirstRoundOrders[] = {1, 0, 3, 4, 6, 2, 5, 7};
static constexpr unsigned kFirstRoundSize =
    std::size(kFirstRoundOrders) * kNumRules;
static constexpr uint64_t kFirstRoundNodes = 1000;

/// Returns element `index` of Luby's sequence: 1 1 2 1 1 2 4 ...
static uint64_t getLuby(uint64_t index) {
  while (true) {
    unsigned bits = 1;
    while ((uint64_t(1) << bits) - 1 < index + 1)
      ++bits;
    if ((uint64_t(1) << bits) - 1 == index + 1)
      return uint64_t(1) << (bits - 1);
    index -= (uint64_t(1) << (bits - 1)) - 1;
  }
}

/// Moves each buffer by a random part of the order's length.
std::vector<int> OffsetDescent::perturb(std::vector<int> order,
                                        double amplitude,
                                        RandomSequence &random) const {
  std::vector<std::pair<double, int>> keyed;
  for (size_t i = 0; i < order.size(); ++i)
    keyed.push_back({double(i) / double(order.size()) +
                         amplitude * (double(random.nextBelow(1024)) / 1024),
                     int(i)});
  std::sort(keyed.begin(), keyed.end());
  std::vector<int> moved;
  for (auto [key, position] : keyed)
    moved.push_back(order[position]);
  return moved;
}

void OffsetDescent::prepareFirstRound(unsigned number) {
  search.setOrder(orders[kFirstRoundOrders[number / kNumRules]]);
  search.setPointRule(kRules[number % kNumRules]);
}

void OffsetDescent::prepareRestart(RandomSequence &random, uint64_t number) {
  std::vector<int> order = orders[random.nextBelow(5)];
  double amplitude = 0.05 + 0.05 * double(random.nextBelow(8));
  // The third rule is the best one rarely.
  search.setPointRule(kRules[random.nextBelow(8) ? random.nextBelow(2) : 2]);
  if (!guide.empty() && random.nextBelow(4)) {
    order = guide;
    amplitude = 0.01 + 0.03 * double(random.nextBelow(6));
  } else if (guide.empty() && random.nextBelow(2)) {
    order = orders[number % orders.size()];
    const uint64_t reach = 1 + order.size() / 8;
    for (size_t i = 0; i < order.size(); ++i)
      std::swap(order[i], order[std::min<size_t>(order.size() - 1,
                                                 i + random.nextBelow(reach))]);
    search.setOrder(order);
    return;
  }
  search.setOrder(perturb(std::move(order), amplitude, random));
}

Outcome OffsetDescent::attempt(int64_t capacity, uint64_t maxNodes) {
  RandomSequence random(12345);
  const uint64_t base =
      std::max<uint64_t>(500, 2 * uint64_t(problem.getNumBuffers()));
  uint64_t used = 0, numRestarts = 0;
  for (unsigned run = 0;; ++run) {
    uint64_t limit = kFirstRoundNodes;
    if (run < kFirstRoundSize && guide.empty()) {
      prepareFirstRound(run);
    } else {
      prepareRestart(random, numRestarts);
      bool isLastQuarter = used * 4 > maxNodes * 3;
      limit = isLastQuarter ? maxNodes : base * getLuby(numRestarts);
      ++numRestarts;
    }
    Outcome outcome = search.run(capacity, std::min(limit, maxNodes - used));
    used += search.getNumNodes();
    best.numNodes += search.getNumNodes();
    if (outcome != Outcome::NodeLimit || used >= maxNodes)
      return outcome;
  }
}

/// Returns the capacity to try after `capacity` had `outcome`.
int64_t OffsetDescent::chooseCapacity(int64_t capacity, Outcome outcome) {
  const int64_t lowest = problem.getMaxLiveSize();
  const int64_t gap = best.peak - refuted;
  const bool isWide = best.peak - lowest > lowest / 12;
  int64_t step = isCreeping ? 1 + gap / 64 : 1 + gap / (isWide ? 2 : 8);
  if (outcome == Outcome::NodeLimit && capacity > lowest)
    step = std::min(step, std::max<int64_t>(1, (best.peak - capacity) / 4));
  int64_t next = std::max(refuted, best.peak - step);
  // The largest live size has been tried with the larger limit.
  if (outcome == Outcome::NodeLimit && next == lowest && best.peak - 1 > lowest)
    next = best.peak - 1;
  return next;
}

OffsetSolution OffsetDescent::improve(OffsetSolution solution,
                                      const OffsetSearchLimits &limits) {
  best = std::move(solution);
  best.lowerBound = refuted = problem.getMaxLiveSize();
  int64_t capacity = refuted;
  uint64_t maxNodes = limits.maxNodes;
  while (refuted < best.peak) {
    Outcome outcome = attempt(capacity, maxNodes);
    maxNodes = limits.maxNodesPerStep;
    if (outcome == Outcome::Feasible) {
      best.offsets = search.getOffsets();
      best.peak = problem.computePeak(best.offsets);
      guide.resize(best.offsets.size());
      std::iota(guide.begin(), guide.end(), 0);
      std::sort(guide.begin(), guide.end(), [&](int lhs, int rhs) {
        return std::make_pair(best.offsets[lhs], lhs) <
               std::make_pair(best.offsets[rhs], rhs);
      });
    } else if (outcome == Outcome::Infeasible) {
      best.lowerBound = refuted = capacity + 1;
    } else if (capacity == best.peak - 1) {
      break;
    } else if (capacity > problem.getMaxLiveSize()) {
      isCreeping = true;
    }
    capacity = chooseCapacity(capacity, outcome);
  }
  return best;
}

} // namespace neap
