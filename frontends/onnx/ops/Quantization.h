// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Quantization.h - products of quantized integers, which other families list.
#ifndef NEAP_FRONTENDS_ONNX_OPS_QUANTIZATION_H
#define NEAP_FRONTENDS_ONNX_OPS_QUANTIZATION_H

#include "llvm/Support/LogicalResult.h"

namespace neap::frontend {

class NodeContext;

llvm::LogicalResult importConvInteger(NodeContext &node);
llvm::LogicalResult importMatMulInteger(NodeContext &node);
llvm::LogicalResult importQLinearConv(NodeContext &node);
llvm::LogicalResult importQLinearMatMul(NodeContext &node);
llvm::LogicalResult importQuantizeLinear(NodeContext &node);
llvm::LogicalResult importDequantizeLinear(NodeContext &node);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_OPS_QUANTIZATION_H
