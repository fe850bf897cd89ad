// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OutputFile.h - files that are there whole or not at all.
#ifndef NEAP_COMPILER_PLAN_WRITER_OUTPUTFILE_H
#define NEAP_COMPILER_PLAN_WRITER_OUTPUTFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace neap {

/// A file beside the place where it goes. commit() puts it there; else nothing
/// is left of it. Links are followed, so that they stay what they are. All
/// errors are sentences that name the path.
class OutputFile {
public:
  static llvm::Expected<OutputFile> create(llvm::StringRef path);
  OutputFile(OutputFile &&) = default;
  ~OutputFile();

  int getDescriptor() const { return file.FD; }
  /// Makes the bytes durable, then puts the file in its place.
  llvm::Error commit();

  /// Returns "cannot <what> '<path>': <why>".
  static llvm::Error makeError(llvm::StringRef what, llvm::StringRef path,
                               std::error_code code);

private:
  OutputFile(std::string path, std::string target, llvm::sys::fs::TempFile file)
      : path(std::move(path)), target(std::move(target)),
        file(std::move(file)) {}

  std::string path;
  /// The path with its links followed.
  std::string target;
  llvm::sys::fs::TempFile file;
};

/// Whether a file could be written to `path` now, so that a long compile need
/// not end in this error. Leaves nothing behind.
llvm::Error checkOutputPath(llvm::StringRef path);

/// Writes what `print` prints to `path`; to standard output if that is "-", and
/// directly to a device or a pipe.
llvm::Error writeText(llvm::StringRef path,
                      llvm::function_ref<void(llvm::raw_ostream &)> print);

/// Flushes standard output; an error if any of it was lost.
llvm::Error flushStandardOutput();

} // namespace neap

#endif // NEAP_COMPILER_PLAN_WRITER_OUTPUTFILE_H
