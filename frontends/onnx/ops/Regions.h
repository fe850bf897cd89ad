// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Regions.h - ops that read an image at computed places.
#ifndef NEAP_FRONTENDS_ONNX_OPS_REGIONS_H
#define NEAP_FRONTENDS_ONNX_OPS_REGIONS_H

#include "llvm/Support/LogicalResult.h"

namespace neap::frontend {

class NodeContext;

llvm::LogicalResult importDeformConv(NodeContext &node);
llvm::LogicalResult importGridSample(NodeContext &node);
llvm::LogicalResult importMaxRoiPool(NodeContext &node);
llvm::LogicalResult importRoiAlign(NodeContext &node);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_OPS_REGIONS_H
