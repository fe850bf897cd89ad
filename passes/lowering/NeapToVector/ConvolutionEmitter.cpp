// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ConvolutionEmitter.cpp - see the header. A convolution is a product whose
// rows are output pixels. Loops, outermost first: blocks of pixels (whose
// input, if it has padding, is copied to scratch with zeros around it), groups
// and panels, lines of the block, tiles of a line, taps and channels.
//
// A tap in the padding is a product with zero rather than left out: the chain
// stays the same for all pixels. The difference shows only with weights that
// are not finite.
#include "passes/lowering/NeapToVector/ConvolutionEmitter.h"

#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/Symbols.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "passes/analysis/SizeAnalysis.h"
#include "passes/lowering/NeapToVector/ConvolutionDescription.h"
#include "passes/lowering/NeapToVector/DepthwiseSweep.h"
#include "passes/lowering/NeapToVector/GemmEmitter.h"
#include "passes/lowering/NeapToVector/KernelShell.h"
#include "passes/lowering/NeapToVector/PanelSweep.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace neap {

static constexpr int64_t kPanelWidth = VectorEmitter::kLanes;

//===----------------------------------------------------------------------===//
// Traits
//===----------------------------------------------------------------------===//

/// Returns the least number of tiles that is worth a thread: 20 microseconds at
/// 50 flops a nanosecond.
static int64_t getTilesPerBlock(const ConvolutionDescription &convolution) {
  constexpr double kLeastNs = 20000, kFlopsPerNs = 50;
  double flops = 2.0 * *convolution.left.getDepth().getConstant();
  flops *= convolution.isDepthwise() ? convolution.channels
                                     : convolution.panelsPerStep * kPanelWidth;
  for (const SpatialAxis &axis : convolution.axes)
    flops *= axis.block;
  return std::max<int64_t>(1, kLeastNs * kFlopsPerNs / flops);
}

