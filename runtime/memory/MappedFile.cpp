// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MappedFile.cpp - read-only views of a file.
#include "runtime/memory/MappedFile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace neap::rt {
namespace {

StatusCode codeOf(int error) {
  if (error == EACCES || error == EPERM)
    return StatusCode::PermissionDenied;
  if (error == ENOMEM || error == EMFILE || error == ENFILE)
    return StatusCode::ResourceExhausted;
  return StatusCode::NotFound;
}

} // namespace

FileView::~FileView() {
  if (begin)
    munmap(begin, sizeInBytes);
}

FileView::FileView(FileView &&other) noexcept
    : begin(std::exchange(other.begin, nullptr)),
      sizeInBytes(std::exchange(other.sizeInBytes, 0)) {}

FileView &FileView::operator=(FileView &&other) noexcept {
  std::swap(begin, other.begin);
  std::swap(sizeInBytes, other.sizeInBytes);
  return *this;
}

MappedFile::~MappedFile() {
  if (descriptor >= 0)
    close(descriptor);
}

Status MappedFile::open(const std::string &path) {
  descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info;
  if (descriptor < 0 || fstat(descriptor, &info) != 0)
    return Status::error(codeOf(errno), "cannot open the file: %s",
                         std::strerror(errno));
  if (!S_ISREG(info.st_mode))
    return Status::error(StatusCode::InvalidArgument,
                         "expected a regular file");
  fileBytes = static_cast<uint64_t>(info.st_size);
  return Status();
}

Status MappedFile::map(uint64_t offset, uint64_t size,
                       FileView &outView) const {
  FileView view;
  if (size != 0) {
    void *address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor,
                         static_cast<off_t>(offset));
    if (address == MAP_FAILED)
      return Status::error(StatusCode::ResourceExhausted,
                           "cannot map %llu bytes of the file: %s",
                           static_cast<unsigned long long>(size),
                           std::strerror(errno));
    view.begin = static_cast<uint8_t *>(address);
    view.sizeInBytes = size;
  }
  outView = std::move(view);
  return Status();
}

} // namespace neap::rt
