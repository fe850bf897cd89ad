// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/api/ReportWriter.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"

namespace neap {

void writeJsonReport(const CompileOptions &options, const CompileReport &report,
                     llvm::raw_ostream &os) {
  llvm::json::Object entry = report.memory.toJson();
  entry["name"] = "main";
  llvm::json::Array isas;
  for (neap_isa isa : options.isas)
    isas.push_back(getIsaName(isa));
  llvm::json::Object root{
      {"model", llvm::sys::path::filename(options.input)},
      {"entries", llvm::json::Array{std::move(entry)}},
      {"isas", std::move(isas)},
      {"compile_seconds", report.compileSeconds},
      {"num_kernels", report.numKernels},
      {"num_launches", report.numLaunches},
      {"output_bytes", report.outputBytes},
  };
  os << llvm::formatv("{0:2}", llvm::json::Value(std::move(root))) << "\n";
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
