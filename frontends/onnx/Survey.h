// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Survey.h - what of a model cannot be imported, and where: all of it.
//
// While a survey lives, errors of its context are caught. A node that cannot
// be imported becomes a problem; its outputs then get the types that the op's
// schema infers, with new symbols for sizes that do not follow, so that the
// nodes behind it are looked at too. An error behind such a guess may be its
// consequence and is only counted, unless the op itself is not known.
#ifndef NEAP_FRONTENDS_ONNX_SURVEY_H
#define NEAP_FRONTENDS_ONNX_SURVEY_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringSet.h"

#include <string>
#include <vector>

namespace onnx {
class NodeProto;
class TypeProto;
} // namespace onnx

namespace neap::frontend {

class NodeContext;
struct Scope;

/// One node or input that cannot be imported.
struct ModelProblem {
  /// The op, with its domain unless that is ONNX's own; empty for an input.
  std::string op;
  int opset = 0;
  /// The name of the node or input.
  std::string name;
  std::string message;
  /// Whether the error says that other sizes could help.
  bool isAboutSizes = false;
};

/// What a survey has found.
struct SurveyResult {
  std::vector<ModelProblem> problems;
  /// Names of nodes that have a problem or cannot be judged.
  llvm::StringSet<> notImported;
  /// Nodes that cannot be judged, since they depend on others that cannot be
  /// imported.
  size_t numUnjudged = 0;

  /// Whether a node of this name was imported, as all of that name were.
  bool wasImported(llvm::StringRef name) const {
    return !notImported.contains(name);
  }
  /// Returns how much is not imported.
  size_t getNumOpen() const { return problems.size() + numUnjudged; }
};

class Survey {
public:
  explicit Survey(mlir::MLIRContext &context);

  /// Has `import` import `node`; if that fails, keeps why and guesses the
  /// outputs. Fails only where going on is pointless.
  mlir::LogicalResult
  importNode(NodeContext &node,
             llvm::function_ref<mlir::LogicalResult()> import);

  /// Keeps why the input `name` cannot be imported.
  void addInput(llvm::StringRef name);

  /// The error to come may go if sizes are bound.
  void noteOpenSizes() { isAboutSizes = true; }

  SurveyResult takeResult() { return std::move(result); }
  /// Returns and forgets the error that was caught last; empty if none was.
  std::string takeError();

private:
  /// What is known of the inputs of a node.
  struct Inputs {
    bool areDefined = true, areKnown = true, areGuesses = false;
  };

  Inputs lookAt(NodeContext &node);
  void addProblem(const NodeContext &node);
  void surveySubgraphs(const onnx::NodeProto &node, NodeContext &context,
                       unsigned depth);
  void guessOutputs(NodeContext &node);
  void guessOutput(NodeContext &node, size_t index,
                   const onnx::TypeProto &type);

  mlir::ScopedDiagnosticHandler handler;
  std::string error;
  bool isAboutSizes = false;
  SurveyResult result;
  unsigned numGuessedSizes = 0;
};

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_SURVEY_H
