// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TileEpilogue.cpp - see the header. Short epilogues run on the accumulators. A
// long one (an activation with a polynomial) first stores the tile to scratch
// in L1 and then loops over its rows: in registers it would spill the
// accumulators.
#include "passes/lowering/NeapToVector/TileEpilogue.h"

#include "dialects/neap/IR/NeapOps.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "passes/analysis/SizeAnalysis.h"
#include "passes/lowering/NeapToVector/Elementwise.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace neap {

//===----------------------------------------------------------------------===//
// Analysis
//===----------------------------------------------------------------------===//

/// Whether `op` is a handful of instructions.
static bool isShort(Operation *op) {
  Type element = getElementTypeOrSelf(op->getOperand(0).getType());
  return isa<AddOp, SubOp, MulOp, DivOp, MaxOp, MinOp, NegOp, AbsOp, SqrtOp,
             CompareOp, SelectOp, AndOp, OrOp, NotOp>(op) &&
         (element.isF32() || element.isF64() || element.isInteger(1));
}

bool TileEpilogue::isLong() const {
  constexpr size_t kMostOpsInRegisters = 8;
  return ops.size() > kMostOpsInRegisters || !llvm::all_of(ops, isShort);
}

int64_t TileEpilogue::getScratchBytes() const {
  if (!isLong())
    return 0;
  return kMaxTileVectors * VectorEmitter::kLanes *
         VectorEmitter::getSizeInBytes(getElementTypeOrSelf(product.getType()));
}

static bool isView(Operation *op) {
  return isa<ReshapeOp, TransposeOp, SliceOp, BroadcastOp>(op);
}

/// Records what operand `value` of an elementwise op reads, unless the product
/// or the epilogue computes it.
static LogicalResult addInput(TileEpilogue &epilogue, IndexSpace &space,
                              const TensorIndex &index, Value value) {
  auto computes = [&](Operation *op) { return value.getDefiningOp() == op; };
  auto reads = [&](auto &input) { return input.value == value; };
  if (value == epilogue.product || llvm::any_of(epilogue.ops, computes) ||
      llvm::any_of(epilogue.inputs, reads) ||
      llvm::any_of(epilogue.splats, reads))
    return success();
  FailureOr<ViewedElement> viewed = followViews(space, value, index);
  if (failed(viewed))
    return failure();
  if (auto constant = viewed->base.getDefiningOp<ConstantOp>()) {
    auto splat = dyn_cast<SplatElementsAttr>(constant.getValue());
    if (!splat)
      return failure();
    epilogue.splats.push_back({value, splat.getSplatValue<Attribute>()});
    return success();
  }
  auto argument = dyn_cast<BlockArgument>(viewed->base);
  if (!argument || !hasLanes(getElementTypeOrSelf(argument.getType())))
    return failure();
  EpilogueInput &input = epilogue.inputs.emplace_back();
  input.value = value;
  input.base = argument;
  input.index = viewed->offset;
  input.access.buffer = argument.getArgNumber();
  input.access.elementType = getElementTypeOrSelf(argument.getType());
  return success();
}

static SmallVector<DimExpr> getShape(Value value) {
  return getDims(cast<RankedTensorType>(value.getType()));
}

/// Returns the value from which `yielded` is reached by reshape and transpose.
static Value skipResultViews(Value yielded) {
  while (isa_and_nonnull<ReshapeOp, TransposeOp>(yielded.getDefiningOp()))
    yielded = yielded.getDefiningOp()->getOperand(0);
  return yielded;
}

FailureOr<TileEpilogue> analyzeEpilogue(Block &body, Value product,
                                        IndexSpace &space,
                                        const TensorIndex &index) {
  TileEpilogue epilogue;
  epilogue.product = product;
  SmallVector<DimExpr> shape = getShape(product);
  for (Operation &op : body.without_terminator()) {
    if (&op == product.getDefiningOp() || isa<ConstantOp>(op) || isView(&op))
      continue;
    if (!op.hasTrait<OpTrait::Elementwise>() || !canEmitElementwise(&op) ||
        !areEqual(getShape(op.getResult(0)), shape, space.getFacts()))
      return failure();
    for (Value operand : op.getOperands())
      if (failed(addInput(epilogue, space, index, operand)))
        return failure();
    epilogue.ops.push_back(&op);
  }
  Operation *yield = body.getTerminator();
  if (yield->getNumOperands() != 1)
    return failure();
  epilogue.stored = skipResultViews(yield->getOperand(0));
  if (epilogue.stored != product &&
      !llvm::is_contained(epilogue.ops, epilogue.stored.getDefiningOp()))
    return failure();
  FailureOr<LinearIndex> resultIndex =
      followToResult(space, epilogue.stored, index, yield->getOperand(0));
  if (failed(resultIndex))
    return failure();
  epilogue.resultIndex = *resultIndex;
  epilogue.result.buffer = body.getNumArguments();
  epilogue.result.elementType =
      getElementTypeOrSelf(yield->getOperand(0).getType());
  return epilogue;
}

/// Whether all of an argument's uses lead through views to `values`.
static bool isReadOnlyThrough(Value argument, ArrayRef<Value> values) {
  return llvm::all_of(argument.getUsers(), [&](Operation *user) {
    if (isView(user))
      return isReadOnlyThrough(user->getResult(0), values);
    return user->hasTrait<OpTrait::Elementwise>() &&
           llvm::is_contained(values, argument);
  });
}

