// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ReportWriter.h - the report of a compile, for programs and for people.
#ifndef NEAP_COMPILER_API_REPORTWRITER_H
#define NEAP_COMPILER_API_REPORTWRITER_H

#include "compiler/api/Compiler.h"

namespace neap {

/// Writes `--report=FILE.json`: the keys are a contract (docs/reports.md).
void writeJsonReport(const CompileOptions &options, const CompileReport &report,
                     llvm::raw_ostream &os);

/// Writes `--report=FILE.html`: one page that needs nothing else, with the
/// tensors of the arena over the schedule.
void writeHtmlReport(const CompileOptions &options, const CompileReport &report,
                     llvm::raw_ostream &os);

/// Writes the summary for a terminal: peak, weights, arena, ratios and the
/// tensors that make the peak.
void writeSummary(const CompileOptions &options, const CompileReport &report,
                  bool verbose, llvm::raw_ostream &os);

} // namespace neap

#endif // NEAP_COMPILER_API_REPORTWRITER_H
