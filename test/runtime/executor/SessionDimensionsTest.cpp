// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SessionDimensionsTest.cpp - whole runs through neap.hpp whose sizes or
// commands depend on the caller or the data: dimensions, scalars, control flow.
#include "test/runtime/support/RunningSession.h"

namespace {

using neap::Status;
using neap::plan::Segment;
using neap::test::fill;
using neap::test::PlanBuilder;
using neap::test::Running;

/// r = x + x for the first n floats.
PlanBuilder makeDynamicPlan() {
  PlanBuilder b;
  uint32_t x = b.input("x", 64), r = b.output("r", 64);
  uint32_t n = b.symbol("n", 1, 64);
  uint32_t bytes = b.expr(neap::plan::Expr::Op::Mul, n, b.constant(4));
  for (uint32_t id : {x, r})
    b.entry().buffers[id].sizeExpr = bytes;
  b.entry().inputs[0].dims = {n};
  b.entry().outputs[0].dims = {n};
  b.launch("/double", b.kernel("add_f32", 3, 1),
           {b.read(x), b.read(x), b.write(r)}, {b.constant(1)}, n);
  return b;
}

TEST(Session, BindsDimensions) {
  Running running(makeDynamicPlan().plan);
  EXPECT_EQ(running.get().input(0).dims[0], 64);
  ASSERT_TRUE(running.get().bindDim("n", 5).ok());
  running.allocate();
  EXPECT_EQ(running.outputs[0].numElements(), 5u);
  fill(running.inputs[0], 1);
  ASSERT_TRUE(running.run().ok());
  EXPECT_EQ(running.outputs[0].data<float>()[4],
            2 * running.inputs[0].data<float>()[4]);
  EXPECT_EQ(running.get().bindDim("n", 65).code(), NEAP_INVALID_ARGUMENT);
  EXPECT_STREQ(running.get().bindDim("m", 1).message(),
               "there is no free dimension 'm'; the model has: n");
}

TEST(Session, TakesDimensionsFromInputs) {
  Running running(makeDynamicPlan().plan);
  for (int64_t n : {3, 64, 17}) {
    std::vector<float> x(static_cast<size_t>(n), 1.5f);
    std::vector<float> r(x.size(), 0.0f);
    neap::TensorView in(x.data(), {n}), out(r.data(), {n});
    ASSERT_TRUE(running.get().bindInputs({&in.view()}).ok());
    EXPECT_EQ(running.get().output(0).dims[0], n);
    Status status = running.get().run({&in.view()}, {&out.view()});
    ASSERT_TRUE(status.ok()) << status.text();
    EXPECT_EQ(r, std::vector<float>(x.size(), 3.0f));
  }
  std::vector<float> x(65);
  neap::TensorView in(x.data(), {65});
  EXPECT_STREQ(running.get().run({&in.view()}, {&in.view()}).message(),
               "input 'x': dimension 'n' is 65, expected 1..64 in steps of 1");
}

/// n comes from data: r[i] = x[i] + x[i] for i < n, 0 behind.
TEST(Session, ReadsScalars) {
  PlanBuilder b;
  uint32_t x = b.input("x", 16), length = b.input("length", 1);
  b.entry().inputs[1].type = neap::plan::ElementType::I32;
  uint32_t r = b.output("r", 16);
  b.entry().scalars.push_back({"length", 0, 16});
  neap::plan::Command read;
  read.name = "/length";
  read.operands = {b.read(length)};
  read.kind = neap::plan::ReadScalar{0};
  b.entry().body.commands.push_back(read);
  b.plan.exprs.push_back({neap::plan::Expr::Op::Scalar, 0, 0, 0});
  auto tiles = static_cast<uint32_t>(b.plan.exprs.size() - 1);
  b.launch("/double", b.kernel("add_f32", 3, 1),
           {b.read(x), b.read(x), b.write(r)}, {b.constant(1)}, tiles);
  Running running(b.plan);
  fill(running.inputs[0], 1);
  running.inputs[1].data<int32_t>()[0] = 3;
  ASSERT_TRUE(running.run().ok());
  EXPECT_NE(running.outputs[0].data<float>()[2], 0.0f);
  EXPECT_EQ(running.outputs[0].data<float>()[3], 0.0f);
  running.inputs[1].data<int32_t>()[0] = 17;
  EXPECT_STREQ(running.run().message(),
               "layer '/length': 'length' is 17, expected 0..16");
}

/// The first `length` of x, doubled, and copied to a second output.
PlanBuilder makeCountedPlan() {
  PlanBuilder b;
  uint32_t x = b.input("x", 16), length = b.input("length", 1);
  b.entry().inputs[1].type = neap::plan::ElementType::I32;
  uint32_t r = b.output("r", 16), copy = b.output("copy", 16);
  b.entry().scalars.push_back({"length", 0, 16});
  neap::plan::Command read;
  read.name = "/length";
  read.operands = {b.read(length)};
  read.kind = neap::plan::ReadScalar{0};
  b.entry().body.commands.push_back(read);
  b.plan.exprs.push_back({neap::plan::Expr::Op::Scalar, 0, 0, 0});
  auto count = static_cast<uint32_t>(b.plan.exprs.size() - 1);
  uint32_t bytes = b.expr(neap::plan::Expr::Op::Mul, count, b.constant(4));
  uint32_t t = b.buffer("t", Segment::Arena, 0, 64);
  b.entry().arenaBytes = 64;
  for (uint32_t id : {t, r, copy})
    b.entry().buffers[id].sizeExpr = bytes;
  b.entry().outputs[0].dims = {count};
  b.entry().outputs[1].dims = {count};
  uint32_t add = b.kernel("add_f32", 3, 1);
  b.launch("/double", add, {b.read(x), b.read(x), b.write(t)}, {count},
           b.constant(1));
  b.launch("/sum", add, {b.read(x), b.read(t), b.write(r)}, {count},
           b.constant(1));
  b.copy("/copy", t, copy);
  return b;
}

TEST(Session, CountsSizesOfOutputs) {
  Running running(makeCountedPlan().plan);
  fill(running.inputs[0], 1);
  const neap::Session &session = running.get();
  EXPECT_EQ(session.output(0).dims[0], 16);
  EXPECT_EQ(running.outputs[0].numElements(), 16u);
  for (int32_t length : {3, 0, 16}) {
    running.inputs[1].data<int32_t>()[0] = length;
    std::fill_n(running.outputs[1].data<float>(), 16, -1.0f);
    Status status = running.run();
    ASSERT_TRUE(status.ok()) << status.text();
    EXPECT_EQ(session.output(1).dims[0], length);
    EXPECT_EQ(session.output(1).size_in_bytes, 4u * length);
    EXPECT_EQ(session.outputCapacity(1).dims[0], 16);
    for (int32_t i = 0; i < 16; ++i)
      EXPECT_EQ(running.outputs[1].data<float>()[i],
                i < length ? 2 * running.inputs[0].data<float>()[i] : -1.0f);
  }
  running.inputs[1].data<int32_t>()[0] = 17;
  EXPECT_FALSE(running.run().ok());
  EXPECT_EQ(session.output(1).dims[0], 16);
}

TEST(Session, NeedsRoomForTheMostThatIsCounted) {
  Running running(makeCountedPlan().plan);
  std::vector<float> few(3);
  neap::TensorView out(few.data(), {3});
  std::vector<const DLTensor *> inputs = {&running.inputs[0].view(),
                                          &running.inputs[1].view()};
  std::vector<const DLTensor *> outputs = {&out.view(),
                                           &running.outputs[1].view()};
  EXPECT_STREQ(running.get().run(inputs, outputs).message(),
               "output 'r': expected shape [16], got [3]; axis 0 is counted by "
               "the run, which needs room for the most");
}

TEST(Session, RunsIfAndLoop) {
  PlanBuilder b;
  uint32_t c = b.input("c", 1);
  b.entry().inputs[0].type = neap::plan::ElementType::Bool;
  b.entry().buffers[c].size = 1;
  b.plan.exprs[b.entry().buffers[c].sizeExpr].value = 1;
  uint32_t x = b.input("x", 16), t = b.buffer("t", Segment::Arena, 0, 64);
  uint32_t u = b.buffer("u", Segment::Arena, 64, 64), r = b.output("r", 16);
  b.entry().arenaBytes = 128;
  uint32_t n = b.constant(16), one = b.constant(1);
  uint32_t square = b.kernel("square_plus_one_f32", 2, 1);
  uint32_t add = b.kernel("add_f32", 3, 1);
  b.launch("/then", square, {b.read(x), b.write(t)}, {n}, one);
  b.copy("/else", x, t);
  b.launch("/body", add, {b.read(t), b.read(x), b.write(u)}, {n}, one);
  b.copy("/carry", u, t);
  auto commands = std::move(b.entry().body.commands);
  b.entry().body.commands.clear();
  neap::plan::Command branch, loop;
  branch.name = "/if";
  branch.operands = {b.read(c)};
  neap::plan::If either;
  either.thenBlock.commands = {commands[0]};
  either.elseBlock.commands = {commands[1]};
  branch.kind = either;
  loop.name = "/loop";
  neap::plan::Loop thrice;
  thrice.tripCount = b.constant(3);
  thrice.body.commands = {commands[2], commands[3]};
  loop.kind = thrice;
  b.entry().body.commands = {branch, loop};
  b.copy("/out", t, r);
  Running running(b.plan);
  running.inputs[1].data<float>()[0] = 2.0f;
  ASSERT_TRUE(running.run().ok());
  EXPECT_EQ(running.outputs[0].data<float>()[0], 8.0f); // 2 + 3 * 2
  running.inputs[0].data<uint8_t>()[0] = 1;
  ASSERT_TRUE(running.run().ok());
  EXPECT_EQ(running.outputs[0].data<float>()[0], 11.0f); // 2 * 2 + 1 + 3 * 2
}

} // namespace
