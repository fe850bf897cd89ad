// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiler.h - the embedding API: one model and its options in, one .neap out.
#ifndef NEAP_COMPILER_API_COMPILER_H
#define NEAP_COMPILER_API_COMPILER_H

#include "compiler/pipelines/Phases.h"
#include "passes/memory/MemoryReport.h"
#include "passes/memory/MemoryTimeline.h"
#include "runtime/include/neap/plan_format.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/LogicalResult.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace neap {

/// What compile() writes instead of a binary.
enum class EmitKind {
  Binary, ///< A .neap container.
  Neap,   ///< The imported graph, before any pass.
  Graph,  ///< The graph after the graph passes: kernels and launches.
  Plan,   ///< The plan dialect.
  Code,   ///< The kernels in the LLVM dialect, for the first instruction set.
};

/// How a model is compiled. Plain data; one may be used for many compiles.
struct CompileOptions {
  /// Path of a .onnx model, or of a .mlir file in the neap dialect.
  std::string input;
  /// Path of the output; `-` writes text kinds to standard output.
  std::string output;
  EmitKind emit = EmitKind::Binary;
  /// Bindings of symbolic dimensions, each `NAME=N`, `NAME=LO..HI[:STEP]` or
  /// `NAME=EXPR`.
  std::vector<std::string> dims;
  /// Inputs that are constants of this compile, each `NAME=FILE.pb`.
  std::vector<std::string> constants;
  /// Values of the model whose names this regular expression finds are kept:
  /// outputs of the binary behind the model's own. Empty: none.
  std::string keepValues;
  /// Instruction sets, at least one, in the order of the file's variants.
  std::vector<neap_isa> isas;
  AttentionAlgorithm attention = AttentionAlgorithm::Blocked;
  /// Largest weights + state + arena, in bytes.
  std::optional<uint64_t> memoryBudget;
  /// Seed for the weights that the model's files do not carry.
  std::optional<uint64_t> randomWeightsSeed;
  /// Folder that external data may come from besides the model's own.
  std::string externalDataRoot;
  /// Scratch is planned for this many threads.
  unsigned maxThreads = 8;
  /// Compiler threads; the output does not depend on it.
  unsigned jobs = 1;
  /// Plan and report only: needs no weights and makes no code.
  bool planOnly = false;
};

/// Figures of a finished compile.
struct CompileReport {
  MemoryReport memory;
  MemoryTimeline timeline;
  double compileSeconds = 0;
  /// Of the plan; what is run at compile time, on constants, does not count.
  unsigned numKernels = 0;
  unsigned numLaunches = 0;
  uint64_t outputBytes = 0;
};

/// How a compile ended.
enum class CompileStatus {
  Success,
  /// The input or the budget cannot be satisfied; diagnostics say why.
  InputError,
  /// A fault of ours; diagnostics say where.
  InternalError,
};

/// Receives the name of each phase as it starts and the share done, 0 to 1.
using ProgressCallback = llvm::function_ref<void(llvm::StringRef, double)>;

/// Compiles `options.input` to `options.output`, diagnostics to `errors`. On
/// failure no output is left. Thread-safe: compiles may run at once.
CompileStatus compile(const CompileOptions &options, llvm::raw_ostream &errors,
                      CompileReport &report,
                      ProgressCallback progress = nullptr);

/// The best instruction set that this machine runs.
neap_isa detectHostIsa();

/// `x86-64-v3` and the like.
llvm::StringRef getIsaName(neap_isa isa);

} // namespace neap

#endif // NEAP_COMPILER_API_COMPILER_H
