// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GemmEmitter.cpp - see the header. Loops, outermost first: blocks of rows whose left
// operand fits into L2, groups of panels, (packing of the group,) panels, tiles of
// rows, depth. Only the innermost two follow the instruction set.
#include "passes/lowering/NeapToVector/GemmEmitter.h"

#include "dialects/neap/IR/NeapOps.h"
#include "passes/lowering/NeapToVector/KernelShell.h"
#include "passes/lowering/NeapToVector/PanelPacking.h"
#include "passes/lowering/NeapToVector/PanelSweep.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace neap {

static constexpr int64_t kPanelWidth = VectorEmitter::kLanes;

//===----------------------------------------------------------------------===//
// Traits
//===----------------------------------------------------------------------===//

/// Returns the least number of tiles that is worth a thread: 20 microseconds at 50
/// flops and 10 bytes of right operand a nanosecond.
static int64_t getTilesPerBlock(const GemmDescription &gemm) {
  constexpr double kLeastNs = 20000, kFlopsPerNs = 50, kBytesPerNs = 10;
  double numRights = double(gemm.panelsPerGroup) * kPanelWidth *
                     gemm.left.getDepth();
  double flopNs = 2 * numRights * gemm.rowsPerBlock / kFlopsPerNs;
  double byteNs = numRights *
                  VectorEmitter::getSizeInBytes(gemm.elementType) / kBytesPerNs;
  return std::max<int64_t>(1, kLeastNs / std::max(flopNs, byteNs));
}

