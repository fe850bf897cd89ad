// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Options.cpp - the command line of neap-run.
#include "runtime/tools/neap-run/Options.h"

#include "runtime/base/Format.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace neap::tools {
namespace {

using Error = std::optional<std::string>;
using rt::quoted;

bool parseInteger(const std::string &text, int64_t &out) {
  char *end = nullptr;
  errno = 0;
  out = std::strtoll(text.c_str(), &end, 10);
  return errno == 0 && end != text.c_str() && *end == '\0';
}

bool parseCount(const std::string &text, uint32_t &out) {
  int64_t value = 0;
  if (!parseInteger(text, value) || value < 1 || value > 1000000000)
    return false;
  out = static_cast<uint32_t>(value);
  return true;
}

/// Splits "NAME=VALUE" at the last '=' (names may hold one, numbers do not).
bool split(const std::string &text, std::string &name, std::string &value) {
  size_t at = text.rfind('=');
  if (at == std::string::npos || at == 0)
    return false;
  name = text.substr(0, at);
  value = text.substr(at + 1);
  return !value.empty();
}

bool parseRange(const std::string &text, IntRange &range) {
  size_t dots = text.find("..");
  return dots != std::string::npos &&
         parseInteger(text.substr(0, dots), range.lo) &&
         parseInteger(text.substr(dots + 2), range.hi) && range.lo <= range.hi;
}

Error expected(const std::string &option, const char *form) {
  return option + " expected " + form;
}

/// Stores the full name of an instruction set, or nothing for the best one.
Error setIsa(const std::string &value, std::string &isa) {
  std::string name = value.rfind("x86-64-", 0) == 0 ? value.substr(7) : value;
  if (name != "v2" && name != "v3" && name != "v4" && value != "native")
    return "--isa expected native, x86-64-v2, x86-64-v3 or x86-64-v4, got " +
           quoted(value);
  isa = value == "native" ? "" : "x86-64-" + name;
  return std::nullopt;
}

/// Stores a binding of a dimension that is not bound yet.
Error addDim(const std::string &value, RunOptions &out) {
  std::string name, right;
  int64_t size = 0;
  if (!split(value, name, right) || !parseInteger(right, size))
    return expected("--dim", "NAME=N");
  for (const auto &[known, other] : out.dims)
    if (known == name)
      return "--dim binds " + quoted(name) + " twice";
  out.dims.emplace_back(name, size);
  return std::nullopt;
}

/// An option that takes a value: stores it or says what was expected.
Error setValue(const std::string &option, const std::string &value,
               RunOptions &out) {
  int64_t number = 0;
  if (option == "--entry")
    out.entry = value;
  else if (option == "--output-dir")
    out.outputDir = value;
  else if (option == "--write-inputs")
    out.writeInputsDir = value;
  else if (option == "--test-data")
    out.testData = value;
  else if (option == "--compare")
    out.compareDir = value;
  else if (option == "--trace")
    out.traceFile = value;
  else if (option == "--isa")
    return setIsa(value, out.isa);
  else if (option == "--dim")
    return addDim(value, out);
  else if (option == "--input") {
    if (value.find('=', 1) == std::string::npos)
      return expected(option, "NAME=FILE.npy or NAME=FILE.pb");
    out.inputs.push_back(value);
  } else if (option == "--random-inputs") {
    if (!parseInteger(value, number) || number < 0)
      return expected(option, "a seed of 0 or more");
    out.randomSeed = static_cast<uint64_t>(number);
  } else if (option == "--int-range") {
    if (!parseRange(value, out.intRange))
      return expected(option, "LO..HI with LO <= HI");
  } else if (option == "--threads") {
    if (!parseCount(value, out.threads))
      return expected(option, "a number of threads of at least 1");
  } else if (option == "--bench") {
    if (!parseCount(value, out.bench))
      return expected(option, "a number of runs of at least 1");
  } else if (value != "cpu") {
    return option + " expected cpu, the device of this runtime, got " +
           quoted(value);
  }
  return std::nullopt;
}

/// Whether `option` is one of setValue's.
bool takesValue(const std::string &option) {
  static constexpr const char *kOptions[] = {
      "--entry",   "--output-dir", "--write-inputs",  "--test-data",
      "--compare", "--trace",      "--isa",           "--input",
      "--dim",     "--bench",      "--random-inputs", "--int-range",
      "--threads", "--device"};
  for (const char *known : kOptions)
    if (option == known)
      return true;
  return false;
}

/// An option without a value; false if it is not one.
bool setFlag(const std::string &option, RunOptions &out) {
  if (option == "--verify")
    out.verify = true;
  else if (option == "--json")
    out.json = true;
  else if (option == "--summary")
    out.summary = true;
  else if (option == "--memory-check")
    out.memoryCheck = true;
  else if (option == "--help" || option == "-h")
    out.help = true;
  else if (option == "--version")
    out.version = true;
  else
    return false;
  return true;
}

} // namespace

