// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OutputFile.cpp - a temporary file, fsync and a rename.
#include "compiler/plan_writer/OutputFile.h"

#include "llvm/Support/Path.h"
#include <climits>
#include <unistd.h>

namespace neap {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

/// Links to links; more is a cycle.
static constexpr unsigned kMaxLinks = 40;

llvm::Error OutputFile::makeError(llvm::StringRef what, llvm::StringRef path,
                                  std::error_code code) {
  return llvm::createStringError(code, "cannot %s '%s': %s", what.str().c_str(),
                                 path.str().c_str(), code.message().c_str());
}

/// Returns where a file of this name goes: also what a link to nothing names.
static std::string followLinks(llvm::StringRef name) {
  llvm::SmallString<256> current(name);
  for (unsigned i = 0; i < kMaxLinks && fs::is_symlink_file(current); ++i) {
    char target[PATH_MAX];
    ssize_t length = ::readlink(current.c_str(), target, sizeof(target));
    if (length < 0)
      break;
    llvm::StringRef next(target, length);
    if (path::is_absolute(next))
      current.clear();
    else
      path::remove_filename(current);
    path::append(current, next);
  }
  return current.str().str();
}

/// Whether `path` is there and no file that a rename may replace.
static bool isSpecial(llvm::StringRef path) {
  fs::file_status status;
  return !fs::status(path, status) && fs::exists(status) &&
         !fs::is_regular_file(status);
}

/// Returns the error of flushing `fd`, if any.
static std::error_code syncDescriptor(int fd) {
  return ::fsync(fd) ? std::error_code(errno, std::generic_category())
                     : std::error_code();
}

/// Makes a rename inside `folder` durable, where the file system can.
static void syncFolder(llvm::StringRef folder) {
  int fd;
  if (fs::openFileForRead(folder.empty() ? "." : folder, fd))
    return;
  ::fsync(fd);
  ::close(fd);
}

llvm::Expected<OutputFile> OutputFile::create(llvm::StringRef path) {
  std::string target = followLinks(path);
  if (fs::is_symlink_file(target))
    return makeError(
        "write", path,
        std::make_error_code(std::errc::too_many_symbolic_link_levels));
  if (fs::is_directory(target))
    return makeError("write", path,
                     std::make_error_code(std::errc::is_a_directory));
  if (isSpecial(target))
    return makeError("write", path,
                     std::make_error_code(std::errc::operation_not_permitted));
  llvm::Expected<fs::TempFile> file = fs::TempFile::create(
      target + ".tmp-%%%%%%%%", fs::all_read | fs::all_write);
  if (!file)
    return makeError("write", path, llvm::errorToErrorCode(file.takeError()));
  return OutputFile(path.str(), std::move(target), std::move(*file));
}

OutputFile::~OutputFile() { llvm::consumeError(file.discard()); }

llvm::Error OutputFile::commit() {
  if (std::error_code code = syncDescriptor(file.FD))
    return makeError("write", path, code);
  if (llvm::Error error = file.keep(target))
    return makeError("write", path, llvm::errorToErrorCode(std::move(error)));
  syncFolder(path::parent_path(target));
  return llvm::Error::success();
}

llvm::Error checkOutputPath(llvm::StringRef path) {
  if (path == "-" || (isSpecial(path) && !fs::is_directory(path)))
    return llvm::Error::success();
  return OutputFile::create(path).takeError();
}

/// Prints into `fd`, which stays open.
static std::error_code
printTo(int fd, llvm::function_ref<void(llvm::raw_ostream &)> print) {
  llvm::raw_fd_ostream stream(fd, /*shouldClose=*/false);
  print(stream);
  stream.flush();
  std::error_code code = stream.error();
  stream.clear_error();
  return code;
}

llvm::Error writeText(llvm::StringRef path,
                      llvm::function_ref<void(llvm::raw_ostream &)> print) {
  if (path == "-") {
    print(llvm::outs());
    return flushStandardOutput();
  }
  if (isSpecial(path) && !fs::is_directory(path)) {
    int fd;
    std::error_code code =
        fs::openFileForWrite(path, fd, fs::CD_OpenExisting, fs::OF_None);
    if (!code) {
      code = printTo(fd, print);
      ::close(fd);
    }
    return code ? OutputFile::makeError("write", path, code)
                : llvm::Error::success();
  }
  llvm::Expected<OutputFile> file = OutputFile::create(path);
  if (!file)
    return file.takeError();
  if (std::error_code code = printTo(file->getDescriptor(), print))
    return OutputFile::makeError("write", path, code);
  return file->commit();
}

llvm::Error flushStandardOutput() {
  llvm::raw_fd_ostream &stream = llvm::outs();
  stream.flush();
  std::error_code code = stream.error();
  stream.clear_error();
  if (!code)
    return llvm::Error::success();
  return llvm::createStringError(code, "cannot write to standard output: %s",
                                 code.message().c_str());
}

} // namespace neap
