// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NeapToLinalg.cpp - see the header. A tile is a loop nest of the op, then,
// while it lies in the cache, one of the elementwise ops after it.
#include "passes/lowering/NeapToLinalg/NeapToLinalg.h"

#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/Symbols.h"
#include "passes/lowering/NeapToLinalg/LoopsKernel.h"
#include "passes/lowering/NeapToLinalg/Tiling.h"
#include "passes/lowering/NeapToVector/Elementwise.h"
#include "passes/lowering/NeapToVector/KernelShell.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace neap {

//===----------------------------------------------------------------------===//
// LoopsForm.h
//===----------------------------------------------------------------------===//

SmallVector<unsigned> getLeadingAxes(unsigned count) {
  return llvm::to_vector(llvm::seq(count));
}

SmallVector<DimExpr> getSizes(Value value) {
  return getDims(cast<RankedTensorType>(value.getType()));
}

Type getElementType(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

SmallVector<unsigned> getResultAxes(Operation *op) {
  return getLeadingAxes(getSizes(op->getResult(0)).size());
}

FailureOr<KernelTraits> computeLoopsTraits(Block &body,
                                           const SymbolFacts &facts) {
  FailureOr<LoopsKernel> kernel = readLoopsKernel(body, facts);
  if (failed(kernel))
    return failure();
  Tiling tiling = computeTiling(kernel->form, getSizes(kernel->value), facts);
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
  return createMemRefFromPointer(
      emitter.getVectorEmitter(), pointer, getNumElements(getDims(tensor)),
      VectorEmitter::getStorageType(tensor.getElementType()));
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
  view.offset = emitter.index(access.offset);
  view.strides = access.strides;
  if (SplatElementsAttr splat = getSplatConstant(access.base)) {
    view.splat = createSplat(emitter, splat);
    return view;
  }
  if (auto size = access.base.getDefiningOp<SizeOp>()) {
    view.splat = emitter.getVectorEmitter().index(size.getExpr());
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
  SmallVector<DimExpr> shape = getSizes(value);
  DimExpr stride(1);
  for (const DimExpr &size : llvm::reverse(shape)) {
    view.strides.insert(view.strides.begin(), stride);
    stride *= size;
  }
  return view;
}

/// Returns the views of all of `accesses`.
static SmallVector<StridedView> createViews(LoopEmitter &emitter,
                                            ArrayRef<StridedAccess> accesses,
                                            const KernelArguments &arguments) {
  return llvm::map_to_vector(accesses, [&](const StridedAccess &access) {
    return createView(emitter, access, arguments);
  });
}

/// Computes the elementwise ops on one element. `elements` are those of the
/// epilogue's inputs and, last, the op's result.
static Value emitEpilogueElement(const LoopsKernel &kernel,
                                 LoopEmitter &emitter, ValueRange elements) {
  IRMapping values;
  auto define = [&](Value tensor, Value element) {
    values.map(tensor, emitter.toCompute(element, getElementType(tensor)));
  };
  for (auto [tensor, element] :
       llvm::zip_equal(kernel.epilogueInputs, elements.drop_back()))
    define(tensor, element);
  define(kernel.value, elements.back());
  Value last;
  for (Operation *op : kernel.epilogue) {
    auto operands = llvm::map_to_vector(op->getOperands(), [&](Value operand) {
      return values.lookup(operand);
    });
    last = emitElementwise(emitter.getVectorEmitter(), op, operands);
    values.map(op->getResult(0), last);
  }
  return emitter.toStorage(last, getElementType(kernel.value));
}

/// Emits the nest of the elementwise ops after the op.
static void emitEpilogue(const LoopsKernel &kernel, LoopEmitter &emitter,
                         ArrayRef<StridedView> inputs,
                         const StridedView &result, const Slab &slab) {
  if (kernel.epilogue.empty())
    return;
  SmallVector<StridedView> advanced;
  for (const StridedView &input : inputs)
    advanced.push_back(emitter.advance(input, slab.offsets));
  emitter.emitMap(slab.sizes, advanced, emitter.advance(result, slab.offsets),
                  [&](ValueRange elements) {
                    return emitEpilogueElement(kernel, emitter, elements);
                  });
}

/// Emits the loop over tiles and returns the kernel's status.
static Value emitTiles(const LoopsKernel &kernel, const SymbolFacts &facts,
                       VectorEmitter &vector,
                       const KernelArguments &arguments) {
  LoopEmitter emitter(vector, facts);
  SmallVector<DimExpr> shape = getSizes(kernel.value);
  auto emitLoop = [&] {
    SmallVector<StridedView> operands =
        createViews(emitter, kernel.operands, arguments);
    SmallVector<StridedView> inputs =
        createViews(emitter, kernel.epilogueAccesses, arguments);
    StridedView result = createResultView(emitter, kernel.value, arguments);
    Tiling tiling = computeTiling(kernel.form, shape, facts);
    vector.forLoop(arguments.tileBegin, arguments.tileEnd, vector.index(1), {},
                   [&](Value tile, ValueRange) {
                     Slab slab = computeSlab(emitter, tiling, tile);
                     kernel.form.emit(emitter, operands, result, slab);
                     emitEpilogue(kernel, emitter, inputs, result, slab);
                     return VectorEmitter::Values();
                   });
  };
  emitter.ifNotEmpty(shape, emitLoop, [] {});
  return emitter.getStatus();
}

LogicalResult emitLoopsKernel(KernelOp kernel, const CpuFeatures &features,
                              ModuleOp code) {
  Block &body = kernel.getBody().front();
  SymbolFacts facts = getSymbolFacts(kernel);
  FailureOr<LoopsKernel> loops = readLoopsKernel(body, facts);
  if (failed(loops))
    return kernel.emitOpError(
        "expected views into one op that has loops, and one yield");
  code->setAttr(kVectorizeLoopsAttr, UnitAttr::get(code.getContext()));
  KernelSignature signature;
  signature.name = kernel.getSymName();
  signature.numBuffers = body.getNumArguments() + 1;
  signature.symbols = collectSymbols(body);
  emitKernelShell(code, signature, features,
                  [&](VectorEmitter &vector, const KernelArguments &arguments) {
                    return emitTiles(*loops, facts, vector, arguments);
                  });
  return success();
}

} // namespace neap
