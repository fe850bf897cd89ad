// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LiveBytes.cpp - sweeps over the steps with the set of live byte ranges.
#include "runtime/executor/LiveBytes.h"

#include "runtime/executor/Program.h"
#include "runtime/include/neap/plan_format.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace neap::rt {
namespace {

/// A buffer's steps, both included.
struct Lifetime {
  uint32_t first;
  uint32_t last;
};

/// Offset and end of a buffer in the arena.
using ByteRange = std::pair<uint64_t, uint64_t>;

/// Returns the lifetimes of the buffers that steps touch.
std::map<uint32_t, Lifetime> findLifetimes(const Program &program) {
  std::map<uint32_t, Lifetime> lifetimes;
  auto touch = [&](uint32_t buffer, uint32_t first, uint32_t last) {
    Lifetime &life =
        lifetimes.try_emplace(buffer, Lifetime{first, last}).first->second;
    life.first = std::min(life.first, first);
    life.last = std::max(life.last, last);
  };
  // The outermost loop that the step is in.
  uint32_t loopBegin = 0, loopEnd = 0;
  for (uint32_t i = 0; i < program.steps.size(); ++i) {
    const Step &step = program.steps[i];
    if (step.kind == StepKind::Loop && i >= loopEnd) {
      loopBegin = i;
      loopEnd = step.end;
    }
    bool isInLoop = i < loopEnd;
    size_t numOperands = step.command->operands.size() + step.hasScratch;
    for (size_t j = 0; j < numOperands; ++j)
      touch(program.operands[step.firstOperand + j].buffer,
            isInLoop ? loopBegin : i, isInLoop ? loopEnd - 1 : i);
  }
  return lifetimes;
}

/// Returns the bytes that one or more of the ranges cover.
uint64_t countBytes(const std::multiset<ByteRange> &ranges) {
  uint64_t bytes = 0, end = 0;
  for (const ByteRange &range : ranges) {
    if (range.second > end)
      bytes += range.second - std::max(range.first, end);
    end = std::max(end, range.second);
  }
  return bytes;
}

} // namespace

std::vector<uint64_t> computeLiveBytes(const Program &program) {
  std::vector<std::vector<ByteRange>> begins(program.steps.size());
  std::vector<std::vector<ByteRange>> ends(program.steps.size());
  for (const auto &[id, life] : findLifetimes(program)) {
    const plan::Buffer &buffer = program.entry->buffers[id];
    if (buffer.segment != plan::Segment::Arena)
      continue;
    uint64_t units =
        (buffer.size + NEAP_BUFFER_ALIGNMENT - 1) / NEAP_BUFFER_ALIGNMENT;
    ByteRange range = {buffer.offset,
                       buffer.offset + units * NEAP_BUFFER_ALIGNMENT};
    begins[life.first].push_back(range);
    ends[life.last].push_back(range);
  }
  std::vector<uint64_t> liveBytes;
  std::multiset<ByteRange> live;
  for (size_t i = 0; i < program.steps.size(); ++i) {
    live.insert(begins[i].begin(), begins[i].end());
    liveBytes.push_back(countBytes(live));
    for (const ByteRange &range : ends[i])
      live.erase(live.find(range));
  }
  return liveBytes;
}

} // namespace neap::rt
