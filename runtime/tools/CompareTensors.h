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

/// How far a tensor is from a reference, as a whole.
struct Deviation {
  /// Of elements that are finite in both.
  double maxAbsError = 0;
  /// Largest minus smallest finite element of the reference; the largest
  /// magnitude if they are equal.
  double range = 0;
  /// maxAbsError that still counts as equal.
  double tolerance = 0;
  /// Elements, of any type, that differ although no tolerance applies: NaN and
  /// infinities, or integers and bools.
  uint64_t numUnequal = 0;

  bool isEqual() const { return numUnequal == 0 && maxAbsError <= tolerance; }
};

/// Compares with a reference of the same shape, which may be of another float
/// type if `type` is one. Floats may differ by a share of the range: 1e-4, of
/// `type` float16 5e-3, of bfloat16 4e-2.
Deviation measureDeviation(plan::ElementType type, const uint8_t *got,
                           plan::ElementType referenceType,
                           const uint8_t *reference, uint64_t numElements);

/// Whether `type` is a float.
bool isFloat(plan::ElementType type);

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_COMPARETENSORS_H
