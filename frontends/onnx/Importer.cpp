// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Importer.cpp - see Importer.h.
#include "frontends/onnx/Importer.h"

#include "frontends/onnx/LoadedModel.h"
#include "frontends/onnx/ModelImporter.h"

#include "llvm/Support/Format.h"

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

void neap::listSupportedOps(llvm::raw_ostream &os) {
  OpRegistry registry;
  os << "domain   " << llvm::left_justify("op", 25) << "  since  exceptions\n";
  for (const OpImporter &row : registry.getAll()) {
    os << "ai.onnx  " << llvm::left_justify(row.op, 25)
       << llvm::format_decimal(row.sinceVersion, 7);
    if (!row.exceptions.empty())
      os << "  " << row.exceptions;
    os << "\n";
  }
  os << "\nsince: the first version of the op that is read, as in ONNX's "
        "Op-13; "
        "later ones are read too.\n"
        "Of every op: what a shape, a size or an axis is read from is known "
        "when it is compiled, or computed\n"
        "from sizes that --dim leaves free (--constant makes an input known). "
        "float16 and bfloat16 are\n"
        "stored, and computed in float32.\n"
        "Ops that ONNX defines by others, and functions of the model, are read "
        "as what they consist of.\n";
}
