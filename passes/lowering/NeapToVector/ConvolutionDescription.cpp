// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ConvolutionDescription.cpp - see the header. In channels-last memory the taps
// along the innermost axis and the input channels are one contiguous run, so
// that tiles read the input in place with fixed strides; only padding needs a
// copy.
#include "passes/lowering/NeapToVector/ConvolutionDescription.h"

#include "dialects/neap/IR/NeapOps.h"
#include "passes/analysis/SizeAnalysis.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace neap {

static constexpr int64_t kPanelWidth = VectorEmitter::kLanes;
static constexpr unsigned kNumAxes = 3;

int64_t SpatialAxis::getFootprint(int64_t numPixels) const {
  return (numPixels - 1) * stride + (kernel - 1) * dilation + 1;
}

bool SpatialAxis::isPadded() const {
  std::optional<int64_t> inputSize = input.getConstant();
  std::optional<int64_t> outputSize = output.getConstant();
  if (padBegin > 0 || !inputSize || !outputSize)
    return padBegin > 0 || padEnd > 0;
  return getFootprint(*outputSize) > *inputSize;
}

bool ConvolutionDescription::isDepthwise() const {
  constexpr int64_t kMostTaps = 49;
  return groups > 1 && channelsPerGroup == 1 && columnsPerGroup == 1 &&
         getNumTaps() <= kMostTaps;
}

int64_t ConvolutionDescription::getNumTaps() const {
  int64_t number = 1;
  for (const SpatialAxis &axis : axes)
    number *= axis.kernel;
  return number;
}

int64_t ConvolutionDescription::getTilesOfBlock() const {
  return isDepthwise() ? 1 : groups * getNumSteps();
}

int64_t ConvolutionDescription::getNumPanels() const {
  return llvm::divideCeil(columnsPerGroup, kPanelWidth);
}

int64_t ConvolutionDescription::getNumSteps() const {
  return llvm::divideCeil(getNumPanels(), panelsPerStep);
}

DimExpr ConvolutionDescription::getNumBlocks() const {
  DimExpr number = batch;
  for (const SpatialAxis &axis : axes)
    number *= simplify(axis.getNumBlocks(), *facts);
  return number;
}

int64_t ConvolutionDescription::getInputScratchBytes() const {
  if (!copiesInput)
    return 0;
  int64_t elements = channels;
  for (const SpatialAxis &axis : axes)
    elements *= axis.getFootprint(axis.block);
  return llvm::alignTo(elements * VectorEmitter::getSizeInBytes(elementType),
                       64);
}

namespace {

/// Builds a description step by step.
class ConvolutionAnalysis {
public:
  ConvolutionAnalysis(Block &body, const SymbolFacts &facts)
      : body(body), facts(facts) {
    result.facts = &facts;
  }

  FailureOr<ConvolutionDescription> run();

private:
  LogicalResult findConvolution();
  void describeAxes();
  void chooseRoles();
  LogicalResult describeEpilogue();
  void chooseBlocks();
  void describeSource();
  bool shouldJoinLines();
  int64_t getBlockBytes() const;
  int64_t getMostBlockBytes();
  int64_t getFilterBytes();
  int64_t getMostPixels(const SpatialAxis &axis) const {
    return std::max<int64_t>(1, getLargest(axis.output, facts));
  }

  Block &body;
  const SymbolFacts &facts;
  PackedConvOp op;
  ConvolutionDescription result;
};

} // namespace

/// Returns the shape of `value`.
static SmallVector<DimExpr> getShape(Value value) {
  return getDims(cast<RankedTensorType>(value.getType()));
}

/// Returns whether an image has elements, not more than can be counted, and a
/// known number of channels.
static bool isImage(ArrayRef<DimExpr> shape, const SymbolFacts &facts) {
  int64_t most = getLargest(getNumElements(shape), facts);
  return most > 0 && most < std::numeric_limits<int64_t>::max() &&
         shape.back().getConstant();
}

