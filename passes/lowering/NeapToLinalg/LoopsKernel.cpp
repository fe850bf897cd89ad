// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LoopsKernel.cpp - see the header. A body is read backwards from its yield:
// reshapes, which move no byte; elementwise ops; the op; the views of its
// operands, as strides over the kernel's buffers. A body that is nothing but
// views is a copy.
#include "passes/lowering/NeapToLinalg/LoopsKernel.h"

#include "dialects/neap/IR/NeapOps.h"
#include "passes/analysis/SizeAnalysis.h"
#include "passes/lowering/NeapToVector/Elementwise.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace neap {

SplatElementsAttr getSplatConstant(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  return constant ? dyn_cast<SplatElementsAttr>(constant.getValue())
                  : SplatElementsAttr();
}

/// Returns the access of an operand if its base is in memory, a splat or a
/// size.
static FailureOr<StridedAccess> getOperandAccess(Value operand,
                                                 const SymbolFacts &facts) {
  FailureOr<StridedAccess> access = getStridedAccess(operand, facts);
  if (failed(access))
    return failure();
  if (!isa<BlockArgument>(access->base) && !getSplatConstant(access->base) &&
      !access->base.getDefiningOp<SizeOp>())
    return failure();
  return access;
}

/// Returns the form of a body that only moves elements: one copy.
static LoopsForm getCopyForm(Value value) {
  LoopsForm form;
  form.tiledAxes = getLeadingAxes(getSizes(value).size());
  form.nsPerElement =
      0.1 * VectorEmitter::getSizeInBytes(getElementType(value));
  form.emit = [](LoopEmitter &emitter, ArrayRef<StridedView> operands,
                 const StridedView &result, const Slab &slab) {
    emitter.copy(slab.sizes, emitter.advance(operands[0], slab.offsets),
                 emitter.advance(result, slab.offsets));
  };
  return form;
}

/// Returns the form of `op`, of whatever family.
static FailureOr<LoopsForm> getForm(Operation *op, const SymbolFacts &facts) {
  for (auto getFamilyForm :
       {getShapeForm, getIndexingForm, getSamplingForm, getScatterForm,
        getSelectionForm, getTopKForm, getPoolingForm, getConvolutionForm,
        getReductionForm, getRoiAlignForm, getLinearForm}) {
    FailureOr<LoopsForm> form = getFamilyForm(op, facts);
    if (succeeded(form))
      return form;
  }
  return failure();
}

/// Returns whether all tensors of the body have bounded sizes.
static bool hasBoundedShapes(Block &body, const SymbolFacts &facts) {
  auto isBounded = [&](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && getLargest(getNumElements(getDims(tensor)), facts) <
                         std::numeric_limits<int64_t>::max();
  };
  return llvm::all_of(body.getArgumentTypes(), isBounded) &&
         llvm::all_of(body.without_terminator(), [&](Operation &op) {
           return llvm::all_of(op.getResultTypes(), isBounded);
         });
}

/// Returns `value`, or what it is a reshape of, if that is a copy of views.
static FailureOr<LoopsKernel> readCopy(Value value, const SymbolFacts &facts) {
  LoopsKernel kernel;
  FailureOr<StridedAccess> access = getOperandAccess(value, facts);
  while (failed(access)) {
    auto reshape = value.getDefiningOp<ReshapeOp>();
    if (!reshape)
      return failure();
    value = reshape.getInput();
    access = getOperandAccess(value, facts);
  }
  kernel.value = value;
  kernel.form = getCopyForm(value);
  kernel.operands.push_back(*access);
  return kernel;
}

/// Walks from `result` over elementwise ops to the one value below them that is
/// not of the kernel's inputs, which becomes `kernel.value`.
static LogicalResult readEpilogue(Value result, const SymbolFacts &facts,
                                  LoopsKernel &kernel) {
  kernel.value = result;
  Operation *last = result.getDefiningOp();
  if (!last || !canEmitElementwise(last))
    return success();
  kernel.value = nullptr;
  for (Operation &op : *last->getBlock()) {
    if (!canEmitElementwise(&op))
      continue;
    if (!areEqual(getSizes(op.getResult(0)), getSizes(result), facts))
      return failure();
    kernel.epilogue.push_back(&op);
    for (Value operand : op.getOperands()) {
      if (llvm::is_contained(kernel.epilogueInputs, operand) ||
          llvm::is_contained(kernel.epilogue, operand.getDefiningOp()))
        continue;
      FailureOr<StridedAccess> access = getOperandAccess(operand, facts);
      if (succeeded(access)) {
        kernel.epilogueInputs.push_back(operand);
        kernel.epilogueAccesses.push_back(*access);
        continue;
      }
      if (kernel.value && kernel.value != operand)
        return failure();
      kernel.value = operand;
    }
  }
  bool isLast = kernel.epilogue.back() == last;
  return success(isLast && kernel.value &&
                 getElementType(kernel.value) == getElementType(result) &&
                 areEqual(getSizes(kernel.value), getSizes(result), facts));
}

/// Reads the op itself.
static LogicalResult readOp(const SymbolFacts &facts, LoopsKernel &kernel) {
  Operation *op = kernel.value.getDefiningOp();
  if (!op)
    return failure();
  FailureOr<LoopsForm> form = getForm(op, facts);
  if (failed(form))
    return failure();
  kernel.form = *form;
  for (Operation *elementwise : kernel.epilogue)
    kernel.form.nsPerElement += estimateElementwiseCost(elementwise);
  for (Value operand : op->getOperands()) {
    FailureOr<StridedAccess> access = getOperandAccess(operand, facts);
    if (failed(access))
      return failure();
    kernel.operands.push_back(*access);
  }
  return success();
}

FailureOr<LoopsKernel> readLoopsKernel(Block &body, const SymbolFacts &facts) {
  Operation *yield = body.getTerminator();
  if (yield->getNumOperands() != 1 || !hasBoundedShapes(body, facts))
    return failure();
  Value result = yield->getOperand(0);
  FailureOr<LoopsKernel> copy = readCopy(result, facts);
  if (succeeded(copy))
    return copy;
  while (auto reshape = result.getDefiningOp<ReshapeOp>())
    result = reshape.getInput();
  LoopsKernel kernel;
  if (failed(readEpilogue(result, facts, kernel)) ||
      failed(readOp(facts, kernel)))
    return failure();
  return kernel;
}

} // namespace neap
