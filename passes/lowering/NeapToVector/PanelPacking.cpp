// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PanelPacking.cpp - see the header. Three ways: rows of 16 columns are copied
// as vectors; columns that run along the depth (a transposed operand) are
// turned in blocks of 8 x 8 in registers; the rest goes element by element.
#include "passes/lowering/NeapToVector/PanelPacking.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/analysis/SizeAnalysis.h"

using namespace mlir;

namespace neap {
namespace {

constexpr int64_t kPanelWidth = VectorEmitter::kLanes;
/// Rows and columns of a block that is turned in registers.
constexpr int64_t kBlockSize = 8;

/// Emits one panel.
class PanelPacker {
public:
  PanelPacker(VectorEmitter &emitter, const RightOperand &operand, Type element,
              const DimExpr &numColumns, Value source, Value panel,
              Value target)
      : emitter(emitter), operand(operand), element(element),
        numColumns(numColumns), source(source), target(target) {
    firstColumn = emitter.mulInt(panel, emitter.index(kPanelWidth));
  }

  void emit();

private:
  /// Called with the source's offset at a depth and the target's row there.
  using DepthBody = llvm::function_ref<void(Value offset, Value row)>;

  bool hasContiguousColumns() const;
  bool hasContiguousDepth() const;
  void forDepth(ArrayRef<AxisDigit> digits, const DimExpr &rowsPerStep,
                Value offset, Value row, DepthBody body);
  SmallVector<Value> emitColumnPointers();
  void copyRows();
  void turnBlocks();
  void turnBlock(ArrayRef<Value> columns, Value offset, Value row);
  void copyElements(ArrayRef<AxisDigit> digits, ArrayRef<Value> columns,
                    Value offset, Value row);