LogicalResult ConvolutionAnalysis::findConvolution() {
  for (Operation &candidate : body) {
    auto convolution = dyn_cast<PackedConvOp>(candidate);
    if (!convolution)
      continue;
    if (op)
      return failure();
    op = convolution;
  }
  if (!op)
    return failure();
  auto input = dyn_cast<BlockArgument>(op.getInput());
  auto packed = dyn_cast<BlockArgument>(op.getPacked());
  result.elementType = getElementTypeOrSelf(op.getResult().getType());
  if (!input || !packed || !isImage(getShape(op.getInput()), facts) ||
      !isImage(getShape(op.getResult()), facts) ||
      !(result.elementType.isF32() || result.elementType.isF64()))
    return failure();
  result.inputBuffer = input.getArgNumber();
  result.packedBuffer = packed.getArgNumber();
  return success();
}

/// Fills in sizes; the axes that exist come last.
void ConvolutionAnalysis::describeAxes() {
  SmallVector<DimExpr> input = getShape(op.getInput());
  SmallVector<DimExpr> output = getShape(op.getResult());
  unsigned rank = op.getKernel().size();
  result.batch = input.front();
  result.channels = *input.back().getConstant();
  result.groups = op.getGroups();
  result.channelsPerGroup = result.channels / result.groups;
  result.columnsPerGroup = *output.back().getConstant() / result.groups;
  for (unsigned i = 0; i < rank; ++i) {
    SpatialAxis &axis = result.axes[kNumAxes - rank + i];
    axis.input = input[i + 1];
    axis.output = output[i + 1];
    axis.kernel = op.getKernel()[i];
    axis.stride = op.getStrides()[i];
    axis.dilation = op.getDilations()[i];
    axis.padBegin = op.getPads()[i];
    axis.padEnd = op.getPads()[rank + i];
  }
  DimExpr stride(result.channels);
  for (SpatialAxis &axis : llvm::reverse(result.axes)) {
    axis.inputStride = stride;
    stride *= axis.input;
    result.copiesInput |= axis.isPadded();
  }
  result.batchStride = stride;
}

/// Rows run along the innermost axis that has more than one output pixel.
void ConvolutionAnalysis::chooseRoles() {
  result.rowAxis = kNumAxes - 1;
  for (unsigned i = 0; i < kNumAxes; ++i)
    if (!result.axes[i].output.isConstant(1))
      result.rowAxis = i;
  result.lineAxis = result.rowAxis == 0 ? 1 : result.rowAxis - 1;
  result.outerAxis = kNumAxes - result.rowAxis - result.lineAxis;
}

/// Reads the epilogue; its accesses must run along whole axes.
LogicalResult ConvolutionAnalysis::describeEpilogue() {
  IndexSpace space(facts);
  SmallVector<DimExpr> shape = getShape(op.getResult());
  TensorIndex index = space.addAxes(shape);
  unsigned rank = shape.size() - 2;
  FailureOr<TileEpilogue> epilogue =
      analyzeEpilogue(body, op.getResult(), space, index);
  if (failed(epilogue))
    return failure();
  result.epilogue = std::move(*epilogue);
  for (unsigned counter = 0; counter < shape.size(); ++counter)
    if (space.getParts(counter).size() > 1)
      return failure();
  auto describe = [&](const LinearIndex &linear, TileAccess &access) {
    access.offset = linear.constant;
    access.loopStrides.assign(kNumAxes + 1, DimExpr());
    access.loopStrides[0] = linear.getCoefficient(0);
    for (unsigned i = 0; i < rank; ++i)
      access.loopStrides[kNumAxes + 1 - rank + i] =
          linear.getCoefficient(i + 1);
    access.rowStride = access.loopStrides[result.rowAxis + 1];
    access.columns =
        getAxisDigits(space, space.getParts(shape.size() - 1), linear);
  };
  for (EpilogueInput &input : result.epilogue.inputs)
    describe(input.index, input.access);
  describe(result.epilogue.resultIndex, result.epilogue.result);
  return success();
}

