// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RegionPasses.cpp - passes over the columns of a row in chunks of 16 lanes,
// and a tail under a mask. Where the number of columns is known, so is the
// mask; else a chunk of the tail is left out if it is empty, so that both
// combine the same lanes.
#include "passes/lowering/NeapToVector/RegionEmission.h"

#include "passes/lowering/NeapToVector/Elementwise.h"
#include "passes/lowering/NeapToVector/MathPolynomials.h"

using namespace mlir;

namespace neap {

//===----------------------------------------------------------------------===//
// Passes
//===----------------------------------------------------------------------===//

/// Reductions take two chunks at a time by definition; light work does so for
/// speed.
int64_t RegionEmission::getUnroll(unsigned number) const {
  const RegionPass &pass = region.passes[number];
  if (!pass.reductions.empty())
    return VectorEmitter::kAccumulators;
  bool isHeavy = llvm::any_of(pass.laneNodes, [&](unsigned node) {
    return region.nodes[node].opcode == RegionOpcode::Elementwise &&
           estimateElementwiseCost(region.nodes[node].op) > 0.2;
  });
  return isHeavy ? 1 : 2;
}

void RegionEmission::emitPass(unsigned number, const ColumnRange &range) {
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

RegionEmission::Values RegionEmission::emitColumns(unsigned pass,
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
RegionEmission::Values RegionEmission::emitTail(unsigned pass,
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
RegionEmission::Values RegionEmission::emitUnknownTail(unsigned pass,
                                                       Value begin,
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
void RegionEmission::emitChunk(unsigned number, Chunk &chunk, unsigned which,
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

Value RegionEmission::getRowValue(unsigned number) {
  if (Value known = rowValues.lookup(number))
    return known;
  const RegionNode &node = region.nodes[number];
  Value value;
  if (node.opcode == RegionOpcode::Constant) {
    value = e.create<arith::ConstantOp>(node.value);
  } else if (node.opcode == RegionOpcode::Size) {
    value = e.index(node.size);
    if (isa<FloatType>(node.element))
      value = e.create<arith::SIToFPOp>(node.element, value);
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

Value RegionEmission::getLanes(unsigned number, Chunk &chunk, unsigned pass) {
  if (region.nodes[number].isRow)
    return splats.lookup(number);
  if (Value known = chunk.values.lookup(number))
    return known;
  Value lanes = computeLanes(number, chunk, pass);
  chunk.values[number] = lanes;
  return lanes;
}

Value RegionEmission::computeLanes(unsigned number, Chunk &chunk,
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

Value RegionEmission::apply(const RegionNode &node, ArrayRef<Value> operands) {
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
  case RegionOpcode::Max:
    return e.maxOrRhs(operands[0], operands[1]);
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

Value RegionEmission::loadLanes(const RegionAccess &access, Value pointer,
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

void RegionEmission::storeLanes(Value lanes, const RegionAccess &access,
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

Value RegionEmission::getScratchPointer(const RegionKeep &keep, Chunk &chunk) {
  Type byte = e.getBuilder().getI8Type();
  Value row = e.advance(arguments.scratch, e.index(keep.scratchOffset), byte);
  return e.advance(row, chunk.column, region.nodes[keep.node].element);
}

Value RegionEmission::loadKept(const RegionKeep &keep, Chunk &chunk) {
  if (keep.output)
    return loadLanes(region.outputs[*keep.output].access,
                     outputPointers[*keep.output], chunk);
  return e.load(getScratchPointer(keep, chunk), region.nodes[keep.node].element,
                chunk.mask);
}

void RegionEmission::storeKept(const RegionKeep &keep, Value lanes,
                               Chunk &chunk) {
  if (keep.output)
    return storeLanes(lanes, region.outputs[*keep.output].access,
                      outputPointers[*keep.output], chunk);
  e.store(lanes, getScratchPointer(keep, chunk),
          region.nodes[keep.node].element, chunk.mask);
}

} // namespace neap
