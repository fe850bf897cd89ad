// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// neap-run - runs a compiled model from the command line.
#include "runtime/base/Format.h"
#include "runtime/include/neap/kernel_abi.h"
#include "runtime/include/neap/neap.h"
#include "runtime/include/neap/plan_format.h"
#include "runtime/tools/ModelSummary.h"
#include "runtime/tools/OutputFile.h"
#include "runtime/tools/neap-run/Options.h"
#include "runtime/tools/neap-run/Runner.h"

#include <csignal>
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

std::string versionText() {
  return neap::rt::format(
      "neap-run %d.%d.%d (.neap format %u, kernel interface %u)\n",
      NEAP_VERSION_MAJOR, NEAP_VERSION_MINOR, NEAP_VERSION_PATCH,
      NEAP_FORMAT_VERSION, NEAP_KERNEL_ABI_VERSION);
}

neap::rt::Status run(const RunOptions &options, bool &outEqual) {
  outEqual = true;
  Runner runner(options);
  NEAP_RETURN_IF_ERROR(runner.load());
  if (options.summary)
    NEAP_RETURN_IF_ERROR(
        printSummary(options.model, options.entry, runner.isa()));
  bool runNothing = !options.hasInputs() && (options.verify || options.summary);
  if (runNothing) {
    if (options.verify)
      std::printf("'%s': all checksums match\n", options.model.c_str());
    return flushStandardOutput();
  }
  NEAP_RETURN_IF_ERROR(runner.prepare());
  NEAP_RETURN_IF_ERROR(runner.execute());
  NEAP_RETURN_IF_ERROR(runner.writeFiles());
  if (!options.testData.empty())
    NEAP_RETURN_IF_ERROR(runner.compare(outEqual));
  bool layersEqual = true;
  if (!options.compareDir.empty())
    NEAP_RETURN_IF_ERROR(runner.compareLayers(layersEqual));
  outEqual &= layersEqual;
  runner.print();
  return flushStandardOutput();
}

} // namespace

int main(int argc, char **argv) {
  // Large blocks are given back when freed, so that --memory-check sees only
  // what lives.
  mallopt(M_MMAP_THRESHOLD, 65536);
  // Beyond a limit on file sizes, writes fail and are reported like others.
  std::signal(SIGXFSZ, SIG_IGN);
  RunOptions options;
  if (auto problem = parseOptions(argc, argv, options)) {
    std::fprintf(stderr, "neap-run: %s\nsee neap-run --help\n",
                 problem->c_str());
    return kUsage;
  }
  if (options.help || options.version) {
    std::fputs(options.help ? helpText() : versionText().c_str(), stdout);
    neap::rt::Status status = flushStandardOutput();
    return status.isOk() ? kDone : report(status);
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
