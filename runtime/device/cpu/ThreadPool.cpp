// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ThreadPool.cpp - threads of one session.
//
// Each worker has a ticket on its own cache line; the caller raises the tickets
// of those that take part and wakes the sleepers among them. A worker says that
// it sleeps before it looks at its ticket for the last time, and the caller
// raises the ticket before it looks whether the worker sleeps (both
// sequentially consistent), so no wake-up is lost. The end of a loop works the
// same way the other way round.
//
// Whoever claims a ticket first runs its task: the worker, or the caller when
// it has done its own and the worker has not started. So a loop never waits for
// a thread that the system does not let run, and a short one is over before
// sleepers are awake.
#include "runtime/device/cpu/ThreadPool.h"

#include "runtime/base/Futex.h"
#include "runtime/device/cpu/CpuCount.h"
#include "runtime/device/cpu/FloatEnvironment.h"

#include <csignal>
#include <cstring>
#include <new>

namespace neap::rt {
namespace {

/// About 30 to 100 microseconds of pauses, by the CPU: longer than the gap
/// between two commands, shorter than a scheduler's slice.
constexpr uint32_t kSpins = 2000;

} // namespace

struct alignas(64) ThreadPool::Worker {
  std::atomic<uint32_t> ticket{0};
  std::atomic<uint32_t> sleeps{0};
  /// The last ticket that somebody works on or has done.
  std::atomic<uint32_t> claimed{0};
  ThreadPool *pool = nullptr;
  uint32_t index = 0;
  pthread_t thread;
  GuardedMemory stack;

  /// Returns whether the caller of this may run the task of `number`.
  bool claim(uint32_t number) {
    uint32_t before = number - 1;
    return claimed.compare_exchange_strong(before, number);
  }
};

ThreadPool::ThreadPool() = default;

ThreadPool::~ThreadPool() { stop(); }

Status ThreadPool::start(uint32_t numThreads) {
  if (numThreads <= 1)
    return Status();
  workers.reset(new (std::nothrow) Worker[numThreads - 1]);
  if (!workers)
    return Status::error(StatusCode::ResourceExhausted,
                         "no memory for %u threads", numThreads);
  // A thread that spins must not keep the others from running.
  bool hasCpuEach = numThreads <= countUsableCpus();
  spins = hasCpuEach ? kSpins : 1;
  placesWorkers =
      hasCpuEach && sched_getaffinity(0, sizeof(allowed), &allowed) == 0;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  Status status;
  while (status.isOk() && numWorkers < numThreads - 1) {
    Worker &worker = workers[numWorkers];
    worker.pool = this;
    worker.index = numWorkers + 1;
    status = worker.stack.allocate(kStackBytes, "stack of a thread");
    if (!status.isOk())
      break;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, worker.stack.data(), kStackBytes);
    int error = pthread_create(&worker.thread, &attributes, runWorker, &worker);
    pthread_attr_destroy(&attributes);
    if (error != 0)
      status = Status::error(StatusCode::ResourceExhausted,
                             "cannot start thread %u of %u: %s", numWorkers + 2,
                             numThreads, std::strerror(error));
    else
      ++numWorkers;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return status;
}

void ThreadPool::stop() {
  stopping.store(true);
  for (uint32_t i = 0; i < numWorkers; ++i) {
    workers[i].ticket.fetch_add(1);
    futexWake(workers[i].ticket);
  }
  for (uint32_t i = 0; i < numWorkers; ++i)
    pthread_join(workers[i].thread, nullptr);
  numWorkers = 0;
}

uint32_t ThreadPool::waitForTicket(Worker &worker, uint32_t seen) {
  for (uint32_t i = 0; i < spins; ++i) {
    uint32_t ticket = worker.ticket.load(std::memory_order_acquire);
    if (ticket != seen)
      return ticket;
    pauseSpin();
  }
  worker.sleeps.store(1);
  while (worker.ticket.load() == seen)
    futexWait(worker.ticket, seen);
  worker.sleeps.store(0);
  return worker.ticket.load();
}

void *ThreadPool::runWorker(void *argument) {
  Worker &worker = *static_cast<Worker *>(argument);
  ThreadPool &pool = *worker.pool;
  ScopedFloatEnvironment environment;
  uint32_t seen = 0;
  while (true) {
    seen = pool.waitForTicket(worker, seen);
    if (pool.stopping.load())
      return nullptr;
    if (!worker.claim(seen))
      continue;
    pool.currentTask(pool.currentContext, worker.index);
    if (pool.pending.fetch_sub(1) == 1 && pool.callerSleeps.load() != 0)
      futexWake(pool.pending);
  }
}

/// Wakes a worker, on another CPU than the caller's: where the system places it
/// there, it waits until the caller has done the work of both.
void ThreadPool::wake(Worker &worker) {
  int cpu = sched_getcpu();
  if (placesWorkers && cpu >= 0 && cpu < CPU_SETSIZE) {
    cpu_set_t others = allowed;
    CPU_CLR(cpu, &others);
    if (CPU_COUNT(&others) != 0)
      pthread_setaffinity_np(worker.thread, sizeof(others), &others);
  }
  futexWake(worker.ticket);
}

void ThreadPool::parallelFor(uint32_t numTasks, Task task, void *context) {
  currentTask = task;
  currentContext = context;
  pending.store(numTasks - 1, std::memory_order_relaxed);
  for (uint32_t i = 0; i + 1 < numTasks; ++i) {
    workers[i].ticket.fetch_add(1);
    if (workers[i].sleeps.load() != 0)
      wake(workers[i]);
  }
  task(context, 0);
  for (uint32_t i = 0; i + 1 < numTasks; ++i)
    if (workers[i].claim(workers[i].ticket.load(std::memory_order_relaxed))) {
      task(context, i + 1);
      pending.fetch_sub(1);
    }
  waitForWorkers();
}

void ThreadPool::waitForWorkers() {
  for (uint32_t i = 0; i < spins; ++i) {
    if (pending.load(std::memory_order_acquire) == 0)
      return;
    pauseSpin();
  }
  callerSleeps.store(1);
  for (uint32_t left = pending.load(); left != 0; left = pending.load())
    futexWait(pending, left);
  callerSleeps.store(0);
}

} // namespace neap::rt
