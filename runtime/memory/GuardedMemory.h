// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GuardedMemory.h - zeroed pages between two pages that nobody may touch.
#ifndef NEAP_RUNTIME_MEMORY_GUARDEDMEMORY_H
#define NEAP_RUNTIME_MEMORY_GUARDEDMEMORY_H

#include "runtime/base/Status.h"

#include <cstddef>
#include <cstdint>

namespace neap::rt {

/// Owns one mapping: arena, state, stacks and tables are made of it. An access
/// before or after it faults instead of damaging something else.
class GuardedMemory {
public:
  GuardedMemory() = default;
  ~GuardedMemory() { release(); }
  GuardedMemory(const GuardedMemory &) = delete;
  GuardedMemory &operator=(const GuardedMemory &) = delete;

  /// Maps `sizeInBytes` bytes, rounded up to whole pages; `what` names them in
  /// messages. 0 bytes map nothing. Errors: RESOURCE_EXHAUSTED.
  Status allocate(uint64_t sizeInBytes, const char *what);

  void release();

  /// Page-aligned; null for 0 bytes.
  uint8_t *data() const { return begin; }
  /// What has been mapped writable: the request rounded up to pages.
  uint64_t mappedBytes() const { return writableBytes; }

private:
  void *mapping = nullptr;
  size_t mappingBytes = 0;
  uint8_t *begin = nullptr;
  uint64_t writableBytes = 0;
};

} // namespace neap::rt

#endif // NEAP_RUNTIME_MEMORY_GUARDEDMEMORY_H
