// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// neapc.cpp - the compiler: MODEL.onnx to OUT.neap.
#include "compiler/api/DiagnosticPrinter.h"
#include "compiler/api/ReportWriter.h"
#include "compiler/plan_writer/OutputFile.h"
#include "compiler/tools/neapc/Options.h"
#include "frontends/onnx/Inspector.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Process.h"
#include <csignal>
#include <cstdlib>

using namespace neap;

namespace {
enum ExitCode { kDone = 0, kInputError = 1, kUsage = 2, kInternalError = 70 };

/// One line on a terminal that is overwritten by each phase; nothing when
/// standard error is piped.
class ProgressLine {
public:
  void update(llvm::StringRef phase, double share) {
    if (!isTerminal)
      return;
    llvm::errs() << "\r\033[K[" << llvm::format("%3.0f", share * 100) << "%] "
                 << phase;
    llvm::errs().flush();
  }
  void clear() {
    if (isTerminal)
      llvm::errs() << "\r\033[K";
  }

private:
  const bool isTerminal = llvm::sys::Process::StandardErrIsDisplayed();
};

/// Prints `error`, if it is one, and returns whether there was none.
bool check(llvm::Error error) {
  if (!error)
    return true;
  llvm::errs() << "neapc: error: " << llvm::toString(std::move(error)) << "\n";
  return false;
}

/// Runs at exit, so that also what the option parser prints is seen to be
/// complete.
void closeStandardOutput() {
  if (check(flushStandardOutput()))
    return;
  llvm::errs().flush();
  std::_Exit(kInputError);
}

ExitCode run(const ToolOptions &tool) {
  for (const std::string &path : tool.reports)
    if (!check(checkOutputPath(path)))
      return kInputError;
  ProgressLine line;
  CompileReport report;
  std::string errors;
  llvm::raw_string_ostream errorStream(errors);
  CompileStatus status = compile(
      tool.compile, errorStream, report,
      [&](llvm::StringRef phase, double share) { line.update(phase, share); });
  line.clear();
  llvm::errs() << errors;
  if (status != CompileStatus::Success)
    return status == CompileStatus::InputError ? kInputError : kInternalError;
  for (const std::string &path : tool.reports)
    if (!check(writeText(path, [&](llvm::raw_ostream &os) {
          auto *write = llvm::StringRef(path).ends_with(".html")
                            ? writeHtmlReport
                            : writeJsonReport;
          write(tool.compile, report, os);
        })))
      return kInputError;
  if (tool.compile.emit == EmitKind::Binary)
    writeSummary(tool.compile, report, tool.verbose, llvm::outs());
  return kDone;
}

/// Says what the model holds; its text goes where results go.
ExitCode inspect(const CompileOptions &options) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  DiagnosticPrinter printer(&context, options.input, llvm::errs());
  ImportOptions import;
  import.path = options.input;
  import.dims = options.dims;
  import.constants = options.constants;
  import.externalDataRoot = options.externalDataRoot;
  import.randomWeightsSeed = options.randomWeightsSeed;
  import.withoutWeights = options.planOnly;
  mlir::FailureOr<ModelInspection> inspection =
      inspectOnnxModel(context, import);
  if (failed(inspection))
    return kInputError;
  printInspection(*inspection, llvm::outs());
  return inspection->isSupported() ? kDone : kInputError;
}
} // namespace

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  llvm::outs().flush(); // constructed first, so destroyed after the handler ran
  std::atexit(closeStandardOutput);
  // Beyond a limit on file sizes, writes fail and are reported like others.
  std::signal(SIGXFSZ, SIG_IGN);
  llvm::setBugReportMsg("neapc 0.1.0 (x86-64 Linux, LLVM 22) crashed. Please "
                        "report it with the model or the text below.\n");
  std::optional<ToolOptions> tool = parseCommandLine(argc, argv);
  if (!tool)
    return kUsage;
  if (tool->listOnnxOps) {
    listSupportedOps(llvm::outs());
    return kDone;
  }
  return tool->inspect ? inspect(tool->compile) : run(*tool);
}
