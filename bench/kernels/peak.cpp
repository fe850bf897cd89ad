// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// neap-bench-peak [--json]: this machine's FMA peak on one and on two threads,
// and its DRAM read bandwidth: what the benchmarks of models are measured
// against.
#include "bench/kernels/Peak.h"

#include <cstdio>
#include <cstring>

int main(int argc, char **argv) {
  using namespace neap::bench;
  double one = measurePeakGflops(1), two = measurePeakGflops(2);
  double bandwidth = measureReadBandwidth(2, 512L << 20);
  bool json = argc > 1 && !std::strcmp(argv[1], "--json");
  std::printf(json ? "{\"gflops_1\": %.2f, \"gflops_2\": %.2f, "
                     "\"gbytes_per_second\": %.2f}\n"
                   : "FMA peak %.2f GFLOP/s on one thread, %.2f on two; DRAM "
                     "reads %.2f GB/s\n",
              one, two, bandwidth);
  return 0;
}
