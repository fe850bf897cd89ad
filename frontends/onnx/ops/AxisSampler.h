// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AxisSampler.h - one axis of Resize: which inputs its outputs are made of.
#ifndef NEAP_FRONTENDS_ONNX_OPS_AXISSAMPLER_H
#define NEAP_FRONTENDS_ONNX_OPS_AXISSAMPLER_H

#include "frontends/onnx/NodeContext.h"

namespace neap::frontend {

/// The attributes of Resize.
struct ResizeMethod {
  llvm::StringRef mode, coordinates, rounding;
  bool isAntialiased, excludesOutside;
  double cubicParameter, extrapolation;

  /// Whether coordinates are those of a part of the image, maybe beyond it.
  bool isCrop() const { return coordinates == "tf_crop_and_resize"; }
  /// Whether an axis whose size does not change is copied.
  bool keepsAxes() const {
    return !isCrop() && coordinates != "tf_half_pixel_for_nn";
  }
};

/// One axis that changes.
struct ResizedAxis {
  int64_t axis;
  DimExpr input, output;
  /// Nothing: output / input.
  std::optional<double> scale;
  /// Ends of the part of the input, in [0, 1] of it; only of a crop.
  mlir::Value start = nullptr, end = nullptr;
};

/// What one axis is resized by.
class AxisSampler {
public:
  AxisSampler(NodeContext &node, const ResizeMethod &method,
              const ResizedAxis &axis)
      : node(node), build(node.build()), method(method), axis(axis),
        f64(build.getBuilder().getF64Type()) {}

  /// Fails if a size is symbolic where it must not be.
  llvm::LogicalResult prepare();
  /// Returns the resized `image`, which has one row per entry of the axis.
  llvm::FailureOr<mlir::Value> resize(mlir::Value image);
  /// Returns which outputs lie beyond the image, as [output].
  mlir::Value findOutside();

private:
  mlir::Value scalar(double number) { return build.splat({}, f64, number); }
  mlir::Value spread(mlir::Value number, llvm::ArrayRef<DimExpr> dims) {
    return build.broadcast(number, dims);
  }
  mlir::Value buildPlaces();
  mlir::Value chooseIfLong(mlir::Value places, mlir::Value single);
  mlir::Value resizeNearest(mlir::Value image);
  mlir::Value resizeWeighted(mlir::Value image);
  std::pair<int64_t, int64_t> getTaps();

  NodeContext &node;
  GraphBuilder &build;
  const ResizeMethod &method;
  const ResizedAxis &axis;
  mlir::Type f64;
  double input = 0, output = 0, scale = 0;
  /// Where in the input each output lies, as [output] of f64.
  mlir::Value places;
};

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_OPS_AXISSAMPLER_H