/// Returns the bytes of input that a block reads.
int64_t ConvolutionAnalysis::getBlockBytes() const {
  int64_t bytes =
      result.channels * VectorEmitter::getSizeInBytes(result.elementType);
  for (const SpatialAxis &axis : result.axes) {
    int64_t pixels = axis.getFootprint(axis.block);
    if (!result.copiesInput)
      pixels = std::min(pixels, axis.block * axis.kernel);
    bytes *= pixels;
  }
  return bytes;
}

/// Returns the input bytes that a block should keep to: what fits into L2, and
/// less if it is copied to scratch. Large filters are read again for each
/// block, so that blocks are larger then.
int64_t ConvolutionAnalysis::getMostBlockBytes() {
  constexpr int64_t kInPlace = 384 * 1024;
  constexpr int64_t kLeast = 64 * 1024, kMost = 192 * 1024;
  constexpr int64_t kFilterShare = 32;
  if (!result.copiesInput)
    return kInPlace;
  return std::clamp(getFilterBytes() / kFilterShare, kLeast, kMost);
}

int64_t ConvolutionAnalysis::getFilterBytes() {
  auto packed = cast<RankedTensorType>(op.getPacked().getType());
  return packed.getNumElements() *
         VectorEmitter::getSizeInBytes(result.elementType);
}

/// A block is as many lines, or as much of one line, as keep its input in L2
/// beside a panel; but some rows, so that a panel is read for enough of them.
/// Shares are even.
void ConvolutionAnalysis::chooseBlocks() {
  constexpr int64_t kLargeFilterBytes = 1024 * 1024;
  int64_t leastRows = getFilterBytes() < kLargeFilterBytes ? 14 : 24;
  constexpr int64_t kEnoughTiles = 16;
  int64_t mostBytes = getMostBlockBytes();
  SpatialAxis &rows = result.axes[result.rowAxis];
  SpatialAxis &lines = result.axes[result.lineAxis];
  auto shrink = [&](SpatialAxis &axis) {
    axis.block = getMostPixels(axis);
    for (int64_t parts = 1; getBlockBytes() > mostBytes && axis.block > 1;)
      axis.block = llvm::divideCeil(getMostPixels(axis), ++parts);
  };
  shrink(rows);
  shrink(lines);
  int64_t leastLines = std::min(
      getMostPixels(lines), int64_t(llvm::divideCeil(leastRows, rows.block)));
  lines.block = std::max(lines.block, leastLines);
  result.panelsPerStep = std::min<int64_t>(2, result.getNumPanels());
  auto getNumTiles = [&] {
    return getLargest(result.getNumBlocks() * result.getTilesOfBlock(), facts);
  };
  while (lines.block / 2 >= leastLines && getNumTiles() < kEnoughTiles)
    lines.block = llvm::divideCeil(lines.block, 2);
}

/// Describes what tiles read: rows, and the depth as taps and channels.
void ConvolutionAnalysis::describeSource() {
  int64_t stride = result.channels;
  for (SpatialAxis &axis : llvm::reverse(result.axes)) {
    axis.sourceStride = result.copiesInput ? DimExpr(stride) : axis.inputStride;
    stride *= axis.getFootprint(axis.block);
  }
  const SpatialAxis &rows = result.axes[result.rowAxis];
  result.left.elementType = result.elementType;
  result.left.rowStride = rows.sourceStride * rows.stride;
  auto addDigit = [&](int64_t size, const DimExpr &digitStride) {
    SmallVector<AxisDigit> &depth = result.left.depth;
    if (size == 1)
      return;
    if (!depth.empty() &&
        facts.areEqual(depth.back().stride, digitStride * size))
      depth.back() = {depth.back().size * size, digitStride};
    else
      depth.push_back({size, digitStride});
  };
  for (const SpatialAxis &axis : result.axes)
    addDigit(axis.kernel, axis.sourceStride * axis.dilation);
  addDigit(result.channelsPerGroup, 1);
  if (!shouldJoinLines())
    return;
  const SpatialAxis &lines = result.axes[result.lineAxis];
  result.left.rowsPerLine = rows.block;
  result.left.lineStride = lines.sourceStride * lines.stride;
}

