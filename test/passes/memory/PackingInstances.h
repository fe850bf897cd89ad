// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PackingInstances.h - the packing problems of test/passes/memory/packing.
#ifndef NEAP_TEST_PASSES_MEMORY_PACKINGINSTANCES_H
#define NEAP_TEST_PASSES_MEMORY_PACKINGINSTANCES_H

#include "passes/memory/OffsetSearch.h"
#include <string>
#include <vector>

namespace neap::test {

/// A packing problem whose least peak another solver has proved.
struct SolvedInstance {
  int64_t leastPeak = 0;
  int64_t maxLive = 0;
  std::vector<LiveInterval> intervals;
};

/// Returns the buffers of `NAME.1048576.csv`; none if it cannot be read.
std::vector<LiveInterval> readHardInstance(const std::string &name);

/// Returns the lines of gap-instances.txt; none if it cannot be read.
std::vector<SolvedInstance> readGapInstances();

} // namespace neap::test

#endif // NEAP_TEST_PASSES_MEMORY_PACKINGINSTANCES_H
