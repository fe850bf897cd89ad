// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GemmEmitter.cpp - see the header. Loops, outermost first: chunks of the right
// operand that fit into L3, blocks of rows whose left operand fits into L2,
// groups of panels, (packing of the group,) panels, blocks of depth whose panel
// fits into L2, tiles of rows, depth. Only the innermost two follow the
// instruction set.
#include "passes/lowering/NeapToVector/GemmEmitter.h"

#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/Symbols.h"
#include "passes/analysis/SizeAnalysis.h"
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

/// Returns the least number of tiles that is worth a thread: 20 microseconds at
/// 50 flops and 10 bytes of right operand a nanosecond.
static int64_t getTilesPerBlock(const GemmDescription &gemm) {
  constexpr double kLeastNs = 20000, kFlopsPerNs = 50, kBytesPerNs = 10;
  double depth = getLargest(gemm.left.getDepth(), *gemm.facts);
  double numRights = double(gemm.panelsPerGroup) * kPanelWidth * depth;
  double flopNs = 2 * numRights * gemm.rowsPerBlock / kFlopsPerNs;
  double byteNs =
      numRights * VectorEmitter::getSizeInBytes(gemm.elementType) / kBytesPerNs;
  return std::max<int64_t>(1, kLeastNs / std::max(flopNs, byteNs));
}

KernelTraits getDescribedTraits(const GemmDescription &gemm, Block &body) {
  KernelTraits traits;
  traits.numTiles = gemm.getNumTiles();
  traits.tilesPerBlock = std::min(getTilesPerBlock(gemm),
                                  getLargest(traits.numTiles, *gemm.facts));
  traits.scratchBytes =
      llvm::alignTo(gemm.getPanelScratchBytes() + gemm.getSumsScratchBytes() +
                        gemm.epilogue.getScratchBytes(),
                    64);
  traits.inPlace.push_back(getInPlaceInputs(body, gemm.epilogue, *gemm.facts));
  return traits;
}

FailureOr<KernelTraits> computeGemmTraits(Block &body,
                                          const SymbolFacts &facts) {
  FailureOr<GemmDescription> gemm = describeGemm(body, facts);
  if (failed(gemm))
    return failure();
  return getDescribedTraits(*gemm, body);
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
                 advanceBytes(emitter, arguments.scratch,
                              gemm.getPanelScratchBytes() +
                                  gemm.getSumsScratchBytes())),
        sweep(emitter, gemm.left, epilogue,
              {gemm.stepsPerBlock, advanceBytes(emitter, arguments.scratch,
                                                gemm.getPanelScratchBytes())}) {
  }

  void emit();

private:
  void startRowBlock(Value block);
  void emitGroupOfChunk(Value group);
  void emitGroup(Value group);
  void emitPanels(Value group, int64_t numPanels, int64_t lastActive);
  void emitRowsOf(const PanelRange &panels);
  void packGroup(Value group);
  Value emitBase(unsigned buffer, const DimExpr &offset,
                 ArrayRef<DimExpr> loopStrides, Type element);
  Value advanceRows(Value pointer, const DimExpr &rowStride, Type element);

  VectorEmitter &emitter;
  const GemmDescription &gemm;
  const KernelArguments &arguments;
  EpilogueEmitter epilogue;
  PanelSweep sweep;
  /// The present block: counters of the loops around it, its number and its
  /// first row, and where it begins in memory.
  SmallVector<Value> loopDigits;
  Value chunk;
  Value rowBlock;
  Value firstRow;
  RowPointers pointers;
  Value rightBase;
};

} // namespace

void GemmEmission::emit() {
  emitTileRange(
      emitter, arguments.tileBegin, arguments.tileEnd, gemm.groupsPerChunk,
      [&](Value block) { startRowBlock(block); },
      [&](Value group) { emitGroupOfChunk(group); });
}

/// Returns the pointer to row 0 and column 0 of the present loop iteration.
Value GemmEmission::emitBase(unsigned buffer, const DimExpr &offset,
                             ArrayRef<DimExpr> loopStrides, Type element) {
  Value distance = emitter.index(offset);
  for (auto [digit, stride] : llvm::zip_equal(loopDigits, loopStrides))
    distance =
        emitter.addInt(distance, emitter.mulInt(digit, emitter.index(stride)));
  return emitter.advance(arguments.buffers[buffer], distance, element);
}

Value GemmEmission::advanceRows(Value pointer, const DimExpr &rowStride,
                                Type element) {
  Value distance = emitter.mulInt(firstRow, emitter.index(rowStride));
  return emitter.advance(pointer, distance, element);
}

/// Emits where row block `block` (numbered through all loops and chunks)
/// begins.
void GemmEmission::startRowBlock(Value block) {
  SmallVector<DimExpr> sizes(gemm.loops);
  sizes.push_back(gemm.numChunks);
  sizes.push_back(gemm.getNumRowBlocks());
  loopDigits = emitDigits(emitter, block, sizes);
  rowBlock = loopDigits.pop_back_val();
  chunk = loopDigits.pop_back_val();
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
}

/// Emits group `group` of the present chunk, of which the last one may have
/// fewer.
void GemmEmission::emitGroupOfChunk(Value group) {
  Value first = emitter.mulInt(chunk, emitter.index(gemm.groupsPerChunk));
  group = emitter.addInt(first, group);
  if (gemm.numChunks.isConstant(1) ||
      divideExactly(gemm.getNumGroups(), gemm.groupsPerChunk, *gemm.facts))
    return emitGroup(group);
  Value exists = emitter.compareInt(arith::CmpIPredicate::slt, group,
                                    emitter.index(gemm.getNumGroups()));
  emitter.ifThen(exists, [&]() -> VectorEmitter::Values {
    emitGroup(group);
    return {};
  });
}

