// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RegionSchedule.cpp - which pass computes what, what is kept between passes
// and where, which inputs a result may take over, and how rows become tiles.
// Costs are estimates for x86-64-v3 and the same on every instruction set.
#include "passes/lowering/NeapToVector/Elementwise.h"
#include "passes/lowering/NeapToVector/RegionDescription.h"

#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;

namespace neap {

/// From this many nanoseconds per element on a node is kept, not recomputed: a
/// store and a load in the first-level cache cost less than half of it.
static constexpr double kKeepFrom = 0.15;
/// Work of one tile, in nanoseconds: some 5 of them are worth a thread.
static constexpr double kTileNs = 4000;
/// Work that is worth a thread, in nanoseconds.
static constexpr double kBlockNs = 20000;
/// What one row costs beside its columns, in nanoseconds.
static constexpr double kRowNs = 5;
/// A tile of columns is a multiple of this, so that only the last one has a
/// tail.
static constexpr int64_t kColumnGrain = 256;
/// Where one access steps along rows and another along columns: the elements of
/// a cache line, by columns whose lines stay in the first-level cache even if
/// they fall into few of its sets (bench/kernels/region.cpp: 3.4 times as fast
/// as 256).
static constexpr int64_t kTransposedRows = 16;
static constexpr int64_t kTransposedColumns = 32;
static constexpr int64_t kScratchAlignment = 64;

/// Returns the estimated nanoseconds per element of a node.
static double getCost(const RegionNode &node) {
  double width = VectorEmitter::getSizeInBytes(node.element) / 4.0;
  switch (node.opcode) {
  case RegionOpcode::Load:
    return node.access.isAdjacent() ? 0.03 * width : 0.6;
  case RegionOpcode::Constant:
  case RegionOpcode::Size:
    return 0;
  case RegionOpcode::Elementwise:
    return estimateElementwiseCost(node.op);
  case RegionOpcode::Add:
  case RegionOpcode::Sub:
  case RegionOpcode::Mul:
  case RegionOpcode::Max:
  case RegionOpcode::Reduce:
    return 0.03 * width;
  case RegionOpcode::Div:
  case RegionOpcode::Sqrt:
    return 0.1 * width;
  case RegionOpcode::Log:
  case RegionOpcode::ExpOfNegative:
    return 0.2 * width;
  }
  llvm_unreachable("all opcodes are handled");
}

namespace {

/// Fills the fields that scheduleRegion promises.
class RegionScheduler {
public:
  explicit RegionScheduler(RegionDescription &region)
      : region(region), numRows(getLargest(region.getNumRows(), *region.facts)),
        numColumns(getLargest(region.numColumns, *region.facts)),
        firstPass(region.nodes.size()) {}

  void run();

private:
  void assignPasses();
  void visit(unsigned node, unsigned pass);
  std::optional<unsigned> findOutputOf(unsigned node, unsigned pass) const;
  void placeKeeps();
  std::optional<unsigned> findFreeOutput(const RegionKeep &keep) const;
  unsigned getLastPassThatReads(unsigned node) const;
  void findInPlace();
  bool canTakeOver(unsigned output, unsigned input) const;
  unsigned getFirstWrite(unsigned output) const;
  bool canCutRows() const;
  bool isTransposing() const;
  void cut(int64_t rows, std::optional<int64_t> columns);
  void chooseTiles();
  double getRowCost() const;

