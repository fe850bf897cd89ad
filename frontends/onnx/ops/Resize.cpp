// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resize.cpp - Resize and Upsample: attributes and sizes, then axis by axis.
// Source: ONNX Resize-19, Upsample-9.
#include "frontends/onnx/OpImporters.h"
#include "frontends/onnx/ops/AxisSampler.h"
#include "frontends/onnx/ops/Regions.h"
#include "frontends/onnx/ops/Sampling.h"

#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

/// Returns `size` times `scale`, rounded down; as float32 computes it.
static FailureOr<DimExpr> scaleSize(NodeContext &node, const DimExpr &size,
                                    double scale) {
  if (!(scale > 0) || scale > 1 << 20)
    return node.emitError() << "expected scales in (0, 2^20], got " << scale;
  if (std::optional<int64_t> known = size.getConstant())
    return DimExpr(static_cast<int64_t>(
        std::floor(static_cast<float>(*known) * static_cast<float>(scale))));
  // A symbol is only scaled by what 2^16ths can express.
  constexpr int64_t kDivisor = 1 << 16;
  double numerator = scale * kDivisor;
  if (numerator != std::floor(numerator))
    return node.emitError()
           << "the size " << size.str() << " cannot be scaled by " << scale
           << "; bind it with --dim";
  auto factor = static_cast<int64_t>(numerator);
  int64_t divisor = kDivisor;
  for (; factor % 2 == 0 && divisor > 1; divisor /= 2)
    factor /= 2;
  return (size * DimExpr(factor)).floorDiv(divisor);
}

/// Sets the outputs of `axes` from input `index`, the scales.
static LogicalResult readScales(NodeContext &node, size_t index,
                                MutableArrayRef<ResizedAxis> axes) {
  FailureOr<SmallVector<double>> scales = node.getNumbers(index, "the scales");
  if (failed(scales))
    return failure();
  if (scales->size() != axes.size())
    return node.emitError()
           << "expected " << axes.size() << " scales, got " << scales->size();
  for (auto [axis, scale] : llvm::zip_equal(axes, *scales)) {
    FailureOr<DimExpr> output = scaleSize(node, axis.input, scale);
    if (failed(output))
      return failure();
    axis.output = *output;
    axis.scale = scale;
  }
  return success();
}

/// Makes all scales the smallest or largest of them.
static LogicalResult keepAspectRatio(NodeContext &node, bool isLargest,
                                     MutableArrayRef<ResizedAxis> axes) {
  std::optional<double> chosen;
  for (const ResizedAxis &axis : axes) {
    FailureOr<int64_t> input = node.checkStatic(axis.input, "a resized axis");
    FailureOr<int64_t> output = node.checkStatic(axis.output, "a resized axis");
    if (failed(input) || failed(output))
      return failure();
    constexpr int64_t kMaxSize = int64_t(1) << 40;
    if (*input < 1 || *output > kMaxSize)
      return node.emitError() << "expected axes of at least one element and "
                                 "sizes of at most 2^40, got "
                              << *input << " and " << *output;
    double scale = static_cast<double>(*output) / static_cast<double>(*input);
    if (!chosen || (isLargest ? scale > *chosen : scale < *chosen))
      chosen = scale;
  }
  for (ResizedAxis &axis : axes) {
    axis.scale = *chosen;
    double size = *chosen * static_cast<double>(*axis.input.getConstant());
    if (size > 0x1p62)
      return node.emitError()
             << "the scaled size of axis " << axis.axis << " is beyond 64 bits";
    axis.output = DimExpr(static_cast<int64_t>(std::floor(size + 0.5)));
  }
  return success();
}

/// Sets the outputs of `axes` from input 3, the sizes.
static LogicalResult readSizes(NodeContext &node,
                               MutableArrayRef<ResizedAxis> axes) {
  FailureOr<Contents> sizes = node.getContents(3, "the sizes");
  if (failed(sizes))
    return failure();
  if (sizes->size() != axes.size())
    return node.emitError()
           << "expected " << axes.size() << " sizes, got " << sizes->size();
  for (auto [axis, size] : llvm::zip_equal(axes, *sizes)) {
    if (size.getConstant().value_or(1) < 1)
      return node.emitError()
             << "expected sizes of at least 1, got " << size.str();
    axis.output = size;
  }
  StringRef policy = node.getString("keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch")
    return success();
  if (policy != "not_larger" && policy != "not_smaller")
    return node.emitError() << "expected keep_aspect_ratio_policy stretch, "
                               "not_larger or not_smaller, got '"
                            << policy << "'";
  return keepAspectRatio(node, policy == "not_smaller", axes);
}

