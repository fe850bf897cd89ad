// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fourier.h - DFT and what is made of it.
#ifndef NEAP_FRONTENDS_ONNX_OPS_FOURIER_H
#define NEAP_FRONTENDS_ONNX_OPS_FOURIER_H

#include "frontends/onnx/NodeContext.h"

namespace neap::frontend {

/// The most points of a transform: beyond, its matrices are no longer small.
constexpr int64_t kMaxTransformLength = 2048;

/// Complex numbers; `imaginary` is null if they are real.
struct ComplexRows {
  mlir::Value real, imaginary;
};

/// Returns the first `numOutputs` frequencies of rows of `length` points.
ComplexRows transformRows(GraphBuilder &build, const ComplexRows &rows,
                          int64_t length, int64_t numOutputs);

/// Returns the one number of input `index`, which must be known; `what` names
/// it in the error.
mlir::FailureOr<int64_t> readInt(NodeContext &node, size_t index,
                                 llvm::StringRef what);

llvm::LogicalResult importDft(NodeContext &node);
llvm::LogicalResult importMelWeightMatrix(NodeContext &node);
llvm::LogicalResult importStft(NodeContext &node);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_OPS_FOURIER_H
