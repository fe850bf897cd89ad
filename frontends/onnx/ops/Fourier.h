// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fourier.h - the importer of DFT, which has a file of its own.
#ifndef NEAP_FRONTENDS_ONNX_OPS_FOURIER_H
#define NEAP_FRONTENDS_ONNX_OPS_FOURIER_H

#include "llvm/Support/LogicalResult.h"

namespace neap::frontend {

class NodeContext;

llvm::LogicalResult importDft(NodeContext &node);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_OPS_FOURIER_H
