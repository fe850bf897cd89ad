// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Options.cpp - the command line of neapc (a contract: scripts depend on it).
#include "compiler/tools/neapc/Options.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/Threading.h"

using namespace neap;
namespace cl = llvm::cl;

namespace {
/// The most threads that a plan may be made for (runtime/plan/PlanVerifier).
constexpr unsigned kMostThreads = 1024;

cl::OptionCategory category("neapc options");

struct CommandLine {
  /// One is expected; more are refused in our own words.
  cl::list<std::string> inputs{cl::Positional, cl::desc("MODEL.onnx"),
                               cl::cat(category)};
  cl::opt<std::string> output{
      "o", cl::value_desc("OUT.neap"),
      cl::desc("where the result goes (default: the model's name with .neap)"),
      cl::cat(category)};
  cl::list<std::string> targets{"target", cl::value_desc("cpu"),
                                cl::desc("device to compile for (default cpu)"),
                                cl::cat(category)};
  cl::list<std::string> isas{
      "isa", cl::value_desc("native|x86-64-v2|x86-64-v3|x86-64-v4"),
      cl::desc("instruction set, also v2, v3 or v4; repeatable: one variant "
               "each (default native)"),
      cl::cat(category)};
  cl::list<std::string> dims{"dim", cl::value_desc("NAME=N|LO..HI[:STEP]|EXPR"),
                             cl::desc("bind a symbolic dimension, repeatable"),
                             cl::cat(category)};
  cl::list<std::string> constants{
      "constant", cl::value_desc("NAME=FILE.pb"),
      cl::desc("make an input a constant of this compile (a serialized "
               "TensorProto), so that shapes may depend on its value"),
      cl::cat(category)};
  cl::opt<AttentionAlgorithm> attention{
      "attention", cl::desc("how attention is computed:"),
      cl::init(AttentionAlgorithm::Blocked),
      cl::values(clEnumValN(AttentionAlgorithm::Blocked, "blocked",
                            "in blocks of keys (default)"),
                 clEnumValN(AttentionAlgorithm::Unfused, "unfused",
                            "by two products around a softmax")),
      cl::cat(category)};
  cl::opt<std::string> budget{
      "memory-budget", cl::value_desc("SIZE"),
      cl::desc(
          "largest weights + state + arena in bytes: digits, with KiB, MiB or "
          "GiB behind them for more, as in 512MiB; an infeasible one fails "
          "with "
          "the smallest that is reached"),
      cl::cat(category)};
  cl::opt<unsigned> maxThreads{
      "max-threads", cl::init(8), cl::value_desc("N"),
      cl::desc("plan scratch for N threads (default 8)"), cl::cat(category)};
  cl::opt<std::string> randomWeights{
      "random-weights", cl::value_desc("SEED"),
      cl::desc("fill weights that the model's files do not carry"),
      cl::cat(category)};
  cl::opt<std::string> externalDataRoot{
      "external-data-root", cl::value_desc("DIR"),
      cl::desc("allow external data (also through symlinks) below DIR"),
      cl::cat(category)};
  cl::opt<std::string> keepValues{
      "keep-values", cl::value_desc("REGEX"),
      cl::desc(
          "also give out the values of the model whose names REGEX (POSIX, "
          "extended) finds, to compare layers with neap-run --compare; "
          "costs speed and the caller's memory"),
      cl::cat(category)};
  cl::opt<bool> planOnly{"plan-only",
                         cl::desc("plan and report only: no weights, no code"),
                         cl::cat(category)};
  cl::opt<EmitKind> emit{
      "emit", cl::desc("print an intermediate form instead of a binary:"),
      cl::init(EmitKind::Binary),
      cl::values(
          clEnumValN(EmitKind::Neap, "neap", "the imported graph"),
          clEnumValN(EmitKind::Graph, "mlir", "kernels and their launches"),
          clEnumValN(EmitKind::Plan, "plan", "the plan"),
          clEnumValN(EmitKind::Code, "llvm",
                     "the kernels in the LLVM dialect")),
      cl::cat(category)};
  cl::list<std::string> reports{
      "report", cl::value_desc("FILE.json|FILE.html"),
      cl::desc("write the memory report, repeatable: figures for programs, or "
               "a page to look at"),
      cl::cat(category)};
  cl::opt<unsigned> jobs{"j",
                         cl::init(0),
                         cl::value_desc("N"),
                         cl::Prefix,
                         cl::desc("compiler threads (default: all cores); the "
                                  "result does not depend on it"),
                         cl::cat(category)};
  cl::opt<bool> verbose{"v", cl::desc("say more"), cl::cat(category)};
  cl::opt<bool> inspect{
      "inspect",
      cl::desc("say what the model holds, and what of it is not supported and "
               "where, instead of compiling it; needs neither weights nor "
               "every --dim; exits with 1 if something is not supported"),
      cl::cat(category)};
  cl::opt<bool> listOnnxOps{"list-onnx-ops",
                            cl::desc("list the ONNX ops that are supported"),
                            cl::cat(category)};
};

/// Prints a usage error in the form of the others.
std::nullopt_t usageError(const llvm::Twine &message) {
  llvm::errs() << "neapc: error: " << message << "\n"
               << "neapc: note: see neapc --help\n";
  return std::nullopt;
}

std::optional<neap_isa> parseIsa(llvm::StringRef name) {
  return llvm::StringSwitch<std::optional<neap_isa>>(name)
      .Case("native", detectHostIsa())
      .Cases({"x86-64-v2", "v2"}, NEAP_ISA_X86_64_V2)
      .Cases({"x86-64-v3", "v3"}, NEAP_ISA_X86_64_V3)
      .Cases({"x86-64-v4", "v4"}, NEAP_ISA_X86_64_V4)
      .Default(std::nullopt);
}

/// `dir/model.onnx` to `dir/model.neap`.
std::string defaultOutput(llvm::StringRef input) {
  return (input.substr(0, input.rfind('.')) + ".neap").str();
}

/// Fills the instruction sets; returns the first name that is none.
std::optional<std::string> fillIsas(llvm::ArrayRef<std::string> names,
                                    CompileOptions &options) {
  for (const std::string &name : names) {
    std::optional<neap_isa> isa = parseIsa(name);
    if (!isa)
      return name;
    if (!llvm::is_contained(options.isas, *isa))
      options.isas.push_back(*isa);
  }
  if (options.isas.empty())
    options.isas.push_back(detectHostIsa());
  return std::nullopt;
}
} // namespace

