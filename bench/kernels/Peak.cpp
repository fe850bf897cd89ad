// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Peak.cpp - see the header. The loops are written with vector extensions and
// compiled for each width; the widest that the CPU has is run.
#include "bench/kernels/Peak.h"

#include <algorithm>
#include <barrier>
#include <ctime>
#include <limits>
#include <pthread.h>
#include <thread>
#include <vector>

namespace neap::bench {

/// Enough independent chains to hide the latency of two FMA units.
static constexpr int kNumChains = 12;
static constexpr long kNumSteps = 1000000;

static void pinToCore(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

/// Returns the processor time of this thread in seconds.
static double getThreadSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

double measureSeconds(int numThreads, int numRuns,
                      const std::function<void(int)> &body) {
  std::barrier barrier(numThreads);
  std::vector<double> seconds(numThreads);
  double best = std::numeric_limits<double>::infinity();
  auto work = [&](int thread) {
    pinToCore(thread);
    for (int run = 0; run < numRuns; ++run) {
      barrier.arrive_and_wait();
      double start = getThreadSeconds();
      body(thread);
      seconds[thread] = getThreadSeconds() - start;
      barrier.arrive_and_wait();
      if (thread == 0)
        best =
            std::min(best, *std::max_element(seconds.begin(), seconds.end()));
    }
  };
  std::vector<std::thread> threads;
  for (int thread = 0; thread < numThreads; ++thread)
    threads.emplace_back(work, thread);
  for (std::thread &thread : threads)
    thread.join();
  return best;
}

template <typename Vector>
[[gnu::always_inline]] static inline float runChains() {
  Vector factor = Vector{} + 0.9999f, addend = Vector{} + 1e-6f;
  Vector chains[kNumChains];
  for (int i = 0; i < kNumChains; ++i)
    chains[i] = Vector{} + float(i);
  for (long step = 0; step < kNumSteps; ++step) {
#pragma clang fp contract(fast)
#pragma clang loop unroll(full)
    for (int i = 0; i < kNumChains; ++i)
      chains[i] = chains[i] * factor + addend;
    asm volatile("");
  }
  Vector sum = chains[0];
  for (int i = 1; i < kNumChains; ++i)
    sum += chains[i];
  return sum[0];
}

using Float8 = float __attribute__((vector_size(32)));
using Float16 = float __attribute__((vector_size(64)));

[[gnu::target("avx2,fma"), gnu::noinline]] static float runChains256() {
  return runChains<Float8>();
}
[[gnu::target("avx512f"), gnu::noinline]] static float runChains512() {
  return runChains<Float16>();
}

double measurePeakGflops(int numThreads) {
  constexpr int kNumRuns = 25;
  volatile float sink;
  bool has512 = __builtin_cpu_supports("avx512f");
  double seconds = measureSeconds(numThreads, kNumRuns, [&](int) {
    sink = has512 ? runChains512() : runChains256();
  });
  (void)sink;
  int numLanes = has512 ? 16 : 8;
  return 2.0 * numThreads * kNumChains * numLanes * kNumSteps / seconds / 1e9;
}

[[gnu::target("avx2"), gnu::noinline]] static float sumAll(const Float8 *data,
                                                           long numVectors) {
  constexpr int kNumSums = 8;
  Float8 sums[kNumSums] = {};
  for (long i = 0; i + kNumSums <= numVectors; i += kNumSums)
    for (int j = 0; j < kNumSums; ++j)
      sums[j] += data[i + j];
  Float8 sum = sums[0];
  for (int j = 1; j < kNumSums; ++j)
    sum += sums[j];
  return sum[0];
}

double measureReadBandwidth(int numThreads, long sizeInBytes) {
  constexpr int kNumRuns = 10;
  std::vector<Float8> data(sizeInBytes / sizeof(Float8), Float8{} + 1.0f);
  long perThread = data.size() / numThreads;
  volatile float sink;
  double seconds = measureSeconds(numThreads, kNumRuns, [&](int thread) {
    sink = sumAll(data.data() + thread * perThread, perThread);
  });
  (void)sink;
  return double(perThread) * numThreads * sizeof(Float8) / seconds / 1e9;
}

} // namespace neap::bench
