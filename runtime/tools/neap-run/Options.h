// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Options.h - the command line of neap-run.
#ifndef NEAP_RUNTIME_TOOLS_NEAP_RUN_OPTIONS_H
#define NEAP_RUNTIME_TOOLS_NEAP_RUN_OPTIONS_H

#include "runtime/tools/RandomTensor.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace neap::tools {

struct RunOptions {
  std::string model;
  std::string entry = "main";
  /// Each NAME=FILE. Both may hold a '=': the names of the entry's inputs
  /// decide where the file's name begins.
  std::vector<std::string> inputs;
  std::optional<uint64_t> randomSeed;
  IntRange intRange;
  std::string outputDir;
  std::string writeInputsDir;
  std::vector<std::pair<std::string, int64_t>> dims;
  std::string testData;
  std::string compareDir;
  std::string traceFile;
  std::string isa;
  uint32_t threads = 0;
  uint32_t bench = 0;
  bool verify = false;
  bool json = false;
  bool summary = false;
  bool memoryCheck = false;
  bool help = false;
  bool version = false;

  /// Returns whether there is data to run on.
  bool hasInputs() const {
    return !inputs.empty() || randomSeed || !testData.empty();
  }
};

/// Reads the arguments. Returns a sentence if they cannot be understood.
std::optional<std::string> parseOptions(int argc, char **argv,
                                        RunOptions &outOptions);

/// Returns the text of --help.
const char *helpText();

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_NEAP_RUN_OPTIONS_H
