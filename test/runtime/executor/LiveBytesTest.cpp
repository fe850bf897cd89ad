// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LiveBytesTest.cpp - the arena's live bytes step by step, on programs by hand.
#include "runtime/executor/LiveBytes.h"

#include "runtime/executor/Program.h"

#include <gtest/gtest.h>

#include <deque>

namespace {

using neap::plan::Buffer;
using neap::plan::Command;
using neap::plan::Entry;
using neap::plan::Operand;
using neap::plan::Segment;
using neap::rt::computeLiveBytes;
using neap::rt::Program;
using neap::rt::Step;
using neap::rt::StepKind;
using Bytes = std::vector<uint64_t>;

/// A program whose steps touch buffers.
class ProgramByHand {
public:
  ProgramByHand() { program.entry = &entry; }

  uint32_t buffer(uint64_t offset, uint64_t size,
                  Segment segment = Segment::Arena) {
    Buffer buffer;
    buffer.segment = segment;
    buffer.offset = offset;
    buffer.size = size;
    entry.buffers.push_back(buffer);
    return static_cast<uint32_t>(entry.buffers.size() - 1);
  }

  /// Adds a step; `scratch`, if not 0, is 1 + the buffer of its scratch.
  Step &step(const std::vector<uint32_t> &buffers, uint32_t scratch = 0) {
    Command &command = commands.emplace_back();
    command.operands.resize(buffers.size());
    Step step;
    step.command = &command;
    step.firstOperand = static_cast<uint32_t>(program.operands.size());
    for (uint32_t id : buffers)
      program.operands.push_back({id, 0, 0});
    step.hasScratch = scratch != 0;
    if (scratch != 0)
      program.operands.push_back({scratch - 1, 0, 0});
    step.end = static_cast<uint32_t>(program.steps.size() + 1);
    program.steps.push_back(step);
    return program.steps.back();
  }

  Program program;

private:
  Entry entry;
  std::deque<Command> commands;
};

TEST(LiveBytes, FromTheFirstStepToTheLast) {
  ProgramByHand p;
  uint32_t x = p.buffer(0, 1000, Segment::Input);
  uint32_t a = p.buffer(0, 64), b = p.buffer(64, 100), c = p.buffer(0, 64);
  p.step({x, a});
  p.step({a, b});
  p.step({b, c});
  p.step({c});
  EXPECT_EQ(computeLiveBytes(p.program), (Bytes{64, 192, 192, 64}));
}

TEST(LiveBytes, BytesInPlaceCountOnce) {
  ProgramByHand p;
  uint32_t a = p.buffer(0, 256), b = p.buffer(64, 64), c = p.buffer(0, 256);
  p.step({a});
  p.step({a, b, c}); // c over a; b is a part of both
  p.step({c});
  EXPECT_EQ(computeLiveBytes(p.program), (Bytes{256, 256, 256}));
}

TEST(LiveBytes, ScratchLivesForItsStep) {
  ProgramByHand p;
  uint32_t a = p.buffer(0, 64), s = p.buffer(64, 640);
  p.step({a});
  p.step({a}, 1 + s);
  p.step({a});
  EXPECT_EQ(computeLiveBytes(p.program), (Bytes{64, 704, 64}));
}

TEST(LiveBytes, WhatALoopTouchesLivesThroughIt) {
  ProgramByHand p;
  uint32_t a = p.buffer(0, 64), b = p.buffer(64, 64), c = p.buffer(128, 64);
  p.step({a});
  Step &loop = p.step({});
  loop.kind = StepKind::Loop;
  loop.end = 5;
  p.step({a, b});
  Step &inner = p.step({});
  inner.kind = StepKind::Loop;
  inner.end = 5;
  p.step({b, c});
  p.step({c});
  EXPECT_EQ(computeLiveBytes(p.program), (Bytes{64, 192, 192, 192, 192, 64}));
}

TEST(LiveBytes, NoStepsAndEmptyBuffers) {
  ProgramByHand p;
  EXPECT_EQ(computeLiveBytes(p.program), Bytes{});
  p.step({p.buffer(128, 0)});
  EXPECT_EQ(computeLiveBytes(p.program), Bytes{0});
}

} // namespace
