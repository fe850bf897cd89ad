// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RandomPlanTest.cpp - properties of the verifier over random plans: right ones
// pass, ones whose live buffers overlap or that lack a needed wait do not, and
// no garbage in any field makes it crash.
#include "runtime/plan/PlanVerifier.h"

#include "runtime/plan/PlanReader.h"
#include "test/runtime/support/TestModel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace {

using namespace neap::plan;
using neap::test::PlanBuilder;
using Random = std::mt19937_64;

/// One value of a random graph: made by command `index`, read last by
/// `lastUse`.
struct Value {
  uint32_t buffer = 0;
  size_t made = 0;
  size_t lastUse = 0;
};

/// A random program of copies and sums over arena buffers, on `numStreams`
/// streams, each command waiting for all that it depends on.
class RandomProgram {
public:
  RandomProgram(uint64_t seed, uint32_t numStreams) : random(seed) {
    for (uint32_t i = 1; i < numStreams; ++i)
      builder.entry().streams.push_back({"other", 0});
    buildCommands();
    placeBuffers();
    addWaits();
  }

  Plan &plan() { return builder.plan; }
  std::vector<Value> values;

  /// Returns the `index`-th command.
  Command &command(size_t index) {
    return builder.entry().body.commands[index];
  }

private:
  static constexpr size_t kCommands = 30;

  size_t below(size_t bound) { return random() % bound; }

  void buildCommands() {
    add = builder.kernel("add_f32", 3, 1);
    size = builder.constant(1);
    uint32_t x = builder.input("x", 64);
    builder.entry().arenaBytes = 1 << 20;
    for (size_t i = 0; i < kCommands; ++i) {
      uint32_t a = pick(i, x), b = pick(i, x);
      uint32_t made =
          builder.buffer("v" + std::to_string(i), Segment::Arena, 0, 256);
      launch(i, a, b, made);
      values.push_back({made, i, i});
    }
    uint32_t r = builder.output("r", 64);
    launch(kCommands, pick(kCommands, x), values.back().buffer, r);
    values.back().lastUse = kCommands;
  }

  void launch(size_t index, uint32_t a, uint32_t b, uint32_t result) {
    Command &added = builder.launch(
        "c" + std::to_string(index), add,
        {builder.read(a), builder.read(b), builder.write(result)}, {size},
        size);
    added.stream = static_cast<uint32_t>(below(builder.entry().streams.size()));
  }

  /// Returns an earlier value's buffer, read by command `reader`, or the input.
  uint32_t pick(size_t reader, uint32_t input) {
    if (values.empty() || below(6) == 0)
      return input;
    size_t back = std::min<size_t>(values.size(), 8);
    Value &value = values[values.size() - 1 - below(back)];
    value.lastUse = reader;
    return value.buffer;
  }

  /// First fit: a value must not overlap one that is alive with it.
  void placeBuffers() {
    for (size_t i = 0; i < values.size(); ++i) {
      uint64_t offset = 0;
      for (bool moved = true; moved;) {
        moved = false;
        for (size_t j = 0; j < i; ++j)
          if (values[j].lastUse >= values[i].made && overlaps(j, offset)) {
            offset = offsetOf(j) + 256;
            moved = true;
          }
      }
      builder.entry().buffers[values[i].buffer].offset = offset;
    }
  }

  uint64_t offsetOf(size_t value) {
    return builder.entry().buffers[values[value].buffer].offset;
  }
  bool overlaps(size_t value, uint64_t offset) {
    return offset < offsetOf(value) + 256 && offsetOf(value) < offset + 256;
  }

  /// Waits for every earlier command that touches the same bytes.
  void addWaits() {
    for (size_t i = 0; i < builder.entry().body.commands.size(); ++i)
      for (size_t j = 0; j < i; ++j)
        if (conflict(command(j), command(i)))
          command(i).waits.push_back(static_cast<uint32_t>(j));
  }

  bool conflict(const Command &a, const Command &b) {
    for (const Operand &x : a.operands)
      for (const Operand &y : b.operands) {
        const Buffer &p = builder.entry().buffers[x.buffer];
        const Buffer &q = builder.entry().buffers[y.buffer];
        bool changed = x.access != Access::Read || y.access != Access::Read;
        if (changed && p.segment == q.segment && p.index == q.index &&
            p.offset < q.offset + 256 && q.offset < p.offset + 256)
          return true;
      }
    return false;
  }

  Random random;
  PlanBuilder builder;
  uint32_t add = 0;
  uint32_t size = 0;
};

