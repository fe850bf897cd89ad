// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanEmitter.cpp - one buffer per storage, one command per launch and copy.
//
// All commands are on one stream, which runs them in order: no waits.
#include "passes/memory/PlanEmitter.h"

#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/ResultAttrs.h"
#include "dialects/neap/IR/Symbols.h"
#include "mlir/IR/Builders.h"
#include "passes/memory/LayerName.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace neap::planir;

namespace neap {

namespace {
class PlanEmitter {
public:
  PlanEmitter(func::FuncOp function, const MemoryLayout &layout,
              const PlanMemoryOptions &options)
      : function(function), layout(layout), assignment(layout.getAssignment()),
        options(options), builder(function.getContext()) {}

  PlanModuleOp emit(const MemoryReport &report);

private:
  /// The operands of a command that is being made.
  struct Operands {
    SmallVector<Value> buffers;
    SmallVector<Attribute> accesses;
  };

  const SizeBounds &getBounds() const { return assignment.getBounds(); }
  EntryOp emitEntry(const MemoryReport &report);
  void emitSymbols();
  void emitKernels();
  void emitBuffers();
  void emitScratchBuffer(unsigned node);
  BufferOp emitBuffer(Location loc, StringRef name, Segment segment,
                      int64_t offset, int64_t size, StringRef sizeText,
                      int64_t elementBits);
  void emitSignature();
  ArrayAttr getDims(Type type);
  std::string getSignatureName(DictionaryAttr attrs, StringRef kind,
                               unsigned index);

  void emitCommands();
  void emitLaunch(unsigned node, LaunchOp launch);
  void emitCopy(Location loc, StringRef name, const PlannedCopy &copy);
  void emitOutputCopies(std::optional<unsigned> node);
  void addOperand(Operands &operands, const Place &place, AccessKind kind,
                  int64_t inPlaceOf = -1);
  int64_t findReplacedOperand(unsigned node, LaunchOp launch, Value result);

