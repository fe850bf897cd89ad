// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ByteMap.cpp - what the verifier knows of each byte of one memory.
#include "runtime/plan/ByteMap.h"

#include <algorithm>
#include <set>

namespace neap::plan {
namespace {

/// Adds the events of `from` that `to` lacks.
void addEvents(std::vector<Event> &to, const std::vector<Event> &from) {
  for (const Event &event : from)
    if (std::find(to.begin(), to.end(), event) == to.end())
      to.push_back(event);
}

/// Relabels the later ones of `events`, then drops duplicates.
void relabelEvents(std::vector<Event> &events,
                   const std::vector<uint32_t> &base, const Event &whole) {
  std::vector<Event> result;
  for (const Event &event : events) {
    bool nested = event.time > base[event.stream];
    addEvents(result, {nested ? whole : event});
  }
  events = std::move(result);
}

/// Returns who owns bytes that `a` owns on one path and `b` on another.
uint32_t mergeOwners(uint32_t a, uint32_t b) {
  if (a == b || b == kAnyOwner)
    return a;
  return a == kAnyOwner ? b : kNoOwner;
}

/// Returns the region of `regions` that covers `position`, or an untouched one.
const Region &findRegion(const ByteMap::Regions &regions, uint64_t position) {
  static const Region untouched;
  auto next = regions.upper_bound(position);
  if (next == regions.begin())
    return untouched;
  const Region &region = std::prev(next)->second;
  return position < region.end ? region : untouched;
}

} // namespace

void ByteMap::define(uint64_t begin, uint64_t end) {
  if (begin < end)
    regions[begin] = Region{end, kAnyOwner, {}, {}};
}

void ByteMap::splitAt(uint64_t position) {
  auto next = regions.upper_bound(position);
  if (next == regions.begin())
    return;
  auto current = std::prev(next);
  if (current->first == position || current->second.end <= position)
    return;
  Region rest = current->second;
  current->second.end = position;
  regions.emplace_hint(next, position, std::move(rest));
}

std::pair<ByteMap::Regions::iterator, ByteMap::Regions::iterator>
ByteMap::cut(uint64_t begin, uint64_t end) {
  splitAt(begin);
  splitAt(end);
  return {regions.lower_bound(begin), regions.lower_bound(end)};
}

void ByteMap::write(uint64_t begin, uint64_t end, uint32_t owner,
                    const Event &writer) {
  if (begin >= end)
    return;
  auto [first, last] = cut(begin, end);
  regions.erase(first, last);
  regions[begin] = Region{end, owner, {writer}, {}};
}

void ByteMap::read(uint64_t begin, uint64_t end, const Event &reader) {
  auto [first, last] = cut(begin, end);
  for (auto it = first; it != last; ++it) {
    std::vector<Event> &readers = it->second.readers;
    auto same =
        std::find_if(readers.begin(), readers.end(), [&](const Event &event) {
          return event.stream == reader.stream;
        });
    if (same == readers.end())
      readers.push_back(reader);
    else
      *same = reader;
  }
}

void ByteMap::relabel(const std::vector<uint32_t> &base, const Event &whole) {
  for (auto &[begin, region] : regions) {
    relabelEvents(region.writers, base, whole);
    relabelEvents(region.readers, base, whole);
  }
}

ByteMap ByteMap::merge(const ByteMap &a, const ByteMap &b) {
  std::set<uint64_t> cuts;
  for (const ByteMap *map : {&a, &b})
    for (const auto &[begin, region] : map->regions)
      cuts.insert({begin, region.end});
  ByteMap result;
  if (cuts.empty())
    return result;
  for (auto it = cuts.begin(); std::next(it) != cuts.end(); ++it) {
    const Region &inA = findRegion(a.regions, *it);
    const Region &inB = findRegion(b.regions, *it);
    if (inA.end == 0 && inB.end == 0)
      continue;
    Region region = inA;
    region.end = *std::next(it);
    region.owner = mergeOwners(inA.owner, inB.owner);
    addEvents(region.writers, inB.writers);
    addEvents(region.readers, inB.readers);
    result.regions.emplace_hint(result.regions.end(), *it, std::move(region));
  }
  return result;
}

} // namespace neap::plan
