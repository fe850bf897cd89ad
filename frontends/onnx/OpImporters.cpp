// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OpImporters.cpp - see OpImporters.h.
#include "frontends/onnx/OpImporters.h"

#include "frontends/onnx/Importer.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <tuple>

using namespace neap::frontend;

OpRegistry::OpRegistry() {
  for (llvm::ArrayRef<OpImporter> family :
       {getConstantImporters(), getConvolutionImporters(),
        getElementwiseImporters(), getIndexingImporters(), getLinearImporters(),
        getNormalizationImporters(), getPoolingImporters(),
        getReductionImporters(), getResizeImporters(), getSelectionImporters(),
        getShapeImporters()})
    importers.insert(importers.end(), family.begin(), family.end());
  llvm::sort(importers, [](const OpImporter &lhs, const OpImporter &rhs) {
    return std::tie(lhs.op, lhs.sinceVersion) <
           std::tie(rhs.op, rhs.sinceVersion);
  });
}

const OpImporter *OpRegistry::find(llvm::StringRef op, int version) const {
  const OpImporter *found = nullptr;
  auto first = llvm::partition_point(
      importers, [&](const OpImporter &row) { return row.op < op; });
  for (const OpImporter &row : llvm::make_range(first, importers.end())) {
    if (row.op != op || row.sinceVersion > version)
      break;
    found = &row;
  }
  return found;
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
