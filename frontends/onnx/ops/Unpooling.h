// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Unpooling.h - ops that put windows back into images.
#ifndef NEAP_FRONTENDS_ONNX_OPS_UNPOOLING_H
#define NEAP_FRONTENDS_ONNX_OPS_UNPOOLING_H

#include "llvm/Support/LogicalResult.h"

namespace neap::frontend {

class NodeContext;

llvm::LogicalResult importCol2Im(NodeContext &node);
llvm::LogicalResult importMaxUnpool(NodeContext &node);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_OPS_UNPOOLING_H
