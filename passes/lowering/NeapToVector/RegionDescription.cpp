// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RegionDescription.cpp - reads a kernel body into nodes over (row, column),
// then merges axes that all accesses step through alike. Linear in the body.
#include "passes/lowering/NeapToVector/RegionDescription.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "passes/analysis/StridedAccess.h"
#include "passes/lowering/NeapToVector/Elementwise.h"
#include "passes/lowering/NeapToVector/HalfCasts.h"
#include "llvm/ADT/DenseMap.h"

using namespace mlir;

namespace neap {

bool RegionAccess::hasSamePlaces(const RegionAccess &other,
                                 const SymbolFacts &facts) const {
  return facts.areEqual(offset, other.offset) &&
         areEqual(rowStrides, other.rowStrides, facts) &&
         facts.areEqual(columnStride, other.columnStride);
}

//===----------------------------------------------------------------------===//
// Appending nodes
//===----------------------------------------------------------------------===//

unsigned RegionNodes::add(RegionNode node) {
  bool isLeaf = node.operands.empty();
  if (!isLeaf)
    node.isRow = llvm::all_of(
        node.operands, [&](unsigned operand) { return nodes[operand].isRow; });
  for (unsigned operand : node.operands)
    node.level = std::max(node.level, nodes[operand].level);
  if (node.opcode == RegionOpcode::Reduce) {
    node.isRow = true;
    ++node.level;
  }
  nodes.push_back(std::move(node));
  return nodes.size() - 1;
}

unsigned RegionNodes::add(RegionOpcode opcode, ArrayRef<unsigned> operands) {
  RegionNode node{opcode, llvm::SmallVector<unsigned, 3>(operands),
                  getElement(operands[0])};
  return add(std::move(node));
}

unsigned RegionNodes::addConstant(Type element, double value) {
  RegionNode node{RegionOpcode::Constant, {}, element};
  node.isRow = true;
  node.value = FloatAttr::get(element, value);
  return add(std::move(node));
}

unsigned RegionNodes::addSize(Type element, const DimExpr &size) {
  std::optional<int64_t> constant = size.getConstant();
  if (constant && isa<FloatType>(element))
    return addConstant(element, double(*constant));
  RegionNode node{RegionOpcode::Size, {}, element};
  node.isRow = true;
  node.size = size;
  return add(std::move(node));
}

unsigned RegionNodes::addReduction(Reduction reduction, unsigned operand) {
  RegionNode node{RegionOpcode::Reduce, {operand}, reduction.element};
  node.reduction = reduction;
  return add(std::move(node));
}

//===----------------------------------------------------------------------===//
// Reading a body
//===----------------------------------------------------------------------===//

/// Returns whether `op` only says where values are, or is one value.
static bool isViewOrConstant(Operation *op) {
  return isa<ReshapeOp, TransposeOp, SliceOp, BroadcastOp, ConstantOp, SizeOp>(
      op);
}

/// Returns the shape of `value`, a scalar as one column; nothing if a size has
/// no bound.
static std::optional<SmallVector<DimExpr>> getShape(Value value,
                                                    const SymbolFacts &facts) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type)
    return std::nullopt;
  SmallVector<DimExpr> dims = getDims(type);
  if (getLargest(getNumElements(dims), facts) ==
      std::numeric_limits<int64_t>::max())
    return std::nullopt;
  if (dims.empty())
    dims.push_back(1);
  return dims;
}

namespace {

/// Reads one body. Every method that can fail does so silently.
class RegionReader {
public:
  RegionReader(Block &body, RegionDescription &region)
      : body(body), region(region), facts(*region.facts), nodes(region.nodes) {}

  LogicalResult read();

private:
  LogicalResult findDomain();
  LogicalResult readOp(Operation &op);
  LogicalResult readElementwise(Operation &op);
  LogicalResult readOutput(Value value, unsigned buffer);
  FailureOr<unsigned> getNode(Value value);
  FailureOr<unsigned> addLeaf(Value value, const StridedAccess &access);
  FailureOr<unsigned> addSplat(ConstantOp constant);
  FailureOr<RegionAccess> getRegionAccess(const StridedAccess &access,
                                          Type element, unsigned buffer);
  bool isDomain(ArrayRef<DimExpr> shape) const {
    return areEqual(shape, domain, facts);
  }
  bool isRow(ArrayRef<DimExpr> shape) const {
    return areEqual(shape, row, facts);
  }