Error parseOptions(int argc, char **argv, RunOptions &outOptions) {
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument.empty() || argument[0] != '-') {
      if (!outOptions.model.empty())
        return "expected one model, got " + quoted(outOptions.model) + " and " +
               quoted(argument);
      outOptions.model = argument;
      continue;
    }
    if (setFlag(argument, outOptions))
      continue;
    size_t equals = argument.find('=');
    std::string option = argument.substr(0, equals);
    RunOptions ignored;
    if (setFlag(option, ignored))
      return option + " takes no value";
    if (!takesValue(option))
      return "unknown option " + quoted(option);
    std::string value;
    if (equals != std::string::npos)
      value = argument.substr(equals + 1);
    else if (i + 1 < argc && std::strncmp(argv[i + 1], "--", 2) != 0)
      value = argv[++i];
    if (value.empty())
      return expected(option, "a value, got none");
    if (Error error = setValue(option, value, outOptions))
      return error;
  }
  if (outOptions.model.empty() && !outOptions.help && !outOptions.version)
    return std::string("expected a model");
  return std::nullopt;
}

const char *helpText() {
  return R"(usage: neap-run MODEL.neap [options]

Runs a compiled model. A .neap file holds native code: trust it like a program.

inputs
  --entry=NAME           the entry point (default: main)
  --input NAME=FILE      reads an input from FILE.npy (little-endian, row- or
                         column-major) or FILE.pb (an ONNX TensorProto); once
                         for each input
  --random-inputs=SEED   fills the other inputs: floats of mean 0 and variance
                         1, integers from --int-range, bools; the same numbers
                         on every machine
  --int-range=LO..HI     random integers, both ends included (default: 0..1)
  --dim NAME=N           the size of a named dimension in this run; repeatable
  --test-data=DIR        inputs from DIR/input_I.pb; compares the outputs with
                         DIR/output_I.pb as the ONNX backend runner does
                         (relative 1e-3, absolute 1e-7; integers equal) and
                         exits with 1 if they differ

outputs
  --output-dir=DIR       writes each output to DIR/NAME.npy, every character of
                         its name outside [A-Za-z0-9_.-] as _; the output of
                         number I to DIR/NAME.I.npy if that name is taken
  --write-inputs=DIR     writes each input in the same way
  --compare=DIR          compares each output, and each value that neapc
                         --keep-values has kept, with DIR/NAME.npy (named as
                         above), in the order of the layers; names the first
                         that differs and exits with 1 if one does: a float by
                         more than 1e-4 of the reference's range (float16:
                         5e-3, bfloat16: 4e-2), others if not equal
  --json                 prints figures, names, shapes and SHA-256 of outputs
  --summary              prints what the file holds and its memory
  --trace=FILE.json      writes the last 10 runs for ui.perfetto.dev: what each
                         thread did when, by layer, and the arena's live bytes

running
  --threads=N            at most what the model was compiled for (default: what
                         this machine and that limit allow)
  --bench=N              runs N times after a warm-up; median, p10, p90, min
  --isa=ISA              forces the kernels for x86-64-v2, x86-64-v3 or
                         x86-64-v4, which v2, v3 and v4 mean too (default:
                         native, the best that the file has for this machine)
  --device=cpu           where to run
  --verify               also checks the checksums of the weights and of the
                         kernels for other instruction sets
  --memory-check         runs ten times and compares the anonymous writable
                         memory that the process has gained with arena, state,
                         inputs, outputs and the declared reserve
  --help                 prints this text
  --version              prints the version of the tool and of what it reads

Without inputs, --verify and --summary load the model and run nothing.
Exit status: 0 done; 1 the model or its data is wrong, or a comparison failed;
2 usage; 70 internal error.
)";
}

} // namespace neap::tools
