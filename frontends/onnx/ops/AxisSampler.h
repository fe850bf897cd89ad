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

/// How many outputs an axis has per input.
struct ResizeScale {
  /// One that the model gives.
  std::optional<double> number;
  /// Otherwise: outputs and inputs of axes, of whose quotients the smallest or
  /// the largest counts.
  llvm::SmallVector<std::pair<DimExpr, DimExpr>, 1> quotients;
  bool isLargest = false;

  /// Whether this is known to be 1.
  bool isOne() const;
};

/// One axis that changes. Where the scale is a quotient, sizes are at least 1.
struct ResizedAxis {
  int64_t axis;
  DimExpr input, output;
  ResizeScale scale;
  /// Ends of the part of the input, in [0, 1] of it; only of a crop.
  mlir::Value start = nullptr, end = nullptr;
};

/// What one axis is resized by.
class AxisSampler {
public:
  AxisSampler(NodeContext &node, const ResizeMethod &method,
              const ResizedAxis &axis);

  /// Returns the resized `image`, which has one row per entry of the axis.
  llvm::FailureOr<mlir::Value> resize(mlir::Value image);
  /// Returns which outputs lie beyond the image, as [output].
  mlir::Value findOutside();

private:
  mlir::Value scalar(double number) { return build.splat({}, f64, number); }
  /// Repeats `number` along the output.
  mlir::Value spread(mlir::Value number) {
    return build.broadcast(number, {axis.output});
  }
  mlir::Value buildScale();
  mlir::Value buildPlaces();
  mlir::Value buildCropPlaces(mlir::Value x);
  mlir::Value chooseIfOne(mlir::Value size, mlir::Value single,
                          mlir::Value places);
  mlir::Value resizeNearest(mlir::Value image);
  mlir::Value resizeWeighted(mlir::Value image, const DimExpr &reach);
  mlir::Value buildWeights(mlir::Value distance);
  llvm::FailureOr<DimExpr> getReach();

  NodeContext &node;
  GraphBuilder &build;
  const ResizeMethod &method;
  const ResizedAxis &axis;
  mlir::Type f64;
  /// Scalars of f64: sizes, outputs per input, the input's size times that, and
  /// its last index. They are folded where sizes are constant.
  mlir::Value input, output, scale, exact, last;
  /// Where in the input each output lies, as [output] of f64.
  mlir::Value places;
};

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_OPS_AXISSAMPLER_H
