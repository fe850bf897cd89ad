// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Peak.h - what this machine can do at best: the yardstick of the kernel
// benchmarks.
#ifndef NEAP_BENCH_KERNELS_PEAK_H
#define NEAP_BENCH_KERNELS_PEAK_H

#include <functional>

namespace neap::bench {

/// Runs `body(thread)` on `numThreads` threads pinned to their own core and
/// returns the seconds of the fastest of `numRuns` runs: the processor time of
/// the slowest thread, so that what else the machine runs counts little.
double measureSeconds(int numThreads, int numRuns,
                      const std::function<void(int)> &body);

/// Returns the GFLOP/s of float32 fused multiply-adds in registers.
double measurePeakGflops(int numThreads);

/// Returns the GB/s of reading `sizeInBytes` in all, split between threads.
double measureReadBandwidth(int numThreads, long sizeInBytes);

} // namespace neap::bench

#endif // NEAP_BENCH_KERNELS_PEAK_H
