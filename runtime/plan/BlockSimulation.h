// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BlockSimulation.h - runs the commands of an entry on histories of bytes
// instead of bytes. PlanVerifier calls it after the tables have been checked.
//
// Order is kept as vector clocks: clock[s] is how many commands of stream s
// have surely ended. A command starts after the one before it in its stream and
// after those that it waits for. Two accesses of one byte, one of them a write,
// are right only if the later one's clock covers the earlier one.
//
// A nested block starts after its If or Loop and ends before it ends; from
// outside its commands are one command. After an If holds what both branches
// leave; a Loop's body is run twice, so that what it reads from the iteration
// before is seen (twice suffices: the effect of a body on owners is
// idempotent).
#ifndef NEAP_RUNTIME_PLAN_BLOCKSIMULATION_H
#define NEAP_RUNTIME_PLAN_BLOCKSIMULATION_H

#include "runtime/plan/ByteMap.h"
#include "runtime/plan/ExprRange.h"
#include "runtime/plan/Plan.h"

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace neap::plan {

/// Blocks may nest this deep; a Loop doubles the work of its body.
constexpr size_t kMaxNesting = 8;
/// Clocks have one number per stream.
constexpr size_t kMaxStreams = 64;

/// Bytes that one operand touches, in the addresses of its memory.
struct OperandBytes {
  const Operand *operand = nullptr;
  const Buffer *buffer = nullptr;
  /// The memory's history; null if no command can write it.
  ByteMap *map = nullptr;
  /// Which memory: segment, space, device, and for inputs and outputs which.
  std::tuple<Segment, MemorySpace, uint32_t, uint32_t> memory;
  uint64_t begin = 0;
  uint64_t end = 0;
  /// What it is in messages, such as "operand 2" or "scratch".
  std::string role;
};

/// The simulation of one entry. Use once.
class BlockSimulation {
public:
  BlockSimulation(const Plan &plan, const Entry &entry,
                  const std::vector<ExprRange> &ranges);

  /// Returns the first rule that a command breaks, or that an output is left
  /// incomplete.
  [[nodiscard]] std::optional<std::string> run();

private:
  using Error = std::optional<std::string>;
  using Clock = std::vector<uint32_t>;
  using Memory = decltype(OperandBytes::memory);

  /// All that is known at one point of the program.
  struct State {
    std::map<Memory, ByteMap> memories;
    ByteMap scalars;
  };

  /// The command that is being simulated.
  struct Current {
    const Command &command;
    Event event;
    Clock start;
  };

  Error runBlock(const Block &block, const Clock &start, const char *name);
  Error runCommand(const Block &block, size_t index, const Clock &blockStart,
                   std::vector<Clock> &ends);
  Error runKind(const Current &current);
  Error runIf(const Current &current, const If &kind);
  Error runLoop(const Current &current, const Loop &kind);
  Error startCounting(const Current &current, const Loop &kind);
  Error runNested(const Current &current, const Block &block, const char *name);

  Error checkWaits(const Command &command, size_t index) const;
  Error checkLaunch(const Current &current, const Launch &launch);
  Error checkScratch(const Command &command, uint64_t bytesPerThread) const;
  Error checkCopy(const Current &current);
  Error checkReadScalar(const Current &current, const ReadScalar &kind);
  Error checkOperandCount(const Command &command, size_t expected) const;
  Error checkSize(const Current &current, uint32_t expr, const char *what);

  Error locate(const Operand &operand, std::string role, OperandBytes &bytes);
  Error locateAll(const Command &command, std::vector<OperandBytes> &all);
  Error checkOverlaps(const std::vector<OperandBytes> &all) const;
  Error checkInPlace(const std::vector<OperandBytes> &all, size_t write) const;
  Error read(const Current &current, const OperandBytes &bytes);
  Error write(const Current &current, const OperandBytes &bytes);
  Error setScalar(const Current &current, uint32_t scalar);
  Error useScalars(const Current &current, uint32_t expr);
  Error checkOutputs();
  Error checkOutputSizes(const Tensor &output);

  Memory memoryOf(const Buffer &buffer) const;
  std::string describe(const OperandBytes &bytes) const;
  Error fail(const std::string &problem) const;

  const Plan &plan;
  const Entry &entry;
  const std::vector<ExprRange> &ranges;
  State state;
  /// Commands started in each stream so far.
  Clock position;
  /// Clock at the end of the last command of each stream.
  std::vector<Clock> lastEnd;
  /// Blocks and positions that lead to the current command, for messages.
  std::vector<std::pair<const char *, size_t>> path;
  const Command *named = nullptr;
};

} // namespace neap::plan

#endif // NEAP_RUNTIME_PLAN_BLOCKSIMULATION_H
