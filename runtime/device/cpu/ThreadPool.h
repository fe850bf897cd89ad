// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ThreadPool.h - threads of one session. They spin for some tens of
// microseconds after a task, because the next command mostly follows at once,
// then sleep. Nothing is allocated after start.
#ifndef NEAP_RUNTIME_DEVICE_CPU_THREADPOOL_H
#define NEAP_RUNTIME_DEVICE_CPU_THREADPOOL_H

#include "runtime/base/Status.h"
#include "runtime/memory/GuardedMemory.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <pthread.h>
#include <sched.h>

namespace neap::rt {

/// Runs parallel loops. Thread-compatible: one loop at a time.
class ThreadPool {
public:
  /// Bytes of each thread's stack, between guard pages. Kernels keep little
  /// there: their scratch is in the arena.
  static constexpr uint64_t kStackBytes = 256 * 1024;

  using Task = void (*)(void *context, uint32_t index);

  ThreadPool();
  ~ThreadPool();
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  /// Starts `numThreads` - 1 threads; the caller's is the other one.
  /// Errors: RESOURCE_EXHAUSTED.
  Status start(uint32_t numThreads);

  /// Calls task(context, i) once for each i in [0, numTasks), i = 0 and what no
  /// other thread has started on this thread; `numTasks` is at most the pool's
  /// threads. Returns when all have returned.
  void parallelFor(uint32_t numTasks, Task task, void *context);

  uint32_t numOwnThreads() const { return numWorkers; }

private:
  struct alignas(64) Worker;

  static void *runWorker(void *worker);
  uint32_t waitForTicket(Worker &worker, uint32_t seen);
  void waitForWorkers();
  void wake(Worker &worker);
  void stop();

  std::unique_ptr<Worker[]> workers;
  uint32_t numWorkers = 0;
  uint32_t spins = 0;
  /// The CPUs that the pool was started on; whether there is one per thread.
  cpu_set_t allowed = {};
  bool placesWorkers = false;

  // The loop in progress; written before the tickets are given out.
  Task currentTask = nullptr;
  void *currentContext = nullptr;
  std::atomic<bool> stopping{false};

  /// Tasks of other threads that have not returned yet.
  alignas(64) std::atomic<uint32_t> pending{0};
  std::atomic<uint32_t> callerSleeps{0};
};

} // namespace neap::rt

#endif // NEAP_RUNTIME_DEVICE_CPU_THREADPOOL_H
