// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NeapToLinalg.cpp - see the header. A body is read backwards from its yield:
// reshapes, which move no byte; then the op; then the views of its operands, as
// strides over the kernel's buffers. A body that is nothing but views is a
// copy.
#include "passes/lowering/NeapToLinalg/NeapToLinalg.h"

#include "dialects/neap/IR/NeapOps.h"
#include "passes/analysis/StridedAccess.h"
#include "passes/lowering/NeapToLinalg/Tiling.h"
#include "passes/lowering/NeapToVector/KernelShell.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace neap {

//===----------------------------------------------------------------------===//
// LoopsForm.h
//===----------------------------------------------------------------------===//

SmallVector<unsigned> getLeadingAxes(unsigned count) {
  return llvm::to_vector(llvm::seq(count));
}

ArrayRef<int64_t> getStaticShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

Type getElementType(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

SmallVector<unsigned> getResultAxes(Operation *op) {
  return getLeadingAxes(getStaticShape(op->getResult(0)).size());
}

//===----------------------------------------------------------------------===//
// Reading a body
//===----------------------------------------------------------------------===//

namespace {
/// What a `loops` body computes.
struct LoopsKernel {
  /// The tensor that is computed; the kernel's result has its bytes.
  Value value;
  LoopsForm form;
  /// Where the operands of the form lie.
  SmallVector<StridedAccess> operands;
};
} // namespace

/// Returns the attribute of a constant whose elements are all equal.
static SplatElementsAttr getSplat(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  return constant ? dyn_cast<SplatElementsAttr>(constant.getValue())
                  : SplatElementsAttr();
}

/// Returns the access of an operand if its base is in memory or a splat.
static FailureOr<StridedAccess> getOperandAccess(Value operand) {
  FailureOr<StridedAccess> access = getStridedAccess(operand);
  if (failed(access))
    return failure();
  if (!isa<BlockArgument>(access->base) && !getSplat(access->base))
    return failure();
  return access;
}

/// Returns the form of a body that only moves elements: one copy.
static LoopsForm getCopyForm(Value value) {
  LoopsForm form;
  form.tiledAxes = getLeadingAxes(getStaticShape(value).size());
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
static FailureOr<LoopsForm> getForm(Operation *op) {
  for (auto getFamilyForm :
       {getShapeForm, getIndexingForm, getScatterForm, getPoolingForm,
        getConvolutionForm, getReductionForm, getLinearForm}) {
    FailureOr<LoopsForm> form = getFamilyForm(op);
    if (succeeded(form))
      return form;
  }
  return failure();
}

/// Returns whether all types of the body are static.
static bool hasStaticShapes(Block &body) {
  auto isStatic = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && tensor.hasStaticShape();
  };
  return llvm::all_of(body.getArgumentTypes(), isStatic) &&
         llvm::all_of(body.without_terminator(), [&](Operation &op) {
           return llvm::all_of(op.getResultTypes(), isStatic);
         });
}

/// Reads `body`; fails silently if it is none of `loops`.
static FailureOr<LoopsKernel> readBody(Block &body) {
  Operation *yield = body.getTerminator();
  if (yield->getNumOperands() != 1 || !hasStaticShapes(body))
    return failure();
  LoopsKernel kernel;
  kernel.value = yield->getOperand(0);
  FailureOr<StridedAccess> copied = getOperandAccess(kernel.value);
  while (auto reshape = kernel.value.getDefiningOp<ReshapeOp>()) {
    if (succeeded(copied))
      break;
    kernel.value = reshape.getInput();
    copied = getOperandAccess(kernel.value);
  }
  if (succeeded(copied)) {
    kernel.form = getCopyForm(kernel.value);
    kernel.operands.push_back(*copied);
    return kernel;
  }
  Operation *op = kernel.value.getDefiningOp();
  if (!op)
    return failure();
  FailureOr<LoopsForm> form = getForm(op);
  if (failed(form))
    return failure();
  kernel.form = *form;
  for (Value operand : op->getOperands()) {
    FailureOr<StridedAccess> access = getOperandAccess(operand);
    if (failed(access))
      return failure();
    kernel.operands.push_back(*access);
  }
  return kernel;
}

FailureOr<KernelTraits> computeLoopsTraits(Block &body) {
  FailureOr<LoopsKernel> kernel = readBody(body);
  if (failed(kernel))
    return failure();
  Tiling tiling = computeTiling(kernel->form, getStaticShape(kernel->value));
  KernelTraits traits;
  traits.numTiles = tiling.numTiles;
  traits.tilesPerBlock = tiling.tilesPerBlock;
  traits.inPlace.resize(1);
  return traits;
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

/// Returns the memref of all elements behind `pointer`.
static Value createBuffer(LoopEmitter &emitter, Value pointer,
                          RankedTensorType tensor) {
  auto type =
      MemRefType::get(tensor.getNumElements(),
                      VectorEmitter::getStorageType(tensor.getElementType()));
  return createMemRefFromPointer(emitter.getVectorEmitter(), pointer, type);
}

/// Returns the constant in storage type.
static Value createSplat(LoopEmitter &emitter, SplatElementsAttr splat) {
  VectorEmitter &vector = emitter.getVectorEmitter();
  Type storage = VectorEmitter::getStorageType(splat.getElementType());
  if (isa<FloatType>(storage))
    return emitter.create<arith::ConstantOp>(
        cast<TypedAttr>(splat.getSplatValue<Attribute>()));
  llvm::APInt value = splat.getSplatValue<llvm::APInt>();
  return vector.constantInt(storage, splat.getElementType().isInteger(1)
                                         ? value.getZExtValue()
                                         : value.getSExtValue());
}

/// Returns the view of one operand.
static StridedView createView(LoopEmitter &emitter, const StridedAccess &access,
                              const KernelArguments &arguments) {
  StridedView view;
  view.element = getElementType(access.base);
  view.offset = emitter.constant(access.offset);
  view.strides = access.strides;
  if (SplatElementsAttr splat = getSplat(access.base)) {
    view.splat = createSplat(emitter, splat);
    return view;
  }
  auto argument = cast<BlockArgument>(access.base);
  view.buffer =
      createBuffer(emitter, arguments.buffers[argument.getArgNumber()],
                   cast<RankedTensorType>(argument.getType()));
  return view;
}

/// Returns the row-major view of the kernel's result.
static StridedView createResultView(LoopEmitter &emitter, Value value,
                                    const KernelArguments &arguments) {
  StridedView view;
  view.element = getElementType(value);
  view.offset = emitter.constant(0);
  view.buffer = createBuffer(emitter, arguments.buffers.back(),
                             cast<RankedTensorType>(value.getType()));
  int64_t stride = 1;
  for (int64_t size : llvm::reverse(getStaticShape(value))) {
    view.strides.insert(view.strides.begin(), stride);
    stride *= size;
  }
  return view;
}

/// Emits the loop over tiles and returns the kernel's status.
static Value emitTiles(const LoopsKernel &kernel, VectorEmitter &vector,
                       const KernelArguments &arguments) {
  LoopEmitter emitter(vector);
  ArrayRef<int64_t> shape = getStaticShape(kernel.value);
  if (llvm::is_contained(shape, 0))
    return emitter.getStatus();
  SmallVector<StridedView> operands;
  for (const StridedAccess &access : kernel.operands)
    operands.push_back(createView(emitter, access, arguments));
  StridedView result = createResultView(emitter, kernel.value, arguments);
  Tiling tiling = computeTiling(kernel.form, shape);
  vector.forLoop(arguments.tileBegin, arguments.tileEnd, vector.index(1), {},
                 [&](Value tile, ValueRange) {
                   Slab slab = computeSlab(emitter, tiling, tile);
                   kernel.form.emit(emitter, operands, result, slab);
                   return VectorEmitter::Values();
                 });
  return emitter.getStatus();
}

LogicalResult emitLoopsKernel(KernelOp kernel, const CpuFeatures &features,
                              ModuleOp code) {
  Block &body = kernel.getBody().front();
  FailureOr<LoopsKernel> loops = readBody(body);
  if (failed(loops))
    return kernel.emitOpError(
        "expected views into one op that has loops, and one yield");
  code->setAttr(kVectorizeLoopsAttr, UnitAttr::get(code.getContext()));
  KernelSignature signature;
  signature.name = kernel.getSymName();
  signature.numBuffers = body.getNumArguments() + 1;
  emitKernelShell(code, signature, features,
                  [&](VectorEmitter &vector, const KernelArguments &arguments) {
                    return emitTiles(*loops, vector, arguments);
                  });
  return success();
}

} // namespace neap
