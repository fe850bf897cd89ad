// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RandomTensor.h - reproducible input data.
#ifndef NEAP_RUNTIME_TOOLS_RANDOMTENSOR_H
#define NEAP_RUNTIME_TOOLS_RANDOMTENSOR_H

#include "runtime/plan/Plan.h"

#include <cstdint>

namespace neap::tools {

/// Values of integer inputs, both ends included.
struct IntRange {
  int64_t lo = 0;
  int64_t hi = 1;
};

/// Fills `numElements` elements at `bytes`. Element i depends on the seed, the
/// input's position in the signature and i alone, and is the same on every
/// machine: floats are sums of 12 uniform numbers minus 6 (mean 0, variance 1),
/// integers uniform in `range`, bools 0 or 1.
void fillRandom(plan::ElementType type, uint64_t seed, uint32_t position,
                IntRange range, uint64_t numElements, uint8_t *bytes);

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_RANDOMTENSOR_H