  VectorEmitter &emitter;
  const RightOperand &operand;
  Type element;
  DimExpr numColumns;
  Value source;
  Value target;
  Value firstColumn;
};

} // namespace

bool PanelPacker::hasContiguousColumns() const {
  if (operand.columns.empty() || !operand.columns.back().stride.isConstant(1))
    return false;
  return operand.columns.size() == 1 ||
         isMultipleOf(operand.columns.back().size, kPanelWidth, {});
}

bool PanelPacker::hasContiguousDepth() const {
  return !operand.depth.empty() && operand.depth.back().stride.isConstant(1) &&
         operand.depth.back().size.getConstant().value_or(kBlockSize) >=
             kBlockSize;
}

/// Emits loops over `digits`; one step of the last digit is `rowsPerStep` rows
/// of the target.
void PanelPacker::forDepth(ArrayRef<AxisDigit> digits,
                           const DimExpr &rowsPerStep, Value offset, Value row,
                           DepthBody body) {
  if (digits.empty())
    return body(offset, row);
  DimExpr rowsPerDigit = rowsPerStep;
  for (const AxisDigit &digit : digits.drop_front())
    rowsPerDigit *= digit.size;
  emitter.forLoop(
      emitter.index(0), emitter.index(digits.front().size), emitter.index(1),
      {}, [&](Value i, ValueRange) -> VectorEmitter::Values {
        Value step = emitter.index(digits.front().stride);
        Value nextOffset = emitter.addInt(offset, emitter.mulInt(i, step));
        Value nextRow =
            emitter.addInt(row, emitter.mulInt(i, emitter.index(rowsPerDigit)));
        forDepth(digits.drop_front(), rowsPerStep, nextOffset, nextRow, body);
        return {};
      });
}

/// Returns pointers to the 16 columns at depth 0; the last column stands in for
/// those beyond it.
SmallVector<Value> PanelPacker::emitColumnPointers() {
  SmallVector<Value> pointers;
  for (int64_t lane = 0; lane < kPanelWidth; ++lane) {
    Value column = emitter.addInt(firstColumn, emitter.index(lane));
    if (!isMultipleOf(numColumns, kPanelWidth, {}))
      column = emitter.minSigned(column, emitter.index(numColumns - 1));
    pointers.push_back(emitter.advance(
        source, emitAxisOffset(emitter, operand.columns, column), element));
  }
  return pointers;
}

/// Returns the address of row `row` (depth) of the panel.
static Value getRowAddress(VectorEmitter &emitter, Value target, Value row,
                           Type element) {
  return emitter.advance(
      target, emitter.mulInt(row, emitter.index(kPanelWidth)), element);
}

void PanelPacker::copyRows() {
  Value columns = emitter.advance(
      source, emitAxisOffset(emitter, operand.columns, firstColumn), element);
  Value mask;
  if (!isMultipleOf(numColumns, kPanelWidth, {}))
    mask = emitter.lanesBelow(
        emitter.subInt(emitter.index(numColumns), firstColumn));
  Value zero = emitter.index(0);
  forDepth(operand.depth, 1, zero, zero, [&](Value offset, Value row) {
    Value address = emitter.advance(columns, offset, element);
    emitter.store(emitter.load(address, element, mask),
                  getRowAddress(emitter, target, row, element), element);
  });
}

/// Turns 8 depths of the 16 `columns` at `offset` into 8 rows of the panel.
void PanelPacker::turnBlock(ArrayRef<Value> columns, Value offset, Value row) {
  VectorType type = VectorEmitter::getVectorType(element, kBlockSize);
  unsigned alignment = VectorEmitter::getSizeInBytes(element);
  for (int64_t first = 0; first < kPanelWidth; first += kBlockSize) {
    SmallVector<Value> vectors;
    for (Value column : columns.slice(first, kBlockSize))
      vectors.push_back(emitter.create<LLVM::LoadOp>(
          type, emitter.advance(column, offset, element), alignment));
    emitter.transpose(vectors);
    for (auto [i, vector] : llvm::enumerate(vectors)) {
      Value target =
          getRowAddress(emitter, this->target,
                        emitter.addInt(row, emitter.index(i)), element);
      emitter.store(vector,
                    emitter.advance(target, emitter.index(first), element),
                    element);
    }
  }
}

void PanelPacker::copyElements(ArrayRef<AxisDigit> digits,
                               ArrayRef<Value> columns, Value offset,
                               Value row) {
  forDepth(digits, 1, offset, row, [&](Value depth, Value targetRow) {
    Value address = getRowAddress(emitter, target, targetRow, element);
    for (auto [lane, column] : llvm::enumerate(columns)) {
      Value scalar =
          emitter.loadScalar(emitter.advance(column, depth, element), element);
      emitter.storeScalar(
          scalar, emitter.advance(address, emitter.index(lane), element),
          element);
    }
  });
}

void PanelPacker::turnBlocks() {
  SmallVector<Value> columns = emitColumnPointers();
  ArrayRef<AxisDigit> outer = ArrayRef(operand.depth).drop_back();
  DimExpr innerSize = operand.depth.back().size;
  DimExpr numBlocks = innerSize.floorDiv(kBlockSize);
  DimExpr tail = innerSize - numBlocks * kBlockSize;
  Value zero = emitter.index(0);
  forDepth(outer, innerSize, zero, zero, [&](Value offset, Value row) {
    AxisDigit blocks{numBlocks, kBlockSize};
    forDepth(blocks, kBlockSize, offset, row, [&](Value block, Value blockRow) {
      turnBlock(columns, block, blockRow);
    });
    if (tail.isConstant(0))
      return;
    Value done = emitter.index(numBlocks * kBlockSize);
    copyElements(AxisDigit{tail, 1}, columns, emitter.addInt(offset, done),
                 emitter.addInt(row, done));
  });
}

void PanelPacker::emit() {
  if (hasContiguousColumns())
    return copyRows();
  if (hasContiguousDepth())
    return turnBlocks();
  Value zero = emitter.index(0);
  copyElements(operand.depth, emitColumnPointers(), zero, zero);
}

void emitPackPanel(VectorEmitter &emitter, const RightOperand &operand,
                   Type element, const DimExpr &numColumns, Value source,
                   Value panel, Value target) {
  PanelPacker(emitter, operand, element, numColumns, source, panel, target)
      .emit();
}

} // namespace neap
