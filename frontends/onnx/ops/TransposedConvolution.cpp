// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TransposedConvolution.cpp - ConvTranspose, taken apart by stride.
//
// Output p of an axis gets tap t of the input x = (p + pad - dilation * t) /
// stride where that is whole. Outputs of equal p modulo the stride (a phase)
// thus are an ordinary convolution of stride 1 with those taps that fit, in
// reverse. Neighbouring phases that read the same inputs are one convolution
// with as many times the channels: where the kernel is as large as the stride,
// all are. Then the phases are interleaved. No product is computed in vain,
// and the filters of the phases are made at compile time.
#include "frontends/onnx/ops/Convolution.h"
#include "frontends/onnx/ops/Windows.h"

#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

namespace {

/// One spatial axis.
struct Axis {
  int64_t kernel, stride, dilation, padBegin;
  DimExpr input, output;
  /// Outputs per phase, the last ones beyond the output.
  DimExpr numSteps;

  /// Distance between the inputs of neighbouring taps of a phase.
  int64_t getInputStep() const { return dilation / std::gcd(dilation, stride); }
};

/// The taps of one phase: `first`, then every `step`-th; output i of the phase
/// gets the last of them from input i + `offset`.
struct Taps {
  int64_t first = 0, count = 0, step = 1, offset = 0;
};

/// Neighbouring phases whose taps read the same inputs: those of `taps`, and of
/// each following phase the taps one further.
struct Run {
  Taps taps;
  int64_t numPhases = 1;
};

struct Transposed {
  NodeContext &node;
  Value input;
  /// [groups, outputs of a group, inputs of a group, kernel...]
  Value filter;
  int64_t groups, groupOutputs, groupInputs;
  SmallVector<Axis> axes;
};

} // namespace

/// Returns, by what it is modulo the stride, the first tap that an output gets;
/// -1: none.
static SmallVector<int64_t> getFirstTaps(const Axis &axis) {
  int64_t step = axis.stride / std::gcd(axis.dilation, axis.stride);
  SmallVector<int64_t> firstTaps(axis.stride, -1);
  for (int64_t tap = 0; tap < std::min(step, axis.kernel); ++tap)
    firstTaps[axis.dilation * tap % axis.stride] = tap;
  return firstTaps;
}

/// Returns the taps of outputs that are `phase` modulo the stride.
static Taps getTaps(const Axis &axis, ArrayRef<int64_t> firstTaps,
                    int64_t phase) {
  int64_t shifted = phase + axis.padBegin;
  Taps taps;
  taps.first = firstTaps[shifted % axis.stride];
  if (taps.first < 0)
    return Taps();
  taps.step = axis.stride / std::gcd(axis.dilation, axis.stride);
  taps.count = (axis.kernel - taps.first + taps.step - 1) / taps.step;
  int64_t last = taps.first + (taps.count - 1) * taps.step;
  taps.offset = (shifted - axis.dilation * last) / axis.stride;
  return taps;
}

/// Returns the phases of an axis in runs.
static SmallVector<Run> getRuns(const Axis &axis) {
  SmallVector<int64_t> firstTaps = getFirstTaps(axis);
  SmallVector<Run> runs;
  for (int64_t phase = 0; phase < axis.stride; ++phase) {
    Taps taps = getTaps(axis, firstTaps, phase);
    bool isNext =
        !runs.empty() && runs.back().taps.count == taps.count &&
        runs.back().taps.offset == taps.offset &&
        (taps.count == 0 ||
         runs.back().taps.first + runs.back().numPhases == taps.first);
    if (isNext)
      ++runs.back().numPhases;
    else
      runs.push_back({taps});
  }
  return runs;
}

/// Returns [groups, outputs, inputs, taps, phases, taps, phases, ...]: of each
/// kernel axis the taps of a run, tap by tap those of all phases.
static Value splitTaps(Transposed &conv, ArrayRef<const Run *> runs) {
  GraphBuilder &build = conv.node.build();
  Dims starts(3, 0);
  SmallVector<int64_t> ones(3, 1), low(3, 0), high(3, 0);
  SmallVector<int64_t> sizes{conv.groups, conv.groupOutputs, conv.groupInputs};
  Dims split(sizes.begin(), sizes.end());
  for (const Run *run : runs) {
    const Taps &taps = run->taps;
    int64_t width = taps.count == 1 ? run->numPhases : taps.step;
    starts.push_back(taps.first);
    sizes.push_back((taps.count - 1) * taps.step + run->numPhases);
    ones.push_back(1);
    low.push_back(0);
    high.push_back(taps.count * width - sizes.back());
    split.append({DimExpr(taps.count), DimExpr(width)});
  }
  Value filter =
      build.slice(conv.filter, starts, Dims(sizes.begin(), sizes.end()), ones);
  if (llvm::any_of(high, [](int64_t size) { return size > 0; })) {
    Dims padded;
    for (auto [size, more] : llvm::zip_equal(sizes, high))
      padded.push_back(DimExpr(size + more));
    Type element = getElementTypeOf(filter);
    filter = PadOp::create(
        build.getBuilder(), build.getLoc(), getTensorType(padded, element),
        filter, build.splat({}, element, 0), low, high, PadMode::Constant);
  }
  return build.reshape(filter, split);
}

