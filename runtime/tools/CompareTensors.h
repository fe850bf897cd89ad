// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CompareTensors.h - compares results as the ONNX backend test runner does.
#ifndef NEAP_RUNTIME_TOOLS_COMPARETENSORS_H
#define NEAP_RUNTIME_TOOLS_COMPARETENSORS_H

#include "runtime/plan/Plan.h"

#include <cstdint>
#include <string>

namespace neap::tools {

/// Tolerances of onnx.backend.test.runner (NumPy's assert_allclose).
constexpr double kRelativeTolerance = 1e-3;
constexpr double kAbsoluteTolerance = 1e-7;

/// What a comparison of two tensors of one type and shape has found.
struct Comparison {
  uint64_t numElements = 0;
  uint64_t numMismatches = 0;
  /// The element whose error is largest against its tolerance.
  uint64_t worstIndex = 0;
  double got = 0;
  double expected = 0;
};

/// Floats: |got - expected| <= absolute + relative * |expected|, NaN equals
/// NaN, infinities are equal only if their signs are. Others: equal.
Comparison compareTensors(plan::ElementType type, const uint8_t *got,
                          const uint8_t *expected, uint64_t numElements);

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_COMPARETENSORS_H
