// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Slicing.h - ONNX Slice, Pad and CenterCropPad.
#ifndef NEAP_FRONTENDS_ONNX_OPS_SLICING_H
#define NEAP_FRONTENDS_ONNX_OPS_SLICING_H

#include "llvm/Support/LogicalResult.h"

namespace neap::frontend {

class NodeContext;

llvm::LogicalResult importCenterCropPad(NodeContext &node);
llvm::LogicalResult importPad(NodeContext &node);
llvm::LogicalResult importSlice(NodeContext &node);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_OPS_SLICING_H