/// Returns the filter of all phases of `runs`:
/// [groups * phases * outputs, inputs, taps...].
static Value buildFilter(Transposed &conv, ArrayRef<const Run *> runs) {
  GraphBuilder &build = conv.node.build();
  Dims starts(3, 0);
  Dims sizes{conv.groups, conv.groupOutputs, conv.groupInputs};
  SmallVector<int64_t> steps(3, 1), permutation{0};
  Dims dims{DimExpr(conv.groups * conv.groupOutputs),
            DimExpr(conv.groupInputs)};
  int64_t numAxes = runs.size();
  for (int64_t i = 0; i < numAxes; ++i) {
    int64_t count = runs[i]->taps.count, numPhases = runs[i]->numPhases;
    starts.append({DimExpr(count - 1), DimExpr(0)});
    sizes.append({DimExpr(count), DimExpr(numPhases)});
    steps.append({-1, 1});
    permutation.push_back(4 + 2 * i);
    dims[0] = dims[0] * DimExpr(numPhases);
    dims.push_back(DimExpr(count));
  }
  permutation.append({1, 2});
  for (int64_t i = 0; i < numAxes; ++i)
    permutation.push_back(3 + 2 * i);
  Value filter = build.slice(splitTaps(conv, runs), starts, sizes, steps);
  return build.reshape(build.transpose(filter, permutation), dims);
}

/// Cuts the input to what a convolution reads, where it does not read all, and
/// computes the pads. Nothing if it reads no element.
static FailureOr<std::optional<Value>>
cutInput(Transposed &conv, ArrayRef<const Run *> runs,
         SmallVectorImpl<int64_t> &pads) {
  size_t numAxes = runs.size();
  Dims dims = getDimsOf(conv.input);
  SmallVector<int64_t> starts(dims.size(), 0), cuts(dims.size(), 0);
  pads.assign(2 * numAxes, 0);
  for (size_t i = 0; i < numAxes; ++i) {
    const Axis &axis = conv.axes[i];
    const Taps &taps = runs[i]->taps;
    int64_t reach = taps.offset + (taps.count - 1) * axis.getInputStep();
    FailureOr<int64_t> after = conv.node.checkStatic(
        axis.numSteps + DimExpr(reach) - axis.input, "the padding at the end");
    if (failed(after))
      return failure();
    starts[2 + i] = std::max<int64_t>(taps.offset, 0);
    cuts[2 + i] = starts[2 + i] + std::max<int64_t>(-*after, 0);
    pads[i] = std::max<int64_t>(-taps.offset, 0);
    pads[numAxes + i] = std::max<int64_t>(*after, 0);
    std::optional<int64_t> size = axis.input.getConstant();
    if (size && cuts[2 + i] >= *size)
      return std::optional<Value>();
  }
  if (llvm::all_of(cuts, [](int64_t cut) { return cut == 0; }))
    return std::optional(conv.input);
  for (auto [size, cut] : llvm::zip_equal(dims, cuts))
    size = size - DimExpr(cut);
  return std::optional(
      conv.node.build().slice(conv.input, Dims(starts.begin(), starts.end()),
                              dims, SmallVector<int64_t>(dims.size(), 1)));
}

/// Returns the outputs of all phases of `runs`, one run per axis:
/// [batch, groups, phases..., outputs of a group, steps...].
static FailureOr<Value> buildRuns(Transposed &conv,
                                  ArrayRef<const Run *> runs) {
  GraphBuilder &build = conv.node.build();
  Dims steps, dims{getDimsOf(conv.input)[0], DimExpr(conv.groups)};
  for (const Axis &axis : conv.axes)
    steps.push_back(axis.numSteps);
  for (const Run *run : runs)
    dims.push_back(DimExpr(run->numPhases));
  dims.push_back(conv.groupOutputs);
  llvm::append_range(dims, steps);
  Type element = getElementTypeOf(conv.input);
  if (llvm::any_of(runs, [](const Run *run) { return run->taps.count == 0; }))
    return build.splat(dims, element, 0);
  SmallVector<int64_t> pads, inputSteps, strides(runs.size(), 1);
  FailureOr<std::optional<Value>> input = cutInput(conv, runs, pads);
  if (failed(input))
    return failure();
  if (!*input)
    return build.splat(dims, element, 0);
  for (const Axis &axis : conv.axes)
    inputSteps.push_back(axis.getInputStep());
  Value filter = buildFilter(conv, runs);
  Dims image{dims[0], getDimsOf(filter)[0]};
  llvm::append_range(image, steps);
  Value result =
      ConvOp::create(build.getBuilder(), build.getLoc(),
                     getTensorType(image, element), **input, filter, strides,
                     pads, inputSteps, conv.groups, Layout::ChannelsFirst);
  return build.reshape(result, dims);
}