  Block &body;
  RegionDescription &region;
  const SymbolFacts &facts;
  RegionNodes nodes;
  SmallVector<DimExpr> domain;
  SmallVector<DimExpr> row;
  DenseMap<Value, unsigned> numbers;
};

} // namespace

/// The domain is what rows are reduced of, else the largest shape that is
/// computed on; of equal ones that with the longest last axis.
LogicalResult RegionReader::findDomain() {
  auto size = [&](ArrayRef<DimExpr> shape) {
    return std::make_pair(getLargest(getNumElements(shape), facts),
                          getLargest(shape.back(), facts));
  };
  for (Operation &op : body.without_terminator()) {
    if (isViewOrConstant(&op))
      continue;
    SmallVector<Value> values(op.getOperands());
    llvm::append_range(values, op.getResults());
    for (Value value : values) {
      std::optional<SmallVector<DimExpr>> shape = getShape(value, facts);
      if (!shape)
        return failure();
      if (domain.empty() || size(*shape) > size(domain))
        domain = *shape;
    }
  }
  for (ReduceOp reduce : body.getOps<ReduceOp>())
    domain = *getShape(reduce.getInput(), facts);
  if (domain.empty())
    return failure();
  row = domain;
  row.back() = 1;
  return success();
}

LogicalResult RegionReader::read() {
  if (failed(findDomain()))
    return failure();
  region.numInputs = body.getNumArguments();
  for (Type type : body.getArgumentTypes())
    region.inputSizes.push_back(
        getNumElements(getDims(cast<RankedTensorType>(type))));
  region.rowShape.assign(domain.begin(), domain.end() - 1);
  region.numColumns = domain.back();
  for (Operation &op : body.without_terminator())
    if (!isViewOrConstant(&op) && failed(readOp(op)))
      return failure();
  for (auto [index, value] :
       llvm::enumerate(body.getTerminator()->getOperands()))
    if (failed(readOutput(value, region.numInputs + index)))
      return failure();
  return success();
}

LogicalResult RegionReader::readOp(Operation &op) {
  if (op.getNumResults() != 1)
    return failure();
  if (canEmitElementwise(&op))
    return readElementwise(op);
  if (op.getNumOperands() != 1)
    return failure();
  std::optional<SmallVector<DimExpr>> shape = getShape(op.getOperand(0), facts);
  Type element = getElementTypeOrSelf(op.getOperand(0).getType());
  if (!shape || !isDomain(*shape) || !hasLanes(element) || isHalf(element))
    return failure();
  FailureOr<unsigned> input = getNode(op.getOperand(0));
  if (failed(input))
    return failure();
  if (auto reduce = dyn_cast<ReduceOp>(op)) {
    int64_t last = domain.size() - 1;
    if (reduce.getAxes() != ArrayRef<int64_t>{last})
      return failure();
    numbers[reduce.getResult()] =
        nodes.addReduction({reduce.getKind(), element}, *input);
    return success();
  }
  std::optional<unsigned> result =
      addNormalization(nodes, &op, *input, region.numColumns);
  if (!result)
    return failure();
  numbers[op.getResult(0)] = *result;
  return success();
}

LogicalResult RegionReader::readElementwise(Operation &op) {
  RegionNode node{RegionOpcode::Elementwise,
                  {},
                  getElementTypeOrSelf(op.getResult(0).getType())};
  node.op = &op;
  for (Value operand : op.getOperands()) {
    FailureOr<unsigned> number = getNode(operand);
    if (failed(number))
      return failure();
    node.operands.push_back(*number);
  }
  numbers[op.getResult(0)] = nodes.add(std::move(node));
  return success();
}

/// Returns the node of a value of domain or row shape.
FailureOr<unsigned> RegionReader::getNode(Value value) {
  if (auto known = numbers.find(value); known != numbers.end())
    return known->second;
  std::optional<SmallVector<DimExpr>> shape = getShape(value, facts);
  if (!shape || !(isDomain(*shape) || isRow(*shape)))
    return failure();
  FailureOr<StridedAccess> access = getStridedAccess(value, facts);
  if (failed(access))
    return failure();
  FailureOr<unsigned> number = addLeaf(value, *access);
  if (succeeded(number))
    numbers[value] = *number;
  return number;
}

