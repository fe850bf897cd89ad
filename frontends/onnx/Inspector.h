// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inspector.h - what a model holds, and what of it is not supported: for
// neapc --inspect. Reads no weights.
#ifndef NEAP_FRONTENDS_ONNX_INSPECTOR_H
#define NEAP_FRONTENDS_ONNX_INSPECTOR_H

#include "frontends/onnx/Importer.h"
#include "frontends/onnx/Survey.h"

#include <map>
#include <tuple>

namespace neap {

/// How many tensors lie in one place.
struct TensorTotal {
  uint64_t count = 0;
  uint64_t sizeInBytes = 0;
};

/// What an ONNX model holds. Texts are as people read them.
struct ModelInspection {
  struct Value {
    std::string name, type;
  };
  struct SharedInitializer {
    std::string name;
    uint64_t sizeInBytes = 0;
    /// Names of the nodes that read it.
    std::vector<std::string> readers;
  };
  /// Domain, op, version of the op (of the domain where that is not ONNX's).
  using Op = std::tuple<std::string, std::string, int>;

  std::string producer;
  int64_t irVersion = 0;
  std::map<std::string, int64_t> opsets;
  size_t numFunctions = 0;
  std::vector<Value> inputs, outputs;
  /// Names that --dim can bind, and those of them that it does not.
  std::vector<std::string> dims, unboundDims;
  TensorTotal initializers, constants;
  /// Of both: by file, "" for those that the graph carries itself.
  std::map<std::string, TensorTotal> places;
  /// Why the files of weights cannot be used; empty if they can.
  std::string weightsProblem;
  /// Initializers above 1 KiB that several nodes read.
  std::vector<SharedInitializer> shared;
  std::map<Op, size_t> ops;
  /// Why nothing of the model can be imported; empty if the rest says more.
  std::string refusal;
  std::vector<frontend::ModelProblem> unsupported;
  /// What can be imported once `unboundDims` are bound to sizes that fit.
  std::vector<frontend::ModelProblem> needSizes;
  /// Nodes behind unsupported ones, whose sizes or types are not known.
  size_t numUnjudged = 0;

  bool isSupported() const { return refusal.empty() && unsupported.empty(); }
};

/// Inspects the model of `options`; not every dimension needs a binding. Fails,
/// with a diagnostic, if the file is no model.
mlir::FailureOr<ModelInspection> inspectOnnxModel(mlir::MLIRContext &context,
                                                  const ImportOptions &options);

/// Prints one fact per line, so that it can be searched.
void printInspection(const ModelInspection &inspection, llvm::raw_ostream &os);

} // namespace neap

#endif // NEAP_FRONTENDS_ONNX_INSPECTOR_H
