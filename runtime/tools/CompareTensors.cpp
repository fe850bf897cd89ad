// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CompareTensors.cpp - compares results as the ONNX backend test runner does.
#include "runtime/tools/CompareTensors.h"

#include "runtime/tools/HostTensor.h"

#include <cmath>
#include <cstring>

namespace neap::tools {
namespace {

bool isFloat(plan::ElementType type) {
  return type == plan::ElementType::F32 || type == plan::ElementType::F64 ||
         type == plan::ElementType::F16 || type == plan::ElementType::BF16;
}

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

} // namespace

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
