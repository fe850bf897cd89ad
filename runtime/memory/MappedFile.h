// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MappedFile.h - read-only views of a file.
#ifndef NEAP_RUNTIME_MEMORY_MAPPEDFILE_H
#define NEAP_RUNTIME_MEMORY_MAPPEDFILE_H

#include "runtime/base/Status.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace neap::rt {

/// A part of a file in memory, shared with the page cache. Move-only.
class FileView {
public:
  FileView() = default;
  ~FileView();
  FileView(FileView &&other) noexcept;
  FileView &operator=(FileView &&other) noexcept;

  const uint8_t *data() const { return begin; }

private:
  friend class MappedFile;
  uint8_t *begin = nullptr;
  size_t sizeInBytes = 0;
};

/// An open file. Views outlive it.
class MappedFile {
public:
  MappedFile() = default;
  ~MappedFile();
  MappedFile(const MappedFile &) = delete;
  MappedFile &operator=(const MappedFile &) = delete;

  /// Errors: NOT_FOUND, PERMISSION_DENIED, or INVALID_ARGUMENT if it is not a
  /// regular file.
  Status open(const std::string &path);

  uint64_t sizeInBytes() const { return fileBytes; }

  /// Maps `size` bytes from `offset`, a multiple of the page size.
  /// Errors: RESOURCE_EXHAUSTED.
  Status map(uint64_t offset, uint64_t size, FileView &outView) const;

private:
  int descriptor = -1;
  uint64_t fileBytes = 0;
};

} // namespace neap::rt

#endif // NEAP_RUNTIME_MEMORY_MAPPEDFILE_H
