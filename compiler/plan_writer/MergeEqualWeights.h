// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MergeEqualWeights.h - tied weights that an export carries twice become one.
#ifndef NEAP_COMPILER_PLAN_WRITER_MERGEEQUALWEIGHTS_H
#define NEAP_COMPILER_PLAN_WRITER_MERGEEQUALWEIGHTS_H

#include "compiler/plan_writer/MappedFiles.h"

namespace neap {

/// Replaces each weight whose bytes equal an earlier one's by that one (and a
/// reshape, if the shapes differ), and each matrix that is the transpose of an
/// earlier one by a transpose of that. Only weights of equal length and element
/// type are read. To be run before the graph passes, so that what is computed
/// from equal weights is computed once. On failure emits a diagnostic.
mlir::LogicalResult mergeEqualWeights(mlir::ModuleOp module,
                                      const MappedFiles &files);

} // namespace neap

#endif // NEAP_COMPILER_PLAN_WRITER_MERGEEQUALWEIGHTS_H
