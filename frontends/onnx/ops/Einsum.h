// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Einsum.h - the importer of Einsum, which has a file of its own.
#ifndef NEAP_FRONTENDS_ONNX_OPS_EINSUM_H
#define NEAP_FRONTENDS_ONNX_OPS_EINSUM_H

#include "llvm/Support/LogicalResult.h"

namespace neap::frontend {

class NodeContext;

llvm::LogicalResult importEinsum(NodeContext &node);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_OPS_EINSUM_H
