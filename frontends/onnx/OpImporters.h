// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OpImporters.h - the registry: {domain, op, since-version} to function. To add
// an ONNX op, add a row and a function to its family's file in ops/.
#ifndef NEAP_FRONTENDS_ONNX_OPIMPORTERS_H
#define NEAP_FRONTENDS_ONNX_OPIMPORTERS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/LogicalResult.h"

#include <vector>

namespace neap::frontend {

class NodeContext;

/// Emits the neap ops of one node and sets its outputs. On failure has emitted
/// a diagnostic.
using ImportFunction = llvm::LogicalResult (*)(NodeContext &node);

/// How an op is imported from one version of it on.
struct OpImporter {
  llvm::StringLiteral op;
  /// First version of the op, as in ONNX's `Op-13`, that `import` reads.
  int sinceVersion;
  ImportFunction import;
  /// What of the op is refused, in words; printed by --list-onnx-ops.
  llvm::StringLiteral exceptions = "";
};

/// All importers of the default domain.
class OpRegistry {
public:
  OpRegistry();

  /// Returns the importer for `op` whose schema has version `version`, or null.
  const OpImporter *find(llvm::StringRef op, int version) const;

  /// Sorted by name, then version.
  llvm::ArrayRef<OpImporter> getAll() const { return importers; }

private:
  std::vector<OpImporter> importers;
};

/// @name The families, one per file of ops/
llvm::ArrayRef<OpImporter> getConstantImporters();
llvm::ArrayRef<OpImporter> getConvolutionImporters();
llvm::ArrayRef<OpImporter> getElementwiseImporters();
llvm::ArrayRef<OpImporter> getIndexingImporters();
llvm::ArrayRef<OpImporter> getLinearImporters();
llvm::ArrayRef<OpImporter> getNormalizationImporters();
llvm::ArrayRef<OpImporter> getPoolingImporters();
llvm::ArrayRef<OpImporter> getReductionImporters();
llvm::ArrayRef<OpImporter> getResizeImporters();
llvm::ArrayRef<OpImporter> getSelectionImporters();
llvm::ArrayRef<OpImporter> getShapeImporters();

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_OPIMPORTERS_H
