// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OpImporters.cpp - see OpImporters.h.
#include "frontends/onnx/OpImporters.h"

#include "llvm/ADT/STLExtras.h"

#include <tuple>

using namespace neap::frontend;

OpRegistry::OpRegistry() {
  for (llvm::ArrayRef<OpImporter> family :
       {getConstantImporters(), getConvolutionImporters(),
        getElementwiseImporters(), getIndexingImporters(), getLinearImporters(),
        getNormalizationImporters(), getPoolingImporters(),
        getReductionImporters(), getResizeImporters(), getShapeImporters()})
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