FailureOr<KernelTraits> computeGemmTraits(Block &body) {
  FailureOr<GemmDescription> gemm = describeGemm(body);
  if (failed(gemm))
    return failure();
  KernelTraits traits;
  traits.numTiles = gemm->getNumLoopIterations() * gemm->getNumRowBlocks() *
                    gemm->getNumGroups();
  traits.tilesPerBlock =
      std::min(getTilesPerBlock(*gemm), traits.numTiles);
  traits.scratchBytes = llvm::alignTo(
      gemm->getPanelScratchBytes() + gemm->epilogue.getScratchBytes(), 64);
  traits.inPlace.push_back(getInPlaceInputs(body, gemm->epilogue));
  return traits;
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

namespace {

/// Emits the body of one kernel.
class GemmEmission {
public:
  GemmEmission(VectorEmitter &emitter, const GemmDescription &gemm,
               const KernelArguments &arguments)
      : emitter(emitter), gemm(gemm), arguments(arguments),
        epilogue(emitter, gemm.epilogue,
                 emitter.advance(
                     arguments.scratch,
                     emitter.index(gemm.getPanelScratchBytes() /
                                   VectorEmitter::getSizeInBytes(
                                       gemm.elementType)),
                     gemm.elementType)),
        sweep(emitter, gemm.left, epilogue) {}

  void emit();

private:
  void emitRowBlock(Value block);
  void emitGroup(Value group, Value rowBlock);
  void emitPanels(Value group, int64_t numPanels, int64_t lastActive,
                  Value rowBlock);
  void packGroup(Value group);
  SmallVector<Value> emitLoopDigits(Value iteration);
  Value emitBase(unsigned buffer, int64_t offset,
                 ArrayRef<int64_t> loopStrides, Type element);
  Value advanceRows(Value pointer, int64_t rowStride, Type element);
  void whenEqual(Value value, int64_t constant, int64_t numValues,
                 llvm::function_ref<void()> equal,
                 llvm::function_ref<void()> different);

  VectorEmitter &emitter;
  const GemmDescription &gemm;
  const KernelArguments &arguments;
  EpilogueEmitter epilogue;
  PanelSweep sweep;
  /// Counters of the loops around the tiles, and the block's first row.
  SmallVector<Value> loopDigits;
  Value firstRow;
  RowPointers pointers;
  Value rightBase;
};

} // namespace

void GemmEmission::emit() {
  Value numGroups = emitter.index(gemm.getNumGroups());
  Value first = emitter.create<arith::DivUIOp>(arguments.tileBegin, numGroups);
  Value last =
      emitter.create<arith::CeilDivUIOp>(arguments.tileEnd, numGroups);
  emitter.forLoop(first, last, emitter.index(1), {},
                  [&](Value block, ValueRange) -> VectorEmitter::Values {
                    emitRowBlock(block);
                    return {};
                  });
}

/// Splits a number into the counters of the loops around the tiles.
SmallVector<Value> GemmEmission::emitLoopDigits(Value iteration) {
  SmallVector<Value> digits(gemm.loops.size());
  for (size_t i = digits.size(); i-- > 0;) {
    Value size = emitter.index(gemm.loops[i]);
    digits[i] = emitter.create<arith::RemUIOp>(iteration, size);
    iteration = emitter.create<arith::DivUIOp>(iteration, size);
  }
  return digits;
}

/// Returns the pointer to row 0 and column 0 of the present loop iteration.
Value GemmEmission::emitBase(unsigned buffer, int64_t offset,
                             ArrayRef<int64_t> loopStrides, Type element) {
  Value distance = emitter.index(offset);
  for (auto [digit, stride] : llvm::zip_equal(loopDigits, loopStrides))
    distance = emitter.addInt(distance,
                              emitter.mulInt(digit, emitter.index(stride)));
  return emitter.advance(arguments.buffers[buffer], distance, element);
}

Value GemmEmission::advanceRows(Value pointer, int64_t rowStride,
                                Type element) {
  Value distance = emitter.mulInt(firstRow, emitter.index(rowStride));
  return emitter.advance(pointer, distance, element);
}

/// Emits the tiles of the call that lie in row block `block` (numbered through
/// all loops).
void GemmEmission::emitRowBlock(Value block) {
  Value numRowBlocks = emitter.index(gemm.getNumRowBlocks());
  Value rowBlock = emitter.create<arith::RemUIOp>(block, numRowBlocks);
  loopDigits = emitLoopDigits(
      emitter.create<arith::DivUIOp>(block, numRowBlocks));
  firstRow = emitter.mulInt(rowBlock, emitter.index(gemm.rowsPerBlock));
  pointers.left = advanceRows(emitBase(gemm.leftBuffer, gemm.leftOffset,
                                       gemm.leftLoopStrides, gemm.elementType),
                              gemm.left.rowStride, gemm.elementType);
  pointers.accesses.clear();
  for (unsigned i = 0; i < epilogue.getNumAccesses(); ++i) {
    const TileAccess &access = epilogue.getAccess(i);
    pointers.accesses.push_back(
        advanceRows(emitBase(access.buffer, access.offset, access.loopStrides,
                             access.elementType),
                    access.rowStride, access.elementType));
  }
  rightBase = arguments.buffers[gemm.right.buffer];
  if (!gemm.right.isPacked)
    rightBase = emitBase(gemm.right.buffer, gemm.right.offset,
                         gemm.right.loopStrides, gemm.elementType);

  Value numGroups = emitter.index(gemm.getNumGroups());
  Value tileBefore = emitter.mulInt(block, numGroups);
  Value firstGroup = emitter.maxSigned(
      emitter.subInt(arguments.tileBegin, tileBefore), emitter.index(0));
  Value lastGroup = emitter.minSigned(
      emitter.subInt(arguments.tileEnd, tileBefore), numGroups);
  emitter.forLoop(firstGroup, lastGroup, emitter.index(1), {},
                  [&](Value group, ValueRange) -> VectorEmitter::Values {
                    emitGroup(group, rowBlock);
                    return {};
                  });
}

/// Emits `equal` for value == constant and `different` for the other values; just
/// one of them if there are no others.
void GemmEmission::whenEqual(Value value, int64_t constant, int64_t numValues,
                             llvm::function_ref<void()> equal,
                             llvm::function_ref<void()> different) {
  if (numValues == 1)
    return equal();
  auto emitIf = [&](arith::CmpIPredicate predicate,
                    llvm::function_ref<void()> body) {
    Value condition =
        emitter.compareInt(predicate, value, emitter.index(constant));
    emitter.ifThen(condition, [&]() -> VectorEmitter::Values {
      body();
      return {};
    });
  };
  emitIf(arith::CmpIPredicate::ne, different);
  emitIf(arith::CmpIPredicate::eq, equal);
}

void GemmEmission::emitGroup(Value group, Value rowBlock) {
  if (!gemm.right.isPacked)
    packGroup(group);
  int64_t numGroups = gemm.getNumGroups();
  int64_t lastPanels =
      gemm.getNumPanels() - (numGroups - 1) * gemm.panelsPerGroup;
  int64_t tail = gemm.numColumns % kPanelWidth;
  if (tail == 0 && lastPanels == gemm.panelsPerGroup)
    return emitPanels(group, lastPanels, kPanelWidth, rowBlock);
  whenEqual(
      group, numGroups - 1, numGroups,
      [&] {
        emitPanels(group, lastPanels, tail == 0 ? kPanelWidth : tail, rowBlock);
      },
      [&] { emitPanels(group, gemm.panelsPerGroup, kPanelWidth, rowBlock); });
}

/// Emits the copy of a group's panels to scratch.
void GemmEmission::packGroup(Value group) {
  Value panelsPerGroup = emitter.index(gemm.panelsPerGroup);
  Value firstPanel = emitter.mulInt(group, panelsPerGroup);
  Value numPanels = emitter.minSigned(
      emitter.subInt(emitter.index(gemm.getNumPanels()), firstPanel),
      panelsPerGroup);
  Value panelSize = emitter.index(gemm.left.getDepth() * kPanelWidth);
  emitter.forLoop(
      emitter.index(0), numPanels, emitter.index(1), {},
      [&](Value i, ValueRange) -> VectorEmitter::Values {
        Value target =
            emitter.advance(arguments.scratch, emitter.mulInt(i, panelSize),
                            gemm.elementType);
        emitPackPanel(emitter, gemm.right, gemm.elementType, gemm.numColumns,
                      rightBase, emitter.addInt(firstPanel, i), target);
        return {};
      });
}

/// Emits the rows of `rowBlock` times the panels of `group`.
void GemmEmission::emitPanels(Value group, int64_t numPanels,
                              int64_t lastActive, Value rowBlock) {
  PanelRange panels;
  panels.first = emitter.mulInt(group, emitter.index(gemm.panelsPerGroup));
  panels.numPanels = numPanels;
  panels.lastActive = lastActive;
  panels.pointer = arguments.scratch;
  if (gemm.right.isPacked) {
    Value panelSize = emitter.index(gemm.left.getDepth() * kPanelWidth);
    panels.pointer =
        emitter.advance(rightBase, emitter.mulInt(panels.first, panelSize),
                        gemm.elementType);
  }
  auto emitRows = [&](int64_t numRows) {
    sweep.emit(panels, numRows,
               [&](PanelSweep::RowBody body) { body(pointers); });
  };
  int64_t numBlocks = gemm.getNumRowBlocks();
  int64_t lastRows = gemm.numRows - (numBlocks - 1) * gemm.rowsPerBlock;
  if (lastRows == gemm.rowsPerBlock)
    return emitRows(lastRows);
  whenEqual(
      rowBlock, numBlocks - 1, numBlocks, [&] { emitRows(lastRows); },
      [&] { emitRows(gemm.rowsPerBlock); });
}

LogicalResult emitGemm(KernelOp kernel, const CpuFeatures &features,
                       ModuleOp code) {
  Block &body = kernel.getBody().front();
  FailureOr<GemmDescription> gemm = describeGemm(body);
  if (failed(gemm))
    return kernel.emitOpError("expected the body of a matmul kernel: one "
                              "product between views and elementwise ops");
  KernelSignature signature;
  signature.name = kernel.getSymName();
  signature.numBuffers = body.getNumArguments() + 1;
  signature.mayAlias.assign(signature.numBuffers, false);
  for (unsigned input : getInPlaceInputs(body, gemm->epilogue))
    signature.mayAlias[input] = signature.mayAlias.back() = true;
  emitKernelShell(code, signature, features,
                  [&](VectorEmitter &emitter, const KernelArguments &arguments) {
                    GemmEmission(emitter, *gemm, arguments).emit();
                    return Value();
                  });
  return success();
}

} // namespace neap
