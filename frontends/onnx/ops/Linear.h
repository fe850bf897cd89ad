// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linear.h - the matrix product with NumPy's rules, for importers of its kinds.
#ifndef NEAP_FRONTENDS_ONNX_OPS_LINEAR_H
#define NEAP_FRONTENDS_ONNX_OPS_LINEAR_H

#include "frontends/onnx/NodeContext.h"

namespace neap::frontend {

/// Returns the product of `lhs` and `rhs`: a vector counts as a row or a
/// column, and batch axes are broadcast.
mlir::FailureOr<mlir::Value> buildMatMul(NodeContext &node, mlir::Value lhs,
                                         mlir::Value rhs);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_OPS_LINEAR_H
