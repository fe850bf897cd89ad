// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/api/ReportWriter.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"

#include "compiler/api/MemoryPage.inc"

namespace neap {

/// Returns the members that both forms have.
static llvm::json::Object makeRoot(const CompileOptions &options,
                                   const CompileReport &report) {
  llvm::json::Array isas;
  for (neap_isa isa : options.isas)
    isas.push_back(getIsaName(isa));
  return llvm::json::Object{
      {"model", llvm::sys::path::filename(options.input)},
      {"isas", std::move(isas)},
      {"compile_seconds", report.compileSeconds},
      {"num_kernels", report.numKernels},
      {"num_launches", report.numLaunches},
      {"output_bytes", report.outputBytes},
  };
}

static llvm::json::Object makeEntry(const CompileReport &report) {
  llvm::json::Object entry = report.memory.toJson();
  entry["name"] = "main";
  return entry;
}

void writeJsonReport(const CompileOptions &options, const CompileReport &report,
                     llvm::raw_ostream &os) {
  llvm::json::Object root = makeRoot(options, report);
  root["entries"] = llvm::json::Array{makeEntry(report)};
  os << llvm::formatv("{0:2}", llvm::json::Value(std::move(root))) << "\n";
}

void writeHtmlReport(const CompileOptions &options, const CompileReport &report,
                     llvm::raw_ostream &os) {
  llvm::json::Object entry = makeEntry(report);
  entry["timeline"] = report.timeline.toJson();
  llvm::json::Object root = makeRoot(options, report);
  root["entries"] = llvm::json::Array{std::move(entry)};
  std::string json =
      llvm::formatv("{0}", llvm::json::Value(std::move(root))).str();
  auto [head, tail] = llvm::StringRef(kMemoryPage).split("@REPORT@");
  os << head;
  // A name such as "</script>" must not end the element that the data is in.
  for (char c : json)
    c == '<' ? os << "\\u003c" : os << c;
  os << tail;
}

void writeSummary(const CompileOptions &options, const CompileReport &report,
                  bool verbose, llvm::raw_ostream &os) {
  report.memory.print(os);
  os << (options.planOnly ? "planned  " : "compiled  ") << report.numKernels
     << " kernels for " << report.numLaunches << " launches in "
     << llvm::format("%.1f", report.compileSeconds) << " s";
  if (report.outputBytes)
    os << " to " << options.output << " (" << report.outputBytes << " bytes)";
  if (options.planOnly)
    os << ", made no code";
  os << "\n";
  if (!verbose || options.planOnly)
    return;
  os << "targets  ";
  for (neap_isa isa : options.isas)
    os << ' ' << getIsaName(isa);
  os << "\n";
}

} // namespace neap
