// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GemmDescription.cpp - see the header. All operands are followed through their
// views over common counters; then the counters are sorted into loops, rows,
// columns and depth, and neighbours that every operand runs through linearly
// are joined.
#include "passes/lowering/NeapToVector/GemmDescription.h"

#include "dialects/neap/IR/NeapOps.h"
#include "passes/analysis/SizeAnalysis.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace neap {

static constexpr int64_t kPanelWidth = VectorEmitter::kLanes;

DimExpr GemmDescription::getNumPanels() const {
  return numColumns.ceilDiv(kPanelWidth);
}

DimExpr GemmDescription::getNumGroups() const {
  return simplify(getNumPanels().ceilDiv(panelsPerGroup), *facts);
}

DimExpr GemmDescription::getNumRowBlocks() const {
  return simplify(numRows.ceilDiv(rowsPerBlock), *facts);
}

DimExpr GemmDescription::getNumLoopIterations() const {
  return getNumElements(loops);
}

DimExpr GemmDescription::getNumTiles() const {
  return getNumLoopIterations() * numChunks * getNumRowBlocks() *
         groupsPerChunk;
}

int64_t GemmDescription::getPanelScratchBytes() const {
  if (right.isPacked)
    return 0;
  return panelsPerGroup * kPanelWidth * getLargest(left.getDepth(), *facts) *
         VectorEmitter::getSizeInBytes(elementType);
}

int64_t GemmDescription::getSumsScratchBytes() const {
  if (stepsPerBlock == 0)
    return 0;
  return rowsPerBlock * panelsPerGroup * kPanelWidth *
         VectorEmitter::getSizeInBytes(elementType);
}

static constexpr int64_t kFewRows = 4;
static constexpr int64_t kRowStep = 6;

/// A group of panels is what the widest tile covers at once.
void GemmDescription::chooseBlocks() {
  panelsPerGroup = std::min<int64_t>(getMost(numRows) <= kFewRows ? 4 : 2,
                                     getMost(getNumPanels()));
  chooseDepthBlocks();
  chooseRowBlocks();
  chooseChunks();
}

/// Returns the largest value of `size`, at least 1.
int64_t GemmDescription::getMost(const DimExpr &size) const {
  return std::max<int64_t>(1, getLargest(size, *facts));
}

/// A panel stays in L2, beside the rows that pass over it: a longer one is cut.
void GemmDescription::chooseDepthBlocks() {
  constexpr int64_t kMostPanelBytes = 192 * 1024; // bench/kernels/gemm, Zen 3
  stepsPerBlock = 0;
  std::optional<int64_t> depth = left.getDepth().getConstant();
  if (!depth)
    return;
  int64_t panelBytes =
      *depth * kPanelWidth * VectorEmitter::getSizeInBytes(elementType);
  int64_t numBlocks = llvm::divideCeil(panelBytes, kMostPanelBytes);
  if (numBlocks > 1 && getMost(numRows) > kFewRows && left.depth.size() == 1)
    stepsPerBlock = llvm::divideCeil(*depth, numBlocks);
}

/// A block of rows keeps its part of the left operand in L2 while all panels
/// pass over it; there are more blocks where threads would find too few tiles.
void GemmDescription::chooseRowBlocks() {
  constexpr int64_t kLeftBlockBytes = 320 * 1024; // bench/kernels/gemm, Zen 3
  constexpr int64_t kLeastBlockRows = 18;         // 3 tiles of 6 rows
  constexpr int64_t kEnoughTiles = 16;
  int64_t mostRowsOfAll = getMost(numRows);
  int64_t steps = stepsPerBlock == 0 ? getMost(left.getDepth()) : stepsPerBlock;
  int64_t rowBytes = steps * VectorEmitter::getSizeInBytes(elementType);
  int64_t mostRows = std::max(kLeastBlockRows,
                              kLeftBlockBytes / rowBytes / kRowStep * kRowStep);
  int64_t numBlocks = llvm::divideCeil(mostRowsOfAll, mostRows);
  int64_t wantedBlocks = llvm::divideCeil(
      kEnoughTiles, getMost(getNumLoopIterations()) * getMost(getNumGroups()));
  numBlocks = std::max(numBlocks,
                       std::min(wantedBlocks, mostRowsOfAll / kLeastBlockRows));
  rowsPerBlock = mostRowsOfAll;
  if (numBlocks > 1)
    rowsPerBlock =
        llvm::alignTo(llvm::divideCeil(mostRowsOfAll, numBlocks), kRowStep);
}