/// Sets the parts of the input from input 1: all starts, then all ends.
static LogicalResult readParts(NodeContext &node,
                               MutableArrayRef<ResizedAxis> axes) {
  Value roi = node.getInput(1);
  if (!roi)
    return failure();
  int64_t count = axes.size();
  if (getDimsOf(roi) != Dims{DimExpr(2 * count)} ||
      !isa<FloatType>(getElementTypeOf(roi)))
    return node.emitError() << "expected roi to be " << 2 * count
                            << " floats, got " << roi.getType();
  GraphBuilder &build = node.build();
  auto pick = [&](int64_t index) {
    return build.reshape(build.slice(roi, {index}, {1}, {1}), {});
  };
  for (auto [i, axis] : llvm::enumerate(axes)) {
    axis.start = pick(i);
    axis.end = pick(count + i);
  }
  return success();
}

/// Returns all axes, or those of the attribute, with their input sizes.
static FailureOr<SmallVector<ResizedAxis>> getAxes(NodeContext &node,
                                                   ArrayRef<DimExpr> dims) {
  auto numbers = llvm::to_vector(llvm::seq<int64_t>(0, dims.size()));
  if (node.hasAttribute("axes"))
    numbers = node.getInts("axes");
  SmallVector<ResizedAxis> axes;
  for (int64_t number : numbers) {
    FailureOr<int64_t> axis = node.checkAxis(number, dims.size());
    if (failed(axis))
      return failure();
    if (llvm::any_of(axes,
                     [&](const ResizedAxis &a) { return a.axis == *axis; }))
      return node.emitError()
             << "expected each axis once, got axis " << *axis << " twice";
    axes.push_back({*axis, dims[*axis], dims[*axis], std::nullopt});
  }
  return axes;
}

//===----------------------------------------------------------------------===//
// The ops
//===----------------------------------------------------------------------===//