std::optional<uint64_t> neap::parseByteSize(llvm::StringRef text) {
  unsigned shift = llvm::StringSwitch<unsigned>(text.take_back(3))
                       .Case("KiB", 10)
                       .Case("MiB", 20)
                       .Case("GiB", 30)
                       .Default(0);
  uint64_t value = 0;
  if (text.drop_back(shift ? 3 : 0).trim().getAsInteger(10, value) ||
      value > (UINT64_MAX >> shift))
    return std::nullopt;
  return value << shift;
}

std::optional<ToolOptions> neap::parseCommandLine(int argc, char **argv) {
  // Lives on: LLVM's registry, which lld walks too, keeps pointers to options.
  static CommandLine line;
  cl::HideUnrelatedOptions(category);
  cl::SetVersionPrinter(
      [](llvm::raw_ostream &os) { os << "neapc 0.1.0 (LLVM 22)\n"; });
  if (!cl::ParseCommandLineOptions(
          argc, argv,
          "neapc compiles an ONNX model to one binary of known peak memory\n\n"
          "exit status: 0 done; 1 the input or the budget cannot be satisfied; "
          "2 usage; 70 internal error\n",
          &llvm::errs()))
    return std::nullopt;

  ToolOptions tool;
  CompileOptions &options = tool.compile;
  tool.listOnnxOps = line.listOnnxOps;
  tool.verbose = line.verbose;
  tool.reports.assign(line.reports.begin(), line.reports.end());
  if (tool.listOnnxOps)
    return tool;
  if (line.inputs.empty() || line.inputs.front().empty())
    return usageError("expected a model");
  if (line.inputs.size() > 1)
    return usageError("expected one model, got '" + line.inputs.front() +
                      "' and " + llvm::Twine(line.inputs.size() - 1) +
                      " more; compile each by a command of its own");
  const std::string &input = line.inputs.front();
  if (llvm::StringRef(input).ends_with(".neap"))
    return usageError("expected a model, got the compiled '" + input +
                      "', which neap-run runs");
  // An empty value is a script's unset variable: it must not mean no limit.
  for (const cl::opt<std::string> *option :
       {&line.output, &line.budget, &line.randomWeights, &line.externalDataRoot,
        &line.keepValues})
    if (option->getNumOccurrences() != 0 && option->empty())
      return usageError(llvm::Twine(option->ArgStr.size() == 1 ? "-" : "--") +
                        option->ArgStr + " expected a value, got none");
  for (const std::string &target : line.targets)
    if (target != "cpu")
      return usageError("target '" + target +
                        "' is not supported by this version, expected cpu");
  for (const std::string &report : tool.reports)
    if (!llvm::StringRef(report).ends_with(".json") &&
        !llvm::StringRef(report).ends_with(".html"))
      return usageError("report '" + report +
                        "' expected to end in .json or .html");
  for (const std::string &dim : line.dims)
    if (!llvm::StringRef(dim).contains('='))
      return usageError("--dim expected NAME=N, got '" + dim + "'");
  for (const std::string &constant : line.constants)
    if (!llvm::StringRef(constant).contains('='))
      return usageError("--constant expected NAME=FILE.pb, got '" + constant +
                        "'");
  if (auto unknown = fillIsas(line.isas, options))
    return usageError("instruction set '" + *unknown +
                      "' is not known, expected native, x86-64-v2, x86-64-v3 "
                      "or x86-64-v4");
  if (!line.budget.empty()) {
    options.memoryBudget = parseByteSize(line.budget);
    if (!options.memoryBudget)
      return usageError("--memory-budget expected digits with an optional KiB, "
                        "MiB or GiB, got '" +
                        line.budget + "'");
  }
  if (!line.randomWeights.empty()) {
    uint64_t seed;
    if (llvm::StringRef(line.randomWeights).getAsInteger(10, seed))
      return usageError("--random-weights expected a number, got '" +
                        line.randomWeights + "'");
    options.randomWeightsSeed = seed;
  }
  if (line.maxThreads == 0 || line.maxThreads > kMostThreads)
    return usageError("--max-threads expected 1 to " +
                      llvm::Twine(kMostThreads));
  options.input = input;
  options.emit = line.emit;
  options.output = !line.output.empty()               ? line.output
                   : options.emit == EmitKind::Binary ? defaultOutput(input)
                                                      : std::string("-");
  options.dims.assign(line.dims.begin(), line.dims.end());
  tool.inspect = line.inspect;
  if (tool.inspect && (!line.output.empty() || !tool.reports.empty() ||
                       options.emit != EmitKind::Binary))
    return usageError("--inspect compiles nothing; expected no -o, --report or "
                      "--emit beside it");
  if (tool.inspect && llvm::StringRef(input).ends_with(".mlir"))
    return usageError("--inspect expected an ONNX model, got '" + input + "'");
  if (options.emit == EmitKind::Binary && options.output == "-")
    return usageError("a binary is not written to standard output; name a file "
                      "with -o");
  if (!tool.reports.empty() &&
      (options.emit == EmitKind::Neap || options.emit == EmitKind::Graph))
    return usageError("--report needs a plan, which --emit=neap and "
                      "--emit=mlir do not make");
  if (llvm::is_contained(tool.reports, options.output))
    return usageError("the output and the report are both '" + options.output +
                      "'");
  bool overwritesInput = false;
  if (!llvm::sys::fs::equivalent(options.input, options.output,
                                 overwritesInput) &&
      overwritesInput)
    return usageError("the output '" + options.output +
                      "' is the model itself");
  options.keepValues = line.keepValues;
  std::string problem;
  if (!options.keepValues.empty() &&
      !llvm::Regex(options.keepValues).isValid(problem))
    return usageError("--keep-values expected a regular expression, got '" +
                      options.keepValues + "': " + problem);
  if (!options.keepValues.empty() && llvm::StringRef(input).ends_with(".mlir"))
    return usageError("--keep-values expected an ONNX model, got '" + input +
                      "'");
  options.constants.assign(line.constants.begin(), line.constants.end());
  options.attention = line.attention;
  options.maxThreads = line.maxThreads;
  options.externalDataRoot = line.externalDataRoot;
  options.planOnly = line.planOnly;
  options.jobs = line.jobs
                     ? line.jobs
                     : llvm::hardware_concurrency().compute_thread_count();
  return tool;
}
