// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OperandChecks.cpp - the part of BlockSimulation that looks at one command:
// its kind's constraints, its operands' bounds and overlaps, and what its
// accesses meet in memory.
#include "runtime/plan/BlockSimulation.h"

#include "runtime/base/Format.h"
#include "runtime/include/neap/plan_format.h"

#include <algorithm>

namespace neap::plan {

using rt::format;
using rt::quoted;

namespace {

const char *segmentName(Segment segment) {
  switch (segment) {
  case Segment::Arena:
    return "arena";
  case Segment::Const:
    return "const";
  case Segment::State:
    return "state";
  case Segment::Input:
    return "input";
  case Segment::Output:
    return "output";
  }
  return "unknown segment";
}

bool readsMemory(Access access) {
  return access == Access::Read || access == Access::ReadWrite;
}

bool overlap(const OperandBytes &a, const OperandBytes &b) {
  return a.memory == b.memory && a.begin < b.end && b.begin < a.end;
}

/// Returns whether `clock` says that `event` has ended.
bool covers(const std::vector<uint32_t> &clock, const Event &event) {
  return event.time <= clock[event.stream];
}

/// Returns the bytes [begin, end) as text.
std::string bytesText(uint64_t begin, uint64_t end) {
  return format("bytes [%llu, %llu)", static_cast<unsigned long long>(begin),
                static_cast<unsigned long long>(end));
}

} // namespace

std::string BlockSimulation::describe(const OperandBytes &bytes) const {
  return bytes.role + " (buffer " + quoted(bytes.buffer->name) + ", " +
         bytesText(bytes.begin, bytes.end) + " of " +
         segmentName(bytes.buffer->segment) + ")";
}

/// An output that shares an input's memory is in that input's memory.
BlockSimulation::Memory BlockSimulation::memoryOf(const Buffer &buffer) const {
  Segment segment = buffer.segment;
  uint32_t index = 0;
  if (segment == Segment::Input || segment == Segment::Output)
    index = buffer.index;
  if (segment == Segment::Output) {
    uint32_t aliased = entry.outputs[index].aliasesInput;
    if (aliased != 0) {
      segment = Segment::Input;
      index = aliased - 1;
    }
  }
  return {segment, buffer.space, buffer.device, index};
}

//===----------------------------------------------------------------------===//
// Constraints of each kind
//===----------------------------------------------------------------------===//

BlockSimulation::Error
BlockSimulation::checkOperandCount(const Command &command,
                                   size_t expected) const {
  if (command.operands.size() == expected)
    return std::nullopt;
  return fail(format("has %zu operands, expected %zu", command.operands.size(),
                     expected));
}

BlockSimulation::Error BlockSimulation::useScalars(const Current &current,
                                                   uint32_t expr) {
  if (!ranges[expr].usesScalars)
    return std::nullopt;
  for (uint32_t scalar : collectScalars(plan, expr)) {
    auto [first, last] = state.scalars.cut(scalar, scalar + 1);
    const char *name = entry.scalars[scalar].name.c_str();
    if (first == last || first->second.owner == kNoOwner)
      return fail(format("uses scalar %s, which is not set on every path",
                         quoted(name).c_str()));
    for (const Event &writer : first->second.writers)
      if (!(writer == current.event) && !covers(current.start, writer))
        return fail(format("uses scalar %s without waiting for %s, which sets "
                           "it",
                           quoted(name).c_str(),
                           quoted(writer.command->name).c_str()));
    state.scalars.read(scalar, scalar + 1, current.event);
  }
  return std::nullopt;
}

BlockSimulation::Error BlockSimulation::checkSize(const Current &current,
                                                  uint32_t expr,
                                                  const char *what) {
  if (expr >= ranges.size())
    return fail(
        format("has as %s expression %u of %zu", what, expr, ranges.size()));
  if (ranges[expr].problem)
    return fail(format("has as %s expression %u, which %s", what, expr,
                       ranges[expr].problem));
  return useScalars(current, expr);
}

BlockSimulation::Error BlockSimulation::checkLaunch(const Current &current,
                                                    const Launch &launch) {
  const Command &command = current.command;
  if (launch.kernel >= plan.kernels.size())
    return fail(format("launches kernel %u of %zu", launch.kernel,
                       plan.kernels.size()));
  const Kernel &kernel = plan.kernels[launch.kernel];
  if (Error error = checkOperandCount(command, kernel.numOperands))
    return error;
  if (launch.sizes.size() != kernel.numSizes)
    return fail(format("gives %zu sizes to kernel %s, expected %u",
                       launch.sizes.size(), quoted(kernel.symbol).c_str(),
                       kernel.numSizes));
  for (uint32_t size : launch.sizes)
    if (Error error = checkSize(current, size, "size"))
      return error;
  if (Error error = checkSize(current, launch.numTiles, "number of tiles"))
    return error;
  const ExprRange &tiles = ranges[launch.numTiles];
  constexpr int64_t kMostTiles = int64_t(1) << 40;
  if (tiles.lo < 0 || tiles.hi > kMostTiles)
    return fail(format("has %lld to %lld tiles, expected 0 to 2^40",
                       static_cast<long long>(tiles.lo),
                       static_cast<long long>(tiles.hi)));
  if (launch.tilesPerBlock == 0)
    return fail("has 0 tiles per block, expected at least 1");
  return checkScratch(command, launch.scratchBytesPerThread);
}

BlockSimulation::Error
BlockSimulation::checkScratch(const Command &command,
                              uint64_t bytesPerThread) const {
  uint64_t length = 0;
  if (bytesPerThread % NEAP_BUFFER_ALIGNMENT != 0 ||
      __builtin_mul_overflow(bytesPerThread, uint64_t(plan.maxThreads),
                             &length))
    return fail(format("has %llu scratch bytes per thread, expected a multiple "
                       "of %u",
                       static_cast<unsigned long long>(bytesPerThread),
                       NEAP_BUFFER_ALIGNMENT));
  if (!command.scratch) {
    if (bytesPerThread == 0)
      return std::nullopt;
    return fail("uses scratch, but has no scratch operand");
  }
  const Operand &scratch = *command.scratch;
  const Buffer &buffer = entry.buffers[scratch.buffer];
  if (scratch.access != Access::Scratch || scratch.length != length ||
      length == 0)
    return fail(format("has a scratch operand of %llu bytes, expected access "
                       "'scratch' and %llu bytes per thread times %u threads",
                       static_cast<unsigned long long>(scratch.length),
                       static_cast<unsigned long long>(bytesPerThread),
                       plan.maxThreads));
  if (buffer.segment != Segment::Arena ||
      (buffer.offset + scratch.offset) % NEAP_BUFFER_ALIGNMENT != 0)
    return fail(format("has scratch in buffer %s, expected it in the arena at "
                       "a multiple of %u bytes",
                       quoted(buffer.name).c_str(), NEAP_BUFFER_ALIGNMENT));
  return std::nullopt;
}

BlockSimulation::Error BlockSimulation::checkCopy(const Current &current) {
  const Command &command = current.command;
  if (Error error = checkOperandCount(command, 2))
    return error;
  const Operand &from = command.operands[0];
  const Operand &to = command.operands[1];
  if (from.access != Access::Read || to.access != Access::Write)
    return fail("expected operand 0 to be read and operand 1 to be written");
  if (to.inPlaceOf != 0)
    return fail("copies in place, expected separate bytes");
  if (from.length != to.length)
    return fail(format("copies %llu bytes to %llu bytes, expected equal "
                       "lengths",
                       static_cast<unsigned long long>(from.length),
                       static_cast<unsigned long long>(to.length)));
  // As many bytes are copied as both buffers have.
  for (const Operand &operand : command.operands)
    if (Error error =
            useScalars(current, entry.buffers[operand.buffer].sizeExpr))
      return error;
  return std::nullopt;
}

BlockSimulation::Error
BlockSimulation::checkReadScalar(const Current &current,
                                 const ReadScalar &kind) {
  if (Error error = checkOperandCount(current.command, 1))
    return error;
  const Operand &from = current.command.operands[0];
  const Buffer &buffer = entry.buffers[from.buffer];
  uint64_t bytes = buffer.elementBits / 8;
  if (from.access != Access::Read || from.length != bytes ||
      (bytes != 4 && bytes != 8) || (buffer.offset + from.offset) % bytes != 0)
    return fail("expected operand 0 to be a read of one aligned element of 32 "
                "or 64 bits");
  if (kind.scalar >= entry.scalars.size())
    return fail(
        format("sets scalar %u of %zu", kind.scalar, entry.scalars.size()));
  return setScalar(current, kind.scalar);
}

BlockSimulation::Error BlockSimulation::setScalar(const Current &current,
                                                  uint32_t scalar) {
  auto [first, last] = state.scalars.cut(scalar, scalar + 1);
  for (auto it = first; it != last; ++it)
    for (const auto *events : {&it->second.writers, &it->second.readers})
      for (const Event &event : *events)
        if (!(event == current.event) && !covers(current.start, event))
          return fail(
              format("sets scalar %s without waiting for %s, which uses it",
                     quoted(entry.scalars[scalar].name).c_str(),
                     quoted(event.command->name).c_str()));
  state.scalars.write(scalar, scalar + 1, kAnyOwner, current.event);
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Operands of one command
//===----------------------------------------------------------------------===//

BlockSimulation::Error BlockSimulation::locate(const Operand &operand,
                                               std::string role,
                                               OperandBytes &bytes) {
  if (operand.buffer >= entry.buffers.size())
    return fail(format("%s names buffer %u of %zu", role.c_str(),
                       operand.buffer, entry.buffers.size()));
  const Buffer &buffer = entry.buffers[operand.buffer];
  if (operand.length > buffer.size ||
      operand.offset > buffer.size - operand.length)
    return fail(format("%s touches %llu bytes from byte %llu of buffer %s, "
                       "which has %llu",
                       role.c_str(),
                       static_cast<unsigned long long>(operand.length),
                       static_cast<unsigned long long>(operand.offset),
                       quoted(buffer.name).c_str(),
                       static_cast<unsigned long long>(buffer.size)));
  if (static_cast<uint32_t>(operand.access) >
      static_cast<uint32_t>(Access::Scratch))
    return fail(format("%s has the unknown access %u", role.c_str(),
                       static_cast<uint32_t>(operand.access)));
  bytes.operand = &operand;
  bytes.buffer = &buffer;
  bytes.memory = memoryOf(buffer);
  bytes.begin = buffer.offset + operand.offset;
  bytes.end = bytes.begin + operand.length;
  bytes.role = std::move(role);
  bool constant = buffer.segment == Segment::Const;
  if (!constant)
    bytes.map = &state.memories[bytes.memory];
  if (operand.access != Access::Read &&
      (constant || buffer.segment == Segment::Input))
    return fail(describe(bytes) + " is written, expected it to be only read");
  return std::nullopt;
}

BlockSimulation::Error
BlockSimulation::locateAll(const Command &command,
                           std::vector<OperandBytes> &all) {
  all.resize(command.operands.size() + (command.scratch ? 1 : 0));
  for (size_t i = 0; i < command.operands.size(); ++i)
    if (Error error =
            locate(command.operands[i], format("operand %zu", i), all[i]))
      return error;
  if (command.scratch)
    return locate(*command.scratch, "scratch", all.back());
  return std::nullopt;
}

/// Checks the operand that `all[write]` replaces, if it names one.
BlockSimulation::Error
BlockSimulation::checkInPlace(const std::vector<OperandBytes> &all,
                              size_t write) const {
  const Operand &operand = *all[write].operand;
  if (operand.inPlaceOf == 0)
    return std::nullopt;
  size_t replaced = operand.inPlaceOf - 1;
  if (operand.access != Access::Write || replaced >= all.size() ||
      all[replaced].operand->access != Access::Read)
    return fail(describe(all[write]) +
                format(" is in place of operand %zu, expected a write in place "
                       "of a read",
                       replaced));
  const OperandBytes &read = all[replaced];
  if (read.memory != all[write].memory || read.begin != all[write].begin ||
      read.end != all[write].end)
    return fail(describe(all[write]) + " is in place of " + describe(read) +
                ", expected the same bytes");
  return std::nullopt;
}

BlockSimulation::Error
BlockSimulation::checkOverlaps(const std::vector<OperandBytes> &all) const {
  for (size_t i = 0; i < all.size(); ++i) {
    if (Error error = checkInPlace(all, i))
      return error;
    if (all[i].operand->access == Access::Read)
      continue;
    for (size_t j = 0; j < all.size(); ++j) {
      bool bothChange = all[j].operand->access != Access::Read;
      bool seen = bothChange && j <= i;
      bool replaced = all[i].operand->inPlaceOf == j + 1;
      if (!seen && !replaced && overlap(all[i], all[j]))
        return fail(describe(all[i]) + " overlaps " + describe(all[j]));
    }
  }
  return std::nullopt;
}

/// Checks that the bytes hold the buffer that is named and that their writers
/// have ended, then records the read.
BlockSimulation::Error BlockSimulation::read(const Current &current,
                                             const OperandBytes &bytes) {
  if (!readsMemory(bytes.operand->access) || !bytes.map ||
      bytes.begin == bytes.end)
    return std::nullopt;
  auto [first, last] = bytes.map->cut(bytes.begin, bytes.end);
  uint64_t covered = bytes.begin;
  for (auto it = first; it != last; ++it) {
    const Region &region = it->second;
    if (it->first != covered)
      break;
    bool own = region.owner == bytes.operand->buffer;
    if (!own && region.owner != kAnyOwner) {
      std::string problem =
          describe(bytes) + " is read, but " + bytesText(it->first, region.end);
      if (region.owner != kNoOwner)
        problem += " hold buffer " + quoted(entry.buffers[region.owner].name);
      else
        problem += " are undefined";
      if (!region.writers.empty())
        problem += " since " + quoted(region.writers.back().command->name);
      return fail(problem);
    }
    for (const Event &writer : region.writers)
      if (!covers(current.start, writer))
        return fail(describe(bytes) + " is read without waiting for " +
                    quoted(writer.command->name) + ", which writes " +
                    bytesText(it->first, region.end));
    covered = region.end;
  }
  if (covered != bytes.end)
    return fail(describe(bytes) + " is read, but nothing has written " +
                format("byte %llu", static_cast<unsigned long long>(covered)));
  bytes.map->read(bytes.begin, bytes.end, current.event);
  return std::nullopt;
}

/// Checks that all earlier accesses of the bytes have ended, then records the
/// write; scratch leaves the bytes undefined.
BlockSimulation::Error BlockSimulation::write(const Current &current,
                                              const OperandBytes &bytes) {
  if (bytes.operand->access == Access::Read || bytes.begin == bytes.end)
    return std::nullopt;
  auto [first, last] = bytes.map->cut(bytes.begin, bytes.end);
  for (auto it = first; it != last; ++it)
    for (const auto *events : {&it->second.writers, &it->second.readers})
      for (const Event &event : *events)
        if (!(event == current.event) && !covers(current.start, event))
          return fail(describe(bytes) + " is changed without waiting for " +
                      quoted(event.command->name) + ", which uses " +
                      bytesText(it->first, it->second.end));
  bool defined = bytes.operand->access != Access::Scratch;
  bytes.map->write(bytes.begin, bytes.end,
                   defined ? bytes.operand->buffer : kNoOwner, current.event);
  return std::nullopt;
}

/// Checks that the scalars that an output's sizes depend on are set at the end.
BlockSimulation::Error BlockSimulation::checkOutputSizes(const Tensor &output) {
  for (uint32_t dim : output.dims)
    for (uint32_t scalar : collectScalars(plan, dim)) {
      auto [first, last] = state.scalars.cut(scalar, scalar + 1);
      if (first == last || first->second.owner == kNoOwner)
        return fail(format("output %s has a size that uses scalar %s, which is "
                           "not set on every path",
                           quoted(output.name).c_str(),
                           quoted(entry.scalars[scalar].name).c_str()));
    }
  return std::nullopt;
}

BlockSimulation::Error BlockSimulation::checkOutputs() {
  for (const Tensor &output : entry.outputs) {
    if (Error error = checkOutputSizes(output))
      return error;
    const Buffer &buffer = entry.buffers[output.buffer];
    uint64_t covered = 0;
    auto [first, last] = state.memories[memoryOf(buffer)].cut(0, buffer.size);
    for (auto it = first; it != last && it->first == covered; ++it) {
      uint32_t owner = it->second.owner;
      if (owner != output.buffer && owner != kAnyOwner)
        break;
      covered = it->second.end;
    }
    if (covered < buffer.size)
      return fail(format("output %s has %llu bytes, but byte %llu is not "
                         "written on every path",
                         quoted(output.name).c_str(),
                         static_cast<unsigned long long>(buffer.size),
                         static_cast<unsigned long long>(covered)));
  }
  return std::nullopt;
}

} // namespace neap::plan