  RegionDescription &region;
  /// Of the largest domain.
  int64_t numRows, numColumns;
  SmallVector<std::optional<unsigned>> firstPass;
};

} // namespace

//===----------------------------------------------------------------------===//
// Passes
//===----------------------------------------------------------------------===//

/// Returns a result that holds `node` when `pass` starts.
std::optional<unsigned> RegionScheduler::findOutputOf(unsigned node,
                                                      unsigned pass) const {
  for (auto [index, output] : llvm::enumerate(region.outputs))
    if (output.node == node && !output.isRow && output.access.isAdjacent() &&
        region.nodes[node].level < pass)
      return index;
  return std::nullopt;
}

/// Notes that `pass` needs `number`, and with it what that is computed from.
void RegionScheduler::visit(unsigned number, unsigned pass) {
  const RegionNode &node = region.nodes[number];
  RegionPass &current = region.passes[pass];
  auto &list = node.isRow ? current.rowNodes : current.laneNodes;
  if (llvm::is_contained(list, number))
    return;
  if (node.isRow) {
    list.push_back(number);
    return;
  }
  bool isLater = firstPass[number] && *firstPass[number] < pass;
  if (isLater && node.opcode != RegionOpcode::Load) {
    std::optional<unsigned> output = findOutputOf(number, pass);
    if (output || getCost(node) >= kKeepFrom) {
      if (!region.findKeep(number, pass))
        region.keeps.push_back(
            {number, *firstPass[number], output, output.has_value()});
      list.push_back(number);
      return;
    }
  }
  for (unsigned operand : node.operands)
    visit(operand, pass);
  list.push_back(number);
  if (!firstPass[number])
    firstPass[number] = pass;
}

void RegionScheduler::assignPasses() {
  unsigned last = 0;
  for (const RegionNode &node : region.nodes)
    last = std::max(last, node.level);
  region.passes.resize(last + 1);
  for (auto [number, node] : llvm::enumerate(region.nodes))
    if (node.opcode == RegionOpcode::Reduce)
      region.passes[node.level - 1].reductions.push_back(number);
  for (auto [index, output] : llvm::enumerate(region.outputs))
    if (!output.isRow)
      region.passes[region.nodes[output.node].level].outputs.push_back(index);
  for (unsigned pass = 0; pass <= last; ++pass) {
    for (unsigned reduction : region.passes[pass].reductions)
      visit(region.nodes[reduction].operands[0], pass);
    for (unsigned output : region.passes[pass].outputs)
      visit(region.outputs[output].node, pass);
  }
}

//===----------------------------------------------------------------------===//
// Keeping
//===----------------------------------------------------------------------===//

unsigned RegionScheduler::getLastPassThatReads(unsigned node) const {
  unsigned last = 0;
  for (auto [index, pass] : llvm::enumerate(region.passes))
    if (llvm::is_contained(pass.laneNodes, node))
      last = index;
  return last;
}

/// Returns a result that can hold a kept node until it is written itself.
std::optional<unsigned>
RegionScheduler::findFreeOutput(const RegionKeep &keep) const {
  for (unsigned index = 0; index < region.outputs.size(); ++index) {
    const RegionOutput &output = region.outputs[index];
    bool isTaken = llvm::any_of(region.keeps, [&](const RegionKeep &other) {
      return other.output == index;
    });
    unsigned level = region.nodes[output.node].level;
    if (!isTaken && !output.isRow && output.access.isAdjacent() &&
        output.access.element == region.nodes[keep.node].element &&
        level > keep.pass && level >= getLastPassThatReads(keep.node))
      return index;
  }
  return std::nullopt;
}

void RegionScheduler::placeKeeps() {
  for (auto [index, keep] : llvm::enumerate(region.keeps)) {
    if (keep.isOutputItself)
      continue;
    region.passes[keep.pass].keeps.push_back(index);
    keep.output = findFreeOutput(keep);
    if (keep.output)
      continue;
    keep.scratchOffset = region.scratchBytes;
    int64_t bytes = numColumns * VectorEmitter::getSizeInBytes(
                                     region.nodes[keep.node].element);
    region.scratchBytes += llvm::alignTo(bytes, kScratchAlignment);
  }
}

//===----------------------------------------------------------------------===//
// In place
//===----------------------------------------------------------------------===//

/// Returns the pass that first stores into a result; row results come after
/// all.
unsigned RegionScheduler::getFirstWrite(unsigned output) const {
  for (const RegionKeep &keep : region.keeps)
    if (keep.output == output && !keep.isOutputItself)
      return keep.pass;
  if (region.outputs[output].isRow)
    return region.passes.size();
  return region.nodes[region.outputs[output].node].level;
}

/// A result may lie on an input if every element is read at the place, and not
/// after the pass, where it is written: a pass loads a chunk before it stores
/// it.
bool RegionScheduler::canTakeOver(unsigned output, unsigned input) const {
  const RegionAccess &place = region.outputs[output].access;
  unsigned firstWrite = getFirstWrite(output);
  DimExpr columns = region.outputs[output].isRow ? 1 : region.numColumns;
  if (!region.facts->areEqual(region.inputSizes[input],
                              region.getNumRows() * columns))
    return false;
  bool isRead = false;
  for (auto [number, node] : llvm::enumerate(region.nodes)) {
    if (node.opcode != RegionOpcode::Load || node.access.buffer != input)
      continue;
    isRead = true;
    if (!place.hasSamePlaces(node.access, *region.facts) ||
        VectorEmitter::getSizeInBytes(place.element) !=
            VectorEmitter::getSizeInBytes(node.access.element))
      return false;
    for (auto [index, pass] : llvm::enumerate(region.passes))
      if (index > firstWrite && llvm::is_contained(pass.laneNodes, number))
        return false;
  }
  return isRead;
}

void RegionScheduler::findInPlace() {
  region.inPlace.resize(region.outputs.size());
  for (unsigned output = 0; output < region.outputs.size(); ++output)
    for (unsigned input = 0; input < region.numInputs; ++input)
      if (canTakeOver(output, input))
        region.inPlace[output].push_back(input);
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

double RegionScheduler::getRowCost() const {
  double perColumn = 0;
  for (auto [index, pass] : llvm::enumerate(region.passes)) {
    for (unsigned number : pass.laneNodes)
      perColumn +=
          region.findKeep(number, index) ? 0.03 : getCost(region.nodes[number]);
    perColumn += 0.03 * pass.reductions.size();
    for (unsigned output : pass.outputs)
      perColumn += region.outputs[output].access.isAdjacent() ? 0.06 : 0.6;
  }
  // A row shorter than a vector costs one.
  int64_t columns = llvm::alignTo(numColumns, VectorEmitter::kLanes);
  return kRowNs + perColumn * columns;
}

/// Returns whether rows may be cut: nothing is combined along them.
bool RegionScheduler::canCutRows() const {
  bool hasRowOutput = llvm::any_of(
      region.outputs, [](const RegionOutput &output) { return output.isRow; });
  return !region.hasReductions() && !hasRowOutput;
}

/// Returns whether some load or store has its neighbours in other rows.
bool RegionScheduler::isTransposing() const {
  auto isStrided = [](const RegionAccess &access) {
    return !access.columnStride.isConstant(0) && !access.isAdjacent() &&
           !access.columnStride.isConstant(-1);
  };
  return llvm::any_of(region.nodes,
                      [&](const RegionNode &node) {
                        return node.opcode == RegionOpcode::Load &&
                               isStrided(node.access);
                      }) ||
         llvm::any_of(region.outputs, [&](const RegionOutput &output) {
           return isStrided(output.access);
         });
}

/// Cuts the domain into rectangles of `rows` by `columns` (nothing: all).
void RegionScheduler::cut(int64_t rows, std::optional<int64_t> columns) {
  region.rowsPerTile =
      std::clamp<int64_t>(rows, 1, std::max<int64_t>(1, numRows));
  if (columns && *columns < numColumns)
    region.columnsPerTile = *columns;
  DimExpr rowBlocks = region.getNumRows().ceilDiv(region.rowsPerTile);
  region.numTiles =
      simplify(rowBlocks * region.getTilesPerRow(), *region.facts);
  if (region.numTiles.isConstant(0))
    region.numTiles = 1;
}

void RegionScheduler::chooseTiles() {
  double rowCost = getRowCost();
  double perColumn = rowCost / std::max<int64_t>(1, numColumns);
  if (canCutRows() && isTransposing())
    cut(kTransposedRows, kTransposedColumns);
  else if (canCutRows() && rowCost > 2 * kTileNs)
    cut(1,
        llvm::alignTo(int64_t(std::ceil(kTileNs / perColumn)), kColumnGrain));
  else
    cut(int64_t(kTileNs / rowCost), std::nullopt);
  double tileCost =
      perColumn * region.rowsPerTile *
      region.columnsPerTile.value_or(std::max<int64_t>(1, numColumns));
  int64_t tiles = std::max<int64_t>(1, std::ceil(kBlockNs / tileCost));
  region.tilesPerBlock =
      std::min(tiles, getLargest(region.numTiles, *region.facts));
}

void RegionScheduler::run() {
  assignPasses();
  placeKeeps();
  findInPlace();
  chooseTiles();
}

void scheduleRegion(RegionDescription &region) {
  RegionScheduler(region).run();
}

} // namespace neap
