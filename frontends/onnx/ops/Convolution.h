// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolution.h - what convolutions share, and those with files of their own.
#ifndef NEAP_FRONTENDS_ONNX_OPS_CONVOLUTION_H
#define NEAP_FRONTENDS_ONNX_OPS_CONVOLUTION_H

#include "frontends/onnx/NodeContext.h"

namespace neap::frontend {

/// Checks that `input` and `filter`, in channels-first order, have one to three
/// spatial axes and one float type, that the filter is static and that
/// its kernel is that of the attribute 'kernel_shape', if given. Returns the
/// sizes of the filter.
mlir::FailureOr<llvm::SmallVector<int64_t>>
checkFilter(NodeContext &node, mlir::Value input, mlir::Value filter);

/// Returns the convolution of `input` by `filter` with the node's attributes.
mlir::FailureOr<mlir::Value>
buildConvolution(NodeContext &node, mlir::Value input, mlir::Value filter);

/// Adds input `index`, one number per output channel, if it is there.
mlir::FailureOr<mlir::Value> addBias(NodeContext &node, mlir::Value result,
                                     size_t index);

llvm::LogicalResult importConvTranspose(NodeContext &node);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_OPS_CONVOLUTION_H