TEST(RandomPlan, RightPlansPass) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    RandomProgram program(seed, 1 + seed % 4);
    auto problem = verifyPlan(program.plan());
    EXPECT_FALSE(problem) << seed << ": " << *problem;
  }
}

TEST(RandomPlan, LiveBuffersThatOverlapAreFound) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    RandomProgram program(seed, 1);
    // Move one value onto another that is alive when it is made and read later.
    size_t found = 0;
    for (size_t i = 0; i < program.values.size() && found == 0; ++i)
      for (size_t j = 0; j < i && found == 0; ++j)
        if (program.values[j].lastUse > i) {
          auto &buffers = program.plan().entries[0].buffers;
          buffers[program.values[i].buffer].offset =
              buffers[program.values[j].buffer].offset;
          found = i;
        }
    if (found != 0)
      EXPECT_TRUE(verifyPlan(program.plan())) << seed;
  }
}

TEST(RandomPlan, AMissingWaitIsFound) {
  size_t numTried = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    RandomProgram program(seed, 4);
    // The last command's waits: without any, it is ordered by its stream alone,
    // so it is right only if all it reads was made on that stream.
    size_t last = program.plan().entries[0].body.commands.size() - 1;
    Command &command = program.command(last);
    Command &maker = program.command(last - 1);
    if (maker.stream == command.stream)
      continue;
    ++numTried;
    command.waits.clear();
    EXPECT_TRUE(verifyPlan(program.plan())) << seed;
  }
  EXPECT_GT(numTried, 50u);
}

/// Values that fields are set to.
uint64_t strangeNumber(Random &random) {
  static const uint64_t kNumbers[] = {0,
                                      1,
                                      2,
                                      3,
                                      63,
                                      64,
                                      65,
                                      255,
                                      256,
                                      257,
                                      1u << 20,
                                      INT32_MAX,
                                      UINT32_MAX,
                                      INT64_MAX,
                                      1ull << 63,
                                      UINT64_MAX,
                                      UINT64_MAX - 63};
  return kNumbers[random() % (sizeof(kNumbers) / sizeof(kNumbers[0]))];
}

TEST(RandomPlan, GarbageNeverCrashesTheVerifier) {
  Random random(1);
  std::string right = neap::test::serializePlan(RandomProgram(3, 3).plan());
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = right;
    for (size_t change = 0; change <= random() % 3; ++change) {
      size_t at = random() % bytes.size();
      bytes[at] = static_cast<char>(strangeNumber(random) >> (random() % 8));
    }
    Plan plan;
    if (readPlan(bytes.data(), bytes.size(), plan).isOk())
      (void)verifyPlan(plan);
  }
}

TEST(RandomPlan, StrangeNumbersNeverCrashTheVerifier) {
  Random random(2);
  for (int round = 0; round < 3000; ++round) {
    Plan plan = RandomProgram(round % 5, 2).plan();
    auto strange32 = [&] {
      return static_cast<uint32_t>(strangeNumber(random));
    };
    Entry &entry = plan.entries[0];
    Buffer &buffer = entry.buffers[random() % entry.buffers.size()];
    Command &command =
        entry.body.commands[random() % entry.body.commands.size()];
    Operand &operand = command.operands[random() % command.operands.size()];
    Expr &expr = plan.exprs[random() % plan.exprs.size()];
    switch (random() % 12) {
    case 0:
      buffer.offset = strangeNumber(random);
      break;
    case 1:
      buffer.size = strangeNumber(random);
      break;
    case 2:
      operand.offset = strangeNumber(random);
      operand.length = strangeNumber(random);
      break;
    case 3:
      operand.buffer = strange32();
      break;
    case 4:
      operand.inPlaceOf = strange32();
      break;
    case 5:
      expr = {static_cast<Expr::Op>(random() % 10),
              static_cast<int64_t>(strangeNumber(random)), strange32(),
              strange32()};
      break;
    case 6:
      command.waits = {strange32()};
      break;
    case 7:
      command.kind = If{};
      break;
    case 8:
      command.kind = Loop{strange32(), strange32(), Block{}};
      break;
    case 9:
      command.scratch =
          Operand{strange32(), Access::Scratch, strangeNumber(random),
                  strangeNumber(random), 0};
      break;
    case 10:
      buffer.index = strange32();
      buffer.segment = static_cast<Segment>(random() % 6);
      break;
    default:
      command.kind = ReadScalar{strange32()};
      break;
    }
    (void)verifyPlan(plan);
  }
}

} // namespace