/// Returns the attributes; `isOld`: of Upsample and Resize-10.
static FailureOr<ResizeMethod> getMethod(NodeContext &node, bool isOld) {
  ResizeMethod method;
  method.mode = node.getString("mode", "nearest");
  method.coordinates =
      isOld ? "asymmetric"
            : node.getString("coordinate_transformation_mode", "half_pixel");
  method.rounding =
      isOld ? "floor" : node.getString("nearest_mode", "round_prefer_floor");
  method.isAntialiased = node.getInt("antialias", 0) != 0;
  method.excludesOutside = node.getInt("exclude_outside", 0) != 0;
  method.cubicParameter = node.getFloat("cubic_coeff_a", -0.75);
  method.extrapolation = node.getFloat("extrapolation_value", 0);
  if (method.mode == "bilinear")
    method.mode = "linear";
  auto check = [&](StringRef name, StringRef value,
                   ArrayRef<StringRef> known) -> LogicalResult {
    if (llvm::is_contained(known, value))
      return success();
    return node.emitError()
           << "expected " << name << " " << llvm::join(known, ", ") << "; got '"
           << value << "'";
  };
  if (failed(check("mode", method.mode, {"nearest", "linear", "cubic"})) ||
      failed(check("coordinate_transformation_mode", method.coordinates,
                   {"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel",
                    "align_corners", "asymmetric", "tf_half_pixel_for_nn",
                    "tf_crop_and_resize"})) ||
      failed(
          check("nearest_mode", method.rounding,
                {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"})))
    return failure();
  return method;
}

/// Whether the last axes alone change: those of images, whose channels are
/// best neighbours in memory.
static bool isImage(ArrayRef<const ResizedAxis *> axes, int64_t rank) {
  return rank > 2 && llvm::all_of(axes, [](const ResizedAxis *axis) {
           return axis->axis >= 2;
         });
}

/// Resizes the axes, the last one first: it has the fewest rows then.
static FailureOr<Value> resizeAxes(NodeContext &node,
                                   const ResizeMethod &method, Value image,
                                   ArrayRef<const ResizedAxis *> axes) {
  GraphBuilder &build = node.build();
  Type element = getElementTypeOf(image);
  bool isWeighted = method.mode != "nearest";
  bool isConverted = isWeighted && !element.isF32() && !element.isF64();
  if (isConverted)
    image = build.cast(image, build.getBuilder().getF32Type());
  bool isTransposed = isWeighted && isImage(axes, getRankOf(image));
  if (isTransposed)
    image = toChannelsLast(build, image);
  SmallVector<std::pair<int64_t, Value>> masks;
  for (const ResizedAxis *axis : llvm::reverse(axes)) {
    ResizedAxis moved = *axis;
    moved.axis -= isTransposed ? 1 : 0;
    AxisSampler sampler(node, method, moved);
    if (failed(sampler.prepare()))
      return failure();
    FailureOr<Value> resized = sampler.resize(image);
    if (failed(resized))
      return failure();
    image = *resized;
    if (method.isCrop())
      masks.push_back({moved.axis, sampler.findOutside()});
  }
  for (auto [axis, mask] : masks)
    image = build.select(
        build.broadcast(build.alongAxis(mask, axis, getRankOf(image)),
                        getDimsOf(image)),
        build.splatLike(image, method.extrapolation), image);
  if (isTransposed)
    image = toChannelsFirst(build, image);
  return isConverted ? build.cast(image, element) : image;
}

static LogicalResult importScaled(NodeContext &node, const ResizeMethod &method,
                                  MutableArrayRef<ResizedAxis> axes) {
  Value image = node.getInput(0);
  if (!image)
    return failure();
  if (method.isCrop() && failed(readParts(node, axes)))
    return failure();
  SmallVector<const ResizedAxis *> changed;
  Dims dims = getDimsOf(image);
  for (const ResizedAxis &axis : axes) {
    dims[axis.axis] = axis.output;
    bool isKept = axis.output == axis.input && axis.scale.value_or(1) == 1;
    if (!isKept || !method.keepsAxes())
      changed.push_back(&axis);
  }
  llvm::sort(changed, [](const ResizedAxis *lhs, const ResizedAxis *rhs) {
    return lhs->axis < rhs->axis;
  });
  if (failed(node.checkSize(dims)))
    return failure();
  FailureOr<Value> result = resizeAxes(node, method, image, changed);
  return failed(result) ? failure() : node.setOutput(0, *result);
}

/// Upsample, and Resize-10: scales are input 1.
static LogicalResult importUpsample(NodeContext &node) {
  RankedTensorType type = node.getInputType(0);
  FailureOr<ResizeMethod> method = getMethod(node, /*isOld=*/true);
  if (!type || failed(method))
    return failure();
  FailureOr<SmallVector<ResizedAxis>> axes = getAxes(node, getDims(type));
  if (failed(axes) || failed(readScales(node, 1, *axes)))
    return failure();
  return importScaled(node, *method, *axes);
}

static LogicalResult importResize(NodeContext &node) {
  RankedTensorType type = node.getInputType(0);
  FailureOr<ResizeMethod> method = getMethod(node, /*isOld=*/false);
  if (!type || failed(method))
    return failure();
  FailureOr<SmallVector<ResizedAxis>> axes = getAxes(node, getDims(type));
  if (failed(axes))
    return failure();
  bool hasSizes = node.hasInput(3);
  if (hasSizes && node.hasInput(2)) {
    RankedTensorType scales = node.getInputType(2);
    if (!scales)
      return failure();
    hasSizes = getNumElements(getDims(scales)).isConstant(0);
  }
  if (failed(hasSizes ? readSizes(node, *axes) : readScales(node, 2, *axes)))
    return failure();
  return importScaled(node, *method, *axes);
}

ArrayRef<OpImporter> neap::frontend::getResizeImporters() {
  static const OpImporter kImporters[] = {
      {"GridSample", 16, importGridSample, "only one to three spatial axes"},
      {"Resize", 10, importUpsample},
      {"Resize", 11, importResize},
      {"Upsample", 9, importUpsample},
  };
  return kImporters;
}
