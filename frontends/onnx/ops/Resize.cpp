// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resize.cpp - Resize and Upsample: attributes and sizes, then axis by axis.
// Source: ONNX Resize-19, Upsample-9.
#include "dialects/neap/IR/DimExprSimplify.h"
#include "frontends/onnx/OpImporters.h"
#include "frontends/onnx/ops/AxisSampler.h"
#include "frontends/onnx/ops/Regions.h"
#include "frontends/onnx/ops/Sampling.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CheckedArithmetic.h"

#include <cmath>

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

/// Returns `size` times `scale`, rounded down; as float32 computes it.
static int64_t scaleNumber(int64_t size, double scale) {
  return static_cast<int64_t>(
      std::floor(static_cast<float>(size) * static_cast<float>(scale)));
}

/// Whether size * numerator / denominator is what float32 computes, for all
/// sizes that are possible.
static bool matchesFloat(std::pair<int64_t, int64_t> sizes, double scale,
                         int64_t numerator, int64_t denominator) {
  for (int64_t size = sizes.first; size <= sizes.second; ++size) {
    std::optional<int64_t> product = llvm::checkedMul(size, numerator);
    if (!product || *product / denominator != scaleNumber(size, scale))
      return false;
  }
  return true;
}

/// Returns the expression of `scaleNumber`: a fraction, the first one of the
/// continued fraction of `scale` that gives its results. Nothing if none does.
static std::optional<DimExpr> scaleSymbol(const DimExpr &size,
                                          std::pair<int64_t, int64_t> sizes,
                                          double scale) {
  // What is left of the scale as a fraction, and the last two convergents.
  int64_t upper = std::llround(scale * 0x1p42), lower = int64_t(1) << 42;
  int64_t numerator = 1, denominator = 0, lastNumerator = 0,
          lastDenominator = 1;
  while (lower != 0) {
    int64_t whole = upper / lower;
    lastNumerator += whole * numerator;
    lastDenominator += whole * denominator;
    std::swap(numerator, lastNumerator);
    std::swap(denominator, lastDenominator);
    upper -= whole * lower;
    std::swap(upper, lower);
    if (matchesFloat(sizes, scale, numerator, denominator))
      return (size * DimExpr(numerator)).floorDiv(denominator);
  }
  return std::nullopt;
}

/// Returns `size` times `scale`, rounded down.
static FailureOr<DimExpr> scaleSize(NodeContext &node, const DimExpr &size,
                                    double scale) {
  if (!(scale > 0) || scale > 1 << 20)
    return node.emitError() << "expected scales in (0, 2^20], got " << scale;
  if (std::optional<int64_t> known = size.getConstant())
    return DimExpr(scaleNumber(*known, scale));
  constexpr int64_t kMaxNumSizes = 1 << 20;
  auto bounds = node.getFacts().getBounds(size);
  std::optional<DimExpr> scaled;
  if (bounds && bounds->second - bounds->first < kMaxNumSizes)
    scaled = scaleSymbol(size, *bounds, scale);
  if (!scaled)
    return node.emitError()
           << "the size " << size.str() << " cannot be scaled by " << scale
           << "; bind it or narrow its range with --dim";
  return *scaled;
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
    axis.scale.number = scale;
  }
  return success();
}

/// Refuses an axis that can be empty, or become so.
static LogicalResult checkNotEmpty(NodeContext &node, const DimExpr &size,
                                   StringRef what) {
  auto bounds = node.getFacts().getBounds(size);
  if (!bounds || bounds->first >= 1)
    return success();
  return node.emitError() << "expected " << what << " of at least 1, got "
                          << printWithLeast(size, bounds->first);
}

/// Returns the quotients of outputs and inputs that may be the smallest, or
/// the largest: those that no other one is known to beat.
static ResizeScale chooseScale(const SymbolFacts &facts, bool isLargest,
                               ArrayRef<ResizedAxis> axes) {
  ResizeScale scale;
  scale.isLargest = isLargest;
  auto isBeaten = [&](const auto &quotient, const auto &by) {
    DimExpr mine = quotient.first * by.second;
    DimExpr other = by.first * quotient.second;
    return isLargest ? facts.isAtLeast(other, mine)
                     : facts.isAtLeast(mine, other);
  };
  for (const ResizedAxis &axis : axes) {
    std::pair<DimExpr, DimExpr> quotient(axis.output, axis.input);
    if (llvm::any_of(scale.quotients,
                     [&](const auto &by) { return isBeaten(quotient, by); }))
      continue;
    llvm::erase_if(scale.quotients, [&](const auto &other) {
      return isBeaten(other, quotient);
    });
    scale.quotients.push_back(quotient);
  }
  return scale;
}

/// Returns the size `input` times `scale`, a quotient, rounded to the nearest.
static DimExpr scaleToNearest(const DimExpr &input, const ResizeScale &scale) {
  std::optional<DimExpr> result;
  for (const auto &[outputs, inputs] : scale.quotients) {
    DimExpr twice = DimExpr(2) * outputs * input + inputs;
    DimExpr size =
        inputs == input ? outputs : twice.floorDiv(DimExpr(2) * inputs);
    if (!result)
      result = size;
    else
      result = scale.isLargest ? DimExpr::max(*result, size)
                               : DimExpr::min(*result, size);
  }
  return *result;
}

/// Makes all scales the smallest or largest of them.
static LogicalResult keepAspectRatio(NodeContext &node, bool isLargest,
                                     MutableArrayRef<ResizedAxis> axes) {
  for (const ResizedAxis &axis : axes)
    if (failed(checkNotEmpty(node, axis.input, "resized axes")))
      return failure();
  ResizeScale scale = chooseScale(node.getFacts(), isLargest, axes);
  for (ResizedAxis &axis : axes) {
    axis.scale = scale;
    axis.output = simplify(scaleToNearest(axis.input, scale), node.getFacts());
    if (!axis.output.isKnown())
      return node.emitError()
             << "the scaled size of axis " << axis.axis << " is beyond 64 bits";
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
    axis.output = simplify(size, node.getFacts());
    axis.scale.quotients = {{axis.output, axis.input}};
    if (!axis.scale.isOne() &&
        (failed(checkNotEmpty(node, axis.output, "sizes")) ||
         failed(checkNotEmpty(node, axis.input, "resized axes"))))
      return failure();
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
    axes.push_back({*axis, dims[*axis], dims[*axis], ResizeScale()});
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
    bool isKept = axis.output == axis.input && axis.scale.isOne();
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
