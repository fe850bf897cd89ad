// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Importer.cpp - see Importer.h.
#include "frontends/onnx/Importer.h"

#include "frontends/onnx/LoadedModel.h"
#include "frontends/onnx/ModelImporter.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

FailureOr<OwningOpRef<ModuleOp>>
neap::importOnnxModel(MLIRContext &context, const ImportOptions &options) {
  LoadedModel model(context, options);
  if (failed(model.read()) || failed(model.check()))
    return failure();
  return ModelImporter(context, options, model).run();
}
