// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SessionTest.cpp - whole runs through neap.hpp on hand-written kernels: right
// results, threads, cancellation, dimensions, control flow, errors.
#include "test/runtime/support/TestModel.h"

#include <neap/neap.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <thread>
#include <unistd.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace {

using neap::Model;
using neap::Result;
using neap::Session;
using neap::SessionOptions;
using neap::Status;
using neap::Tensor;
using neap::plan::Access;
using neap::plan::Segment;
using neap::test::AlignedBytes;
using neap::test::makeModel;
using neap::test::makeSumPlan;
using neap::test::PlanBuilder;

/// A model in memory and one session of it.
class Running {
public:
  explicit Running(const neap::plan::Plan &plan, SessionOptions options = {},
                   const std::string &weights = "")
      : bytes(makeModel(plan, weights)),
        model(Model::loadMemory(bytes.data(), bytes.size())) {
    EXPECT_TRUE(model.ok()) << model.status().text();
    if (!model.ok())
      return;
    session.emplace(Session::create(*model, "main", options));
    EXPECT_TRUE(session->ok()) << session->status().text();
    if (!session->ok())
      return;
    allocate();
  }

  /// Makes tensors for the shapes as bound now.
  void allocate() {
    inputs.clear();
    outputs.clear();
    for (size_t i = 0; i < get().numInputs(); ++i)
      inputs.push_back(std::move(*get().allocateInput(i)));
    for (size_t i = 0; i < get().numOutputs(); ++i)
      outputs.push_back(std::move(*get().allocateOutput(i)));
  }

  Session &get() { return **session; }
  Status run() { return get().run(inputs, outputs); }

  AlignedBytes bytes;
  Result<Model> model;
  std::optional<Result<Session>> session;
  std::vector<Tensor> inputs;
  std::vector<Tensor> outputs;
};

void fill(const Tensor &tensor, float start) {
  for (size_t i = 0; i < tensor.numElements(); ++i)
    tensor.data<float>()[i] = start + static_cast<float>(i) * 0.37f;
}

SessionOptions withThreads(uint32_t numThreads) {
  SessionOptions options;
  options.numThreads = numThreads;
  return options;
}

TEST(Session, ComputesWhatThePlanSays) {
  Running running(makeSumPlan().plan);
  fill(running.inputs[0], 1);
  fill(running.inputs[1], -3);
  Status status = running.run();
  ASSERT_TRUE(status.ok()) << status.text();
  for (size_t i = 0; i < 64; ++i) {
    float sum =
        running.inputs[0].data<float>()[i] + running.inputs[1].data<float>()[i];
    EXPECT_EQ(running.outputs[0].data<float>()[i], sum * sum + 1.0f);
  }
}