/// Returns the outputs of all phases of the axes from `runs.size()` on, and of
/// `runs` of the axes before, as `buildRuns` does.
static FailureOr<Value> buildPhases(Transposed &conv,
                                    SmallVectorImpl<const Run *> &runs) {
  size_t axis = runs.size();
  if (axis == conv.axes.size())
    return buildRuns(conv, runs);
  SmallVector<Value> parts;
  SmallVector<Run> all = getRuns(conv.axes[axis]);
  for (const Run &run : all) {
    runs.push_back(&run);
    FailureOr<Value> part = buildPhases(conv, runs);
    runs.pop_back();
    if (failed(part))
      return failure();
    parts.push_back(*part);
  }
  return conv.node.build().concat(parts, 2 + axis);
}

/// Interleaves [batch, groups, phases..., outputs, steps...] to
/// [batch, groups * outputs, steps * phases...].
static FailureOr<Value> interleave(Transposed &conv, Value phases) {
  GraphBuilder &build = conv.node.build();
  int64_t numAxes = conv.axes.size();
  SmallVector<int64_t> permutation{0, 1, 2 + numAxes};
  Dims dims{getDimsOf(conv.input)[0], DimExpr(conv.groups * conv.groupOutputs)};
  Dims padded = dims;
  for (int64_t i = 0; i < numAxes; ++i) {
    permutation.append({3 + numAxes + i, 2 + i});
    dims.push_back(conv.axes[i].output);
    padded.push_back(conv.axes[i].numSteps * DimExpr(conv.axes[i].stride));
  }
  Value result = build.reshape(build.transpose(phases, permutation), padded);
  if (llvm::equal(padded, dims))
    return result;
  return build.slice(result, Dims(dims.size(), 0), dims,
                     SmallVector<int64_t>(dims.size(), 1));
}

/// Reads attribute 'output_shape': sizes of the spatial axes, maybe after
/// batch and channels. Empty if the size follows from the pads.
static FailureOr<SmallVector<int64_t>> getOutputShape(NodeContext &node,
                                                      size_t numAxes) {
  SmallVector<int64_t> shape = node.getInts("output_shape");
  if (shape.size() == numAxes + 2)
    shape.erase(shape.begin(), shape.begin() + 2);
  if (!shape.empty() && shape.size() != numAxes)
    return node.emitError()
           << "expected " << numAxes << " entries in 'output_shape', got "
           << shape.size();
  return shape;
}

/// Sets the sizes of an axis whose output, before padding, has `extra` more
/// entries than its input less 1 has strides.
static LogicalResult setOutput(NodeContext &node, Axis &axis, int64_t extra) {
  DimExpr last = axis.input - DimExpr(1);
  axis.output = DimExpr(axis.stride) * last + DimExpr(extra);
  if (axis.output.getConstant().value_or(1) < 1)
    return node.emitError() << "expected pads below the size of the result, "
                               "got a result of size "
                            << axis.output.str();
  axis.numSteps = last + DimExpr(llvm::divideCeilSigned(extra, axis.stride));
  return success();
}

/// Sets the sizes of an axis whose output is given. The pads make up for what
/// the product gives in excess.
static LogicalResult setOutput(NodeContext &node, Axis &axis, int64_t extra,
                               const DimExpr &output, bool isUpper) {
  DimExpr last = axis.input - DimExpr(1);
  FailureOr<int64_t> excess = node.checkStatic(
      DimExpr(axis.stride) * last + DimExpr(extra) - output, "the padding");
  if (failed(excess))
    return failure();
  int64_t total = std::max<int64_t>(*excess, 0);
  axis.padBegin = isUpper ? total / 2 : total - total / 2;
  return setOutput(node, axis, extra - *excess);
}