/// Lines are joined if evenly cut tiles of up to 6 rows would have less than 4,
/// and if the epilogue's tensors and the result run on from line to line.
bool ConvolutionAnalysis::shouldJoinLines() {
  constexpr int64_t kMostRows = 6, kLeastRows = 4;
  const SpatialAxis &rows = result.axes[result.rowAxis];
  if (result.isDepthwise() || !rows.output.isConstant(rows.block) ||
      result.axes[result.lineAxis].block == 1 ||
      rows.block / llvm::divideCeil(rows.block, kMostRows) >= kLeastRows)
    return false;
  auto runsOn = [&](const TileAccess &access) {
    return facts.areEqual(access.loopStrides[result.lineAxis + 1],
                          access.rowStride * rows.block);
  };
  return runsOn(result.epilogue.result) &&
         llvm::all_of(result.epilogue.inputs, [&](const EpilogueInput &input) {
           return runsOn(input.access);
         });
}

FailureOr<ConvolutionDescription> ConvolutionAnalysis::run() {
  if (failed(findConvolution()))
    return failure();
  describeAxes();
  chooseRoles();
  if (failed(describeEpilogue()))
    return failure();
  chooseBlocks();
  describeSource();
  return std::move(result);
}

FailureOr<ConvolutionDescription>
describeConvolution(Block &body, const SymbolFacts &facts) {
  return ConvolutionAnalysis(body, facts).run();
}

//===----------------------------------------------------------------------===//
// Single pixels
//===----------------------------------------------------------------------===//

/// Makes the batch and spatial axes of `access` one axis of rows.
static LogicalResult joinRows(TileAccess &access, ArrayRef<DimExpr> sizes,
                              const SymbolFacts &facts) {
  DimExpr stride, covered(1);
  for (auto [size, axisStride] :
       llvm::reverse(llvm::zip_equal(sizes, access.loopStrides))) {
    if (size.isConstant(1))
      continue;
    if (covered.isConstant(1))
      stride = axisStride;
    else if (!facts.areEqual(axisStride, stride * covered))
      return failure();
    covered *= size;
  }
  access.rowStride = stride;
  access.loopStrides.clear();
  return success();
}

FailureOr<GemmDescription>
describePointwise(const ConvolutionDescription &convolution) {
  SmallVector<DimExpr> sizes{convolution.batch};
  for (const SpatialAxis &axis : convolution.axes) {
    if (axis.kernel != 1 || axis.stride != 1)
      return failure();
    sizes.push_back(axis.output);
  }
  if (convolution.copiesInput || convolution.groups != 1)
    return failure();
  GemmDescription gemm;
  gemm.facts = convolution.facts;
  gemm.elementType = convolution.elementType;
  gemm.numRows = getNumElements(sizes);
  gemm.numColumns = convolution.columnsPerGroup;
  gemm.leftBuffer = convolution.inputBuffer;
  gemm.left = convolution.left;
  gemm.left.rowStride = convolution.channels;
  gemm.right.buffer = convolution.packedBuffer;
  gemm.right.isPacked = true;
  gemm.epilogue = convolution.epilogue;
  for (EpilogueInput &input : gemm.epilogue.inputs)
    if (failed(joinRows(input.access, sizes, *gemm.facts)))
      return failure();
  if (failed(joinRows(gemm.epilogue.result, sizes, *gemm.facts)))
    return failure();
  gemm.chooseBlocks();
  return gemm;
}

} // namespace neap
