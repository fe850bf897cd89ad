// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanOps.cpp - verifiers of the plan dialect.
#include "dialects/plan/IR/PlanOps.h"

#include "dialects/plan/IR/AccessSyntax.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace neap::planir;

#include "dialects/plan/IR/PlanInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/plan/IR/PlanOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Rules that several ops share
//===----------------------------------------------------------------------===//

/// Returns whether [offset, offset + length) lies in [0, size).
static bool isInside(uint64_t offset, uint64_t length, int64_t size) {
  return size >= 0 && offset <= uint64_t(size) &&
         length <= uint64_t(size) - offset;
}

/// Checks that `access` lies inside `buffer`.
static LogicalResult verifyAccess(Operation *op, Value buffer,
                                  AccessAttr access) {
  auto bufferOp = buffer.getDefiningOp<BufferOp>();
  if (!bufferOp)
    return op->emitOpError("expected a buffer made by 'plan.buffer'");
  if (isInside(access.getOffset(), access.getLength(), bufferOp.getSize()))
    return success();
  InFlightDiagnostic diag =
      op->emitOpError("expected an access inside the ")
      << bufferOp.getSize() << " bytes of '" << bufferOp.getName() << "', got "
      << access.getLength() << " bytes at offset " << access.getOffset();
  diag.attachNote(bufferOp.getLoc()) << "the buffer is declared here";
  return diag;
}

/// Checks that `access` may say `in_place_of` and names a read.
static LogicalResult verifyInPlace(Operation *op, ArrayRef<Attribute> accesses,
                                   AccessAttr access) {
  if (access.getInPlaceOf() < 0)
    return success();
  if (access.getKind() != AccessKind::Write)
    return op->emitOpError("expected 'in_place_of' on a write, got it on a ")
           << stringifyAccessKind(access.getKind());
  uint64_t position = access.getInPlaceOf();
  if (position < accesses.size() &&
      cast<AccessAttr>(accesses[position]).getKind() == AccessKind::Read)
    return success();
  return op->emitOpError("expected 'in_place_of' to be the position of a read "
                         "among ")
         << accesses.size() << " operands, got " << position;
}

LogicalResult neap::planir::verifyCommand(Operation *op) {
  auto command = cast<CommandOpInterface>(op);
  OperandRange buffers = command.getBuffers();
  ArrayRef<Attribute> accesses = command.getAccesses().getValue();
  // command_c1
  if (buffers.size() != accesses.size())
    return op->emitOpError("expected an access for each of ")
           << buffers.size() << " buffers, got " << accesses.size();
  for (auto [buffer, attribute] : llvm::zip(buffers, accesses)) {
    auto access = cast<AccessAttr>(attribute);
    // command_c2, command_c3
    if (failed(verifyAccess(op, buffer, access)) ||
        failed(verifyInPlace(op, accesses, access)))
      return failure();
  }
  // command_c4
  for (Value token : command.getWaits())
    if (token.getParentBlock() != op->getBlock())
      return op->emitOpError("expected to wait for commands of its own block");
  return success();
}

/// Checks that `block` holds nothing but commands.
static LogicalResult verifyCommandsOnly(Operation *op, Block &block) {
  for (Operation &child : block)
    if (!isa<CommandOpInterface>(child))
      return op->emitOpError("expected commands only, got '")
             << child.getName() << "'";
  return success();
}

/// Checks that `op` has one access, a read of `lengths[i]` bytes for some i.
static LogicalResult verifyOneRead(CommandOpInterface op,
                                   ArrayRef<uint64_t> lengths) {
  ArrayAttr accesses = op.getAccesses();
  if (accesses.size() == 1) {
    auto access = cast<AccessAttr>(accesses[0]);
    if (access.getKind() == AccessKind::Read &&
        llvm::is_contained(lengths, access.getLength()))
      return success();
  }
  InFlightDiagnostic diag = op->emitOpError("expected one read of ");
  llvm::interleave(
      lengths, [&](uint64_t length) { diag << length; },
      [&] { diag << " or "; });
  return diag << " bytes";
}

static LogicalResult verifyRange(Operation *op, int64_t lo, int64_t hi) {
  if (lo <= hi)
    return success();
  return op->emitOpError("expected a range with lo <= hi, got ")
         << lo << " to " << hi;
}

//===----------------------------------------------------------------------===//
// The plan and its tables
//===----------------------------------------------------------------------===//

