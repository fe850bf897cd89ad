// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BlockSimulation.cpp - order and control: streams, waits, If and Loop. What
// each operand may touch is in OperandChecks.cpp.
#include "runtime/plan/BlockSimulation.h"

#include "runtime/base/Format.h"

#include <algorithm>

namespace neap::plan {

using rt::format;
using rt::quoted;

namespace {

/// Raises `clock` to cover all that `other` covers.
void join(std::vector<uint32_t> &clock, const std::vector<uint32_t> &other) {
  for (size_t i = 0; i < clock.size(); ++i)
    clock[i] = std::max(clock[i], other[i]);
}

} // namespace

BlockSimulation::BlockSimulation(const Plan &plan, const Entry &entry,
                                 const std::vector<ExprRange> &ranges)
    : plan(plan), entry(entry), ranges(ranges),
      position(entry.streams.size(), 0),
      lastEnd(entry.streams.size(), Clock(entry.streams.size(), 0)) {
  for (const Buffer &buffer : entry.buffers) {
    ByteMap &map = state.memories[memoryOf(buffer)];
    Segment segment = std::get<0>(memoryOf(buffer));
    if (!map.getRegions().empty())
      continue;
    if (segment == Segment::Input)
      map.define(0, buffer.size);
    if (segment == Segment::State)
      map.define(0, plan.stateBytes);
  }
}

BlockSimulation::Error BlockSimulation::run() {
  if (Error error =
          runBlock(entry.body, Clock(entry.streams.size(), 0), "command"))
    return error;
  return checkOutputs();
}

BlockSimulation::Error BlockSimulation::fail(const std::string &problem) const {
  std::string where = "entry " + quoted(entry.name);
  for (const auto &[name, index] : path)
    where += format(", %s %zu", name, index);
  if (named)
    where += " " + quoted(named->name);
  return where + ": " + problem;
}

BlockSimulation::Error BlockSimulation::runBlock(const Block &block,
                                                 const Clock &start,
                                                 const char *name) {
  if (path.size() >= kMaxNesting)
    return fail(format("expected blocks nested at most %zu deep", kMaxNesting));
  std::vector<Clock> ends;
  ends.reserve(block.commands.size());
  for (size_t index = 0; index < block.commands.size(); ++index) {
    path.emplace_back(name, index);
    named = &block.commands[index];
    if (Error error = runCommand(block, index, start, ends))
      return error;
    path.pop_back();
  }
  named = nullptr;
  return std::nullopt;
}

BlockSimulation::Error BlockSimulation::checkWaits(const Command &command,
                                                   size_t index) const {
  if (command.stream >= entry.streams.size())
    return fail(
        format("names stream %u of %zu", command.stream, entry.streams.size()));
  for (uint32_t wait : command.waits)
    if (wait >= index)
      return fail(format("waits for command %u, expected an earlier one of its "
                         "block",
                         wait));
  return std::nullopt;
}

BlockSimulation::Error BlockSimulation::runCommand(const Block &block,
                                                   size_t index,
                                                   const Clock &blockStart,
                                                   std::vector<Clock> &ends) {
  const Command &command = block.commands[index];
  if (Error error = checkWaits(command, index))
    return error;
  Current current{command, {command.stream, 0, &command}, blockStart};
  join(current.start, lastEnd[command.stream]);
  for (uint32_t wait : command.waits)
    join(current.start, ends[wait]);
  current.event.time = ++position[command.stream];

  std::vector<OperandBytes> operands;
  if (Error error = locateAll(command, operands))
    return error;
  if (Error error = checkOverlaps(operands))
    return error;
  for (const OperandBytes &bytes : operands)
    if (Error error = read(current, bytes))
      return error;
  for (const OperandBytes &bytes : operands)
    if (Error error = write(current, bytes))
      return error;
  if (Error error = runKind(current))
    return error;

  Clock end = current.start;
  end[command.stream] = current.event.time;
  lastEnd[command.stream] = end;
  ends.push_back(std::move(end));
  return std::nullopt;
}

BlockSimulation::Error BlockSimulation::runKind(const Current &current) {
  const Command &command = current.command;
  if (const auto *launch = std::get_if<Launch>(&command.kind))
    return checkLaunch(current, *launch);
  if (command.scratch)
    return fail("has scratch, expected it on launches alone");
  if (std::holds_alternative<Copy>(command.kind))
    return checkCopy(current);
  if (const auto *kind = std::get_if<If>(&command.kind))
    return runIf(current, *kind);
  if (const auto *kind = std::get_if<Loop>(&command.kind))
    return runLoop(current, *kind);
  if (const auto *kind = std::get_if<ReadScalar>(&command.kind))
    return checkReadScalar(current, *kind);
  return fail("has no kind");
}

/// Runs `block` as a part of the current command and forgets its inner order.
BlockSimulation::Error BlockSimulation::runNested(const Current &current,
                                                  const Block &block,
                                                  const char *name) {
  Clock base = position;
  std::vector<Clock> outerEnd = lastEnd;
  Clock start = current.start;
  start[current.event.stream] = current.event.time;
  if (Error error = runBlock(block, start, name))
    return error;
  for (auto &[memory, map] : state.memories)
    map.relabel(base, current.event);
  state.scalars.relabel(base, current.event);
  position = std::move(base);
  lastEnd = std::move(outerEnd);
  named = &current.command;
  return std::nullopt;
}

BlockSimulation::Error BlockSimulation::runIf(const Current &current,
                                              const If &kind) {
  if (Error error = checkOperandCount(current.command, 1))
    return error;
  const Operand &condition = current.command.operands[0];
  if (condition.access != Access::Read || condition.length != 1)
    return fail("expected operand 0 to be a read of one byte, the condition");
  State before = state;
  if (Error error = runNested(current, kind.thenBlock, "then command"))
    return error;
  std::swap(state, before);
  if (Error error = runNested(current, kind.elseBlock, "else command"))
    return error;
  for (auto &[memory, map] : state.memories)
    map = ByteMap::merge(map, before.memories[memory]);
  state.scalars = ByteMap::merge(state.scalars, before.scalars);
  return std::nullopt;
}

/// Sets the iteration scalar of a loop, if it has one.
BlockSimulation::Error BlockSimulation::startCounting(const Current &current,
                                                      const Loop &kind) {
  uint32_t iteration = kind.iterationScalar;
  if (iteration == 0)
    return std::nullopt;
  if (iteration > entry.scalars.size())
    return fail(format("counts in scalar %u of %zu", iteration - 1,
                       entry.scalars.size()));
  const Scalar &scalar = entry.scalars[iteration - 1];
  int64_t last = ranges[kind.tripCount].hi - 1;
  if (scalar.lo > 0 || scalar.hi < last)
    return fail(format(
        "counts to %lld in scalar %s, which holds %lld..%lld",
        static_cast<long long>(last), quoted(scalar.name).c_str(),
        static_cast<long long>(scalar.lo), static_cast<long long>(scalar.hi)));
  return setScalar(current, iteration - 1);
}

BlockSimulation::Error BlockSimulation::runLoop(const Current &current,
                                                const Loop &kind) {
  if (Error error = checkOperandCount(current.command, 0))
    return error;
  if (Error error = checkSize(current, kind.tripCount, "trip count"))
    return error;
  const ExprRange &trips = ranges[kind.tripCount];
  if (trips.lo < 0)
    return fail(format("has a trip count of at least %lld, expected 0 or more",
                       static_cast<long long>(trips.lo)));
  if (Error error = startCounting(current, kind))
    return error;
  State before = state;
  for (int pass = 0; pass < 2; ++pass)
    if (Error error = runNested(current, kind.body, "body command"))
      return error;
  if (trips.lo == 0) {
    for (auto &[memory, map] : state.memories)
      map = ByteMap::merge(map, before.memories[memory]);
    state.scalars = ByteMap::merge(state.scalars, before.scalars);
  }
  if (uint32_t iteration = kind.iterationScalar)
    state.scalars.write(iteration - 1, iteration, kNoOwner, current.event);
  return std::nullopt;
}

} // namespace neap::plan
