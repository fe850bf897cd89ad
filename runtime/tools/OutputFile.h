// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OutputFile.h - files that are there whole or not at all.
#ifndef NEAP_RUNTIME_TOOLS_OUTPUTFILE_H
#define NEAP_RUNTIME_TOOLS_OUTPUTFILE_H

#include "runtime/base/Status.h"

#include <cstdio>
#include <string>

namespace neap::tools {

/// A file that is written beside the place where it goes and takes that place
/// in commit(); else nothing is left of it. Links are followed. A device or a
/// pipe is written directly.
class OutputFile {
public:
  OutputFile() = default;
  OutputFile(const OutputFile &) = delete;
  OutputFile &operator=(const OutputFile &) = delete;
  ~OutputFile();

  /// Errors: NOT_FOUND, PERMISSION_DENIED or RESOURCE_EXHAUSTED, which name
  /// `path`.
  rt::Status open(const std::string &path);
  /// A failure is kept for commit().
  void write(const void *bytes, size_t size);
  void write(const std::string &text) { write(text.data(), text.size()); }
  /// Errors: as open().
  rt::Status commit();

private:
  rt::Status makeError() const;

  std::string path;
  /// Where the bytes go first; empty if that is the place itself.
  std::string temporary;
  FILE *file = nullptr;
  /// errno of the first failed write.
  int failure = 0;
};

/// Flushes standard output; an error if any of it was lost.
rt::Status flushStandardOutput();

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_OUTPUTFILE_H
