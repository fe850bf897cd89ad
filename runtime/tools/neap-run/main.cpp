// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// neap-run - runs a compiled model from the command line.
#include "runtime/tools/ModelSummary.h"
#include "runtime/tools/neap-run/Options.h"
#include "runtime/tools/neap-run/Runner.h"

#include <cstdio>
#include <malloc.h>
#include <string>

using namespace neap::tools;
using neap::rt::StatusCode;

namespace {

enum ExitCode { kDone = 0, kWrong = 1, kUsage = 2, kInternal = 70 };

int report(const neap::rt::Status &status) {
  std::fprintf(stderr, "neap-run: error: %s: %s\n",
               neap::rt::statusCodeName(static_cast<int>(status.code())),
               status.message().c_str());
  return status.code() == StatusCode::Internal ? kInternal : kWrong;
}

neap::rt::Status run(const RunOptions &options, bool &outEqual) {
  outEqual = true;
  Runner runner(options);
  NEAP_RETURN_IF_ERROR(runner.load());
  if (options.summary)
    NEAP_RETURN_IF_ERROR(printSummary(options.model, options.entry));
  bool runNothing = !options.hasInputs() && (options.verify || options.summary);
  if (runNothing) {
    if (options.verify)
      std::printf("'%s': all checksums match\n", options.model.c_str());
    return neap::rt::Status();
  }
  NEAP_RETURN_IF_ERROR(runner.prepare());
  NEAP_RETURN_IF_ERROR(runner.execute());
  NEAP_RETURN_IF_ERROR(runner.writeFiles());
  if (!options.testData.empty())
    NEAP_RETURN_IF_ERROR(runner.compare(outEqual));
  runner.print();
  return neap::rt::Status();
}

} // namespace

int main(int argc, char **argv) {
  // Large blocks are given back when freed, so that --memory-check sees only
  // what lives.
  mallopt(M_MMAP_THRESHOLD, 65536);
  RunOptions options;
  if (auto problem = parseOptions(argc, argv, options)) {
    std::fprintf(stderr, "neap-run: %s\nsee neap-run --help\n",
                 problem->c_str());
    return kUsage;
  }
  if (options.help) {
    std::fputs(helpText(), stdout);
    return kDone;
  }
  if (options.json && options.summary) {
    std::fputs("neap-run: --json and --summary exclude each other\n", stderr);
    return kUsage;
  }
  bool equal = true;
  neap::rt::Status status = run(options, equal);
  if (!status.isOk())
    return report(status);
  return equal ? kDone : kWrong;
}