FailureOr<unsigned> RegionReader::addLeaf(Value value,
                                          const StridedAccess &access) {
  if (auto constant = access.base.getDefiningOp<ConstantOp>())
    return addSplat(constant);
  if (auto size = access.base.getDefiningOp<SizeOp>())
    return nodes.addSize(getElementTypeOrSelf(size.getType()), size.getExpr());
  Type element = getElementTypeOrSelf(value.getType());
  if (auto argument = dyn_cast<BlockArgument>(access.base)) {
    FailureOr<RegionAccess> place =
        getRegionAccess(access, element, argument.getArgNumber());
    if (failed(place))
      return failure();
    RegionNode node{RegionOpcode::Load, {}, element};
    node.isRow = place->columnStride.isConstant(0);
    node.access = *place;
    return nodes.add(std::move(node));
  }
  // A row value that returns to the domain: the same row of every column.
  auto computed = numbers.find(access.base);
  FailureOr<StridedAccess> identity = getIdentityAccess(access.base);
  if (computed == numbers.end() || failed(identity) ||
      !access.offset.isConstant(0) ||
      !areEqual(access.strides, identity->strides, facts))
    return failure();
  if (access.shape.empty())
    return computed->second;
  if (!areEqual(ArrayRef(access.shape).drop_back(),
                ArrayRef(identity->shape).drop_back(), facts))
    return failure();
  return computed->second;
}

FailureOr<unsigned> RegionReader::addSplat(ConstantOp constant) {
  auto value = dyn_cast<DenseElementsAttr>(constant.getValue());
  if (!value || !value.isSplat() || !hasLanes(value.getElementType()))
    return failure();
  RegionNode node{RegionOpcode::Constant, {}, value.getElementType()};
  node.isRow = true;
  if (isa<FloatType>(value.getElementType()))
    node.value = value.getSplatValue<FloatAttr>();
  else
    node.value =
        IntegerAttr::get(VectorEmitter::getComputeType(value.getElementType()),
                         value.getSplatValue<APInt>());
  return nodes.add(std::move(node));
}

FailureOr<RegionAccess>
RegionReader::getRegionAccess(const StridedAccess &access, Type element,
                              unsigned buffer) {
  if (!hasLanes(element))
    return failure();
  RegionAccess result;
  result.buffer = buffer;
  result.element = element;
  result.offset = access.offset;
  if (access.strides.empty())
    return result;
  result.rowStrides.assign(access.strides.begin(), access.strides.end() - 1);
  result.columnStride = access.strides.back();
  return result;
}

LogicalResult RegionReader::readOutput(Value value, unsigned buffer) {
  FailureOr<StridedAccess> access = getStoreAccess(value, facts);
  if (failed(access))
    return failure();
  FailureOr<unsigned> node = getNode(access->base);
  FailureOr<RegionAccess> place =
      getRegionAccess(*access, getElementTypeOrSelf(value.getType()), buffer);
  if (failed(node) || failed(place))
    return failure();
  bool isRowOutput = !isDomain(*getShape(access->base, facts));
  region.outputs.push_back({*node, *place, isRowOutput});
  return success();
}

//===----------------------------------------------------------------------===//
// Merging axes
//===----------------------------------------------------------------------===//

namespace {

/// The axes of a region with the steps of all accesses, while they are changed.
class AxisMerger {
public:
  explicit AxisMerger(RegionDescription &region);
  void run();

private:
  struct Axis {
    DimExpr size;
    SmallVector<DimExpr> strides; // per access
  };

  bool canMerge(const Axis &outer, const Axis &inner) const;
  void mergeAdjacent(SmallVectorImpl<Axis> &axes);
  void moveBestColumnLast(SmallVectorImpl<Axis> &axes);

  RegionDescription &region;
  SmallVector<RegionAccess *> accesses;
};

} // namespace

AxisMerger::AxisMerger(RegionDescription &region) : region(region) {
  for (RegionNode &node : region.nodes)
    if (node.opcode == RegionOpcode::Load)
      accesses.push_back(&node.access);
  for (RegionOutput &output : region.outputs)
    accesses.push_back(&output.access);
}

bool AxisMerger::canMerge(const Axis &outer, const Axis &inner) const {
  for (auto [outerStride, innerStride] :
       llvm::zip_equal(outer.strides, inner.strides))
    if (!region.facts->areEqual(outerStride, innerStride * inner.size))
      return false;
  return true;
}

/// Drops axes of one step and merges neighbours.
void AxisMerger::mergeAdjacent(SmallVectorImpl<Axis> &axes) {
  SmallVector<Axis> merged;
  for (Axis &axis : axes) {
    if (axis.size.isConstant(1))
      continue;
    if (!merged.empty() && canMerge(merged.back(), axis)) {
      axis.size *= merged.back().size;
      merged.back() = axis;
    } else {
      merged.push_back(axis);
    }
  }
  axes.assign(merged.begin(), merged.end());
}

