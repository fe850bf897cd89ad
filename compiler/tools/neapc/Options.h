// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Options.h - the command line of neapc.
#ifndef NEAP_COMPILER_TOOLS_NEAPC_OPTIONS_H
#define NEAP_COMPILER_TOOLS_NEAPC_OPTIONS_H

#include "compiler/api/Compiler.h"

namespace neap {

/// What the command line asks for besides the compile itself.
struct ToolOptions {
  CompileOptions compile;
  std::vector<std::string> reports;
  bool verbose = false;
  bool listOnnxOps = false;
  /// Say what the model holds instead of compiling it.
  bool inspect = false;
};

/// Parses the command line. On a usage error prints it and returns nullopt.
std::optional<ToolOptions> parseCommandLine(int argc, char **argv);

/// Parses digits with an optional KiB, MiB or GiB.
std::optional<uint64_t> parseByteSize(llvm::StringRef text);

} // namespace neap

#endif // NEAP_COMPILER_TOOLS_NEAPC_OPTIONS_H
