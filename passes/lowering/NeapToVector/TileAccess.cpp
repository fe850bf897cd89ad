// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TileAccess.cpp - see the header. The last panel's tail is stored in pieces of
// 8, 4, 2 and 1 lanes if its width is known: masked stores are slow or missing
// on many CPUs.
#include "passes/lowering/NeapToVector/TileAccess.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/analysis/SizeAnalysis.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace neap {

SmallVector<AxisDigit> getAxisDigits(const IndexSpace &space,
                                     ArrayRef<unsigned> counters,
                                     const LinearIndex &index) {
  SmallVector<AxisDigit> digits;
  for (unsigned counter : counters) {
    AxisDigit digit{space.getSize(counter), index.getCoefficient(counter)};
    if (!digits.empty() && space.getFacts().areEqual(digits.back().stride,
                                                     digit.stride * digit.size))
      digits.back() = {digits.back().size * digit.size, digit.stride};
    else
      digits.push_back(digit);
  }
  if (llvm::all_of(digits, [](const AxisDigit &digit) {
        return digit.stride.isConstant(0);
      }))
    digits.clear();
  return digits;
}

bool TileAccess::hasSameElements(const TileAccess &other,
                                 const SymbolFacts &facts) const {
  auto isSameDigit = [&](auto pair) {
    auto &[digit, otherDigit] = pair;
    return facts.areEqual(digit.size, otherDigit.size) &&
           facts.areEqual(digit.stride, otherDigit.stride);
  };
  return facts.areEqual(offset, other.offset) &&
         areEqual(loopStrides, other.loopStrides, facts) &&
         facts.areEqual(rowStride, other.rowStride) &&
         columns.size() == other.columns.size() &&
         llvm::all_of(llvm::zip(columns, other.columns), isSameDigit);
}

bool TileAccess::hasPanelStride() const {
  return columns.size() == 1 ||
         isMultipleOf(columns.back().size, VectorEmitter::kLanes, {});
}

Value emitAxisOffset(VectorEmitter &emitter, ArrayRef<AxisDigit> digits,
                     Value number) {
  Value offset = emitter.index(0);
  for (size_t i = digits.size(); i-- > 0;) {
    Value digit = number;
    if (i > 0) {
      Value size = emitter.divisor(digits[i].size);
      digit = emitter.create<arith::RemUIOp>(number, size);
      number = emitter.create<arith::DivUIOp>(number, size);
    }
    offset = emitter.addInt(
        offset, emitter.mulInt(digit, emitter.index(digits[i].stride)));
  }
  return offset;
}

PanelColumns emitPanelColumns(VectorEmitter &emitter, const TileAccess &access,
                              Value column, const PanelWidth &width) {
  PanelColumns result;
  result.width = width;
  result.first = column;
  if (width.remaining)
    result.mask = emitter.lanesBelow(width.remaining);
  result.offset = emitter.index(0);
  if (access.isUniform())
    return result;
  if (access.hasPanelStride()) {
    result.offset = emitAxisOffset(emitter, access.columns, column);
    return result;
  }
  for (int64_t lane = 0; lane < width.active; ++lane) {
    Value place = emitter.index(lane);
    if (width.remaining)
      place = emitter.minSigned(
          place, emitter.subInt(width.remaining, emitter.index(1)));
    result.lanes.push_back(
        emitAxisOffset(emitter, access.columns, emitter.addInt(column, place)));
  }
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
  const PanelWidth &width = columns.width;
  if (!access.isAdjacent() && width.remaining)
    return emitter.loadStridedBelow(address, access.getPanelStride(), element,
                                    width.remaining);
  if (!access.isAdjacent())
    return emitter.loadStrided(address, access.getPanelStride(), element,
                               width.active);
  Value mask = columns.mask;
  if (width.active < VectorEmitter::kLanes)
    mask = emitter.firstLanes(width.active);
  return emitter.load(address, element, mask);
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

/// Stores the lanes of a panel whose width is known only at run time.
static void storeUnknownPanelRow(VectorEmitter &emitter,
                                 const TileAccess &access,
                                 const PanelColumns &columns, Value row,
                                 Value lanes) {
  Type element = access.elementType;
  if (access.hasPanelStride() && access.isAdjacent()) {
    Value address = emitter.advance(row, columns.offset, element);
    return emitter.store(lanes, address, element, columns.mask);
  }
  emitter.storeLanesBelow(
      lanes, element, columns.width.remaining, [&](Value lane) {
        Value place = emitAxisOffset(emitter, access.columns,
                                     emitter.addInt(columns.first, lane));
        return emitter.advance(row, place, element);
      });
}

void storePanelRow(VectorEmitter &emitter, const TileAccess &access,
                   const PanelColumns &columns, Value row, Value lanes) {
  Type element = access.elementType;
  int64_t active = columns.width.active;
  if (columns.width.remaining && !access.isUniform())
    return storeUnknownPanelRow(emitter, access, columns, row, lanes);
  for (auto [lane, offset] : llvm::enumerate(columns.lanes)) {
    Value scalar = emitter.create<vector::ExtractOp>(
        lanes, ArrayRef<int64_t>{int64_t(lane)});
    emitter.storeScalar(scalar, emitter.advance(row, offset, element), element);
  }
  if (!columns.lanes.empty())
    return;
  Value address = emitter.advance(row, columns.offset, element);
  if (!access.isUniform() && !access.isAdjacent())
    emitter.storeStrided(lanes, address, access.getPanelStride(), element,
                         active);
  else if (active == VectorEmitter::kLanes)
    emitter.store(lanes, address, element);
  else
    storePieces(emitter, lanes, address, element, active);
}

} // namespace neap