SmallVector<unsigned> getInPlaceInputs(Block &body,
                                       const TileEpilogue &epilogue,
                                       const SymbolFacts &facts) {
  SmallVector<unsigned> result;
  for (BlockArgument argument : body.getArguments()) {
    SmallVector<Value> values;
    bool sameElements = true;
    for (const EpilogueInput &input : epilogue.inputs) {
      if (input.base != argument)
        continue;
      values.push_back(input.value);
      sameElements &= input.access.hasSameElements(epilogue.result, facts);
    }
    Value yielded = body.getTerminator()->getOperand(0);
    auto getSize = [](Value value) {
      return VectorEmitter::getSizeInBytes(
          getElementTypeOrSelf(value.getType()));
    };
    bool sameBytes = getSize(argument) == getSize(yielded) &&
                     facts.areEqual(getNumElements(getShape(argument)),
                                    getNumElements(getShape(yielded)));
    if (!values.empty() && sameElements && sameBytes &&
        isReadOnlyThrough(argument, values))
      result.push_back(argument.getArgNumber());
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

EpilogueEmitter::Columns EpilogueEmitter::emitColumns(Value column,
                                                      const PanelWidth &width) {
  Columns columns;
  for (unsigned i = 0; i < getNumAccesses(); ++i)
    columns.push_back(emitPanelColumns(emitter, getAccess(i), column, width));
  return columns;
}

SmallVector<Value> EpilogueEmitter::advanceRows(ArrayRef<Value> rows,
                                                Value row) {
  SmallVector<Value> advanced;
  for (auto [i, pointer] : llvm::enumerate(rows)) {
    const TileAccess &access = getAccess(i);
    Value distance = emitter.mulInt(row, emitter.index(access.rowStride));
    advanced.push_back(emitter.advance(pointer, distance, access.elementType));
  }
  return advanced;
}

/// Returns a splat constant's 16 lanes.
static Value emitSplat(VectorEmitter &emitter, Attribute element) {
  Type type = VectorEmitter::getVectorType(
      VectorEmitter::getComputeType(cast<TypedAttr>(element).getType()));
  if (auto number = dyn_cast<FloatAttr>(element))
    return emitter.constant(type, number.getValueAsDouble());
  return emitter.constantInt(
      type, cast<IntegerAttr>(element).getValue().getZExtValue());
}

void EpilogueEmitter::emitRow(const Columns &columns, ArrayRef<Value> rows,
                              Value lanes, ArrayRef<Value> preloaded) {
  llvm::DenseMap<Value, Value> values;
  values[epilogue.product] = lanes;
  for (auto [i, input] : llvm::enumerate(epilogue.inputs)) {
    Value loaded = preloaded.empty() ? Value() : preloaded[i];
    if (!loaded)
      loaded = loadPanelRow(emitter, input.access, columns[i], rows[i]);
    values[input.value] = loaded;
  }
  for (const EpilogueSplat &splat : epilogue.splats)
    values[splat.value] = emitSplat(emitter, splat.element);
  for (Operation *op : epilogue.ops) {
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(values.lookup(operand));
    values[op->getResult(0)] = emitElementwise(emitter, op, operands);
  }
  storePanelRow(emitter, epilogue.result, columns.back(), rows.back(),
                values.lookup(epilogue.stored));
}

/// Loads the inputs that are the same in all rows; the others are null.
SmallVector<Value> EpilogueEmitter::preloadRowInvariants(const Columns &columns,
                                                         ArrayRef<Value> rows) {
  SmallVector<Value> loaded(epilogue.inputs.size());
  for (auto [i, input] : llvm::enumerate(epilogue.inputs))
    if (input.access.rowStride.isConstant(0))
      loaded[i] = loadPanelRow(emitter, input.access, columns[i], rows[i]);
  return loaded;
}

void EpilogueEmitter::emitInRegisters(TileShape shape, ArrayRef<Columns> panels,
                                      ArrayRef<Value> rows,
                                      ArrayRef<Value> tile) {
  for (auto [panel, columns] : llvm::enumerate(panels)) {
    SmallVector<Value> preloaded = preloadRowInvariants(columns, rows);
    for (int64_t row = 0; row < shape.numRows; ++row)
      emitRow(columns, advanceRows(rows, emitter.index(row)),
              tile[row * shape.numPanels + panel], preloaded);
  }
}

void EpilogueEmitter::emitInLoop(TileShape shape, ArrayRef<Columns> panels,
                                 ArrayRef<Value> rows, ArrayRef<Value> tile) {
  Type element = getElementTypeOrSelf(epilogue.product.getType());
  auto addressOf = [&](Value vector) {
    Value lanes = emitter.index(VectorEmitter::kLanes);
    return emitter.advance(scratch, emitter.mulInt(vector, lanes), element);
  };
  for (auto [i, lanes] : llvm::enumerate(tile))
    emitter.store(lanes, addressOf(emitter.index(i)), element);
  Value numPanels = emitter.index(shape.numPanels);
  emitter.forLoop(emitter.index(0), emitter.index(shape.numRows),
                  emitter.index(1), {},
                  [&](Value row, ValueRange) -> VectorEmitter::Values {
                    SmallVector<Value> advanced = advanceRows(rows, row);
                    for (auto [panel, columns] : llvm::enumerate(panels)) {
                      Value vector = emitter.addInt(
                          emitter.mulInt(row, numPanels), emitter.index(panel));
                      emitRow(columns, advanced,
                              emitter.load(addressOf(vector), element), {});
                    }
                    return {};
                  });
}

void EpilogueEmitter::emit(TileShape shape, ArrayRef<Columns> panels,
                           ArrayRef<Value> rows, ArrayRef<Value> tile) {
  if (epilogue.isLong())
    emitInLoop(shape, panels, rows, tile);
  else
    emitInRegisters(shape, panels, rows, tile);
}

} // namespace neap
