// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// HostTensor.h - a tensor in a tool's own memory, as files give and take it.
#ifndef NEAP_RUNTIME_TOOLS_HOSTTENSOR_H
#define NEAP_RUNTIME_TOOLS_HOSTTENSOR_H

#include "runtime/plan/Plan.h"

#include <neap/dlpack.h>

#include <cstdint>
#include <string>
#include <vector>

namespace neap::tools {

/// Element type, shape and compact row-major little-endian bytes.
struct HostTensor {
  std::string name;
  plan::ElementType type = plan::ElementType::Unspecified;
  std::vector<int64_t> shape;
  std::vector<uint8_t> bytes;
};

/// Returns the product of the sizes; false in `outFits` if it, times 8, is not
/// a 63-bit number or a size is negative.
uint64_t countElements(const std::vector<int64_t> &shape, bool &outFits);

/// Returns "f32", "bool" and so on.
const char *typeName(plan::ElementType type);

/// Returns the element type of a DLPack type, Unspecified if it has none.
plan::ElementType fromDataType(DLDataType type);

/// Returns "[2, 3]".
std::string shapeText(const int64_t *dims, size_t rank);

/// Returns element `index` as a number; exact up to 53 bits.
double elementAsDouble(plan::ElementType type, const uint8_t *bytes,
                       uint64_t index);

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_HOSTTENSOR_H
