// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activation.h - ONNX activations, which elementwise neap ops are composed to.
#ifndef NEAP_FRONTENDS_ONNX_OPS_ACTIVATION_H
#define NEAP_FRONTENDS_ONNX_OPS_ACTIVATION_H

#include "llvm/Support/LogicalResult.h"

namespace neap::frontend {

class NodeContext;

llvm::LogicalResult importCelu(NodeContext &node);
llvm::LogicalResult importElu(NodeContext &node);
llvm::LogicalResult importGelu(NodeContext &node);
llvm::LogicalResult importHardSigmoid(NodeContext &node);
llvm::LogicalResult importHardSwish(NodeContext &node);
llvm::LogicalResult importLeakyRelu(NodeContext &node);
llvm::LogicalResult importMish(NodeContext &node);
llvm::LogicalResult importPRelu(NodeContext &node);
llvm::LogicalResult importRelu(NodeContext &node);
llvm::LogicalResult importSelu(NodeContext &node);
llvm::LogicalResult importShrink(NodeContext &node);
llvm::LogicalResult importSigmoid(NodeContext &node);
llvm::LogicalResult importSoftplus(NodeContext &node);
llvm::LogicalResult importSoftsign(NodeContext &node);
llvm::LogicalResult importSwish(NodeContext &node);
llvm::LogicalResult importThresholdedRelu(NodeContext &node);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_OPS_ACTIVATION_H