/// Without reductions any axis can be the row: takes the one along which most
/// accesses, results before inputs, are adjacent.
void AxisMerger::moveBestColumnLast(SmallVectorImpl<Axis> &axes) {
  size_t numOutputs = region.outputs.size();
  auto getScore = [&](const Axis &axis) {
    int64_t score = 0;
    for (auto [index, stride] : llvm::enumerate(axis.strides)) {
      bool isOutput = index >= axis.strides.size() - numOutputs;
      score += stride.isConstant(1)   ? (isOutput ? 20 : 10)
               : stride.isConstant(0) ? 9
                                      : 0;
    }
    bool isShort =
        getLargest(axis.size, *region.facts) < VectorEmitter::kLanes / 2;
    return isShort ? score / 4 : score;
  };
  size_t best = axes.size() - 1;
  for (size_t index = axes.size(); index-- > 0;)
    if (getScore(axes[index]) > getScore(axes[best]))
      best = index;
  std::rotate(axes.begin() + best, axes.begin() + best + 1, axes.end());
}

void AxisMerger::run() {
  SmallVector<Axis> axes;
  for (auto [index, size] : llvm::enumerate(region.rowShape)) {
    Axis axis{size, {}};
    for (RegionAccess *access : accesses)
      axis.strides.push_back(access->rowStrides[index]);
    axes.push_back(axis);
  }
  Axis column{region.numColumns, {}};
  for (RegionAccess *access : accesses)
    column.strides.push_back(access->columnStride);
  bool hasRowOutput = llvm::any_of(
      region.outputs, [](const RegionOutput &output) { return output.isRow; });
  if (!region.hasReductions() && !hasRowOutput) {
    axes.push_back(column);
    mergeAdjacent(axes);
    if (axes.empty())
      axes.push_back({1, SmallVector<DimExpr>(accesses.size())});
    moveBestColumnLast(axes);
    column = axes.pop_back_val();
  }
  mergeAdjacent(axes);
  region.rowShape.clear();
  for (Axis &axis : axes)
    region.rowShape.push_back(axis.size);
  region.numColumns = column.size;
  for (auto [index, access] : llvm::enumerate(accesses)) {
    access->columnStride = column.strides[index];
    access->rowStrides.clear();
    for (Axis &axis : axes)
      access->rowStrides.push_back(axis.strides[index]);
  }
}

/// Recomputes which nodes have one value per row, after the row has changed.
static void updateRows(RegionDescription &region) {
  for (RegionNode &node : region.nodes) {
    if (node.opcode == RegionOpcode::Load)
      node.isRow = node.access.columnStride.isConstant(0);
    else if (!node.operands.empty() && node.opcode != RegionOpcode::Reduce)
      node.isRow = llvm::all_of(node.operands, [&](unsigned operand) {
        return region.nodes[operand].isRow;
      });
  }
}

//===----------------------------------------------------------------------===//
// The description
//===----------------------------------------------------------------------===//

FailureOr<RegionDescription>
RegionDescription::create(Block &body, const SymbolFacts &facts) {
  RegionDescription region;
  region.facts = &facts;
  if (failed(RegionReader(body, region).read()))
    return failure();
  AxisMerger(region).run();
  updateRows(region);
  scheduleRegion(region);
  return region;
}

DimExpr RegionDescription::getNumRows() const {
  return getNumElements(rowShape);
}

DimExpr RegionDescription::getTilesPerRow() const {
  return columnsPerTile ? numColumns.ceilDiv(*columnsPerTile) : DimExpr(1);
}

bool RegionDescription::hasReductions() const {
  return llvm::any_of(nodes, [](const RegionNode &node) {
    return node.opcode == RegionOpcode::Reduce;
  });
}

const RegionKeep *RegionDescription::findKeep(unsigned node,
                                              unsigned pass) const {
  for (const RegionKeep &keep : keeps)
    if (keep.node == node && keep.pass < pass)
      return &keep;
  return nullptr;
}

KernelTraits RegionDescription::getTraits() const {
  KernelTraits traits;
  traits.numTiles = numTiles;
  traits.tilesPerBlock = tilesPerBlock;
  traits.scratchBytes = scratchBytes;
  traits.inPlace = inPlace;
  return traits;
}

} // namespace neap