LogicalResult PlanModuleOp::verify() {
  // module_c1
  if (getMaxThreads() < 1)
    return emitOpError("expected a positive 'max_threads', got ")
           << getMaxThreads();
  if (getConstBytes() < 0 || getStateBytes() < 0)
    return emitOpError("expected segments of at least 0 bytes, got ")
           << getConstBytes() << " (const) and " << getStateBytes()
           << " (state)";
  // module_c2
  for (Operation &op : getBody().front())
    if (!isa<SymbolOp, KernelOp, StateSliceOp, EntryOp>(op))
      return emitOpError("expected symbols, kernels, state slices and entries "
                         "only, got '")
             << op.getName() << "'";
  return success();
}

LogicalResult SymbolOp::verify() {
  // symbol_c1
  if (getStep() < 1)
    return emitOpError("expected a positive step, got ") << getStep();
  return verifyRange(*this, getLo(), getHi());
}

LogicalResult StateSliceOp::verify() {
  int64_t stateBytes =
      cast<PlanModuleOp>((*this)->getParentOp()).getStateBytes();
  // state_slice_c1
  if (getOffset() < 0 || getSize() < 0 ||
      !isInside(getOffset(), getSize(), stateBytes))
    return emitOpError("expected bytes inside the state segment of ")
           << stateBytes << " bytes, got " << getSize() << " at offset "
           << getOffset();
  return success();
}

LogicalResult EntryOp::verify() {
  // entry_c1
  for (Operation &op : getBody().front())
    if (!isa<StreamOp, ScalarOp, BufferOp, InputOp, OutputOp,
             CommandOpInterface>(op))
      return emitOpError("expected declarations and commands only, got '")
             << op.getName() << "'";
  // entry_c2
  if (getArenaBytes() < 0)
    return emitOpError("expected an arena of at least 0 bytes, got ")
           << getArenaBytes();
  return success();
}

//===----------------------------------------------------------------------===//
// Declarations of an entry
//===----------------------------------------------------------------------===//

LogicalResult ScalarOp::verify() {
  // scalar_c1
  return verifyRange(*this, getLo(), getHi());
}

/// Returns the size of the segment of `buffer`, if the plan fixes it.
static std::optional<int64_t> getSegmentBytes(BufferOp buffer) {
  auto entry = cast<EntryOp>(buffer->getParentOp());
  auto module = cast<PlanModuleOp>(entry->getParentOp());
  switch (buffer.getSegment()) {
  case Segment::Arena:
    return entry.getArenaBytes();
  case Segment::Const:
    return module.getConstBytes();
  case Segment::State:
    return module.getStateBytes();
  case Segment::Input:
  case Segment::Output:
    return std::nullopt;
  }
  return std::nullopt;
}

LogicalResult BufferOp::verify() {
  if (getOffset() < 0 || getSize() < 0)
    return emitOpError("expected an offset and a size of at least 0, got ")
           << getOffset() << " and " << getSize();
  std::optional<int64_t> segmentBytes = getSegmentBytes(*this);
  // buffer_c1
  if (segmentBytes && getOffset() % kBufferAlignment)
    return emitOpError("expected an offset that is a multiple of ")
           << kBufferAlignment << ", got " << getOffset();
  // buffer_c2
  if (segmentBytes && !isInside(getOffset(), getSize(), *segmentBytes))
    return emitOpError("expected bytes inside the ")
           << stringifySegment(getSegment()) << " segment of " << *segmentBytes
           << " bytes, got " << getSize() << " at offset " << getOffset();
  if (!segmentBytes && getOffset() != 0)
    return emitOpError("expected offset 0 in the ")
           << stringifySegment(getSegment()) << " segment, got " << getOffset();
  // buffer_c3
  if (getElementBits() < 1)
    return emitOpError("expected positive 'element_bits', got ")
           << getElementBits();
  return success();
}

/// Checks that `buffer` is in `segment` and no other `OpTy` has it.
template <typename OpTy>
static LogicalResult verifyCallerBuffer(OpTy op, Segment segment) {
  auto buffer = op.getBuffer().template getDefiningOp<BufferOp>();
  if (!buffer || buffer.getSegment() != segment)
    return op.emitOpError("expected a buffer of the ")
           << stringifySegment(segment) << " segment";
  for (Operation *user : buffer->getUsers())
    if (isa<OpTy>(user) && user != op.getOperation())
      return op.emitOpError("expected a buffer of its own, but '")
             << buffer.getName() << "' belongs to another "
             << stringifySegment(segment) << " too";
  return success();
}

