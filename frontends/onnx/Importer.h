// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Importer.h - an ONNX model in, a module with `func.func @main` on neap ops
// out.
#ifndef NEAP_FRONTENDS_ONNX_IMPORTER_H
#define NEAP_FRONTENDS_ONNX_IMPORTER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace neap {

/// What a model is imported with.
struct ImportOptions {
  /// Path of the model, or of its textual form (`.onnxtxt`).
  std::string path;
  /// Bindings of symbolic dimensions: `NAME=N`, `NAME=LO..HI[:STEP]` or
  /// `NAME=EXPRESSION` over other symbols.
  std::vector<std::string> dims;
  /// Inputs that are constants of this compile, each `NAME=FILE.pb` with a
  /// serialized TensorProto: shapes may then depend on their values. They leave
  /// the signature.
  std::vector<std::string> constants;
  /// Whether symbols without a binding may stay; else they are an error that
  /// lists them.
  bool allowUnboundDims = false;
  /// If not empty, external data may lie anywhere below this folder, also
  /// through symbolic links; else only below the model's own, without links.
  std::string externalDataRoot;
  /// Seed for external weights, whose files are then not opened.
  std::optional<uint64_t> randomWeightsSeed;
  /// Values of the main graph whose names this regular expression finds become
  /// results behind the outputs, marked as kept (dialects/neap/IR/ResultAttrs).
  /// Empty: none.
  std::string keepValues;
  /// Whether external files need not exist (a plan needs no weights).
  bool withoutWeights = false;
};

/// Imports a model of opset 9 to the newest that the ONNX library knows.
///
/// The module has `neap.files` and, if symbols remain, `neap.symbols`; the
/// arguments and results of `@main` have `neap.name`; locations are node names.
/// Errors are diagnostics of `context` that name the file and the node.
/// Thread-compatible: one thread at a time per context.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
importOnnxModel(mlir::MLIRContext &context, const ImportOptions &options);

/// Prints the ONNX ops that can be imported, sorted, one per line: domain, name
/// and first version.
void listSupportedOps(llvm::raw_ostream &os);

} // namespace neap

#endif // NEAP_FRONTENDS_ONNX_IMPORTER_H
