// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GraphImporter.h - imports the nodes of a graph, and of the functions that
// they call, into one block.
#ifndef NEAP_FRONTENDS_ONNX_GRAPHIMPORTER_H
#define NEAP_FRONTENDS_ONNX_GRAPHIMPORTER_H

#include "frontends/onnx/Initializers.h"
#include "frontends/onnx/NodeContext.h"
#include "frontends/onnx/OpImporters.h"

#include "llvm/ADT/StringMap.h"

namespace onnx {
class FunctionProto;
class ModelProto;
} // namespace onnx

namespace neap::frontend {

class Survey;

/// The names that nodes of one graph or function body see.
struct Scope {
  /// Returns an empty scope inside this one, which outlives it.
  Scope createInner();

  /// The graph around a subgraph; null for the main graph and for functions.
  Scope *parent = nullptr;
  llvm::StringMap<ImportedValue> values;
  /// Tensors of the graph that nobody has asked for yet.
  llvm::StringMap<const onnx::TensorProto *> initializers;
  /// Opset per domain.
  llvm::StringMap<int> opsets;
  /// What attributes of a function's nodes may refer to.
  llvm::StringMap<const onnx::AttributeProto *> attributes;
  /// Put before the names of nodes: the call that the body stands for.
  std::string prefix;
  /// Whether all nodes take their names from the call.
  bool isSchemaBody = false;
  /// Calls around this scope.
  unsigned depth = 0;
};

class GraphImporter {
public:
  /// With a `survey`, goes on behind nodes that cannot be imported.
  GraphImporter(const onnx::ModelProto &model, const OpRegistry &registry,
                const Initializers &initializers, llvm::StringRef path,
                const SymbolFacts &facts, mlir::OpBuilder &builder,
                Survey *survey = nullptr);

  /// Imports the nodes of `graph` into `scope`.
  mlir::LogicalResult importNodes(const onnx::GraphProto &graph, Scope &scope);

  /// Adds the initializers of `graph` to `scope`.
  mlir::LogicalResult addInitializers(const onnx::GraphProto &graph,
                                      Scope &scope);

  /// Imports `graph`, a subgraph of `node`, in place; returns its outputs.
  mlir::FailureOr<llvm::SmallVector<ImportedValue>>
  importSubgraph(const onnx::GraphProto &graph, NodeContext &node);

  /// Returns what is known of `name`; null, with an error, if nothing has it.
  ImportedValue *find(llvm::StringRef name, Scope &scope);

  /// Makes the tensor of `value`.
  mlir::Value materialize(ImportedValue &value, mlir::Location loc);

  /// Imports a tensor attribute or initializer; nothing, with an error, if it
  /// is damaged.
  std::optional<ImportedValue> importTensor(const onnx::TensorProto &tensor,
                                            mlir::Location loc);

  /// Begins an error that names the model's file.
  mlir::InFlightDiagnostic emitError() const;

  /// Whether nodes of such an op can be imported, if with some attributes only.
  bool knows(const onnx::NodeProto &node, int opset) const {
    return isKnown(model, registry, node, opset);
  }
  static bool isKnown(const onnx::ModelProto &model, const OpRegistry &registry,
                      const onnx::NodeProto &node, int opset);

  /// Returns the opset of the domain of `node`; 0 if the model imports none.
  static int getOpset(const onnx::NodeProto &node, const Scope &scope);

  /// Says, before an error, that it may go if sizes are bound.
  void noteOpenSizes();

  mlir::OpBuilder &getBuilder() { return builder; }
  /// What is known of the model's symbolic dimensions.
  const SymbolFacts &getFacts() const { return facts; }

private:
  mlir::LogicalResult importNode(const onnx::NodeProto &node, Scope &scope);
  mlir::LogicalResult importCallOrOp(NodeContext &node);
  mlir::LogicalResult importOp(NodeContext &node);
  /// Imports a node that reads float16 or bfloat16.
  mlir::LogicalResult importHalf(const OpImporter &importer, NodeContext &node);
  mlir::LogicalResult importWidened(const OpImporter &importer,
                                    NodeContext &node,
                                    llvm::ArrayRef<bool> wasHalf);
  mlir::LogicalResult importSchemaBody(NodeContext &node);
  mlir::LogicalResult importBody(const onnx::FunctionProto &body,
                                 NodeContext &node, Scope &callee);
  mlir::LogicalResult importCall(const onnx::FunctionProto &function,
                                 NodeContext &node);
  mlir::LogicalResult refuse(NodeContext &node) const;

  const onnx::ModelProto &model;
  const OpRegistry &registry;
  const Initializers &initializers;
  std::string path;
  const SymbolFacts &facts;
  mlir::OpBuilder &builder;
  Survey *survey;
  uint64_t numNodes = 0;
};

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_GRAPHIMPORTER_H