/// Reads the attributes.
static FailureOr<SmallVector<Axis>> getAxes(NodeContext &node,
                                            ArrayRef<DimExpr> spatial,
                                            ArrayRef<int64_t> kernel) {
  size_t count = spatial.size();
  auto strides = getWindowEntries(node, "strides", count, 1, 1);
  auto dilations = getWindowEntries(node, "dilations", count, 1, 1);
  auto pads = getWindowEntries(node, "pads", 2 * count, 0, 0);
  auto outputPads = getWindowEntries(node, "output_padding", count, 0, 0);
  auto shape = getOutputShape(node, count);
  if (failed(strides) || failed(dilations) || failed(pads) ||
      failed(outputPads) || failed(shape))
    return failure();
  StringRef automatic = node.getString("auto_pad", "NOTSET");
  bool isUpper = automatic == "SAME_UPPER";
  bool isSame = isUpper || automatic == "SAME_LOWER";
  if (!isSame && automatic != "NOTSET" && automatic != "VALID")
    return node.emitError() << "expected auto_pad NOTSET, VALID, SAME_UPPER or "
                               "SAME_LOWER, got '"
                            << automatic << "'";
  bool hasPads = automatic == "NOTSET";
  SmallVector<Axis> axes(count);
  for (size_t i = 0; i < count; ++i) {
    Axis &axis = axes[i];
    axis = {kernel[i], (*strides)[i], (*dilations)[i], 0, spatial[i], 0, 0};
    if (axis.stride > (1 << 16) || axis.kernel < 1 || axis.kernel > (1 << 30))
      return node.emitError()
             << "expected strides in [1, 65536] and kernels in [1, 2^30], got "
             << axis.stride << " and " << axis.kernel;
    int64_t extra = (*outputPads)[i] + axis.dilation * (axis.kernel - 1) + 1;
    LogicalResult result = failure();
    if (!shape->empty())
      result = setOutput(node, axis, extra, (*shape)[i], isUpper);
    else if (isSame)
      result = setOutput(node, axis, extra, spatial[i] * DimExpr(axis.stride),
                         isUpper);
    else {
      int64_t after = hasPads ? (*pads)[count + i] : 0;
      axis.padBegin = hasPads ? (*pads)[i] : 0;
      result = setOutput(node, axis, extra - axis.padBegin - after);
    }
    if (failed(result))
      return failure();
  }
  return axes;
}

/// Refuses strides and dilations that would give very many convolutions.
static LogicalResult checkNumRuns(NodeContext &node, ArrayRef<Axis> axes) {
  constexpr size_t kMaxRuns = 1024;
  size_t numRuns = 1;
  for (const Axis &axis : axes)
    numRuns *= std::min(getRuns(axis).size(), kMaxRuns + 1);
  if (numRuns > kMaxRuns)
    return node.emitError() << "these strides and dilations together need more "
                               "than "
                            << kMaxRuns << " convolutions";
  return success();
}

/// Returns the filter [C, O / groups, kernel...] as `Transposed` has it.
static Value splitFilter(GraphBuilder &build, Value filter, int64_t groups) {
  Dims dims = getDimsOf(filter);
  dims[0] = dims[0].floorDiv(groups);
  dims.insert(dims.begin(), DimExpr(groups));
  auto permutation = llvm::to_vector(llvm::seq<int64_t>(0, dims.size()));
  std::swap(permutation[1], permutation[2]);
  return build.transpose(build.reshape(filter, dims), permutation);
}

LogicalResult neap::frontend::importConvTranspose(NodeContext &node) {
  Value input = node.getInput(0), filter = input ? node.getInput(1) : nullptr;
  if (!filter)
    return failure();
  FailureOr<SmallVector<int64_t>> sizes = checkFilter(node, input, filter);
  if (failed(sizes))
    return failure();
  Dims image = getDimsOf(input);
  int64_t groups = node.getInt("group", 1), channels = sizes->front();
  if (groups < 1 || channels % groups != 0 || image[1] != DimExpr(channels))
    return node.emitError() << "expected group to divide the channels of the "
                               "input, "
                            << image[1].str() << ", as many as the filter has, "
                            << channels << "; got " << groups;
  ArrayRef<int64_t> kernel = ArrayRef(*sizes).drop_front(2);
  FailureOr<SmallVector<Axis>> axes =
      getAxes(node, ArrayRef(image).drop_front(2), kernel);
  if (failed(axes))
    return failure();
  int64_t groupOutputs = (*sizes)[1];
  Dims dims{image[0], DimExpr(groups * groupOutputs)};
  for (const Axis &axis : *axes)
    dims.push_back(axis.output);
  if (failed(node.checkSize(dims)))
    return failure();
  Transposed conv{
      node,   input,        splitFilter(node.build(), filter, groups),
      groups, groupOutputs, channels / groups,
      *axes};
  if (failed(checkNumRuns(node, *axes)))
    return failure();
  SmallVector<const Run *> runs;
  FailureOr<Value> phases = buildPhases(conv, runs);
  if (failed(phases))
    return failure();
  FailureOr<Value> result = interleave(conv, *phases);
  if (failed(result))
    return failure();
  FailureOr<Value> biased = addBias(node, *result, 2);
  return failed(biased) ? failure() : node.setOutput(0, *biased);
}
