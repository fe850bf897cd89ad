// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// HostTensor.cpp - a tensor in a tool's own memory.
#include "runtime/tools/HostTensor.h"

#include <cstring>

namespace neap::tools {
namespace {

using plan::ElementType;

template <typename T>
double load(const uint8_t *bytes, uint64_t index) {
  T value;
  std::memcpy(&value, bytes + index * sizeof(T), sizeof(T));
  return static_cast<double>(value);
}

/// Returns the value of an IEEE 754 binary16.
double halfToDouble(uint16_t half) {
  int exponent = (half >> 10) & 0x1f;
  double fraction = half & 0x3ff;
  double sign = half & 0x8000 ? -1.0 : 1.0;
  if (exponent == 0)
    return sign * fraction / (1 << 24);
  if (exponent == 31)
    return fraction == 0 ? sign * __builtin_inf() : __builtin_nan("");
  double value = 1.0 + fraction / 1024;
  for (; exponent > 15; --exponent)
    value *= 2;
  for (; exponent < 15; ++exponent)
    value /= 2;
  return sign * value;
}

double bfloatToDouble(uint16_t bfloat) {
  uint32_t bits = uint32_t(bfloat) << 16;
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

} // namespace

uint64_t countElements(const std::vector<int64_t> &shape, bool &outFits) {
  uint64_t count = 1;
  outFits = true;
  for (int64_t dim : shape)
    if (dim < 0 ||
        __builtin_mul_overflow(count, static_cast<uint64_t>(dim), &count) ||
        count > (uint64_t(1) << 59))
      outFits = false;
  return outFits ? count : 0;
}

const char *typeName(ElementType type) {
  static const char *const kNames[] = {
      "unspecified", "f32", "f64", "f16", "bf16", "bool", "i8",
      "i16",         "i32", "i64", "u8",  "u16",  "u32",  "u64"};
  uint32_t number = static_cast<uint32_t>(type);
  return number < sizeof(kNames) / sizeof(kNames[0]) ? kNames[number]
                                                     : "unknown";
}

ElementType fromDataType(DLDataType type) {
  for (uint32_t number = 1; number <= 13; ++number) {
    ElementType candidate = static_cast<ElementType>(number);
    const char *name = typeName(candidate);
    bool sameBits = type.bits == 8 * plan::elementSizeInBytes(candidate);
    bool sameKind = (type.code == kDLInt && name[0] == 'i') ||
                    (type.code == kDLUInt && name[0] == 'u') ||
                    (type.code == kDLFloat && name[0] == 'f') ||
                    (type.code == kDLBfloat && name[1] == 'f') ||
                    (type.code == kDLBool && name[1] == 'o');
    if (sameBits && sameKind)
      return candidate;
  }
  return ElementType::Unspecified;
}

std::string shapeText(const int64_t *dims, size_t rank) {
  std::string text = "[";
  for (size_t i = 0; i < rank; ++i)
    text += (i == 0 ? "" : ", ") + std::to_string(dims[i]);
  return text + "]";
}

double elementAsDouble(ElementType type, const uint8_t *bytes, uint64_t index) {
  uint16_t half = 0;
  if (type == ElementType::F16 || type == ElementType::BF16)
    std::memcpy(&half, bytes + 2 * index, 2);
  switch (type) {
  case ElementType::F32:
    return load<float>(bytes, index);
  case ElementType::F64:
    return load<double>(bytes, index);
  case ElementType::F16:
    return halfToDouble(half);
  case ElementType::BF16:
    return bfloatToDouble(half);
  case ElementType::I8:
    return load<int8_t>(bytes, index);
  case ElementType::I16:
    return load<int16_t>(bytes, index);
  case ElementType::I32:
    return load<int32_t>(bytes, index);
  case ElementType::I64:
    return load<int64_t>(bytes, index);
  case ElementType::Bool:
  case ElementType::U8:
    return load<uint8_t>(bytes, index);
  case ElementType::U16:
    return load<uint16_t>(bytes, index);
  case ElementType::U32:
    return load<uint32_t>(bytes, index);
  case ElementType::U64:
    return load<uint64_t>(bytes, index);
  case ElementType::Unspecified:
    break;
  }
  return 0;
}

} // namespace neap::tools
