// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ModelImporter.h - one import of a loaded model, to a module.
#ifndef NEAP_FRONTENDS_ONNX_MODELIMPORTER_H
#define NEAP_FRONTENDS_ONNX_MODELIMPORTER_H

#include "frontends/onnx/DimBindings.h"
#include "frontends/onnx/GraphImporter.h"
#include "frontends/onnx/LoadedModel.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSet.h"

namespace onnx {
class GraphProto;
class ValueInfoProto;
} // namespace onnx

namespace neap::frontend {

class ModelImporter {
public:
  ModelImporter(mlir::MLIRContext &context, const ImportOptions &options,
                const LoadedModel &model)
      : context(context), options(options), model(model), builder(&context) {}

  /// Imports the model, which has been checked.
  mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>> run();

  /// As `run`, but goes on where something cannot be imported: `survey` learns
  /// it. The module is not for use.
  mlir::LogicalResult run(Survey &survey);

  const DimBindings &getBindings() const { return bindings; }
  /// Returns the type of a value of the main graph, or null if it is not known.
  mlir::RankedTensorType findType(llvm::StringRef name) const;

private:
  mlir::LogicalResult begin();
  mlir::LogicalResult importGraph(Survey *survey);
  mlir::FailureOr<mlir::RankedTensorType>
  getType(const onnx::ValueInfoProto &value);
  mlir::FailureOr<Dims> getInputDims(const onnx::ValueInfoProto &value);
  mlir::LogicalResult checkBindings();
  mlir::LogicalResult addArguments(Survey *survey);
  std::string nameOutput(llvm::StringRef name, llvm::StringSet<> &taken);
  /// One result of @main.
  struct ModelResult {
    mlir::Value value;
    mlir::StringAttr name;
    /// The value in the model.
    llvm::StringRef source;
    bool isKept = false;
  };

  mlir::LogicalResult addOutputs(std::vector<ModelResult> &results);
  mlir::LogicalResult addKeptValues(std::vector<ModelResult> &results);
  mlir::LogicalResult addResults();
  void nameLayers(llvm::ArrayRef<ModelResult> results);
  const onnx::NodeProto *findProducer(llvm::StringRef name) const;
  mlir::LogicalResult checkOutput(const onnx::ValueInfoProto &declared,
                                  mlir::RankedTensorType type);
  void addModuleAttributes();
  const onnx::GraphProto &getGraph() const;

  mlir::MLIRContext &context;
  const ImportOptions &options;
  const LoadedModel &model;
  mlir::OpBuilder builder;
  DimBindings bindings;
  OpRegistry registry;
  std::optional<Initializers> initializers;
  std::optional<GraphImporter> importer;
  Scope scope;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp function;
};

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_MODELIMPORTER_H
