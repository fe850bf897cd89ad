// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GuardedMemory.cpp - zeroed pages between two pages that nobody may touch.
#include "runtime/memory/GuardedMemory.h"

#include <cerrno>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

namespace neap::rt {

Status GuardedMemory::allocate(uint64_t sizeInBytes, const char *what) {
  release();
  if (sizeInBytes == 0)
    return Status();
  size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  constexpr uint64_t kMost = uint64_t(1) << 62;
  int failure = ENOMEM;
  if (sizeInBytes <= kMost) {
    writableBytes = (sizeInBytes + page - 1) / page * page;
    mappingBytes = writableBytes + 2 * page;
    mapping = mmap(nullptr, mappingBytes, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping != MAP_FAILED) {
      begin = static_cast<uint8_t *>(mapping) + page;
      if (mprotect(begin, writableBytes, PROT_READ | PROT_WRITE) == 0)
        return Status();
    } else {
      mapping = nullptr;
    }
    failure = errno;
  }
  release();
  return Status::error(StatusCode::ResourceExhausted,
                       "cannot map %llu bytes for the %s: %s",
                       static_cast<unsigned long long>(sizeInBytes), what,
                       std::strerror(failure));
}

void GuardedMemory::release() {
  if (mapping)
    munmap(mapping, mappingBytes);
  mapping = nullptr;
  begin = nullptr;
  mappingBytes = 0;
  writableBytes = 0;
}

} // namespace neap::rt
