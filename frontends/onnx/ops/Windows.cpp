// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Windows.cpp - see Windows.h. Source: ONNX Conv-11, AveragePool-19.
#include "frontends/onnx/ops/Windows.h"

#include "dialects/neap/IR/DimExprSimplify.h"

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
    int64_t stride = windows.strides[i];
    DimExpr numWindows = simplify(spatial[i].ceilDiv(stride), node.getFacts());
    int64_t extent = windows.dilations[i] * (windows.sizes[i] - 1) + 1;
    DimExpr needed =
        (numWindows - 1) * DimExpr(stride) + DimExpr(extent) - spatial[i];
    FailureOr<int64_t> total =
        node.checkStatic(simplify(DimExpr::max(0, needed), node.getFacts()),
                         "the padding of a spatial axis");
    if (failed(total))
      return failure();
    windows.pads[i] = isUpper ? *total / 2 : *total - *total / 2;
    windows.pads[count + i] = *total - windows.pads[i];
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
  DimExpr padded = size + DimExpr(before + after);
  DimExpr slack =
      padded - DimExpr(windows.dilations[i] * (windows.sizes[i] - 1) + 1);
  auto bounds = node.getFacts().getBounds(slack);
  if (bounds && bounds->first < 0) {
    InFlightDiagnostic diagnostic = node.emitError();
    diagnostic << "the window along spatial axis " << i
               << (slack.getConstant() ? " is" : " can be")
               << " larger than the padded input, " << padded.str();
    node.noteSymbols(diagnostic, {padded});
    return diagnostic;
  }
  DimExpr numWindows = slack.floorDiv(stride) + 1;
  if (rounding == Rounding::Up) {
    // At most one more; not if it would begin in the padding at the end.
    DimExpr inside = (size + DimExpr(before)).ceilDiv(stride);
    numWindows = slack.ceilDiv(stride) + 1;
    numWindows = DimExpr::max(numWindows - 1, DimExpr::min(numWindows, inside));
  }
  return simplify(numWindows, node.getFacts());
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