LogicalResult InputOp::verify() {
  // input_c1
  return verifyCallerBuffer(*this, Segment::Input);
}

LogicalResult OutputOp::verify() {
  // output_c1
  return verifyCallerBuffer(*this, Segment::Output);
}

//===----------------------------------------------------------------------===//
// Commands
//===----------------------------------------------------------------------===//

/// Checks the scratch of `op`; its size is a product with `maxThreads`.
static LogicalResult verifyScratch(LaunchOp op, int64_t maxThreads) {
  int64_t perThread = op.getScratchBytesPerThread();
  if (perThread < 0)
    return op.emitOpError("expected at least 0 bytes of scratch, got ")
           << perThread;
  std::optional<AccessAttr> access = op.getScratchAccess();
  if (bool(op.getScratch()) != (perThread > 0) ||
      access.has_value() != (perThread > 0))
    return op.emitOpError("expected a scratch buffer iff scratch is positive, "
                          "got ")
           << perThread << " bytes per thread and "
           << (op.getScratch() ? "a" : "no") << " buffer";
  if (!access)
    return success();
  if (access->getKind() != AccessKind::Scratch)
    return op.emitOpError("expected access 'scratch', got '")
           << stringifyAccessKind(access->getKind()) << "'";
  int64_t expected;
  if (llvm::MulOverflow(perThread, maxThreads, expected) ||
      access->getLength() != uint64_t(expected))
    return op.emitOpError("expected scratch of ")
           << perThread << " bytes for " << maxThreads << " threads, got "
           << access->getLength() << " bytes";
  return verifyAccess(op, op.getScratch(), *access);
}

LogicalResult LaunchOp::verify() {
  auto module = (*this)->getParentOfType<PlanModuleOp>();
  auto kernel = dyn_cast_or_null<KernelOp>(
      SymbolTable::lookupSymbolIn(module, getKernelAttr()));
  // launch_c1
  if (!kernel)
    return emitOpError("expected a 'plan.kernel' named '")
           << getKernel() << "'";
  if (kernel.getNumOperands() != int64_t(getBuffers().size()) ||
      kernel.getNumSizes() != int64_t(getSizes().size()))
    return emitOpError("expected ")
           << kernel.getNumOperands() << " operands and "
           << kernel.getNumSizes() << " sizes for '" << getKernel() << "', got "
           << getBuffers().size() << " and " << getSizes().size();
  // launch_c2
  if (getTilesPerBlock() < 1)
    return emitOpError("expected positive tiles per block, got ")
           << getTilesPerBlock();
  // launch_c4
  for (auto access : getAccesses().getAsRange<AccessAttr>())
    if (access.getKind() == AccessKind::Scratch)
      return emitOpError("expected scratch apart from the operands");
  // launch_c3
  return verifyScratch(*this, module.getMaxThreads());
}

LogicalResult CopyOp::verify() {
  // copy_c1
  if (getAccesses().size() != 2)
    return emitOpError("expected two operands, got ") << getAccesses().size();
  auto source = cast<AccessAttr>(getAccesses()[0]);
  auto target = cast<AccessAttr>(getAccesses()[1]);
  if (source.getKind() != AccessKind::Read ||
      target.getKind() != AccessKind::Write ||
      source.getLength() != target.getLength())
    return emitOpError("expected a read, then a write of as many bytes, got a ")
           << stringifyAccessKind(source.getKind()) << " of "
           << source.getLength() << " and a "
           << stringifyAccessKind(target.getKind()) << " of "
           << target.getLength();
  return success();
}

LogicalResult IfOp::verify() {
  // if_c1
  if (failed(verifyOneRead(*this, {1})))
    return failure();
  // if_c2
  if (failed(verifyCommandsOnly(*this, getThenRegion().front())))
    return failure();
  return verifyCommandsOnly(*this, getElseRegion().front());
}

LogicalResult LoopOp::verify() {
  // loop_c1
  if (!getBuffers().empty())
    return emitOpError("expected no operands, got ") << getBuffers().size();
  // loop_c2
  return verifyCommandsOnly(*this, getBody().front());
}

LogicalResult ReadScalarOp::verify() {
  // read_scalar_c1
  return verifyOneRead(*this, {4, 8});
}
