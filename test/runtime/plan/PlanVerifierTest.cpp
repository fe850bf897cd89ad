// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanVerifierTest.cpp - what the verifier accepts and refuses: reuse of
// memory, streams, control flow, dynamic sizes. PlanMutationTest.cpp has the
// rest.
#include "test/runtime/support/PlanExpectations.h"
#include "test/runtime/support/TestModel.h"

namespace {

using namespace neap::plan;
using neap::test::expectRefused;
using neap::test::expectRight;
using neap::test::makeSumPlan;
using neap::test::PlanBuilder;

TEST(PlanVerifier, AcceptsARightPlan) { expectRight(makeSumPlan().plan); }

/// x -> a -> b -> r, each in the arena; `bOffset` is where b lies.
PlanBuilder makeChain(uint64_t bOffset) {
  PlanBuilder b;
  uint32_t x = b.input("x", 32);
  uint32_t first = b.buffer("a", Segment::Arena, 0, 128);
  uint32_t second = b.buffer("b", Segment::Arena, bOffset, 128);
  uint32_t r = b.output("r", 32);
  b.entry().arenaBytes = 1024;
  b.copy("c0", x, first);
  b.copy("c1", first, second);
  b.copy("c2", second, r);
  return b;
}

TEST(PlanVerifier, AcceptsReuseAfterTheLastRead) {
  PlanBuilder b = makeChain(128);
  // A third buffer takes over the bytes of 'a' once c1 has read it.
  uint32_t x = 0, later = b.buffer("later", Segment::Arena, 0, 128);
  uint32_t r2 = b.output("r2", 32);
  b.copy("c3", x, later);
  b.copy("c4", later, r2);
  expectRight(b.plan);
}

TEST(PlanVerifier, RefusesOperandsThatOverlap) {
  expectRefused(makeChain(64).plan, "operand 1 (buffer 'b', bytes [64, 192) "
                                    "of arena) overlaps operand 0");
}

TEST(PlanVerifier, RefusesALiveBufferThatIsOverwritten) {
  PlanBuilder b = makeChain(128);
  // 'a' is read again after 'later' has taken its first bytes.
  uint32_t later = b.buffer("later", Segment::Arena, 64, 64);
  uint32_t r2 = b.output("r2", 32);
  b.copy("clobber", 0, later);
  b.entry().body.commands.back().operands[0].length = 64;
  b.copy("again", 1, r2);
  expectRefused(b.plan, "bytes [64, 128) hold buffer 'later' since 'clobber'");
}

TEST(PlanVerifier, RefusesWritesToConst) {
  PlanBuilder b;
  uint32_t x = b.input("x", 16);
  uint32_t w = b.buffer("w", Segment::Const, 0, 64);
  b.plan.constBytes = 64;
  b.copy("c", x, w);
  expectRefused(b.plan, "expected it to be only read");
}

/// Two streams: producer on 0, consumer on 1.
PlanBuilder makeTwoStreams(std::vector<uint32_t> waits) {
  PlanBuilder b;
  b.entry().streams.push_back({"other", 0});
  uint32_t x = b.input("x", 16);
  uint32_t t = b.buffer("t", Segment::Arena, 0, 64);
  uint32_t r = b.output("r", 16);
  b.entry().arenaBytes = 64;
  b.copy("produce", x, t);
  Command &consume = b.copy("consume", t, r);
  consume.stream = 1;
  consume.waits = std::move(waits);
  return b;
}

TEST(PlanVerifier, AcceptsAReaderThatWaits) {
  expectRight(makeTwoStreams({0}).plan);
}

TEST(PlanVerifier, RefusesAReaderThatDoesNotWait) {
  expectRefused(makeTwoStreams({}).plan,
                "is read without waiting for 'produce'");
}

TEST(PlanVerifier, RefusesAWriterThatDoesNotWaitForAReader) {
  PlanBuilder b = makeTwoStreams({0});
  // Stream 0 writes 't' again while stream 1 may still read it.
  b.copy("again", 0, 1);
  expectRefused(b.plan, "is changed without waiting for 'consume'");
  b.entry().body.commands.back().waits = {1};
  expectRight(b.plan);
}

TEST(PlanVerifier, AcceptsWaitsThatFollowFromOthers) {
  PlanBuilder b = makeTwoStreams({0});
  b.entry().streams.push_back({"third", 0});
  uint32_t r2 = b.output("r2", 16);
  Command &third = b.copy("third", 1, r2);
  third.stream = 2;
  third.waits = {1}; // 'consume' has waited for 'produce'
  expectRight(b.plan);
}

TEST(PlanVerifier, AcceptsInPlace) {
  PlanBuilder b = makeSumPlan();
  uint32_t inPlace = b.buffer("in place", Segment::Arena, 0, 256);
  auto &commands = b.entry().body.commands;
  Command add = commands[0];
  add.name = "/double";
  add.operands = {b.read(2), b.read(0), b.write(inPlace)};
  add.operands[2].inPlaceOf = 1;
  commands.insert(commands.begin() + 1, add);
  commands[2].operands[0].buffer = inPlace;
  expectRight(b.plan);
  commands[2].operands[0].buffer = 2; // 'sum' has been replaced
  expectRefused(b.plan, "hold buffer 'in place' since '/double'");
  commands[1].operands[2].inPlaceOf = 0;
  expectRefused(b.plan, "overlaps operand 0");
  commands[1].operands[2].inPlaceOf = 1;
  commands[1].operands[1].buffer = 2; // reads the replaced bytes twice
  expectRefused(b.plan, "overlaps operand 1");
}

PlanBuilder makeScratchPlan(uint64_t scratchOffset) {
  PlanBuilder b;
  uint32_t x = b.input("x", 16);
  uint32_t t = b.buffer("t", Segment::Arena, 0, 64);
  uint32_t scratch = b.buffer("scratch", Segment::Arena, scratchOffset, 512);
  uint32_t r = b.output("r", 16), r2 = b.output("r2", 16);
  b.entry().arenaBytes = 1024;
  b.copy("c", x, t);
  Command &reverse =
      b.launch("rev", b.kernel("reverse_f32", 2, 1), {b.read(x), b.write(r)},
               {b.constant(16)}, b.constant(1));
  std::get<Launch>(reverse.kind).scratchBytesPerThread = 64;
  reverse.scratch = b.access(scratch, Access::Scratch);
  b.copy("d", t, r2);
  return b;
}

TEST(PlanVerifier, ChecksScratch) {
  expectRight(makeScratchPlan(64).plan);
  expectRefused(makeScratchPlan(0).plan, "are undefined since 'rev'");
  PlanBuilder b = makeScratchPlan(64);
  b.entry().body.commands[1].scratch->length = 256;
  expectRefused(b.plan, "64 bytes per thread times 8 threads");
}

TEST(PlanVerifier, StateIsDefinedAtTheStart) {
  PlanBuilder b;
  uint32_t s = b.buffer("s", Segment::State, 0, 64);
  uint32_t r = b.output("r", 16);
  b.plan.stateBytes = 64;
  b.plan.state.push_back({"s", ElementType::F32, {b.constant(16)}, 0, 64});
  b.launch("inc", b.kernel("increment_f32", 1, 0),
           {b.access(s, Access::ReadWrite)}, {}, b.constant(16));
  b.copy("c", s, r);
  expectRight(b.plan);
  b.plan.state[0].size = 128;
  expectRefused(b.plan, "state slice 's' has 128 bytes");
}

TEST(PlanVerifier, AnOutputMayShareAnInput) {
  PlanBuilder b;
  uint32_t x = b.input("x", 16);
  uint32_t r = b.output("r", 16);
  b.entry().outputs[0].aliasesInput = 1;
  Command &square =
      b.launch("sq", b.kernel("square_plus_one_f32", 2, 1),
               {b.read(x), b.write(r)}, {b.constant(16)}, b.constant(1));
  expectRefused(b.plan, "overlaps operand 0");
  square.operands[1].inPlaceOf = 1;
  expectRight(b.plan);
  // Nothing written: the output is the input as it was.
  b.entry().body.commands.clear();
  expectRight(b.plan);
}

TEST(PlanVerifier, KeptValuesComeBehindTheOutputs) {
  PlanBuilder b;
  uint32_t x = b.input("x", 16);
  for (const char *name : {"r", "kept"}) {
    uint32_t result = b.output(name, 16);
    b.launch(name, b.kernel("square_plus_one_f32", 2, 1),
             {b.read(x), b.write(result)}, {b.constant(16)}, b.constant(1));
  }
  b.entry().outputs[1].isKept = true;
  expectRight(b.plan);
  b.entry().outputs[0].isKept = true;
  expectRight(b.plan);
  b.entry().outputs[1].isKept = false;
  expectRefused(b.plan, "output 'kept' comes behind the kept value 'r'");
  b.entry().outputs[0].isKept = false;
  b.entry().inputs[0].isKept = true;
  expectRefused(b.plan, "input 'x' is marked as kept");
}

/// condition -> If: then t = x, else t = y; r = t.
PlanBuilder makeIf() {
  PlanBuilder b;
  uint32_t x = b.input("x", 16), y = b.input("y", 16);
  uint32_t t = b.buffer("t", Segment::Arena, 0, 64);
  uint32_t c = b.buffer("c", Segment::Const, 0, 1);
  b.plan.constBytes = 1;
  b.entry().arenaBytes = 64;
  uint32_t r = b.output("r", 16);
  b.copy("then copy", x, t);
  b.copy("else copy", y, t);
  Command branch;
  branch.name = "/if";
  branch.operands = {b.read(c)};
  If kind;
  kind.thenBlock.commands = {b.entry().body.commands[0]};
  kind.elseBlock.commands = {b.entry().body.commands[1]};
  branch.kind = kind;
  b.entry().body.commands = {branch};
  b.copy("out", t, r);
  return b;
}

TEST(PlanVerifier, AfterAnIfHoldsWhatBothBranchesLeave) {
  expectRight(makeIf().plan);
  PlanBuilder b = makeIf();
  std::get<If>(b.entry().body.commands[0].kind).elseBlock.commands.clear();
  expectRefused(b.plan, "bytes [0, 64) are undefined since '/if'");
}

TEST(PlanVerifier, OrdersAnIfAgainstTheRest) {
  PlanBuilder b = makeIf();
  b.entry().streams.push_back({"other", 0});
  b.entry().body.commands[1].stream = 1;
  expectRefused(b.plan, "is read without waiting for");
  b.entry().body.commands[1].waits = {0};
  expectRight(b.plan);
}

TEST(PlanVerifier, ChecksTheConditionOfAnIf) {
  PlanBuilder b = makeIf();
  b.entry().body.commands[0].operands.clear();
  expectRefused(b.plan, "has 0 operands, expected 1");
}

/// r = state of a loop: body reads 'next' of the iteration before.
PlanBuilder makeLoop(int64_t trips, bool initialize) {
  PlanBuilder b;
  uint32_t x = b.input("x", 16);
  uint32_t now = b.buffer("now", Segment::Arena, 0, 64);
  uint32_t next = b.buffer("next", Segment::Arena, 64, 64);
  uint32_t r = b.output("r", 16);
  b.entry().arenaBytes = 128;
  b.copy("body 0", next, now);
  b.copy("body 1", now, next);
  Command loop;
  loop.name = "/loop";
  Loop kind;
  kind.tripCount = b.constant(trips);
  kind.body.commands = b.entry().body.commands;
  loop.kind = kind;
  b.entry().body.commands.clear();
  if (initialize)
    b.copy("init", x, next);
  b.entry().body.commands.push_back(loop);
  b.copy("out", next, r);
  return b;
}

TEST(PlanVerifier, ChecksWhatALoopCarries) {
  expectRight(makeLoop(3, true).plan);
  expectRefused(makeLoop(3, false).plan, "nothing has written byte 64");
}

TEST(PlanVerifier, ALoopBodyMustNotDestroyWhatTheNextIterationReads) {
  PlanBuilder b = makeLoop(3, true);
  // The second command writes another buffer over 'next': right in the first
  // iteration, wrong in the second.
  uint32_t other = b.buffer("other", Segment::Arena, 64, 64);
  auto &body = std::get<Loop>(b.entry().body.commands[1].kind).body.commands;
  body[1].operands[1].buffer = other;
  b.entry().body.commands[2].operands[0].buffer = other;
  expectRefused(b.plan, "hold buffer 'other' since '/loop'");
}

TEST(PlanVerifier, ALoopMayRunZeroTimes) {
  PlanBuilder b = makeLoop(0, true);
  expectRight(b.plan);
  b.entry().body.commands[2].operands[0].buffer = 1; // 'now': only in the body
  expectRefused(b.plan, "is read, but");
}

TEST(PlanVerifier, ScalarsMustBeSet) {
  PlanBuilder b = makeSumPlan();
  b.entry().scalars.push_back({"length", 0, 16});
  b.plan.exprs.push_back({Expr::Op::Scalar, 0, 0, 0});
  auto id = static_cast<uint32_t>(b.plan.exprs.size() - 1);
  std::get<Launch>(b.entry().body.commands[0].kind).sizes[0] = id;
  expectRefused(b.plan, "uses scalar 'length', which is not set");
  uint32_t source = b.buffer("n", Segment::Const, 0, 4);
  b.plan.constBytes = 4;
  Command read;
  read.name = "read n";
  read.operands = {b.read(source)};
  read.kind = ReadScalar{0};
  auto &commands = b.entry().body.commands;
  commands.insert(commands.begin(), read);
  expectRight(b.plan);
  commands[0].operands[0].length = 3;
  expectRefused(b.plan, "read of one aligned element");
}

TEST(PlanVerifier, RefusesBlocksThatNestTooDeeply) {
  PlanBuilder b;
  b.input("x", 16);
  Block block;
  for (int depth = 0; depth < 12; ++depth) {
    Command loop;
    loop.name = "loop";
    Loop kind;
    kind.tripCount = 0;
    kind.body = block;
    loop.kind = kind;
    block.commands = {loop};
  }
  b.entry().body = block;
  b.plan.exprs[0].value = 1;
  b.entry().buffers[0].sizeExpr = b.constant(64);
  expectRefused(b.plan, "nested at most 8 deep");
}

TEST(PlanVerifier, ChecksSymbols) {
  PlanBuilder b = makeSumPlan();
  uint32_t n = b.symbol("n", 1, 64);
  expectRight(b.plan);
  b.plan.symbols[0].lo = 65;
  expectRefused(b.plan, "symbol 'n' has the range 65..64:1");
  b.plan.symbols[0].lo = 1;
  b.plan.symbols[0].definition = n + 1;
  expectRefused(b.plan, "a symbol that does not precede it");
}

TEST(PlanVerifier, BoundsDynamicSizes) {
  PlanBuilder b = makeSumPlan();
  uint32_t n = b.symbol("n", 1, 64);
  uint32_t bytes = b.expr(Expr::Op::Mul, n, b.constant(4));
  b.entry().buffers[2].sizeExpr = bytes;
  expectRight(b.plan);
  b.plan.symbols[0].hi = 65;
  expectRefused(b.plan, "may need 260 bytes, but has 256");
  b.plan.symbols[0].hi = INT64_MAX;
  expectRefused(b.plan, "may overflow 64 bits");
}

} // namespace
