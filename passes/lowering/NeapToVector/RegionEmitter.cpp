// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RegionEmitter.cpp - loops over rows, passes over the columns of a row in
// chunks of 16 lanes, and a tail under a mask. Where the number of columns is
// known, so is the mask; else a chunk of the tail is left out if it is empty,
// so that both combine the same lanes.
#include "passes/lowering/NeapToVector/RegionEmitter.h"

#include "dialects/neap/IR/Symbols.h"
#include "passes/lowering/NeapToVector/Elementwise.h"
#include "passes/lowering/NeapToVector/KernelShell.h"
#include "passes/lowering/NeapToVector/MathPolynomials.h"
#include "passes/lowering/NeapToVector/RegionDescription.h"
#include "llvm/ADT/DenseMap.h"

using namespace mlir;

namespace neap {
namespace {

/// Up to 16 neighbouring columns of a row.
struct Chunk {
  explicit Chunk(Value column) : column(column) {}

  Value column;
  /// Lanes inside the row.
  int64_t numLanes = VectorEmitter::kLanes;
  /// The same where it is known only at run time (i64; may be more than 16).
  Value remaining;
  /// Null if all lanes are inside.
  Value mask;
  /// Nodes that have been computed for it.
  DenseMap<unsigned, Value> values;
};

/// The columns that one tile takes of a row; null bounds mean all of them.
struct ColumnRange {
  Value begin;
  Value end;
};

/// Emits the body of one kernel.
class RegionEmitter {
public:
  RegionEmitter(VectorEmitter &emitter, const RegionDescription &region,
                const KernelArguments &arguments)
      : e(emitter), region(region), arguments(arguments) {}

  void run();

private:
  using Values = VectorEmitter::Values;

  // Rows and tiles.
  void emitRows();
  void emitTilesOfColumns();
  void emitRowsBetween(Value begin, Value end, const ColumnRange &range);
  void emitRow(ArrayRef<Value> indices, const ColumnRange &range);
  void startRow(ArrayRef<Value> indices);
  Values getRowIndices(Value row);
  Values getNextIndices(ArrayRef<Value> indices);
  Value getRowPointer(const RegionAccess &access, ArrayRef<Value> indices);

  // Passes.
  void emitPass(unsigned number, const ColumnRange &range);
  Values emitColumns(unsigned pass, const ColumnRange &range,
                     Values accumulators);
  Values emitTail(unsigned pass, Values accumulators);
  Values emitUnknownTail(unsigned pass, Value begin, Values accumulators);
  void emitChunk(unsigned pass, Chunk &chunk, unsigned which,
                 Values &accumulators);
  int64_t getUnroll(unsigned pass) const;

  // Values.
  Value getRowValue(unsigned node);
  Value getLanes(unsigned node, Chunk &chunk, unsigned pass);
  Value computeLanes(unsigned node, Chunk &chunk, unsigned pass);
  Value apply(const RegionNode &node, ArrayRef<Value> operands);

  // Memory.
  Value loadLanes(const RegionAccess &access, Value pointer, Chunk &chunk);
  void storeLanes(Value lanes, const RegionAccess &access, Value pointer,
                  Chunk &chunk);
  Value loadKept(const RegionKeep &keep, Chunk &chunk);
  void storeKept(const RegionKeep &keep, Value lanes, Chunk &chunk);
  Value getScratchPointer(const RegionKeep &keep, Chunk &chunk);

