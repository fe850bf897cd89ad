// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CompareTensors.cpp - compares results as the ONNX backend test runner does.
#include "runtime/tools/CompareTensors.h"

#include "runtime/tools/HostTensor.h"

#include <cmath>
#include <cstring>

namespace neap::tools {

bool isFloat(plan::ElementType type) {
  return type == plan::ElementType::F32 || type == plan::ElementType::F64 ||
         type == plan::ElementType::F16 || type == plan::ElementType::BF16;
}

namespace {

/// Returns the error in units of the tolerance: at most 1 is right.
double excess(double got, double expected) {
  if (std::isnan(got) && std::isnan(expected))
    return 0;
  if (std::isinf(got) || std::isinf(expected) || std::isnan(got) ||
      std::isnan(expected))
    return got == expected ? 0 : HUGE_VAL;
  return std::fabs(got - expected) /
         (kAbsoluteTolerance + kRelativeTolerance * std::fabs(expected));
}

/// Returns the share of a reference's range that counts as equal.
double getToleranceOfRange(plan::ElementType type) {
  if (type == plan::ElementType::F16)
    return 5e-3;
  return type == plan::ElementType::BF16 ? 4e-2 : 1e-4;
}

/// Returns the range of the finite elements; see Deviation.
double getRange(plan::ElementType type, const uint8_t *bytes,
                uint64_t numElements) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (uint64_t i = 0; i < numElements; ++i) {
    double element = elementAsDouble(type, bytes, i);
    if (!std::isfinite(element))
      continue;
    low = std::fmin(low, element);
    high = std::fmax(high, element);
  }
  if (high < low)
    return 0;
  return high > low ? high - low : std::fabs(high);
}

} // namespace

Deviation measureDeviation(plan::ElementType type, const uint8_t *got,
                           plan::ElementType referenceType,
                           const uint8_t *reference, uint64_t numElements) {
  Deviation result;
  result.range = getRange(referenceType, reference, numElements);
  if (isFloat(type))
    result.tolerance = getToleranceOfRange(type) * result.range;
  uint32_t bytes = plan::elementSizeInBytes(type);
  for (uint64_t i = 0; i < numElements; ++i) {
    double a = elementAsDouble(type, got, i);
    double b = elementAsDouble(referenceType, reference, i);
    if (std::isfinite(a) && std::isfinite(b))
      result.maxAbsError = std::fmax(result.maxAbsError, std::fabs(a - b));
    bool isSame = std::isnan(a) ? std::isnan(b) : a == b;
    // Beyond 53 bits numbers say less than bytes.
    if (!isFloat(type))
      isSame = std::memcmp(got + i * bytes, reference + i * bytes, bytes) == 0;
    bool hasTolerance = isFloat(type) && std::isfinite(a) && std::isfinite(b);
    result.numUnequal += !isSame && !hasTolerance;
  }
  return result;
}

Comparison compareTensors(plan::ElementType type, const uint8_t *got,
                          const uint8_t *expected, uint64_t numElements) {
  Comparison result;
  result.numElements = numElements;
  uint32_t bytes = plan::elementSizeInBytes(type);
  double worst = -1;
  for (uint64_t i = 0; i < numElements; ++i) {
    double a = elementAsDouble(type, got, i);
    double b = elementAsDouble(type, expected, i);
    bool equal = std::memcmp(got + i * bytes, expected + i * bytes, bytes) == 0;
    double error = 0;
    if (!equal)
      error = isFloat(type) ? excess(a, b) : HUGE_VAL;
    result.numMismatches += error > 1;
    if (error > worst) {
      worst = error;
      result.worstIndex = i;
      result.got = a;
      result.expected = b;
    }
  }
  return result;
}

} // namespace neap::tools