FailureOr<KernelTraits> computeConvolutionTraits(Block &body,
                                                 const SymbolFacts &facts) {
  FailureOr<ConvolutionDescription> convolution =
      describeConvolution(body, facts);
  if (failed(convolution))
    return failure();
  FailureOr<GemmDescription> pointwise = describePointwise(*convolution);
  if (succeeded(pointwise))
    return getDescribedTraits(*pointwise, body);
  KernelTraits traits;
  traits.numTiles =
      convolution->getNumBlocks() * convolution->getTilesOfBlock();
  traits.tilesPerBlock = std::min(getTilesPerBlock(*convolution),
                                  getLargest(traits.numTiles, facts));
  traits.scratchBytes =
      llvm::alignTo(convolution->getInputScratchBytes() +
                        convolution->epilogue.getScratchBytes(),
                    64);
  traits.inPlace.push_back(
      getInPlaceInputs(body, convolution->epilogue, facts));
  return traits;
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

namespace {

/// Emits the body of one kernel.
class ConvolutionEmission {
public:
  ConvolutionEmission(VectorEmitter &emitter,
                      const ConvolutionDescription &convolution,
                      const KernelArguments &arguments)
      : emitter(emitter), convolution(convolution), arguments(arguments),
        epilogue(emitter, convolution.epilogue,
                 advanceBytes(emitter, arguments.scratch,
                              convolution.getInputScratchBytes())),
        sweep(emitter, convolution.left, epilogue) {}

  void emit();

private:
  /// The part of one axis that the present block covers.
  struct BlockAxis {
    /// Number of the block, its first output pixel and how many it has.
    Value block;
    Value first;
    Value count;
    /// First input pixel that it sees, and how many.
    Value inputFirst;
    Value inputCount;
  };

  void startBlock(Value block);
  BlockAxis emitBlockAxis(const SpatialAxis &axis, Value block);
  void emitPointers(Value batch);
  void copyInput(Value batch);
  void copyRun(Value inside, Value source, Value target);
  void fillZero(Value target, Value numPixels);
  void emitStep(Value step);
  void emitPanels(Value group, Value firstPanel, int64_t numPanels,
                  int64_t lastActive);
  void emitDepthwise();
  void forRowCounts(llvm::function_ref<void(const RowCount &)> body);
  void emitRuns(const RowPointers &first, PanelSweep::RowBody body);
  RowPointers getLine(const RowPointers &first, Value line);

  Value scaled(Value value, const DimExpr &factor) {
    return emitter.mulInt(value, emitter.index(factor));
  }
  Value advance(Value pointer, Value numElements) {
    return emitter.advance(pointer, numElements, convolution.elementType);
  }

  VectorEmitter &emitter;
  const ConvolutionDescription &convolution;
  const KernelArguments &arguments;
  EpilogueEmitter epilogue;
  PanelSweep sweep;
  std::array<BlockAxis, 3> axes;
  /// The first pixel of the block.
  RowPointers pointers;
};

} // namespace

void ConvolutionEmission::emit() {
  emitTileRange(
      emitter, arguments.tileBegin, arguments.tileEnd,
      convolution.getTilesOfBlock(), [&](Value block) { startBlock(block); },
      [&](Value step) {
        if (convolution.isDepthwise())
          emitDepthwise();
        else
          emitStep(step);
      });
}

ConvolutionEmission::BlockAxis
ConvolutionEmission::emitBlockAxis(const SpatialAxis &axis, Value block) {
  BlockAxis result;
  result.block = block;
  result.first = scaled(block, axis.block);
  result.count = emitter.index(axis.block);
  if (!isMultipleOf(axis.output, axis.block, *convolution.facts))
    result.count = emitter.minSigned(
        result.count, emitter.subInt(emitter.index(axis.output), result.first));
  result.inputFirst = emitter.subInt(scaled(result.first, axis.stride),
                                     emitter.index(axis.padBegin));
  result.inputCount =
      emitter.addInt(scaled(result.count, axis.stride),
                     emitter.index(axis.getFootprint(1) - axis.stride));
  return result;
}

/// Emits what all tiles of a block share.
void ConvolutionEmission::startBlock(Value block) {
  SmallVector<DimExpr> sizes{convolution.batch};
  for (const SpatialAxis &axis : convolution.axes)
    sizes.push_back(axis.getNumBlocks());
  SmallVector<Value> digits = emitDigits(emitter, block, sizes);
  for (size_t i = 0; i < axes.size(); ++i)
    axes[i] = emitBlockAxis(convolution.axes[i], digits[i + 1]);
  emitPointers(digits.front());
  if (convolution.copiesInput)
    copyInput(digits.front());
}

void ConvolutionEmission::emitPointers(Value batch) {
  pointers.left = arguments.scratch;
  if (!convolution.copiesInput) {
    Value offset = scaled(batch, convolution.batchStride);
    for (auto [axis, part] : llvm::zip_equal(convolution.axes, axes))
      offset =
          emitter.addInt(offset, scaled(part.inputFirst, axis.inputStride));
    pointers.left = advance(arguments.buffers[convolution.inputBuffer], offset);
  }
  pointers.accesses.clear();
  for (unsigned i = 0; i < epilogue.getNumAccesses(); ++i) {
    const TileAccess &access = epilogue.getAccess(i);
    Value offset = emitter.addInt(emitter.index(access.offset),
                                  scaled(batch, access.loopStrides.front()));
    for (auto [part, stride] :
         llvm::zip_equal(axes, ArrayRef(access.loopStrides).drop_front()))
      offset = emitter.addInt(offset, scaled(part.first, stride));
    pointers.accesses.push_back(emitter.advance(
        arguments.buffers[access.buffer], offset, access.elementType));
  }
}

/// Copies the input that a block sees to scratch, zeros where it is padding.
void ConvolutionEmission::copyInput(Value batch) {
  auto isInside = [&](Value place, const DimExpr &size) {
    return emitter.compareInt(arith::CmpIPredicate::ult, place,
                              emitter.index(size));
  };
  const SpatialAxis &outer = convolution.axes[0], &line = convolution.axes[1];
  auto copyLine = [&](Value i, Value j) {
    Value outerPlace = emitter.addInt(axes[0].inputFirst, i);
    Value linePlace = emitter.addInt(axes[1].inputFirst, j);
    Value inside = emitter.bitAnd(isInside(outerPlace, outer.input),
                                  isInside(linePlace, line.input));
    Value offset =
        emitter.addInt(scaled(batch, convolution.batchStride),
                       emitter.addInt(scaled(outerPlace, outer.inputStride),
                                      scaled(linePlace, line.inputStride)));
    Value target = advance(arguments.scratch,
                           emitter.addInt(scaled(i, outer.sourceStride),
                                          scaled(j, line.sourceStride)));
    copyRun(inside, offset, target);
  };
  auto forEach = [&](Value count, llvm::function_ref<void(Value)> body) {
    emitter.forLoop(emitter.index(0), count, emitter.index(1), {},
                    [&](Value i, ValueRange) -> VectorEmitter::Values {
                      body(i);
                      return {};
                    });
  };
  forEach(axes[0].inputCount, [&](Value i) {
    forEach(axes[1].inputCount, [&](Value j) { copyLine(i, j); });
  });
}

/// Writes `numPixels` pixels of zeros.
void ConvolutionEmission::fillZero(Value target, Value numPixels) {
  int64_t pixelBytes = convolution.channels *
                       VectorEmitter::getSizeInBytes(convolution.elementType);
  Value zero = emitter.constantInt(emitter.getBuilder().getI8Type(), 0);
  emitter.create<LLVM::MemsetOp>(target, zero, scaled(numPixels, pixelBytes),
                                 /*isVolatile=*/false);
}

/// Copies the pixels of the innermost axis; `source` is the offset of its pixel
/// 0 in the input. If not `inside`, all of them are padding.
void ConvolutionEmission::copyRun(Value inside, Value source, Value target) {
  const BlockAxis &run = axes[2];
  const SpatialAxis &axis = convolution.axes[2];
  auto clamp = [&](Value place, Value low) {
    return emitter.minSigned(emitter.maxSigned(place, low), run.inputCount);
  };
  Value zero = emitter.index(0);
  Value low = clamp(emitter.subInt(zero, run.inputFirst), zero);
  Value high =
      clamp(emitter.subInt(emitter.index(axis.input), run.inputFirst), low);
  low = emitter.select(inside, low, run.inputCount);
  high = emitter.select(inside, high, run.inputCount);
  fillZero(target, low);
  Value hasPixels = emitter.compareInt(arith::CmpIPredicate::slt, low, high);
  emitter.ifThen(hasPixels, [&]() -> VectorEmitter::Values {
    Value first = emitter.addInt(run.inputFirst, low);
    Value offset = emitter.addInt(source, scaled(first, convolution.channels));
    int64_t pixelBytes = convolution.channels *
                         VectorEmitter::getSizeInBytes(convolution.elementType);
    emitter.create<LLVM::MemcpyOp>(
        advance(target, scaled(low, convolution.channels)),
        advance(arguments.buffers[convolution.inputBuffer], offset),
        scaled(emitter.subInt(high, low), pixelBytes), /*isVolatile=*/false);
    return {};
  });
  fillZero(advance(target, scaled(high, convolution.channels)),
           emitter.subInt(run.inputCount, high));
}

/// Emits the block's pixels times the panels of one step.
void ConvolutionEmission::emitStep(Value step) {
  int64_t numSteps = convolution.getNumSteps();
  SmallVector<Value> digits =
      emitDigits(emitter, step, {convolution.groups, numSteps});
  Value firstPanel = scaled(digits[1], convolution.panelsPerStep);
  int64_t lastPanels =
      convolution.getNumPanels() - (numSteps - 1) * convolution.panelsPerStep;
  int64_t tail = convolution.columnsPerGroup % kPanelWidth;
  auto emitLast = [&] {
    emitPanels(digits[0], firstPanel, lastPanels,
               tail == 0 ? kPanelWidth : tail);
  };
  if (tail == 0 && lastPanels == convolution.panelsPerStep)
    return emitLast();
  emitWhenLast(emitter, digits[1], numSteps, emitLast, [&] {
    emitPanels(digits[0], firstPanel, convolution.panelsPerStep, kPanelWidth);
  });
}

void ConvolutionEmission::emitPanels(Value group, Value firstPanel,
                                     int64_t numPanels, int64_t lastActive) {
  PanelRange panels;
  panels.numPanels = numPanels;
  panels.lastActive = lastActive;
  panels.firstColumn =
      emitter.addInt(scaled(group, convolution.columnsPerGroup),
                     scaled(firstPanel, kPanelWidth));
  Value panel =
      emitter.addInt(scaled(group, convolution.getNumPanels()), firstPanel);
  panels.pointer =
      advance(arguments.buffers[convolution.packedBuffer],
              scaled(panel, convolution.left.getDepth() * kPanelWidth));
  RowPointers first = pointers;
  first.left = advance(first.left, scaled(group, convolution.channelsPerGroup));
  forRowCounts([&](const RowCount &numRows) {
    sweep.emit(panels, numRows,
               [&](PanelSweep::RowBody body) { emitRuns(first, body); });
  });
}

/// Emits all channels of the block's pixels, each with its own filter.
void ConvolutionEmission::emitDepthwise() {
  DepthwiseSweep depthwise(emitter, convolution, epilogue,
                           arguments.buffers[convolution.packedBuffer]);
  forRowCounts([&](const RowCount &numRows) {
    depthwise.emit(numRows,
                   [&](PanelSweep::RowBody body) { emitRuns(pointers, body); });
  });
}

/// Emits `body` for the number of rows that a run of the present block has: the
/// last block may have less.
void ConvolutionEmission::forRowCounts(
    llvm::function_ref<void(const RowCount &)> body) {
  bool joins = convolution.joinsLines();
  unsigned cutAxis = joins ? convolution.lineAxis : convolution.rowAxis;
  const SpatialAxis &axis = convolution.axes[cutAxis];
  int64_t rowsPerStep = joins ? convolution.left.rowsPerLine : 1;
  std::optional<int64_t> output = axis.output.getConstant();
  if (!output)
    return body(
        {axis.block * rowsPerStep, scaled(axes[cutAxis].count, rowsPerStep)});
  int64_t numBlocks = llvm::divideCeil(*output, axis.block);
  int64_t last = *output - (numBlocks - 1) * axis.block;
  if (last == axis.block)
    return body({last * rowsPerStep});
  emitWhenLast(
      emitter, axes[cutAxis].block, numBlocks,
      [&] { body({last * rowsPerStep}); },
      [&] { body({axis.block * rowsPerStep}); });
}

/// Emits `body` for the block's runs of rows: one, or one per line.
void ConvolutionEmission::emitRuns(const RowPointers &first,
                                   PanelSweep::RowBody body) {
  if (convolution.joinsLines())
    return body(first);
  emitter.forLoop(emitter.index(0), axes[convolution.lineAxis].count,
                  emitter.index(1), {},
                  [&](Value line, ValueRange) -> VectorEmitter::Values {
                    body(getLine(first, line));
                    return {};
                  });
}

/// Returns the pointers to line `line` of a block.
RowPointers ConvolutionEmission::getLine(const RowPointers &first, Value line) {
  unsigned lineAxis = convolution.lineAxis;
  const SpatialAxis &axis = convolution.axes[lineAxis];
  RowPointers rows;
  rows.left =
      advance(first.left, scaled(line, axis.sourceStride * axis.stride));
  for (auto [i, pointer] : llvm::enumerate(first.accesses)) {
    const TileAccess &access = epilogue.getAccess(i);
    rows.accesses.push_back(
        emitter.advance(pointer, scaled(line, access.loopStrides[lineAxis + 1]),
                        access.elementType));
  }
  return rows;
}

LogicalResult emitConvolution(KernelOp kernel, const CpuFeatures &features,
                              ModuleOp code) {
  Block &body = kernel.getBody().front();
  SymbolFacts facts = getSymbolFacts(kernel);
  FailureOr<ConvolutionDescription> convolution =
      describeConvolution(body, facts);
  if (failed(convolution))
    return kernel.emitOpError("expected the body of a convolution kernel: one "
                              "packed convolution, then elementwise ops");
  FailureOr<GemmDescription> pointwise = describePointwise(*convolution);
  if (succeeded(pointwise)) {
    emitDescribedGemm(kernel, *pointwise, features, code);
    return success();
  }
  KernelSignature signature;
  signature.name = kernel.getSymName();
  signature.numBuffers = body.getNumArguments() + 1;
  signature.symbols = collectSymbols(body);
  signature.mayAlias.assign(signature.numBuffers, false);
  for (unsigned input : getInPlaceInputs(body, convolution->epilogue, facts))
    signature.mayAlias[input] = signature.mayAlias.back() = true;
  emitKernelShell(
      code, signature, features,
      [&](VectorEmitter &emitter, const KernelArguments &arguments) {
        ConvolutionEmission(emitter, *convolution, arguments).emit();
        return Value();
      });
  return success();
}

} // namespace neap
