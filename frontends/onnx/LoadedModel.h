// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LoadedModel.h - a model read from its file, parsed and checked: what the
// importer and the inspector start from.
#ifndef NEAP_FRONTENDS_ONNX_LOADEDMODEL_H
#define NEAP_FRONTENDS_ONNX_LOADEDMODEL_H

#include "frontends/onnx/Importer.h"
#include "frontends/onnx/ModelReader.h"
#include "frontends/onnx/OnnxLibrary.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringMap.h"

#include <memory>

namespace neap::frontend {

/// One model. Errors are diagnostics at the model's file.
class LoadedModel {
public:
  LoadedModel(mlir::MLIRContext &context, const ImportOptions &options)
      : context(context), options(options) {}

  /// Reads and parses the file and makes inputs constants, as the options ask.
  mlir::LogicalResult read();
  /// Checks the opsets, and the rest by the ONNX library.
  mlir::LogicalResult check();

  const onnx::ModelProto &getProto() const {
    return *neap_onnx_model_get(model.get());
  }
  const ModelSkeleton &getSkeleton() const { return skeleton; }
  /// Returns the opset per domain; the default domain is "".
  llvm::StringMap<int> getOpsets() const;
  /// Begins an error that names the model's file.
  mlir::InFlightDiagnostic emitError() const;

private:
  using Model =
      std::unique_ptr<neap_onnx_model, decltype(&neap_onnx_model_destroy)>;

  mlir::LogicalResult parseText(llvm::StringRef text);
  mlir::LogicalResult readSkeleton();
  mlir::LogicalResult bindConstants();
  mlir::LogicalResult checkResult(neap_onnx_status status) const;
  mlir::LogicalResult checkOpset(llvm::StringRef whose, llvm::StringRef domain,
                                 int64_t version) const;
  mlir::LogicalResult checkOpsets();

  mlir::MLIRContext &context;
  const ImportOptions &options;
  ModelSkeleton skeleton;
  Model model{nullptr, neap_onnx_model_destroy};
  char message[4096] = "";
};

/// Whether `domain` is that of ONNX's own ops.
bool isDefaultDomain(llvm::StringRef domain);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_LOADEDMODEL_H
