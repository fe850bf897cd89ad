// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Windows.cpp - see Windows.h. Source: ONNX Conv-11, AveragePool-19.
#include "frontends/onnx/ops/Windows.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// Larger sizes, strides, dilations and pads are refused: their products could
/// leave 64 bits.
static constexpr int64_t kMaxEntry = int64_t(1) << 31;

FailureOr<SmallVector<int64_t>>
neap::frontend::getWindowEntries(NodeContext &node, StringRef name,
                                 size_t count, int64_t otherwise,
                                 int64_t lowest) {
  if (!node.hasAttribute(name))
    return SmallVector<int64_t>(count, otherwise);
  SmallVector<int64_t> entries = node.getInts(name);
  if (entries.size() != count)
    return node.emitError() << "expected " << count << " entries in '" << name
                            << "', got " << entries.size();
  for (int64_t entry : entries)
    if (entry < lowest || entry > kMaxEntry)
      return node.emitError() << "expected entries of '" << name << "' in ["
                              << lowest << ", 2^31], got " << entry;
  return entries;
}

/// Computes pads so that the result has ceil(size / stride) entries.
static LogicalResult padToSame(NodeContext &node, ArrayRef<DimExpr> spatial,
                               bool isUpper, Windows &windows) {
  size_t count = spatial.size();
  windows.pads.assign(2 * count, 0);
  for (size_t i = 0; i < count; ++i) {
    FailureOr<int64_t> size = node.checkStatic(spatial[i], "a spatial axis");
    if (failed(size))
      return failure();
    int64_t stride = windows.strides[i];
    int64_t numWindows = (*size + stride - 1) / stride;
    int64_t extent = windows.dilations[i] * (windows.sizes[i] - 1) + 1;
    int64_t total =
        std::max<int64_t>(0, (numWindows - 1) * stride + extent - *size);
    windows.pads[i] = isUpper ? total / 2 : total - total / 2;
    windows.pads[count + i] = total - windows.pads[i];
    windows.results.push_back(numWindows);
  }
  return success();
}

/// Returns the number of windows along axis `i` of size `size`.
static FailureOr<DimExpr> countWindows(NodeContext &node, size_t i,
                                       const DimExpr &size, Rounding rounding,
                                       const Windows &windows) {
  size_t count = windows.sizes.size();
  int64_t before = windows.pads[i], after = windows.pads[count + i];
  int64_t stride = windows.strides[i];
  DimExpr slack = size + DimExpr(before + after) -
                  DimExpr(windows.dilations[i] * (windows.sizes[i] - 1) + 1);
  if (slack.getConstant().value_or(0) < 0)
    return node.emitError() << "the window along spatial axis " << i
                            << " is larger than the padded input, "
                            << (size + DimExpr(before + after)).str();
  if (rounding == Rounding::Down)
    return slack.floorDiv(stride) + 1;
  DimExpr numWindows = slack.ceilDiv(stride) + 1;
  // A window that begins in the padding at the end is left out.
  std::optional<int64_t> last = numWindows.getConstant(),
                         length = size.getConstant();
  if (last && length && (*last - 1) * stride >= *length + before)
    return DimExpr(*last - 1);
  return numWindows;
}

FailureOr<Windows> neap::frontend::getWindows(NodeContext &node,
                                              ArrayRef<DimExpr> spatial,
                                              ArrayRef<int64_t> kernel,
                                              Rounding rounding) {
  size_t count = spatial.size();
  Windows windows;
  windows.sizes.assign(kernel.begin(), kernel.end());
  for (int64_t size : kernel)
    if (size < 1 || size > kMaxEntry)
      return node.emitError()
             << "expected window sizes in [1, 2^31], got " << size;
  auto strides = getWindowEntries(node, "strides", count, 1, 1);
  auto dilations = getWindowEntries(node, "dilations", count, 1, 1);
  auto pads = getWindowEntries(node, "pads", 2 * count, 0, 0);
  if (failed(strides) || failed(dilations) || failed(pads))
    return failure();
  windows.strides = *strides;
  windows.dilations = *dilations;
  windows.pads = *pads;
  StringRef automatic = node.getString("auto_pad", "NOTSET");
  if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
    if (failed(padToSame(node, spatial, automatic == "SAME_UPPER", windows)))
      return failure();
    return windows;
  }
  if (automatic == "VALID")
    windows.pads.assign(2 * count, 0);
  else if (automatic != "NOTSET")
    return node.emitError() << "expected auto_pad NOTSET, VALID, SAME_UPPER or "
                               "SAME_LOWER, got '"
                            << automatic << "'";
  for (size_t i = 0; i < count; ++i) {
    FailureOr<DimExpr> size =
        countWindows(node, i, spatial[i], rounding, windows);
    if (failed(size))
      return failure();
    windows.results.push_back(*size);
  }
  return windows;
}