/// A chunk of the right operand stays in L3 while all blocks of rows pass over
/// it: from memory it is read once.
void GemmDescription::chooseChunks() {
  constexpr int64_t kChunkBytes = 4 * 1024 * 1024; // bench/kernels/gemm, Zen 3
  int64_t groupBytes = panelsPerGroup * kPanelWidth * getMost(left.getDepth()) *
                       VectorEmitter::getSizeInBytes(elementType);
  int64_t mostGroups = std::max<int64_t>(1, kChunkBytes / groupBytes);
  int64_t numGroups = getMost(getNumGroups());
  int64_t mostChunks = getMost(getNumRowBlocks()) == 1
                           ? 1
                           : llvm::divideCeil(numGroups, mostGroups);
  groupsPerChunk = getNumGroups();
  numChunks = 1;
  if (mostChunks == 1)
    return;
  groupsPerChunk = llvm::divideCeil(numGroups, mostChunks);
  numChunks = simplify(getNumGroups().ceilDiv(groupsPerChunk), *facts);
}

namespace {

/// A counter with its stride in each of the product's operands.
struct Counter {
  DimExpr size = 1;
  DimExpr left;
  DimExpr right;
  SmallVector<DimExpr> others;

  /// Whether `inner` continues this counter in every operand.
  bool isContinuedBy(const Counter &inner, const SymbolFacts &facts) const {
    auto continues = [&](const DimExpr &outer, const DimExpr &stride) {
      return facts.areEqual(outer, stride * inner.size);
    };
    return continues(left, inner.left) && continues(right, inner.right) &&
           llvm::all_of(llvm::zip_equal(others, inner.others), [&](auto pair) {
             return continues(std::get<0>(pair), std::get<1>(pair));
           });
  }
};

/// Builds a description step by step.
class GemmAnalysis {
public:
  GemmAnalysis(Block &body, const SymbolFacts &facts)
      : body(body), facts(facts), space(facts) {
    result.facts = &facts;
  }

  FailureOr<GemmDescription> run();

private:
  LogicalResult findProduct();
  LogicalResult followOperands();
  void resolveIndices();
  void describeDepth();
  void describeColumns();
  void describeRowsAndLoops();
  SmallVector<Counter> getCounters(ArrayRef<unsigned> axes) const;
  SmallVector<TileAccess *> getOtherAccesses();

  Block &body;
  const SymbolFacts &facts;
  Operation *product = nullptr;
  GemmDescription result;
  IndexSpace space;
  SmallVector<unsigned> batchCounters;
  unsigned rowCounter = 0, columnCounter = 0, depthCounter = 0;
  LinearIndex left, right;
  /// Indices of the epilogue's inputs and of the result.
  SmallVector<LinearIndex *> others;
};

} // namespace

/// Returns the shape of `value`.
static SmallVector<DimExpr> getShape(Value value) {
  return getDims(cast<RankedTensorType>(value.getType()));
}

/// Returns whether a tensor has elements and not more than can be counted.
static bool hasElements(Value value, const SymbolFacts &facts) {
  int64_t most = getLargest(getNumElements(getShape(value)), facts);
  return most > 0 && most < std::numeric_limits<int64_t>::max();
}

/// Finds the one product of the body.
LogicalResult GemmAnalysis::findProduct() {
  for (Operation &op : body) {
    if (!isa<MatmulOp, PackedMatmulOp>(op))
      continue;
    if (product)
      return failure();
    product = &op;
  }
  if (!product)
    return failure();
  result.elementType = getElementTypeOrSelf(product->getResult(0).getType());
  bool isFloat = result.elementType.isF32() || result.elementType.isF64();
  if (!isFloat || !hasElements(product->getResult(0), facts) ||
      !hasElements(product->getOperand(0), facts))
    return failure();
  result.numColumns = getShape(product->getResult(0)).back();
  return success();
}

/// Follows the views of all operands over common counters.
LogicalResult GemmAnalysis::followOperands() {
  SmallVector<DimExpr> shape = getShape(product->getResult(0));
  DimExpr depth = getShape(product->getOperand(0)).back();
  TensorIndex index = space.addAxes(shape);
  for (size_t axis = 0; axis + 2 < shape.size(); ++axis)
    batchCounters.push_back(axis);
  rowCounter = shape.size() - 2;
  columnCounter = shape.size() - 1;
  TensorIndex depthIndex = space.addAxes({depth});
  depthCounter = shape.size();

  TensorIndex leftIndex(index);
  leftIndex.back() = depthIndex.front();
  FailureOr<ViewedElement> viewedLeft =
      followViews(space, product->getOperand(0), leftIndex);
  if (failed(viewedLeft) || !isa<BlockArgument>(viewedLeft->base))
    return failure();
  left = viewedLeft->offset;
  result.leftBuffer = cast<BlockArgument>(viewedLeft->base).getArgNumber();

  Value rhs = product->getOperand(1);
  result.right.isPacked = isa<PackedMatmulOp>(product);
  if (!result.right.isPacked) {
    TensorIndex rightIndex(index);
    rightIndex[rowCounter] = depthIndex.front();
    if (cast<RankedTensorType>(rhs.getType()).getRank() == 2)
      rightIndex.erase(rightIndex.begin(), rightIndex.end() - 2);
    FailureOr<ViewedElement> viewedRight = followViews(space, rhs, rightIndex);
    if (failed(viewedRight))
      return failure();
    right = viewedRight->offset;
    rhs = viewedRight->base;
  }
  auto rhsArgument = dyn_cast<BlockArgument>(rhs);
  if (!rhsArgument)
    return failure();
  result.right.buffer = rhsArgument.getArgNumber();

  FailureOr<TileEpilogue> epilogue =
      analyzeEpilogue(body, product->getResult(0), space, index);
  if (failed(epilogue))
    return failure();
  result.epilogue = std::move(*epilogue);
  return success();
}

