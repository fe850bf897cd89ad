// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RandomTensor.cpp - reproducible input data.
//
// Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3",
// Philox4x32-10.
#include "runtime/tools/RandomTensor.h"

#include <array>
#include <cstring>

namespace neap::tools {
namespace {

using plan::ElementType;

/// Returns the four words that belong to `counter` under `key`.
std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, uint64_t key) {
  uint32_t k0 = static_cast<uint32_t>(key);
  uint32_t k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    uint64_t p0 = uint64_t(0xD2511F53) * counter[0];
    uint64_t p1 = uint64_t(0xCD9E8D57) * counter[2];
    counter = {static_cast<uint32_t>(p1 >> 32) ^ counter[1] ^ k0,
               static_cast<uint32_t>(p1),
               static_cast<uint32_t>(p0 >> 32) ^ counter[3] ^ k1,
               static_cast<uint32_t>(p0)};
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return counter;
}

/// Returns the random words of one element.
std::array<uint32_t, 4> wordsOf(uint64_t seed, uint32_t position,
                                uint64_t element, uint32_t part) {
  return philox({static_cast<uint32_t>(element),
                 static_cast<uint32_t>(element >> 32), position, part},
                seed);
}

/// Twelve words of 32 bits, summed exactly, scaled to variance 1.
double normal(uint64_t seed, uint32_t position, uint64_t element) {
  uint64_t sum = 0;
  for (uint32_t part = 0; part < 3; ++part)
    for (uint32_t word : wordsOf(seed, position, element, part))
      sum += word;
  return static_cast<double>(sum) / 4294967296.0 - 6.0;
}

int64_t uniform(uint64_t seed, uint32_t position, uint64_t element,
                IntRange range) {
  std::array<uint32_t, 4> words = wordsOf(seed, position, element, 0);
  uint64_t bits = uint64_t(words[1]) << 32 | words[0];
  uint64_t count =
      static_cast<uint64_t>(range.hi) - static_cast<uint64_t>(range.lo) + 1;
  uint64_t value = count == 0 ? bits : bits % count;
  return static_cast<int64_t>(static_cast<uint64_t>(range.lo) + value);
}

/// Returns the nearest binary16 of a value in its normal range or below.
uint16_t toHalf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  uint32_t sign = (bits >> 16) & 0x8000;
  int exponent = static_cast<int>((bits >> 23) & 0xff) - 127 + 15;
  if (exponent <= 0)
    return static_cast<uint16_t>(sign);
  uint32_t rounded = (bits & 0x7fffff) + 0xfff + ((bits >> 13) & 1);
  return static_cast<uint16_t>(sign + (static_cast<uint32_t>(exponent) << 10) +
                               (rounded >> 13));
}

uint16_t toBfloat(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

template <typename T>
void store(T value, uint64_t element, uint8_t *bytes) {
  std::memcpy(bytes + element * sizeof(T), &value, sizeof(T));
}

} // namespace

void fillRandom(ElementType type, uint64_t seed, uint32_t position,
                IntRange range, uint64_t numElements, uint8_t *bytes) {
  uint32_t elementBytes = plan::elementSizeInBytes(type);
  for (uint64_t i = 0; i < numElements; ++i) {
    switch (type) {
    case ElementType::F32:
      store(static_cast<float>(normal(seed, position, i)), i, bytes);
      break;
    case ElementType::F64:
      store(normal(seed, position, i), i, bytes);
      break;
    case ElementType::F16:
      store(toHalf(static_cast<float>(normal(seed, position, i))), i, bytes);
      break;
    case ElementType::BF16:
      store(toBfloat(static_cast<float>(normal(seed, position, i))), i, bytes);
      break;
    default: {
      IntRange used = type == ElementType::Bool ? IntRange{0, 1} : range;
      int64_t value = uniform(seed, position, i, used);
      std::memcpy(bytes + i * elementBytes, &value, elementBytes);
    }
    }
  }
}

} // namespace neap::tools