TEST(Session, GivesTheSameBitsWithAnyNumberOfThreads) {
  neap::plan::Plan plan = makeSumPlan(/*elementsPerTile=*/7, /*tiles=*/13).plan;
  std::vector<std::string> results;
  for (uint32_t threads : {1u, 2u, 8u}) {
    Running running(plan, withThreads(threads));
    fill(running.inputs[0], 1);
    fill(running.inputs[1], 0.1f);
    for (int run = 0; run < 50; ++run)
      ASSERT_TRUE(running.run().ok());
    results.emplace_back(running.outputs[0].data<char>(),
                         running.outputs[0].sizeInBytes());
  }
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

TEST(Session, RefusesMoreThreadsThanThePlanHasScratchFor) {
  AlignedBytes bytes(makeModel(makeSumPlan().plan));
  Result<Model> model = Model::loadMemory(bytes.data(), bytes.size());
  ASSERT_TRUE(model.ok());
  Result<Session> session = Session::create(*model, "main", withThreads(9));
  ASSERT_FALSE(session.ok());
  EXPECT_EQ(session.status().code(), NEAP_INVALID_ARGUMENT);
  EXPECT_STREQ(session.status().message(),
               "num_threads is 9, but the plan has scratch for 8 threads; "
               "compile it with --max-threads=9");
}

TEST(Session, NamesTheEntriesThatThereAre) {
  AlignedBytes bytes(makeModel(makeSumPlan().plan));
  Result<Model> model = Model::loadMemory(bytes.data(), bytes.size());
  ASSERT_TRUE(model.ok());
  Result<Session> session = Session::create(*model, "train");
  ASSERT_FALSE(session.ok());
  EXPECT_STREQ(session.status().message(),
               "there is no entry 'train'; the model has: main");
}

TEST(Session, RunsOnAHostsPool) {
  struct HostPool {
    uint32_t loops = 0;
    static void parallelFor(void *context, uint32_t numTasks, neap_task_fn task,
                            void *taskContext) {
      ++static_cast<HostPool *>(context)->loops;
      std::vector<std::thread> threads;
      for (uint32_t i = numTasks; i-- > 0;)
        threads.emplace_back(task, taskContext, i);
      for (std::thread &thread : threads)
        thread.join();
    }
  } pool;
  SessionOptions options = withThreads(4);
  options.parallelFor = HostPool::parallelFor;
  options.parallelForContext = &pool;
  Running running(makeSumPlan().plan, options);
  fill(running.inputs[0], 1);
  ASSERT_TRUE(running.run().ok());
  EXPECT_EQ(pool.loops, 2u);
  EXPECT_EQ(running.get().memory().num_own_threads, 0u);
  float x = running.inputs[0].data<float>()[5];
  EXPECT_EQ(running.outputs[0].data<float>()[5], x * x + 1.0f);
}

/// A command that takes a second in all, in tiles of a millisecond.
PlanBuilder makeSlowPlan() {
  PlanBuilder b;
  uint32_t r = b.output("r", 1000);
  b.entry().outputs[0].type = neap::plan::ElementType::I32;
  b.launch("/slow", b.kernel("slow", 1, 0), {b.write(r)}, {}, b.constant(1000));
  return b;
}

TEST(Session, IsCancelledFromAnotherThread) {
  Running running(makeSlowPlan().plan, withThreads(2));
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    running.get().cancel();
  });
  Status status = running.run();
  canceller.join();
  EXPECT_EQ(status.code(), NEAP_CANCELLED);
  // The request was for that run alone, and the session is usable.
  Running quick(makeSumPlan().plan);
  quick.get().cancel();
  EXPECT_EQ(quick.run().code(), NEAP_CANCELLED);
  EXPECT_TRUE(quick.run().ok());
  quick.get().cancel();
  neap_session_clear_cancel(quick.get().get());
  EXPECT_TRUE(quick.run().ok());
}

