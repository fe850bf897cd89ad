// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DeterministicHash.h - a hash and random numbers that are the same in every
// process, for searches whose result must be.
#ifndef NEAP_PASSES_MEMORY_DETERMINISTICHASH_H
#define NEAP_PASSES_MEMORY_DETERMINISTICHASH_H

#include <cstdint>

namespace neap {

/// Returns bits that look random (SplitMix64, Steele et al. 2014).
inline uint64_t mixBits(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

/// A sequence of random numbers.
class RandomSequence {
public:
  explicit RandomSequence(uint64_t seed) : state(seed) {}
  uint64_t next() { return mixBits(state++); }
  /// Returns a number below `bound`, which must be positive.
  uint64_t nextBelow(uint64_t bound) { return next() % bound; }

private:
  uint64_t state;
};

} // namespace neap

#endif // NEAP_PASSES_MEMORY_DETERMINISTICHASH_H