  VectorEmitter &e;
  const RegionDescription &region;
  const KernelArguments &arguments;
  // Of the current row: pointers by node (loads) and by output, scalars, and
  // scalars in all lanes.
  DenseMap<unsigned, Value> loadPointers;
  SmallVector<Value> outputPointers;
  DenseMap<unsigned, Value> rowValues;
  DenseMap<unsigned, Value> splats;
};

} // namespace

//===----------------------------------------------------------------------===//
// Rows and tiles
//===----------------------------------------------------------------------===//

void RegionEmitter::run() {
  if (region.columnsPerTile)
    emitTilesOfColumns();
  else
    emitRows();
}

void RegionEmitter::emitRows() {
  Value rowsPerTile = e.index(region.rowsPerTile);
  Value begin = e.mulInt(arguments.tileBegin, rowsPerTile);
  Value end = e.mulInt(arguments.tileEnd, rowsPerTile);
  emitRowsBetween(begin, end, {});
}

void RegionEmitter::emitTilesOfColumns() {
  Value divisor = e.divisor(region.getTilesPerRow());
  Value columnsPerTile = e.index(*region.columnsPerTile);
  Value rowsPerTile = e.index(region.rowsPerTile);
  auto body = [&](Value tile, ValueRange) -> Values {
    Value block = e.create<arith::DivUIOp>(tile, divisor);
    Value part = e.create<arith::RemUIOp>(tile, divisor);
    Value column = e.mulInt(part, columnsPerTile);
    Value row = e.mulInt(block, rowsPerTile);
    emitRowsBetween(row, e.addInt(row, rowsPerTile),
                    {column, e.addInt(column, columnsPerTile)});
    return {};
  };
  e.forLoop(arguments.tileBegin, arguments.tileEnd, e.index(1), {}, body);
}

/// Emits a loop over the rows [begin, end) that exist. Divisions by sizes that
/// are known only at run time are slow: then the indices of a row follow from
/// those of the row before.
void RegionEmitter::emitRowsBetween(Value begin, Value end,
                                    const ColumnRange &range) {
  end = e.minSigned(end, e.index(region.getNumRows()));
  bool divides = region.rowShape.size() < 2 ||
                 areConstant(ArrayRef(region.rowShape).drop_front());
  Values carried = divides ? Values() : getRowIndices(begin);
  e.forLoop(begin, end, e.index(1), carried,
            [&](Value row, ValueRange indices) -> Values {
              if (divides) {
                emitRow(getRowIndices(row), range);
                return {};
              }
              Values present(indices);
              emitRow(present, range);
              return getNextIndices(present);
            });
}

/// Splits the number of a row into its indices.
RegionEmitter::Values RegionEmitter::getRowIndices(Value row) {
  Values indices(region.rowShape.size());
  for (size_t axis = region.rowShape.size(); axis-- > 0;) {
    if (axis == 0) {
      indices[axis] = row;
      break;
    }
    Value size = e.divisor(region.rowShape[axis]);
    indices[axis] = e.create<arith::RemUIOp>(row, size);
    row = e.create<arith::DivUIOp>(row, size);
  }
  return indices;
}

/// Returns the indices of the row after that at `indices`.
RegionEmitter::Values RegionEmitter::getNextIndices(ArrayRef<Value> indices) {
  Values next(indices);
  Value step = e.index(1), zero = e.index(0);
  for (size_t axis = indices.size(); axis-- > 0;) {
    next[axis] = e.addInt(indices[axis], step);
    if (axis == 0)
      break;
    Value isOver = e.compareInt(arith::CmpIPredicate::eq, next[axis],
                                e.index(region.rowShape[axis]));
    next[axis] = e.select(isOver, zero, next[axis]);
    step = e.select(isOver, e.index(1), zero);
  }
  return next;
}

Value RegionEmitter::getRowPointer(const RegionAccess &access,
                                   ArrayRef<Value> indices) {
  Value offset = e.index(access.offset);
  for (auto [index, stride] : llvm::zip_equal(indices, access.rowStrides))
    if (!stride.isConstant(0))
      offset = e.addInt(offset, e.mulInt(index, e.index(stride)));
  return e.advance(arguments.buffers[access.buffer], offset, access.element);
}

/// Forgets the last row and computes the addresses of this one.
void RegionEmitter::startRow(ArrayRef<Value> indices) {
  rowValues.clear();
  splats.clear();
  for (auto [number, node] : llvm::enumerate(region.nodes))
    if (node.opcode == RegionOpcode::Load)
      loadPointers[number] = getRowPointer(node.access, indices);
  outputPointers.clear();
  for (const RegionOutput &output : region.outputs)
    outputPointers.push_back(getRowPointer(output.access, indices));
}

void RegionEmitter::emitRow(ArrayRef<Value> indices, const ColumnRange &range) {
  startRow(indices);
  for (unsigned pass = 0; pass < region.passes.size(); ++pass)
    emitPass(pass, range);
  // All are computed before one is stored: a result may lie on an input.
  SmallVector<std::pair<unsigned, Value>> stores;
  for (auto [index, output] : llvm::enumerate(region.outputs))
    if (output.isRow)
      stores.emplace_back(index, getRowValue(output.node));
  for (auto [index, value] : stores)
    e.storeScalar(value, outputPointers[index],
                  region.outputs[index].access.element);
}

//===----------------------------------------------------------------------===//
// Passes
//===----------------------------------------------------------------------===//

/// Reductions take two chunks at a time by definition; light work does so for
/// speed.
int64_t RegionEmitter::getUnroll(unsigned number) const {
  const RegionPass &pass = region.passes[number];
  if (!pass.reductions.empty())
    return VectorEmitter::kAccumulators;
  bool isHeavy = llvm::any_of(pass.laneNodes, [&](unsigned node) {
    return region.nodes[node].opcode == RegionOpcode::Elementwise &&
           estimateElementwiseCost(region.nodes[node].op) > 0.2;
  });
  return isHeavy ? 1 : 2;
}

void RegionEmitter::emitPass(unsigned number, const ColumnRange &range) {
  const RegionPass &pass = region.passes[number];
  if (pass.reductions.empty() && pass.outputs.empty())
    return;
  for (unsigned node : pass.rowNodes)
    splats[node] = e.splat(getRowValue(node));
  Values accumulators;
  for (unsigned number : pass.reductions) {
    const RegionNode &node = region.nodes[number];
    Type element = VectorEmitter::getComputeType(node.element);
    Type type = VectorEmitter::getVectorType(element);
    accumulators.append(VectorEmitter::kAccumulators,
                        node.reduction.emitIdentity(e, type));
  }
  accumulators = emitColumns(number, range, accumulators);
  ArrayRef<Value> rest = accumulators;
  for (unsigned number : pass.reductions) {
    rowValues[number] = region.nodes[number].reduction.emitTotal(
        e, rest.take_front(VectorEmitter::kAccumulators));
    rest = rest.drop_front(VectorEmitter::kAccumulators);
  }
}

RegionEmitter::Values RegionEmitter::emitColumns(unsigned pass,
                                                 const ColumnRange &range,
                                                 Values accumulators) {
  int64_t step = VectorEmitter::kLanes * getUnroll(pass);
  DimExpr mainColumns = region.numColumns.floorDiv(step) * step;
  bool hasTail = !region.facts->areEqual(mainColumns, region.numColumns);
  Value mainEnd = e.index(mainColumns);
  Value begin = range.begin ? range.begin : e.index(0);
  Value end = range.end ? e.minSigned(range.end, mainEnd) : mainEnd;
  auto body = [&](Value column, ValueRange carried) {
    Values next(carried);
    for (int64_t which = 0; which < getUnroll(pass); ++which) {
      Value offset = e.index(which * VectorEmitter::kLanes);
      Chunk chunk(which ? e.addInt(column, offset) : column);
      emitChunk(pass, chunk, which, next);
    }
    return next;
  };
  if (!mainColumns.isConstant(0))
    accumulators = e.forLoop(begin, end, e.index(step), accumulators, body);
  if (!hasTail)
    return accumulators;
  if (!range.end)
    return emitTail(pass, accumulators);
  // Tiles of columns have no reductions, hence nothing to carry.
  Value isLast = e.compareInt(arith::CmpIPredicate::sge, range.end,
                              e.index(region.numColumns));
  e.ifThen(isLast, [&] { return emitTail(pass, {}); });
  return accumulators;
}

/// Emits the columns after the last whole step.
RegionEmitter::Values RegionEmitter::emitTail(unsigned pass,
                                              Values accumulators) {
  int64_t step = VectorEmitter::kLanes * getUnroll(pass);
  std::optional<int64_t> numColumns = region.numColumns.getConstant();
  if (!numColumns)
    return emitUnknownTail(
        pass, e.index(region.numColumns.floorDiv(step) * step), accumulators);
  int64_t column = *numColumns - *numColumns % step;
  for (unsigned which = 0; column < *numColumns; ++which) {
    Chunk chunk(e.index(column));
    chunk.numLanes = std::min(VectorEmitter::kLanes, *numColumns - column);
    if (chunk.numLanes < VectorEmitter::kLanes)
      chunk.mask = e.firstLanes(chunk.numLanes);
    emitChunk(pass, chunk, which, accumulators);
    column += VectorEmitter::kLanes;
  }
  return accumulators;
}

/// Emits the columns from `begin` on, fewer than a step.
RegionEmitter::Values RegionEmitter::emitUnknownTail(unsigned pass, Value begin,
                                                     Values accumulators) {
  for (int64_t which = 0; which < getUnroll(pass); ++which) {
    Value column = e.addInt(begin, e.index(which * VectorEmitter::kLanes));
    Value remaining = e.subInt(e.index(region.numColumns), column);
    Value isSome =
        e.compareInt(arith::CmpIPredicate::sgt, remaining, e.index(0));
    accumulators = e.ifThen(
        isSome,
        [&] {
          Values next(accumulators);
          Chunk chunk(column);
          chunk.remaining = remaining;
          chunk.mask = e.lanesBelow(remaining);
          emitChunk(pass, chunk, which, next);
          return next;
        },
        accumulators);
  }
  return accumulators;
}

/// Emits one chunk of a pass; reductions go to accumulator `which` of each. All
/// loads come before the stores: a result may lie on an input.
void RegionEmitter::emitChunk(unsigned number, Chunk &chunk, unsigned which,
                              Values &accumulators) {
  const RegionPass &pass = region.passes[number];
  for (auto [index, node] : llvm::enumerate(pass.reductions)) {
    const Reduction &reduction = region.nodes[node].reduction;
    Value lanes = getLanes(region.nodes[node].operands[0], chunk, number);
    if (chunk.mask) {
      Value identity = reduction.emitIdentity(e, lanes.getType());
      lanes = e.select(chunk.mask, lanes, identity);
    }
    Value &slot = accumulators[index * VectorEmitter::kAccumulators + which];
    slot = reduction.emitCombine(e, slot, lanes);
  }
  SmallVector<Value> results, kept;
  for (unsigned index : pass.outputs)
    results.push_back(getLanes(region.outputs[index].node, chunk, number));
  for (unsigned index : pass.keeps)
    kept.push_back(getLanes(region.keeps[index].node, chunk, number));
  for (auto [index, lanes] : llvm::zip_equal(pass.keeps, kept))
    storeKept(region.keeps[index], lanes, chunk);
  for (auto [index, lanes] : llvm::zip_equal(pass.outputs, results))
    storeLanes(lanes, region.outputs[index].access, outputPointers[index],
               chunk);
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Value RegionEmitter::getRowValue(unsigned number) {
  if (Value known = rowValues.lookup(number))
    return known;
  const RegionNode &node = region.nodes[number];
  Value value;
  if (node.opcode == RegionOpcode::Constant) {
    value = e.create<arith::ConstantOp>(node.value);
  } else if (node.opcode == RegionOpcode::Size) {
    value = e.create<arith::SIToFPOp>(node.element, e.index(node.size));
  } else if (node.opcode == RegionOpcode::Load) {
    value = e.loadScalar(loadPointers[number], node.access.element);
  } else {
    SmallVector<Value> operands;
    for (unsigned operand : node.operands)
      operands.push_back(getRowValue(operand));
    value = apply(node, operands);
  }
  rowValues[number] = value;
  return value;
}

Value RegionEmitter::getLanes(unsigned number, Chunk &chunk, unsigned pass) {
  if (region.nodes[number].isRow)
    return splats.lookup(number);
  if (Value known = chunk.values.lookup(number))
    return known;
  Value lanes = computeLanes(number, chunk, pass);
  chunk.values[number] = lanes;
  return lanes;
}

Value RegionEmitter::computeLanes(unsigned number, Chunk &chunk,
                                  unsigned pass) {
  const RegionNode &node = region.nodes[number];
  if (const RegionKeep *keep = region.findKeep(number, pass))
    return loadKept(*keep, chunk);
  if (node.opcode == RegionOpcode::Load)
    return loadLanes(node.access, loadPointers[number], chunk);
  SmallVector<Value> operands;
  for (unsigned operand : node.operands)
    operands.push_back(getLanes(operand, chunk, pass));
  return apply(node, operands);
}

Value RegionEmitter::apply(const RegionNode &node, ArrayRef<Value> operands) {
  switch (node.opcode) {
  case RegionOpcode::Elementwise:
    return emitElementwise(e, node.op, operands);
  case RegionOpcode::Add:
    return e.add(operands[0], operands[1]);
  case RegionOpcode::Sub:
    return e.sub(operands[0], operands[1]);
  case RegionOpcode::Mul:
    return e.mul(operands[0], operands[1]);
  case RegionOpcode::Div:
    return e.div(operands[0], operands[1]);
  case RegionOpcode::Sqrt:
    return e.sqrt(operands[0]);
  case RegionOpcode::Log:
    return emitLog(e, operands[0]);
  case RegionOpcode::ExpOfNegative:
    return emitExpOfNegative(e, operands[0]);
  case RegionOpcode::Load:
  case RegionOpcode::Constant:
  case RegionOpcode::Size:
  case RegionOpcode::Reduce:
    break;
  }
  llvm_unreachable("leaves and reductions are not applied");
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value RegionEmitter::loadLanes(const RegionAccess &access, Value pointer,
                               Chunk &chunk) {
  if (access.isAdjacent())
    return e.load(e.advance(pointer, chunk.column, access.element),
                  access.element, chunk.mask);
  Value offset = e.mulInt(chunk.column, e.index(access.columnStride));
  Value place = e.advance(pointer, offset, access.element);
  if (chunk.remaining)
    return e.loadStridedBelow(place, access.columnStride, access.element,
                              chunk.remaining);
  return e.loadStrided(place, access.columnStride, access.element,
                       chunk.numLanes);
}

void RegionEmitter::storeLanes(Value lanes, const RegionAccess &access,
                               Value pointer, Chunk &chunk) {
  if (access.isAdjacent()) {
    e.store(lanes, e.advance(pointer, chunk.column, access.element),
            access.element, chunk.mask);
    return;
  }
  Value stride = e.index(access.columnStride);
  Value offset = e.mulInt(chunk.column, stride);
  Value place = e.advance(pointer, offset, access.element);
  if (chunk.remaining)
    e.storeLanesBelow(lanes, access.element, chunk.remaining, [&](Value lane) {
      return e.advance(place, e.mulInt(lane, stride), access.element);
    });
  else
    e.storeStrided(lanes, place, access.columnStride, access.element,
                   chunk.numLanes);
}

Value RegionEmitter::getScratchPointer(const RegionKeep &keep, Chunk &chunk) {
  Type byte = e.getBuilder().getI8Type();
  Value row = e.advance(arguments.scratch, e.index(keep.scratchOffset), byte);
  return e.advance(row, chunk.column, region.nodes[keep.node].element);
}

Value RegionEmitter::loadKept(const RegionKeep &keep, Chunk &chunk) {
  if (keep.output)
    return loadLanes(region.outputs[*keep.output].access,
                     outputPointers[*keep.output], chunk);
  return e.load(getScratchPointer(keep, chunk), region.nodes[keep.node].element,
                chunk.mask);
}

void RegionEmitter::storeKept(const RegionKeep &keep, Value lanes,
                              Chunk &chunk) {
  if (keep.output)
    return storeLanes(lanes, region.outputs[*keep.output].access,
                      outputPointers[*keep.output], chunk);
  e.store(lanes, getScratchPointer(keep, chunk),
          region.nodes[keep.node].element, chunk.mask);
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

FailureOr<KernelTraits> computeRegionTraits(Block &body,
                                            const SymbolFacts &facts) {
  FailureOr<RegionDescription> region = RegionDescription::create(body, facts);
  if (failed(region))
    return failure();
  return region->getTraits();
}

/// Returns which buffers may overlap another one.
static SmallVector<bool> getMayAlias(const RegionDescription &region) {
  SmallVector<bool> mayAlias(region.numInputs + region.outputs.size(), false);
  for (auto [output, inputs] : llvm::enumerate(region.inPlace))
    for (unsigned input : inputs)
      mayAlias[input] = mayAlias[region.numInputs + output] = true;
  return mayAlias;
}

LogicalResult emitRegionKernel(KernelOp kernel, const CpuFeatures &features,
                               ModuleOp code) {
  SymbolFacts facts = getSymbolFacts(kernel);
  FailureOr<RegionDescription> region =
      RegionDescription::create(kernel.getBody().front(), facts);
  if (failed(region))
    return kernel.emitOpError("has a body that is no region");
  KernelSignature signature;
  signature.name = kernel.getSymName();
  signature.numBuffers = region->numInputs + region->outputs.size();
  signature.symbols = collectSymbols(kernel.getBody().front());
  signature.mayAlias = getMayAlias(*region);
  emitKernelShell(
      code, signature, features,
      [&](VectorEmitter &emitter, const KernelArguments &arguments) -> Value {
        RegionEmitter(emitter, *region, arguments).run();
        return {};
      });
  return success();
}

} // namespace neap
