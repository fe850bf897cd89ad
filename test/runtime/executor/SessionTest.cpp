// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SessionTest.cpp - whole runs through neap.hpp on hand-written kernels: right
// results, state, weights, errors, reports.
#include "test/runtime/support/RunningSession.h"

#include <cstring>

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
using neap::test::fill;
using neap::test::makeModel;
using neap::test::makeSumPlan;
using neap::test::PlanBuilder;
using neap::test::Running;
using neap::test::withThreads;

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

TEST(Session, NamesTheEntriesThatThereAre) {
  AlignedBytes bytes(makeModel(makeSumPlan().plan));
  Result<Model> model = Model::loadMemory(bytes.data(), bytes.size());
  ASSERT_TRUE(model.ok());
  Result<Session> session = Session::create(*model, "train");
  ASSERT_FALSE(session.ok());
  EXPECT_STREQ(session.status().message(),
               "there is no entry 'train'; the model has: main");
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

TEST(Session, ReportsTheArenasLiveBytes) {
  std::vector<uint64_t> bytes;
  SessionOptions options = withThreads(1);
  options.onCommandContext = &bytes;
  options.onCommand = [](void *context, const neap_command_event_t *event) {
    static_cast<std::vector<uint64_t> *>(context)->push_back(event->live_bytes);
  };
  Running running(makeSumPlan().plan, options);
  ASSERT_TRUE(running.run().ok());
  EXPECT_EQ(bytes, (std::vector<uint64_t>{256, 256}));
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