/// Writes all indices in counters that are not split.
void GemmAnalysis::resolveIndices() {
  space.resolve(left);
  space.resolve(right);
  result.leftOffset = left.constant;
  result.right.offset = right.constant;
  for (EpilogueInput &input : result.epilogue.inputs)
    others.push_back(&input.index);
  others.push_back(&result.epilogue.resultIndex);
  for (auto [index, access] : llvm::zip_equal(others, getOtherAccesses())) {
    space.resolve(*index);
    access->offset = index->constant;
  }
}

SmallVector<TileAccess *> GemmAnalysis::getOtherAccesses() {
  SmallVector<TileAccess *> accesses;
  for (EpilogueInput &input : result.epilogue.inputs)
    accesses.push_back(&input.access);
  accesses.push_back(&result.epilogue.result);
  return accesses;
}

/// Returns the parts of `axes` with their strides, neighbours joined.
SmallVector<Counter> GemmAnalysis::getCounters(ArrayRef<unsigned> axes) const {
  SmallVector<Counter> counters;
  for (unsigned axis : axes) {
    for (unsigned part : space.getParts(axis)) {
      Counter counter;
      counter.size = space.getSize(part);
      counter.left = left.getCoefficient(part);
      counter.right = right.getCoefficient(part);
      for (const LinearIndex *index : others)
        counter.others.push_back(index->getCoefficient(part));
      if (counters.empty() || !counters.back().isContinuedBy(counter, facts)) {
        counters.push_back(counter);
        continue;
      }
      counter.size *= counters.back().size;
      counters.back() = counter;
    }
  }
  return counters;
}

void GemmAnalysis::describeDepth() {
  result.left.elementType = result.elementType;
  for (const Counter &counter : getCounters({depthCounter})) {
    result.left.depth.push_back({counter.size, counter.left});
    result.right.depth.push_back({counter.size, counter.right});
  }
}

void GemmAnalysis::describeColumns() {
  SmallVector<unsigned> parts = space.getParts(columnCounter);
  result.right.columns = getAxisDigits(space, parts, right);
  for (auto [index, access] : llvm::zip_equal(others, getOtherAccesses()))
    access->columns = getAxisDigits(space, parts, *index);
}

/// Batch axes along which the right operand does not change are rows as well.
/// The longest run of rows becomes the tiles' rows, the rest loops around them.
void GemmAnalysis::describeRowsAndLoops() {
  SmallVector<unsigned> rowAxes, loopAxes;
  for (unsigned axis : batchCounters) {
    bool rightChanges = llvm::any_of(space.getParts(axis), [&](unsigned part) {
      return !right.getCoefficient(part).isConstant(0);
    });
    (rightChanges ? loopAxes : rowAxes).push_back(axis);
  }
  rowAxes.push_back(rowCounter);
  SmallVector<Counter> loops = getCounters(loopAxes);
  SmallVector<Counter> rows = getCounters(rowAxes);
  Counter longest;
  longest.others.resize(others.size());
  if (!rows.empty()) {
    auto it = std::max_element(
        rows.begin(), rows.end(), [&](const Counter &a, const Counter &b) {
          return getLargest(a.size, facts) < getLargest(b.size, facts);
        });
    longest = *it;
    rows.erase(it);
  }
  loops.append(rows);

  result.numRows = longest.size;
  result.left.rowStride = longest.left;
  for (auto [access, stride] :
       llvm::zip_equal(getOtherAccesses(), longest.others))
    access->rowStride = stride;
  for (const Counter &loop : loops) {
    result.loops.push_back(loop.size);
    result.leftLoopStrides.push_back(loop.left);
    result.right.loopStrides.push_back(loop.right);
    for (auto [access, stride] :
         llvm::zip_equal(getOtherAccesses(), loop.others))
      access->loopStrides.push_back(stride);
  }
}

FailureOr<GemmDescription> GemmAnalysis::run() {
  if (failed(findProduct()) || failed(followOperands()))
    return failure();
  resolveIndices();
  describeDepth();
  describeColumns();
  describeRowsAndLoops();
  result.chooseBlocks();
  return std::move(result);
}

FailureOr<GemmDescription> describeGemm(Block &body, const SymbolFacts &facts) {
  return GemmAnalysis(body, facts).run();
}

} // namespace neap