  func::FuncOp function;
  const MemoryLayout &layout;
  const StorageAssignment &assignment;
  const PlanMemoryOptions &options;
  OpBuilder builder;
  Value stream;
  DenseMap<unsigned, Value> bufferOfStorage;
  DenseMap<unsigned, Value> scratchOfNode;
  /// What each launch of a kernel passes: its symbols, sorted.
  llvm::StringMap<ArrayAttr> sizesOfKernel;
};
} // namespace

/// Returns the kernel that `launch` names.
static neap::KernelOp lookupKernel(LaunchOp launch) {
  return SymbolTable::lookupNearestSymbolFrom<neap::KernelOp>(
      launch, launch.getKernelAttr());
}

PlanModuleOp PlanEmitter::emit(const MemoryReport &report) {
  builder.setInsertionPointAfter(function);
  auto module = PlanModuleOp::create(
      builder, function.getLoc(), options.kernelAbi, options.producer,
      options.maxThreads, layout.getConstBytes(), /*state_bytes=*/0);
  builder.createBlock(&module.getBody());
  emitSymbols();
  emitKernels();
  EntryOp entry = emitEntry(report);
  builder.createBlock(&entry.getBody());
  stream = StreamOp::create(builder, function.getLoc(),
                            builder.getType<StreamType>(), "compute", 0);
  emitBuffers();
  emitSignature();
  emitCommands();
  return module;
}

EntryOp PlanEmitter::emitEntry(const MemoryReport &report) {
  SmallVector<Attribute> tensors;
  for (const PeakTensor &tensor : report.peakTensors)
    tensors.push_back(PeakTensorAttr::get(
        builder.getContext(), builder.getStringAttr(tensor.name), tensor.bytes,
        builder.getStringAttr(tensor.shape)));
  return EntryOp::create(
      builder, function.getLoc(), function.getSymName(), report.arenaBytes,
      /*uses_seed=*/false, report.maxLiveBytes, report.lowerBoundBytes,
      report.flops, builder.getArrayAttr(tensors),
      builder.getI64IntegerAttr(report.arenaLowerBoundBytes));
}

/// The module lists its symbols in the order of their names.
void PlanEmitter::emitSymbols() {
  auto symbols =
      function->getParentOfType<ModuleOp>()->getAttrOfType<DictionaryAttr>(
          NeapDialect::kSymbolsAttr);
  if (!symbols)
    return;
  for (NamedAttribute entry : symbols) {
    auto range = cast<RangeAttr>(entry.getValue());
    // The verifier's bound is what a symbol can reach in its steps.
    int64_t numSteps = (range.getHi() - range.getLo()) / range.getStep();
    SymbolOp::create(builder, function.getLoc(), entry.getName(), range.getLo(),
                     range.getLo() + numSteps * range.getStep(),
                     range.getStep(), /*definition=*/StringAttr());
  }
}

void PlanEmitter::emitKernels() {
  for (unsigned node = 0; node < assignment.getGraph().getNumNodes(); ++node) {
    auto launch = dyn_cast<LaunchOp>(assignment.getOp(node));
    if (!launch || sizesOfKernel.contains(launch.getKernel()))
      continue;
    SmallVector<StringRef> names;
    SmallVector<std::string> symbols =
        collectSymbols(lookupKernel(launch).getBody().front());
    names.append(symbols.begin(), symbols.end());
    sizesOfKernel[launch.getKernel()] = builder.getStrArrayAttr(names);
    planir::KernelOp::create(builder, launch.getLoc(), launch.getKernel(),
                             int64_t(launch.getNumOperands()) +
                                 launch->getNumResults(),
                             int64_t(names.size()));
  }
}

//===----------------------------------------------------------------------===//
// Buffers and signature
//===----------------------------------------------------------------------===//

static Segment getSegment(StorageKind kind) {
  switch (kind) {
  case StorageKind::Arena:
    return Segment::Arena;
  case StorageKind::Const:
    return Segment::Const;
  case StorageKind::Input:
    return Segment::Input;
  case StorageKind::Output:
    return Segment::Output;
  }
  llvm_unreachable("a kind of storage");
}

/// Returns the bits of an element as it is stored: a bool takes a byte.
static int64_t getElementBits(Type type) {
  Type element = cast<RankedTensorType>(type).getElementType();
  return 8 * getStoredBytes(RankedTensorType::get({1}, element));
}

BufferOp PlanEmitter::emitBuffer(Location loc, StringRef name, Segment segment,
                                 int64_t offset, int64_t size,
                                 StringRef sizeText, int64_t elementBits) {
  return BufferOp::create(builder, loc, builder.getType<BufferType>(), name,
                          segment, MemorySpace::Host, /*device=*/0, offset,
                          size, sizeText, elementBits);
}

void PlanEmitter::emitBuffers() {
  for (unsigned storage : layout.getStorages()) {
    const StorageInfo &info = assignment.getInfo(storage);
    Type type = info.value.getType();
    bufferOfStorage[storage] = emitBuffer(
        info.value.getLoc(), getLayerName(info.value), getSegment(info.kind),
        layout.getOffset(storage), info.sizeInBytes,
        getBounds().getBytesText(type), getElementBits(type));
  }
  for (unsigned node = 0; node < assignment.getGraph().getNumNodes(); ++node)
    emitScratchBuffer(node);
}

void PlanEmitter::emitScratchBuffer(unsigned node) {
  std::optional<int64_t> offset = layout.getScratchOffset(node);
  if (!offset)
    return;
  Operation *op = assignment.getOp(node);
  int64_t size = assignment.getGraph().getNode(node).scratchInBytes;
  scratchOfNode[node] =
      emitBuffer(op->getLoc(), getLayerName(op) + " (scratch)", Segment::Arena,
                 *offset, size, std::to_string(size), /*elementBits=*/8);
}

ArrayAttr PlanEmitter::getDims(Type type) {
  SmallVector<Attribute> dims;
  for (const DimExpr &dim : neap::getDims(cast<RankedTensorType>(type)))
    dims.push_back(builder.getStringAttr(getBounds().getText(dim)));
  return builder.getArrayAttr(dims);
}

std::string PlanEmitter::getSignatureName(DictionaryAttr attrs, StringRef kind,
                                          unsigned index) {
  if (attrs)
    if (auto name = attrs.getAs<StringAttr>(NeapDialect::kNameAttr))
      return name.str();
  return (kind + Twine(index)).str();
}

void PlanEmitter::emitSignature() {
  for (unsigned storage : layout.getStorages()) {
    const StorageInfo &info = assignment.getInfo(storage);
    Type type = info.value.getType();
    Type element = cast<RankedTensorType>(type).getElementType();
    Value buffer = bufferOfStorage[storage];
    if (info.kind == StorageKind::Input)
      InputOp::create(builder, function.getLoc(),
                      getSignatureName(function.getArgAttrDict(info.index),
                                       "input", info.index),
                      buffer, element, getDims(type));
    if (info.kind == StorageKind::Output) {
      // The storage may have been made for a reshape's operand.
      Type resultType = function.getResultTypes()[info.index];
      auto getAttr = [&](StringRef name) {
        return function.getResultAttr(info.index, name);
      };
      OutputOp::create(
          builder, function.getLoc(),
          builder.getStringAttr(getSignatureName(
              function.getResultAttrDict(info.index), "output", info.index)),
          buffer, TypeAttr::get(element), getDims(resultType),
          /*aliases_input=*/IntegerAttr(),
          dyn_cast_or_null<StringAttr>(getAttr(kLayerAttr)),
          dyn_cast_or_null<IntegerAttr>(getAttr(kPositionAttr)),
          dyn_cast_or_null<UnitAttr>(getAttr(kKeptAttr)));
    }
  }
}

//===----------------------------------------------------------------------===//
// Commands
//===----------------------------------------------------------------------===//

void PlanEmitter::addOperand(Operands &operands, const Place &place,
                             AccessKind kind, int64_t inPlaceOf) {
  operands.buffers.push_back(bufferOfStorage.lookup(place.storage));
  operands.accesses.push_back(AccessAttr::get(builder.getContext(), kind,
                                              place.offsetInBytes,
                                              place.lengthInBytes, inPlaceOf));
}

/// Returns the position of the operand whose bytes `result` takes over, or -1.
int64_t PlanEmitter::findReplacedOperand(unsigned node, LaunchOp launch,
                                         Value result) {
  std::optional<unsigned> replaced =
      layout.getReplacedStorage(node, assignment.getPlace(result).storage);
  if (!replaced)
    return -1;
  for (auto [index, operand] : llvm::enumerate(launch.getInputs()))
    if (assignment.getPlace(operand).storage == *replaced)
      return index;
  return -1;
}

void PlanEmitter::emitLaunch(unsigned node, LaunchOp launch) {
  neap::KernelOp kernel = lookupKernel(launch);
  Operands operands;
  for (Value input : launch.getInputs())
    addOperand(operands, assignment.getPlace(input), AccessKind::Read);
  for (Value result : launch.getResults())
    addOperand(operands, assignment.getPlace(result), AccessKind::Write,
               findReplacedOperand(node, launch, result));
  Value scratch = scratchOfNode.lookup(node);
  AccessAttr scratchAccess;
  if (scratch)
    scratchAccess =
        AccessAttr::get(builder.getContext(), AccessKind::Scratch, 0,
                        assignment.getGraph().getNode(node).scratchInBytes, -1);
  planir::LaunchOp::create(
      builder, launch.getLoc(), builder.getType<TokenType>(),
      getLayerName(launch), launch.getKernel(), operands.buffers,
      builder.getArrayAttr(operands.accesses),
      sizesOfKernel.lookup(launch.getKernel()),
      getBounds().getText(kernel.getNumTiles()), kernel.getTilesPerBlock(),
      StorageAssignment::getScratchBytesPerThread(launch), scratch,
      scratchAccess, stream, ValueRange());
}

void PlanEmitter::emitCopy(Location loc, StringRef name,
                           const PlannedCopy &copy) {
  Operands operands;
  Place source = assignment.getPlace(copy.source);
  Place target = assignment.resolve(copy.target);
  source.lengthInBytes = target.lengthInBytes =
      std::min(source.lengthInBytes, target.lengthInBytes);
  addOperand(operands, source, AccessKind::Read);
  addOperand(operands, target, AccessKind::Write);
  planir::CopyOp::create(
      builder, loc, builder.getType<TokenType>(), name, operands.buffers,
      builder.getArrayAttr(operands.accesses), stream, ValueRange());
}

/// Emits the copies of outputs whose last writer is `node`.
void PlanEmitter::emitOutputCopies(std::optional<unsigned> node) {
  for (const OutputCopy &output : assignment.getOutputCopies()) {
    std::optional<unsigned> last;
    if (!output.writers.empty())
      last = *llvm::max_element(output.writers);
    if (last == node && output.copy.target.lengthInBytes != 0)
      emitCopy(output.copy.source.getLoc(), getLayerName(output.copy.source),
               output.copy);
  }
}

void PlanEmitter::emitCommands() {
  emitOutputCopies(std::nullopt);
  for (unsigned node = 0; node < assignment.getGraph().getNumNodes(); ++node) {
    Operation *op = assignment.getOp(node);
    if (auto launch = dyn_cast<neap::LaunchOp>(op))
      emitLaunch(node, launch);
    for (const PlannedCopy &copy : assignment.getCopies(op))
      emitCopy(op->getLoc(), getLayerName(op), copy);
    emitOutputCopies(node);
  }
}

PlanModuleOp emitPlan(func::FuncOp function, const MemoryLayout &layout,
                      const MemoryReport &report,
                      const PlanMemoryOptions &options) {
  return PlanEmitter(function, layout, options).emit(report);
}

} // namespace neap
