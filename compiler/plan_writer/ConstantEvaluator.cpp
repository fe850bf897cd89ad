// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ConstantEvaluator.cpp - an interpreter of launches and views, op by op.
//
// A value is a range of bytes that keeps what it lies in alive: a mapped file,
// the const segment, or pages of its own, which go back to the system with the
// last value that lies in them.
#include "compiler/plan_writer/ConstantEvaluator.h"

#include "compiler/plan_writer/WeightDecoder.h"
#include "dialects/neap/IR/NeapOps.h"
#include "passes/memory/PlanMemory.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Memory.h"
#include <algorithm>
#include <memory>

using namespace mlir;

namespace neap {

namespace {
/// Pages of our own.
class Pages {
public:
  /// Returns null if memory runs out.
  static std::shared_ptr<Pages> allocate(size_t sizeInBytes) {
    std::error_code code;
    auto block = llvm::sys::Memory::allocateMappedMemory(
        std::max<size_t>(sizeInBytes, 1), nullptr,
        llvm::sys::Memory::MF_READ | llvm::sys::Memory::MF_WRITE, code);
    if (code)
      return nullptr;
    return std::make_shared<Pages>(block);
  }
  explicit Pages(llvm::sys::MemoryBlock block) : block(block) {}
  Pages(const Pages &) = delete;
  Pages &operator=(const Pages &) = delete;
  ~Pages() { (void)llvm::sys::Memory::releaseMappedMemory(block); }

  uint8_t *getStart() { return static_cast<uint8_t *>(block.base()); }

private:
  llvm::sys::MemoryBlock block;
};

/// The bytes of a value.
struct Bytes {
  const uint8_t *start = nullptr;
  size_t size = 0;
  std::shared_ptr<Pages> pages;
};

class ConstantEvaluator {
public:
  ConstantEvaluator(func::FuncOp constants, const MappedFiles &files,
                    KernelLookup lookupKernel, MutableArrayRef<uint8_t> segment)
      : constants(constants), files(files), lookupKernel(lookupKernel),
        segment(segment) {}

  LogicalResult run();

private:
  LogicalResult placeResults();
  LogicalResult evaluate(Operation &op);
  LogicalResult evaluateWeight(WeightOp op);
  LogicalResult evaluateConstant(ConstantOp op);
  LogicalResult evaluateSlice(SliceOp op);
  LogicalResult evaluateConcat(ConcatOp op);
  LogicalResult evaluateLaunch(LaunchOp op);
  LogicalResult storeResults(func::ReturnOp op);
  void releaseOperands(Operation &op);
  /// Makes the bytes of `value`, in the segment if it is a result, and returns
  /// where to write them; null, with a diagnostic, if memory runs out.
  uint8_t *createBytes(Operation *op, Value value);

