// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TileAccess.cpp - see the header. The last panel's tail is stored in pieces of
// 8, 4, 2 and 1 lanes: its width is known, and masked stores are slow or
// missing on many CPUs.
#include "passes/lowering/NeapToVector/TileAccess.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace neap {

SmallVector<AxisDigit> getAxisDigits(const IndexSpace &space,
                                     ArrayRef<unsigned> counters,
                                     const LinearIndex &index) {
  SmallVector<AxisDigit> digits;
  for (unsigned counter : counters) {
    AxisDigit digit{space.getSize(counter), index.getCoefficient(counter)};
    if (!digits.empty() && digits.back().stride == digit.stride * digit.size)
      digits.back() = {digits.back().size * digit.size, digit.stride};
    else
      digits.push_back(digit);
  }
  if (llvm::all_of(digits, [](AxisDigit digit) { return digit.stride == 0; }))
    digits.clear();
  return digits;
}

bool TileAccess::hasSameElements(const TileAccess &other) const {
  return offset == other.offset && loopStrides == other.loopStrides &&
         rowStride == other.rowStride && columns == other.columns;
}

bool TileAccess::hasPanelStride() const {
  return columns.size() == 1 ||
         columns.back().size % VectorEmitter::kLanes == 0;
}

Value emitAxisOffset(VectorEmitter &emitter, ArrayRef<AxisDigit> digits,
                     Value number) {
  Value offset = emitter.index(0);
  for (size_t i = digits.size(); i-- > 0;) {
    Value digit = number;
    if (i > 0) {
      Value size = emitter.index(digits[i].size);
      digit = emitter.create<arith::RemUIOp>(number, size);
      number = emitter.create<arith::DivUIOp>(number, size);
    }
    offset = emitter.addInt(
        offset, emitter.mulInt(digit, emitter.index(digits[i].stride)));
  }
  return offset;
}

PanelColumns emitPanelColumns(VectorEmitter &emitter, const TileAccess &access,
                              Value column, int64_t active) {
  PanelColumns result;
  result.active = active;
  result.offset = emitter.index(0);
  if (access.isUniform())
    return result;
  if (access.hasPanelStride()) {
    result.offset = emitAxisOffset(emitter, access.columns, column);
    return result;
  }
  for (int64_t lane = 0; lane < active; ++lane)
    result.lanes.push_back(emitAxisOffset(
        emitter, access.columns, emitter.addInt(column, emitter.index(lane))));
  return result;
}

/// Loads lanes that are not equally far apart.
static Value gatherLanes(VectorEmitter &emitter, const TileAccess &access,
                         const PanelColumns &columns, Value row) {
  Type element = VectorEmitter::getComputeType(access.elementType);
  Value result = emitter.create<arith::ConstantOp>(
      emitter.getBuilder().getZeroAttr(VectorEmitter::getVectorType(element)));
  for (auto [lane, offset] : llvm::enumerate(columns.lanes)) {
    Value address = emitter.advance(row, offset, access.elementType);
    Value scalar = emitter.loadScalar(address, access.elementType);
    result = emitter.create<vector::InsertOp>(scalar, result,
                                              ArrayRef<int64_t>{int64_t(lane)});
  }
  return result;
}

Value loadPanelRow(VectorEmitter &emitter, const TileAccess &access,
                   const PanelColumns &columns, Value row) {
  Type element = access.elementType;
  if (access.isUniform())
    return emitter.splat(emitter.loadScalar(row, element));
  if (!columns.lanes.empty())
    return gatherLanes(emitter, access, columns, row);
  Value address = emitter.advance(row, columns.offset, element);
  if (access.getPanelStride() != 1)
    return emitter.loadStrided(address, access.getPanelStride(), element,
                               columns.active);
  if (columns.active == VectorEmitter::kLanes)
    return emitter.load(address, element);
  return emitter.load(address, element, emitter.firstLanes(columns.active));
}

/// Stores the first `active` lanes side by side, in pieces of powers of two.
static void storePieces(VectorEmitter &emitter, Value lanes, Value address,
                        Type element, int64_t active) {
  int64_t first = 0;
  for (int64_t size = VectorEmitter::kLanes / 2; size >= 1; size /= 2) {
    if (active - first < size)
      continue;
    Value piece = emitter.create<vector::ExtractStridedSliceOp>(
        lanes, ArrayRef<int64_t>{first}, ArrayRef<int64_t>{size},
        ArrayRef<int64_t>{1});
    emitter.store(piece,
                  emitter.advance(address, emitter.index(first), element),
                  element);
    first += size;
  }
}

void storePanelRow(VectorEmitter &emitter, const TileAccess &access,
                   const PanelColumns &columns, Value row, Value lanes) {
  Type element = access.elementType;
  for (auto [lane, offset] : llvm::enumerate(columns.lanes)) {
    Value scalar = emitter.create<vector::ExtractOp>(
        lanes, ArrayRef<int64_t>{int64_t(lane)});
    emitter.storeScalar(scalar, emitter.advance(row, offset, element), element);
  }
  if (!columns.lanes.empty())
    return;
  Value address = emitter.advance(row, columns.offset, element);
  if (!access.isUniform() && access.getPanelStride() != 1)
    emitter.storeStrided(lanes, address, access.getPanelStride(), element,
                         columns.active);
  else if (columns.active == VectorEmitter::kLanes)
    emitter.store(lanes, address, element);
  else
    storePieces(emitter, lanes, address, element, columns.active);
}

} // namespace neap
