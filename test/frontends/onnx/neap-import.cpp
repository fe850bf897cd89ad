// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// neap-import.cpp - prints a model as the frontend imports it, for the tests of
// the frontend alone:
//
//   neap-import [OPTION...] MODEL.onnx|MODEL.onnxtxt...
//     --dim=NAME=VALUE            as neapc
//     --external-data-root=DIR    as neapc
//     --random-weights=SEED       as neapc
//     --constant=NAME=FILE.pb     as neapc
//     --allow-unbound             keeps symbolic dimensions
//     --generic                   prints ops in the generic form, in full
//     --locations                 prints locations
//     --quiet                     prints no module, only `ok` or `refused`
//     --list-onnx-ops             as neapc
//     --keep-values=REGEX         as neapc
//     --inspect                   inspects models instead, as neapc
//
// Exits with 1 if a model is refused.
#include "frontends/onnx/Inspector.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

#include "mlir/IR/Diagnostics.h"

using namespace neap;

namespace {

struct Arguments {
  ImportOptions options;
  std::vector<std::string> paths;
  bool isQuiet = false;
  bool isGeneric = false;
  bool hasLocations = false;
  bool listsOps = false;
  bool inspects = false;
};

} // namespace

/// Reads one option; false if there is no such option.
static bool readOption(llvm::StringRef argument, Arguments &arguments) {
  if (argument.consume_front("--dim=")) {
    arguments.options.dims.push_back(argument.str());
  } else if (argument.consume_front("--external-data-root=")) {
    arguments.options.externalDataRoot = argument.str();
  } else if (argument.consume_front("--random-weights=")) {
    uint64_t seed;
    if (argument.getAsInteger(10, seed))
      return false;
    arguments.options.randomWeightsSeed = seed;
  } else if (argument.consume_front("--constant=")) {
    arguments.options.constants.push_back(argument.str());
  } else if (argument.consume_front("--keep-values=")) {
    arguments.options.keepValues = argument.str();
  } else if (argument == "--allow-unbound") {
    arguments.options.allowUnboundDims = true;
  } else if (argument == "--generic") {
    arguments.isGeneric = true;
  } else if (argument == "--locations") {
    arguments.hasLocations = true;
  } else if (argument == "--quiet") {
    arguments.isQuiet = true;
  } else if (argument == "--list-onnx-ops") {
    arguments.listsOps = true;
  } else if (argument == "--inspect") {
    arguments.inspects = true;
  } else if (!argument.starts_with("--")) {
    arguments.paths.push_back(argument.str());
  } else {
    return false;
  }
  return true;
}

/// Prints, if only that is asked for, what became of one model.
static void printOutcome(bool isDone, llvm::StringRef path) {
  llvm::outs() << (isDone ? "ok " : "refused ") << path << "\n";
  // A crash of a later model must not lose this line.
  llvm::outs().flush();
}

/// Inspects one model; false if something of it is not supported.
static bool inspectOne(mlir::MLIRContext &context, const Arguments &arguments) {
  auto inspection = inspectOnnxModel(context, arguments.options);
  bool isDone = mlir::succeeded(inspection) && inspection->isSupported();
  if (arguments.isQuiet)
    printOutcome(isDone, arguments.options.path);
  else if (mlir::succeeded(inspection))
    printInspection(*inspection, llvm::outs());
  return isDone;
}

/// Imports one model and prints what became of it.
static bool importOne(Arguments &arguments, llvm::StringRef path) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  llvm::SourceMgr sources;
  mlir::SourceMgrDiagnosticHandler handler(sources, &context);
  arguments.options.path = path.str();
  if (arguments.inspects)
    return inspectOne(context, arguments);
  auto module = importOnnxModel(context, arguments.options);
  bool isDone = mlir::succeeded(module);
  if (arguments.isQuiet) {
    printOutcome(isDone, path);
  } else if (isDone) {
    mlir::OpPrintingFlags flags;
    if (arguments.isGeneric)
      flags.printGenericOpForm();
    else
      flags.elideLargeElementsAttrs(64);
    if (arguments.hasLocations)
      flags.enableDebugInfo(/*enable=*/true, /*prettyForm=*/true);
    (*module)->print(llvm::outs(), flags);
    llvm::outs() << "\n";
  }
  return isDone;
}

int main(int argc, char **argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i)
    if (!readOption(argv[i], arguments)) {
      llvm::errs() << "neap-import: unknown option '" << argv[i] << "'\n";
      return 2;
    }
  if (arguments.listsOps)
    listSupportedOps(llvm::outs());
  bool areAllDone = true;
  for (const std::string &path : arguments.paths)
    areAllDone &= importOne(arguments, path);
  return areAllDone ? 0 : 1;
}