  func::FuncOp constants;
  const MappedFiles &files;
  KernelLookup lookupKernel;
  MutableArrayRef<uint8_t> segment;
  /// Results of the function, by the value returned.
  DenseMap<Value, uint8_t *> targets;
  DenseMap<Value, Bytes> values;
  DenseMap<Value, unsigned> numUsesLeft;
};
} // namespace

uint8_t *ConstantEvaluator::createBytes(Operation *op, Value value) {
  size_t size = getStoredBytes(value.getType());
  if (uint8_t *target = targets.lookup(value)) {
    values[value] = {target, size, nullptr};
    return target;
  }
  std::shared_ptr<Pages> pages = Pages::allocate(size);
  if (!pages) {
    op->emitOpError("cannot be evaluated: no memory for ") << size << " bytes";
    return nullptr;
  }
  uint8_t *start = pages->getStart();
  values[value] = {start, size, std::move(pages)};
  return start;
}

/// Notes where each returned value goes.
LogicalResult ConstantEvaluator::placeResults() {
  Operation *terminator = constants.getBody().front().getTerminator();
  for (auto [index, value] : llvm::enumerate(terminator->getOperands())) {
    auto offset =
        constants.getResultAttrOfType<IntegerAttr>(index, kConstOffsetAttr);
    uint64_t size = getStoredBytes(value.getType());
    if (!offset || offset.getInt() < 0 ||
        uint64_t(offset.getInt()) > segment.size() ||
        size > segment.size() - offset.getInt())
      return constants.emitOpError("expected result #")
             << index << " inside the const segment of " << segment.size()
             << " bytes";
    targets.try_emplace(value, segment.data() + offset.getInt());
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Sources
//===----------------------------------------------------------------------===//

/// Returns whether `start` may be read as elements of `type` where it is.
static bool isAligned(const uint8_t *start, RankedTensorType type) {
  size_t elementBytes =
      getStoredBytes(RankedTensorType::get({1}, type.getElementType()));
  return reinterpret_cast<uintptr_t>(start) % elementBytes == 0;
}

LogicalResult ConstantEvaluator::evaluateWeight(WeightOp op) {
  BlobAttr blob = op.getBlob();
  auto type = cast<RankedTensorType>(op.getType());
  Type elementType = type.getElementType();
  const size_t size = getStoredBytes(type);
  if (blob.getFile() < 0) {
    uint8_t *target = createBytes(op, op);
    if (target)
      writeRandomWeights(blob.getSeed(), elementType, {target, size});
    return success(target);
  }
  FailureOr<ArrayRef<uint8_t>> source = files.getBytes(op, blob);
  if (failed(source))
    return failure();
  bool isRaw = blob.getEncoding() == BlobEncoding::Raw;
  if (isRaw && source->size() != size)
    return op.emitOpError("expected ")
           << size << " bytes of data, got " << source->size();
  if (isRaw && !targets.contains(op) && isAligned(source->data(), type)) {
    values[op] = {source->data(), size, nullptr};
    return success();
  }
  uint8_t *target = createBytes(op, op);
  if (!target)
    return failure();
  if (isRaw) {
    std::copy_n(source->data(), size, target);
    return success();
  }
  if (failed(decodePackedVarints(*source, elementType, {target, size})))
    return op.emitOpError("expected packed varints for ")
           << type.getNumElements() << " elements";
  return success();
}

LogicalResult ConstantEvaluator::evaluateConstant(ConstantOp op) {
  auto elements = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!elements)
    return op.emitOpError("expected dense elements");
  uint8_t *target = createBytes(op, op);
  if (!target)
    return failure();
  writeElements(elements, {target, size_t(getStoredBytes(op.getType()))});
  return success();
}

//===----------------------------------------------------------------------===//
// Views and concatenations
//===----------------------------------------------------------------------===//

LogicalResult ConstantEvaluator::evaluateSlice(SliceOp op) {
  // StorageAssignment has checked that it is static and contiguous.
  auto type = cast<RankedTensorType>(op.getInput().getType());
  SmallVector<int64_t> starts = *getConstants(op.getStarts());
  size_t offset = 0,
         stride =
             getStoredBytes(RankedTensorType::get({1}, type.getElementType()));
  for (int64_t axis = type.getRank(); axis-- > 0;) {
    offset += starts[axis] * stride;
    stride *= type.getDimSize(axis);
  }
  Bytes bytes = values.lookup(op.getInput());
  bytes.start += offset;
  bytes.size = getStoredBytes(op.getType());
  values[op] = bytes;
  return success();
}

LogicalResult ConstantEvaluator::evaluateConcat(ConcatOp op) {
  uint8_t *target = createBytes(op, op);
  if (!target)
    return failure();
  for (Value operand : op.getInputs()) {
    const Bytes &bytes = values[operand];
    std::copy_n(bytes.start, bytes.size, target);
    target += bytes.size;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

/// Returns what a kernel's status means.
static llvm::StringRef getProblem(int32_t status) {
  switch (status) {
  case NEAP_KERNEL_INDEX_OUT_OF_RANGE:
    return "an index is out of range";
  case NEAP_KERNEL_DIVISION_BY_ZERO:
    return "an integer is divided by zero";
  default:
    return "its kernel failed";
  }
}

LogicalResult ConstantEvaluator::evaluateLaunch(LaunchOp op) {
  auto kernel =
      SymbolTable::lookupNearestSymbolFrom<KernelOp>(op, op.getKernelAttr());
  neap_kernel_fn function = lookupKernel(op.getKernel());
  if (!kernel || !function)
    return op.emitOpError("expected code of kernel '") << op.getKernel() << "'";
  // The ABI takes one kind of pointer; inputs are only read.
  SmallVector<void *> buffers;
  for (Value input : op.getInputs())
    buffers.push_back(const_cast<uint8_t *>(values[input].start));
  for (Value result : op.getResults()) {
    buffers.push_back(createBytes(op, result));
    if (!buffers.back())
      return failure();
  }
  std::shared_ptr<Pages> scratch = Pages::allocate(kernel.getScratchBytes());
  if (!scratch)
    return op.emitOpError("cannot be evaluated: no memory for scratch");
  neap_kernel_args args = {};
  args.buffers = buffers.data();
  args.tile_end = *kernel.getNumTiles().getConstant();
  args.scratch = kernel.getScratchBytes() ? scratch->getStart() : nullptr;
  if (int32_t status = function(&args))
    return op.emitOpError("cannot be evaluated: ") << getProblem(status);
  return success();
}

//===----------------------------------------------------------------------===//
// The function
//===----------------------------------------------------------------------===//

/// Copies results that were not written in place.
LogicalResult ConstantEvaluator::storeResults(func::ReturnOp op) {
  for (Value value : op.getOperands()) {
    const Bytes &bytes = values[value];
    uint8_t *target = targets.lookup(value);
    if (bytes.start != target)
      std::copy_n(bytes.start, bytes.size, target);
  }
  return success();
}

LogicalResult ConstantEvaluator::evaluate(Operation &op) {
  if (auto weight = dyn_cast<WeightOp>(op))
    return evaluateWeight(weight);
  if (auto constant = dyn_cast<ConstantOp>(op))
    return evaluateConstant(constant);
  if (auto slice = dyn_cast<SliceOp>(op))
    return evaluateSlice(slice);
  if (auto concat = dyn_cast<ConcatOp>(op))
    return evaluateConcat(concat);
  if (auto launch = dyn_cast<LaunchOp>(op))
    return evaluateLaunch(launch);
  if (auto terminator = dyn_cast<func::ReturnOp>(op))
    return storeResults(terminator);
  if (isa<ReshapeOp>(op)) {
    Bytes bytes = values.lookup(op.getOperand(0));
    values[op.getResult(0)] = bytes;
    return success();
  }
  return op.emitOpError("cannot be evaluated at compile time");
}

void ConstantEvaluator::releaseOperands(Operation &op) {
  for (Value operand : op.getOperands())
    if (--numUsesLeft[operand] == 0)
      values.erase(operand);
}

LogicalResult ConstantEvaluator::run() {
  if (failed(placeResults()))
    return failure();
  mlir::Block &body = constants.getBody().front();
  for (Operation &op : body)
    for (Value result : op.getResults())
      numUsesLeft[result] = llvm::range_size(result.getUses());
  for (Operation &op : body) {
    if (failed(evaluate(op)))
      return failure();
    releaseOperands(op);
  }
  return success();
}

LogicalResult evaluateConstants(func::FuncOp constants,
                                const MappedFiles &files,
                                KernelLookup lookupKernel,
                                MutableArrayRef<uint8_t> segment) {
  return ConstantEvaluator(constants, files, lookupKernel, segment).run();
}

} // namespace neap
