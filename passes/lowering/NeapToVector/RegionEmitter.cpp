// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RegionEmitter.cpp - tiles, loops over rows, and the places of a row.
#include "passes/lowering/NeapToVector/RegionEmitter.h"

#include "dialects/neap/IR/Symbols.h"
#include "passes/lowering/NeapToVector/RegionEmission.h"

using namespace mlir;

namespace neap {

//===----------------------------------------------------------------------===//
// Rows and tiles
//===----------------------------------------------------------------------===//

void RegionEmission::run() {
  if (region.columnsPerTile)
    emitTilesOfColumns();
  else
    emitRows();
}

void RegionEmission::emitRows() {
  Value rowsPerTile = e.index(region.rowsPerTile);
  Value begin = e.mulInt(arguments.tileBegin, rowsPerTile);
  Value end = e.mulInt(arguments.tileEnd, rowsPerTile);
  emitRowsBetween(begin, end, {});
}

void RegionEmission::emitTilesOfColumns() {
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
void RegionEmission::emitRowsBetween(Value begin, Value end,
                                     const ColumnRange &range) {
  end = e.minSigned(end, e.index(region.getNumRows()));
  bool divides =
      region.rowShape.size() < 2 ||
      getConstants(ArrayRef(region.rowShape).drop_front()).has_value();
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
RegionEmission::Values RegionEmission::getRowIndices(Value row) {
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
RegionEmission::Values RegionEmission::getNextIndices(ArrayRef<Value> indices) {
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

Value RegionEmission::getRowPointer(const RegionAccess &access,
                                    ArrayRef<Value> indices) {
  Value offset = e.index(access.offset);
  for (auto [index, stride] : llvm::zip_equal(indices, access.rowStrides))
    if (!stride.isConstant(0))
      offset = e.addInt(offset, e.mulInt(index, e.index(stride)));
  return e.advance(arguments.buffers[access.buffer], offset, access.element);
}

/// Forgets the last row and computes the addresses of this one.
void RegionEmission::startRow(ArrayRef<Value> indices) {
  rowValues.clear();
  splats.clear();
  for (auto [number, node] : llvm::enumerate(region.nodes))
    if (node.opcode == RegionOpcode::Load)
      loadPointers[number] = getRowPointer(node.access, indices);
  outputPointers.clear();
  for (const RegionOutput &output : region.outputs)
    outputPointers.push_back(getRowPointer(output.access, indices));
}

void RegionEmission::emitRow(ArrayRef<Value> indices,
                             const ColumnRange &range) {
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
        RegionEmission(emitter, *region, arguments).run();
        return {};
      });
  return success();
}

} // namespace neap
