// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernel.cpp - checks and costs of groups of ops that become one kernel.
#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/OpChecks.h"

using namespace mlir;
using namespace neap;

/// Checks that `actual` are the types `expected`; `what` names one of them.
static LogicalResult checkTypes(Operation *op, StringRef what, TypeRange actual,
                                TypeRange expected) {
  if (actual.size() != expected.size())
    return op->emitOpError("expected ")
           << expected.size() << " " << what << "s, got " << actual.size();
  for (auto [index, types] : llvm::enumerate(llvm::zip(actual, expected))) {
    auto [got, want] = types;
    if (got != want)
      return op->emitOpError("expected ")
             << what << " " << index << " of type " << want << ", got " << got;
  }
  return success();
}

/// Checks that only neap ops are in a body.
static LogicalResult checkBodyOps(Operation *op, Block &body) {
  for (Operation &inner : body) {
    if (isa<NeapDialect>(inner.getDialect()) &&
        !isa<FusedOp, KernelOp, LaunchOp>(inner))
      continue;
    InFlightDiagnostic diag =
        op->emitOpError("expected tensor ops of 'neap' in its "
                        "body, got '")
        << inner.getName() << "'";
    diag.attachNote(inner.getLoc()) << "it is here";
    return diag;
  }
  return success();
}

/// Returns the operations of all ops in `body`.
static int64_t countBodyFlops(Block &body) {
  int64_t flops = 0;
  for (Operation &op : body)
    if (auto costed = dyn_cast<CostedOpInterface>(op))
      flops += costed.getFlops();
  return flops;
}

//===----------------------------------------------------------------------===//
// FusedOp
//===----------------------------------------------------------------------===//

LogicalResult FusedOp::verify() {
  Block &body = getBody().front();
  // fused_c1
  if (failed(checkTypes(*this, "block argument", body.getArgumentTypes(),
                        getInputs().getTypes())))
    return failure();
  // fused_c3
  return checkBodyOps(*this, body);
}

LogicalResult FusedOp::verifyRegions() {
  // fused_c2
  return checkTypes(*this, "yielded value",
                    getBody().front().getTerminator()->getOperandTypes(),
                    getOutputs().getTypes());
}

int64_t FusedOp::getFlops() { return countBodyFlops(getBody().front()); }

//===----------------------------------------------------------------------===//
// KernelOp
//===----------------------------------------------------------------------===//

/// Checks that `value` of attribute `name` is at least `minimum`.
static LogicalResult checkAtLeast(KernelOp op, StringAttr name, int64_t value,
                                  int64_t minimum) {
  if (value >= minimum)
    return success();
  return op.emitOpError("expected ")
         << "'" << name.getValue() << "' of at least " << minimum << ", got "
         << value;
}

LogicalResult KernelOp::verify() {
  // kernel_c1
  if (failed(checkAtLeast(*this, getNumTilesAttrName(),
                          getNumTiles().getConstant().value_or(0), 0)) ||
      failed(checkAtLeast(*this, getTilesPerBlockAttrName(), getTilesPerBlock(),
                          1)) ||
      failed(
          checkAtLeast(*this, getScratchBytesAttrName(), getScratchBytes(), 0)))
    return failure();
  // kernel_c3
  return checkBodyOps(*this, getBody().front());
}

LogicalResult KernelOp::verifyRegions() {
  // kernel_c2
  Block &body = getBody().front();
  size_t numResults = body.getTerminator()->getNumOperands();
  if (getInPlace().size() != numResults)
    return emitOpError("expected one list of inputs per result in 'in_place' "
                       "(")
           << numResults << "), got " << getInPlace().size();
  for (Attribute inputs : getInPlace()) {
    auto list = dyn_cast<DenseI64ArrayAttr>(inputs);
    if (!list)
      return emitOpError("expected 'in_place' to hold arrays of i64, got ")
             << inputs;
    for (int64_t input : list.asArrayRef())
      if (input < 0 || input >= body.getNumArguments())
        return emitOpError("expected inputs in [0, ")
               << body.getNumArguments() << ") in 'in_place', got " << input;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// LaunchOp
//===----------------------------------------------------------------------===//

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // launch_c1
  auto kernel =
      symbols.lookupNearestSymbolFrom<KernelOp>(*this, getKernelAttr());
  if (!kernel)
    return emitOpError("expected the name of a 'neap.kernel', got ")
           << getKernelAttr();
  // launch_c2
  Block &body = kernel.getBody().front();
  if (failed(checkTypes(*this, "input", getInputs().getTypes(),
                        body.getArgumentTypes())))
    return failure();
  return checkTypes(*this, "output", getOutputs().getTypes(),
                    body.getTerminator()->getOperandTypes());
}

/// Returns the kernel that `op` launches, null if its symbol is missing.
static KernelOp lookupKernel(LaunchOp op) {
  return SymbolTable::lookupNearestSymbolFrom<KernelOp>(op, op.getKernelAttr());
}

int64_t LaunchOp::getFlops() {
  KernelOp kernel = lookupKernel(*this);
  return kernel ? countBodyFlops(kernel.getBody().front()) : 0;
}

void LaunchOp::getInPlaceOperands(unsigned result,
                                  SmallVectorImpl<unsigned> &operands) {
  KernelOp kernel = lookupKernel(*this);
  if (!kernel || result >= kernel.getInPlace().size())
    return;
  auto inputs = cast<DenseI64ArrayAttr>(kernel.getInPlace()[result]);
  operands.append(inputs.asArrayRef().begin(), inputs.asArrayRef().end());
}
