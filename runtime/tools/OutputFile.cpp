// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OutputFile.cpp - a temporary file and a rename.
#include "runtime/tools/OutputFile.h"

#include "runtime/base/Format.h"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

namespace neap::tools {

using rt::quoted;
using rt::Status;
using rt::StatusCode;

namespace {

/// Returns the code of a failed write.
StatusCode getCode(int error) {
  switch (error) {
  case ENOSPC:
  case EDQUOT:
  case EFBIG:
    return StatusCode::ResourceExhausted;
  case EACCES:
  case EPERM:
  case EROFS:
    return StatusCode::PermissionDenied;
  default:
    return StatusCode::NotFound;
  }
}

/// Whether a rename to `path` would only take the place of a file's content.
bool canBeReplaced(const std::string &path) {
  struct stat status = {};
  return lstat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

/// Returns the file that `path` leads to, or `path` where there is none yet.
std::string followLinks(const std::string &path) {
  char resolved[PATH_MAX];
  return realpath(path.c_str(), resolved) ? std::string(resolved) : path;
}

} // namespace

Status OutputFile::makeError() const {
  return Status::error(getCode(failure), "cannot write %s: %s",
                       quoted(path).c_str(), std::strerror(failure));
}

Status OutputFile::open(const std::string &name) {
  path = followLinks(name);
  if (canBeReplaced(path))
    temporary = path + ".tmp-" + std::to_string(getpid());
  file = std::fopen(temporary.empty() ? path.c_str() : temporary.c_str(), "wb");
  if (file)
    return Status();
  failure = errno;
  temporary.clear();
  return makeError();
}

void OutputFile::write(const void *bytes, size_t size) {
  if (failure == 0 && size != 0 && std::fwrite(bytes, 1, size, file) != size)
    failure = errno;
}

Status OutputFile::commit() {
  if (std::fclose(file) != 0 && failure == 0)
    failure = errno;
  file = nullptr;
  if (failure == 0 && !temporary.empty() &&
      std::rename(temporary.c_str(), path.c_str()) != 0)
    failure = errno;
  if (failure != 0)
    return makeError();
  temporary.clear();
  return Status();
}

OutputFile::~OutputFile() {
  if (file)
    std::fclose(file);
  if (!temporary.empty())
    unlink(temporary.c_str());
}

Status flushStandardOutput() {
  if (std::fflush(stdout) == 0 && !std::ferror(stdout))
    return Status();
  return Status::error(getCode(errno), "cannot write to standard output: %s",
                       std::strerror(errno));
}

} // namespace neap::tools
