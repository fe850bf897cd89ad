// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Windows.h - what convolutions and pools share: kernel sizes, strides,
// dilations, pads and `auto_pad` over the spatial axes.
#ifndef NEAP_FRONTENDS_ONNX_OPS_WINDOWS_H
#define NEAP_FRONTENDS_ONNX_OPS_WINDOWS_H

#include "frontends/onnx/NodeContext.h"

namespace neap::frontend {

/// Windows over spatial axes, one entry per axis (`pads`: all begins, then all
/// ends).
struct Windows {
  llvm::SmallVector<int64_t> sizes, strides, dilations, pads;
  /// Spatial sizes of the result.
  Dims results;
};

/// Returns attribute `name`, `count` entries in [lowest, 2^31]; absent ones are
/// `otherwise`.
mlir::FailureOr<llvm::SmallVector<int64_t>>
getWindowEntries(NodeContext &node, llvm::StringRef name, size_t count,
                 int64_t otherwise, int64_t lowest);

/// How the number of windows is rounded.
enum class Rounding { Down, Up };

/// Reads the attributes of `node` and computes the result's spatial sizes.
/// `spatial` are the input's, `kernel` the window's sizes.
mlir::FailureOr<Windows> getWindows(NodeContext &node,
                                    llvm::ArrayRef<DimExpr> spatial,
                                    llvm::ArrayRef<int64_t> kernel,
                                    Rounding rounding);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_OPS_WINDOWS_H
