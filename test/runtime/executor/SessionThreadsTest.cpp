// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SessionThreadsTest.cpp - whole runs through neap.hpp on several threads: the
// same bits, a host's pool, cancellation, several sessions, thread state.
#include "test/runtime/support/RunningSession.h"

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

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
using neap::test::fill;
using neap::test::makeModel;
using neap::test::makeSumPlan;
using neap::test::PlanBuilder;
using neap::test::Running;
using neap::test::withThreads;

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

/// What a session reports of two launches.
struct Calls {
  std::mutex lock;
  /// Of the launch that is running: first and last tile, and the thread.
  std::map<int64_t, std::pair<int64_t, uint32_t>> current;
  std::set<uint32_t> threads;
  int numCommands = 0;

  static void onCall(void *context, const neap_call_event_t *event) {
    Calls &calls = *static_cast<Calls *>(context);
    std::lock_guard<std::mutex> guard(calls.lock);
    EXPECT_EQ(event->size, sizeof(*event));
    EXPECT_LE(event->begin_ns, event->end_ns);
    calls.current[event->tile_begin] = {event->tile_end, event->thread};
    calls.threads.insert(event->thread);
  }

  /// Checks that the calls before have done each of the 4 tiles once.
  static void onCommand(void *context, const neap_command_event_t *) {
    Calls &calls = *static_cast<Calls *>(context);
    int64_t next = 0;
    for (const auto &[begin, end] : calls.current) {
      EXPECT_EQ(begin, next);
      next = end.first;
    }
    EXPECT_EQ(next, 4);
    calls.current.clear();
    ++calls.numCommands;
  }
};

TEST(Session, ReportsCallsOnTheirThreads) {
  // Each task has a thread of its own, and starts when the one before is done:
  // the first does all tiles.
  struct TaskByTask {
    static void parallelFor(void *, uint32_t numTasks, neap_task_fn task,
                            void *taskContext) {
      for (uint32_t i = 0; i < numTasks; ++i)
        std::thread(task, taskContext, i).join();
    }
  };
  Calls calls;
  SessionOptions options = withThreads(4);
  options.parallelFor = TaskByTask::parallelFor;
  options.onCall = Calls::onCall;
  options.onCallContext = &calls;
  options.onCommand = Calls::onCommand;
  options.onCommandContext = &calls;
  Running running(makeSumPlan().plan, options);
  ASSERT_TRUE(running.run().ok());
  EXPECT_EQ(calls.numCommands, 2);
  EXPECT_EQ(calls.threads.size(), 2u);
  options.parallelFor = nullptr;
  Running pooled(makeSumPlan().plan, options);
  ASSERT_TRUE(pooled.run().ok());
  EXPECT_EQ(calls.numCommands, 4);
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

/// Makes a session of `model` and runs it 100 times on numbers from `start` on.
/// Returns how many runs failed and results were wrong.
int countWrong(const Model &model, float start) {
  Result<Session> session = Session::create(model, "main", withThreads(2));
  if (!session.ok())
    return 1;
  std::vector<Tensor> inputs, outputs;
  inputs.push_back(std::move(*session->allocateInput(0)));
  inputs.push_back(std::move(*session->allocateInput(1)));
  outputs.push_back(std::move(*session->allocateOutput(0)));
  int wrong = 0;
  for (int run = 0; run < 100; ++run) {
    fill(inputs[0], start + static_cast<float>(run));
    wrong += !session->run(inputs, outputs).ok();
    for (size_t i = 0; i < inputs[0].numElements(); ++i) {
      float x = inputs[0].data<float>()[i];
      wrong += outputs[0].data<float>()[i] != x * x + 1.0f;
    }
  }
  return wrong;
}

TEST(Session, SixteenThreadsRunSessionsOfOneModelAtTheSameTime) {
  AlignedBytes bytes(makeModel(makeSumPlan().plan));
  Result<Model> model = Model::loadMemory(bytes.data(), bytes.size());
  ASSERT_TRUE(model.ok());
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t)
    threads.emplace_back([&, t] {
      wrong += countWrong(*model, 1000.0f * static_cast<float>(t));
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(wrong, 0);
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

} // namespace