void GemmEmission::emitGroup(Value group) {
  if (!gemm.right.isPacked)
    packGroup(group);
  std::optional<int64_t> numColumns = gemm.numColumns.getConstant();
  if (!numColumns)
    return emitPanels(group, gemm.panelsPerGroup, kPanelWidth);
  int64_t numGroups = *gemm.getNumGroups().getConstant();
  int64_t lastPanels = *gemm.getNumPanels().getConstant() -
                       (numGroups - 1) * gemm.panelsPerGroup;
  int64_t tail = *numColumns % kPanelWidth;
  if (tail == 0 && lastPanels == gemm.panelsPerGroup)
    return emitPanels(group, lastPanels, kPanelWidth);
  emitWhenLast(
      emitter, group, numGroups,
      [&] { emitPanels(group, lastPanels, tail == 0 ? kPanelWidth : tail); },
      [&] { emitPanels(group, gemm.panelsPerGroup, kPanelWidth); });
}

/// Emits the copy of a group's panels to scratch.
void GemmEmission::packGroup(Value group) {
  Value panelsPerGroup = emitter.index(gemm.panelsPerGroup);
  Value firstPanel = emitter.mulInt(group, panelsPerGroup);
  Value numPanels = emitter.minSigned(
      emitter.subInt(emitter.index(gemm.getNumPanels()), firstPanel),
      panelsPerGroup);
  Value panelSize = emitter.index(gemm.left.getDepth() * kPanelWidth);
  emitter.forLoop(emitter.index(0), numPanels, emitter.index(1), {},
                  [&](Value i, ValueRange) -> VectorEmitter::Values {
                    Value target = emitter.advance(arguments.scratch,
                                                   emitter.mulInt(i, panelSize),
                                                   gemm.elementType);
                    emitPackPanel(emitter, gemm.right, gemm.elementType,
                                  gemm.numColumns, rightBase,
                                  emitter.addInt(firstPanel, i), target);
                    return {};
                  });
}

/// Emits the present rows times `numPanels` panels of `group` (as many as there
/// are, if the number of columns is known only at run time).
void GemmEmission::emitPanels(Value group, int64_t numPanels,
                              int64_t lastActive) {
  PanelRange panels;
  Value firstPanel = emitter.mulInt(group, emitter.index(gemm.panelsPerGroup));
  panels.firstColumn = emitter.mulInt(firstPanel, emitter.index(kPanelWidth));
  panels.numPanels = numPanels;
  panels.lastActive = lastActive;
  panels.pointer = arguments.scratch;
  if (gemm.right.isPacked) {
    Value panelSize = emitter.index(gemm.left.getDepth() * kPanelWidth);
    panels.pointer = emitter.advance(
        rightBase, emitter.mulInt(firstPanel, panelSize), gemm.elementType);
  }
  if (!gemm.numColumns.getConstant())
    panels.numColumns =
        emitter.subInt(emitter.index(gemm.numColumns), panels.firstColumn);
  emitRowsOf(panels);
}

/// Emits the rows of `rowBlock` times `panels`.
void GemmEmission::emitRowsOf(const PanelRange &panels) {
  auto emitRows = [&](const RowCount &numRows) {
    sweep.emit(panels, numRows,
               [&](PanelSweep::RowBody body) { body(pointers); });
  };
  std::optional<int64_t> numRows = gemm.numRows.getConstant();
  if (!numRows) {
    Value rest = emitter.subInt(emitter.index(gemm.numRows), firstRow);
    Value count = emitter.minSigned(rest, emitter.index(gemm.rowsPerBlock));
    return emitRows({gemm.rowsPerBlock, count});
  }
  int64_t numBlocks = *gemm.getNumRowBlocks().getConstant();
  int64_t lastRows = *numRows - (numBlocks - 1) * gemm.rowsPerBlock;
  if (lastRows == gemm.rowsPerBlock)
    return emitRows({lastRows});
  emitWhenLast(
      emitter, rowBlock, numBlocks, [&] { emitRows({lastRows}); },
      [&] { emitRows({gemm.rowsPerBlock}); });
}

void emitDescribedGemm(KernelOp kernel, const GemmDescription &gemm,
                       const CpuFeatures &features, ModuleOp code) {
  Block &body = kernel.getBody().front();
  KernelSignature signature;
  signature.name = kernel.getSymName();
  signature.numBuffers = body.getNumArguments() + 1;
  signature.symbols = collectSymbols(body);
  signature.mayAlias.assign(signature.numBuffers, false);
  for (unsigned input : getInPlaceInputs(body, gemm.epilogue, *gemm.facts))
    signature.mayAlias[input] = signature.mayAlias.back() = true;
  emitKernelShell(
      code, signature, features,
      [&](VectorEmitter &emitter, const KernelArguments &arguments) {
        GemmEmission(emitter, gemm, arguments).emit();
        return Value();
      });
}

LogicalResult emitGemm(KernelOp kernel, const CpuFeatures &features,
                       ModuleOp code) {
  SymbolFacts facts = getSymbolFacts(kernel);
  FailureOr<GemmDescription> gemm =
      describeGemm(kernel.getBody().front(), facts);
  if (failed(gemm))
    return kernel.emitOpError("expected the body of a matmul kernel: one "
                              "product between views and elementwise ops");
  emitDescribedGemm(kernel, *gemm, features, code);
  return success();
}

} // namespace neap
