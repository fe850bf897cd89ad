// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WeightDecoder.cpp - attributes, varints and random numbers to bytes.
#include "compiler/plan_writer/WeightDecoder.h"

#include "llvm/ADT/APFloat.h"
#include <algorithm>
#include <cstring>

using namespace mlir;

namespace neap {

/// Repeats `element` over `target`.
static void fill(MutableArrayRef<uint8_t> target, ArrayRef<char> element) {
  for (size_t i = 0; i + element.size() <= target.size(); i += element.size())
    std::memcpy(target.data() + i, element.data(), element.size());
}

void writeElements(DenseElementsAttr attribute,
                   MutableArrayRef<uint8_t> target) {
  if (attribute.getElementType().isInteger(1)) {
    for (auto [byte, value] : llvm::zip(target, attribute.getValues<bool>()))
      byte = value;
    return;
  }
  ArrayRef<char> raw = attribute.getRawData();
  if (attribute.isSplat())
    fill(target, raw);
  else
    std::copy_n(raw.data(), target.size(), target.data());
}

/// Takes a varint off the front of `source`.
static std::optional<uint64_t> takeVarint(ArrayRef<uint8_t> &source) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !source.empty(); shift += 7) {
    uint8_t byte = source.front();
    source = source.drop_front();
    value |= uint64_t(byte & 0x7f) << shift;
    if (!(byte & 0x80))
      return value;
  }
  return std::nullopt;
}

LogicalResult decodePackedVarints(ArrayRef<uint8_t> source, Type elementType,
                                  MutableArrayRef<uint8_t> target) {
  const bool isBool = elementType.isInteger(1);
  const size_t width =
      isBool ? 1 : llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8);
  for (size_t i = 0; i + width <= target.size(); i += width) {
    std::optional<uint64_t> value = takeVarint(source);
    if (!value)
      return failure();
    uint64_t element = isBool ? *value != 0 : *value;
    // Little endian: the low bytes are the element.
    std::memcpy(target.data() + i, &element, width);
  }
  return success(source.empty());
}

/// A hash whose output is uniform (SplitMix64, Steele et al. 2014).
static uint64_t mix(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

/// Returns the sum of four uniform 16-bit numbers, scaled to mean 0 and
/// deviation 0.02: exact integers and one product, so no library function
/// that may differ between machines.
static double getRandomWeight(uint64_t seed, uint64_t index) {
  uint64_t bits = mix(mix(seed) ^ mix(index ^ 0x6e656170));
  int64_t sum = 0;
  for (unsigned part = 0; part < 4; ++part)
    sum += (bits >> (16 * part)) & 0xffff;
  constexpr double kMean = 4 * 65535 / 2.0;
  constexpr double kDeviation = 37837.227; // sqrt(4 * (2^32 - 1) / 12)
  return (static_cast<double>(sum) - kMean) * (0.02 / kDeviation);
}

void writeRandomWeights(uint64_t seed, Type elementType,
                        MutableArrayRef<uint8_t> target) {
  auto floatType = dyn_cast<FloatType>(elementType);
  if (!floatType) {
    std::fill(target.begin(), target.end(), 0);
    return;
  }
  const size_t width = floatType.getWidth() / 8;
  const bool isF32 = floatType.isF32();
  for (size_t i = 0; i < target.size() / width; ++i) {
    double weight = getRandomWeight(seed, i);
    uint64_t bits;
    if (isF32) {
      float narrow = static_cast<float>(weight);
      std::memcpy(&bits, &narrow, sizeof(narrow));
    } else {
      llvm::APFloat value(weight);
      bool losesInfo;
      value.convert(floatType.getFloatSemantics(),
                    llvm::APFloat::rmNearestTiesToEven, &losesInfo);
      bits = value.bitcastToAPInt().getZExtValue();
    }
    std::memcpy(target.data() + i * width, &bits, width);
  }
}

} // namespace neap