TEST(Session, SessionsOfOneModelRunAtTheSameTime) {
  AlignedBytes bytes(makeModel(makeSumPlan().plan));
  Result<Model> model = Model::loadMemory(bytes.data(), bytes.size());
  ASSERT_TRUE(model.ok());
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      Result<Session> session = Session::create(*model, "main", withThreads(2));
      std::vector<Tensor> inputs, outputs;
      inputs.push_back(std::move(*session->allocateInput(0)));
      inputs.push_back(std::move(*session->allocateInput(1)));
      outputs.push_back(std::move(*session->allocateOutput(0)));
      fill(inputs[0], static_cast<float>(t));
      for (int run = 0; run < 100; ++run) {
        wrong += !session->run(inputs, outputs).ok();
        for (size_t i = 0; i < 64; ++i) {
          float x = inputs[0].data<float>()[i];
          wrong += outputs[0].data<float>()[i] != x * x + 1.0f;
        }
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Session, KeepsTheModelThatItNeeds) {
  AlignedBytes bytes(makeModel(makeSumPlan().plan));
  std::optional<Result<Model>> model(
      Model::loadMemory(bytes.data(), bytes.size()));
  ASSERT_TRUE(model->ok());
  Result<Session> session = Session::create(**model);
  model.reset();
  std::vector<Tensor> inputs, outputs;
  inputs.push_back(std::move(*session->allocateInput(0)));
  inputs.push_back(std::move(*session->allocateInput(1)));
  outputs.push_back(std::move(*session->allocateOutput(0)));
  EXPECT_TRUE(session->run(inputs, outputs).ok());
}

TEST(Session, ScratchIsEachThreadsOwn) {
  PlanBuilder b;
  uint32_t x = b.input("x", 64 * 16), r = b.output("r", 64 * 16);
  uint32_t scratch = b.buffer("scratch", Segment::Arena, 64, 8 * 64);
  b.entry().arenaBytes = 640;
  auto &command =
      b.launch("/rev", b.kernel("reverse_f32", 2, 1), {b.read(x), b.write(r)},
               {b.constant(16)}, b.constant(64));
  std::get<neap::plan::Launch>(command.kind).scratchBytesPerThread = 64;
  command.scratch = b.access(scratch, Access::Scratch);
  Running running(b.plan, withThreads(8));
  fill(running.inputs[0], 0);
  for (int run = 0; run < 20; ++run)
    ASSERT_TRUE(running.run().ok());
  const float *in = running.inputs[0].data<float>();
  for (size_t i = 0; i < 64 * 16; ++i)
    EXPECT_EQ(running.outputs[0].data<float>()[i],
              in[i / 16 * 16 + 15 - i % 16]);
}

TEST(Session, StateLivesAcrossRuns) {
  PlanBuilder b;
  uint32_t s = b.buffer("s", Segment::State, 0, 64), r = b.output("r", 16);
  b.plan.stateBytes = 64;
  b.launch("/inc", b.kernel("increment_f32", 1, 0),
           {b.access(s, Access::ReadWrite)}, {}, b.constant(16));
  b.copy("/out", s, r);
  Running running(b.plan);
  for (float expected : {1.0f, 2.0f, 3.0f}) {
    ASSERT_TRUE(running.run().ok());
    EXPECT_EQ(running.outputs[0].data<float>()[7], expected);
  }
}

TEST(Session, ReadsWeights) {
  PlanBuilder b;
  uint32_t w = b.buffer("w", Segment::Const, 64, 64), r = b.output("r", 16);
  b.plan.constBytes = 128;
  b.copy("/out", w, r);
  std::string weights(128, '\1');
  Running running(b.plan, {}, weights);
  ASSERT_TRUE(running.run().ok());
  EXPECT_EQ(std::memcmp(running.outputs[0].data<char>(), weights.data(), 64),
            0);
}

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

TEST(Session, KernelsSeeTheDefaultFloatEnvironment) {
#if defined(__x86_64__)
  PlanBuilder b;
  uint32_t r = b.output("r", 64);
  b.entry().outputs[0].type = neap::plan::ElementType::I32;
  b.launch("/env", b.kernel("float_environment", 1, 0), {b.write(r)}, {},
           b.constant(64));
  Running running(b.plan, withThreads(4));
  unsigned before = _mm_getcsr();
  _mm_setcsr(before | 0x8040 | 0x6000); // FTZ, DAZ, towards zero
  unsigned changed = _mm_getcsr();
  Status status = running.run();
  unsigned after = _mm_getcsr();
  _mm_setcsr(before);
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(after, changed);
  for (size_t i = 0; i < 64; ++i)
    EXPECT_EQ(running.outputs[0].data<int32_t>()[i], 0x1f80);
#endif
}

TEST(Session, KernelCodesBecomeErrorsThatNameTheLayer) {
  PlanBuilder b;
  uint32_t x = b.input("x", 1), r = b.output("r", 1);
  b.launch("/gather", b.kernel("check_index_f32", 2, 0),
           {b.read(x), b.write(r)}, {}, b.constant(1));
  Running running(b.plan);
  ASSERT_TRUE(running.run().ok());
  running.inputs[0].data<float>()[0] = -1;
  Status status = running.run();
  EXPECT_EQ(status.code(), NEAP_OUT_OF_RANGE);
  EXPECT_STREQ(status.message(),
               "layer '/gather': an index in the data is outside its axis");
  b.plan.kernels[0].symbol = "fail";
  status = Running(b.plan).run();
  EXPECT_EQ(status.code(), NEAP_INTERNAL);
  EXPECT_STREQ(status.message(),
               "layer '/gather': kernel 'fail' returned the unknown code 77");
}

TEST(Session, ChecksTheCallersTensors) {
  Running running(makeSumPlan().plan);
  std::vector<float> data(66);
  std::vector<double> doubles(64);
  auto &session = running.get();
  const DLTensor *good = &running.inputs[0].view();
  const DLTensor *output = &running.outputs[0].view();
  auto message = [&](const DLTensor *x, const DLTensor *r) {
    return std::string(session.run({x, good}, {r}).message());
  };
  neap::TensorView shorter(data.data(), {63}), wider(doubles.data(), {64});
  neap::TensorView matrix(data.data(), {8, 8});
  EXPECT_EQ(message(&shorter.view(), output),
            "input 'x': expected shape [64], got [63]");
  EXPECT_EQ(message(&matrix.view(), output),
            "input 'x': expected shape [64], got [8, 8]");
  EXPECT_EQ(message(&wider.view(), output),
            "input 'x': expected type float32, got float64");
  EXPECT_EQ(message(nullptr, output),
            "input 'x': expected a tensor with a shape, got null");
  EXPECT_EQ(message(good, good), "output 'r' overlaps input 'x' in memory");
  EXPECT_STREQ(session.run({good}, {output}).message(),
               "expected 2 inputs, got 1");
  DLTensor bad = *good;
  int64_t strides[] = {2};
  bad.strides = strides;
  EXPECT_EQ(message(&bad, output), "input 'x': expected compact row-major "
                                   "strides for shape [64], got strides [2]");
  bad = *good;
  bad.byte_offset = 2;
  EXPECT_NE(message(&bad, output).find("expected data aligned to 4 bytes"),
            std::string::npos);
  bad = *good;
  bad.device.device_type = kDLCUDA;
  EXPECT_NE(message(&bad, output).find("device type 1 (CPU), got 2"),
            std::string::npos);
}

TEST(Session, ReportsCommands) {
  std::vector<std::string> names;
  SessionOptions options = withThreads(1);
  options.onCommandContext = &names;
  options.onCommand = [](void *context, const neap_command_event_t *event) {
    EXPECT_LE(event->begin_ns, event->end_ns);
    static_cast<std::vector<std::string> *>(context)->push_back(
        std::string(event->name) + " " + event->kernel);
  };
  Running running(makeSumPlan().plan, options);
  ASSERT_TRUE(running.run().ok());
  EXPECT_EQ(names, (std::vector<std::string>{"/add add_f32",
                                             "/square square_plus_one_f32"}));
}

TEST(Session, TellsItsMemory) {
  Running running(makeSumPlan().plan, withThreads(3));
  neap_memory_info_t memory = running.get().memory();
  EXPECT_EQ(memory.arena_bytes, 256u);
  EXPECT_EQ(memory.input_bytes, 512u);
  EXPECT_EQ(memory.output_bytes, 256u);
  EXPECT_EQ(memory.num_threads, 3u);
  EXPECT_EQ(memory.num_own_threads, 2u);
  EXPECT_EQ(memory.bytes_per_thread, 256u * 1024);
}

TEST(SessionDeathTest, TheArenaLiesBetweenGuardPages) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  // 'add' gets one page more than its operand has: the page is the guard.
  PlanBuilder b = makeSumPlan(/*elementsPerTile=*/1024, /*tiles=*/1);
  auto &launch = std::get<neap::plan::Launch>(b.entry().body.commands[0].kind);
  launch.sizes[0] = b.constant(1024 + 1);
  EXPECT_DEATH(
      {
        Running running(b.plan);
        (void)running.run();
      },
      "");
}

} // namespace
