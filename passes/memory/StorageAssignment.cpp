// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// StorageAssignment.cpp - places values in storages, outermost decisions
// first: outputs, then concatenations; then builds the graph.
#include "passes/memory/StorageAssignment.h"

#include "dialects/neap/IR/NeapOps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace neap {

/// Sizes in the arena are multiples of this.
static constexpr int64_t kArenaAlignment = 64;

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

/// Returns whether all axes before `axis` have size 1.
static bool isOutermostAxis(ArrayRef<int64_t> shape, int64_t axis) {
  return llvm::all_of(shape.take_front(axis),
                      [](int64_t size) { return size == 1; });
}

/// Returns the element at which a slice starts if its elements lie side by
/// side in the operand: whole axes, after one range, after single elements.
static std::optional<int64_t> getContiguousStart(SliceOp slice) {
  ArrayRef<int64_t> shape = slice.getInput().getType().getShape();
  ArrayRef<int64_t> sizes = slice.getType().getShape();
  std::optional<SmallVector<int64_t>> starts = getConstants(slice.getStarts());
  if (!starts)
    return std::nullopt;
  int64_t start = 0, stride = 1;
  bool mustBeSingle = false;
  for (int64_t axis = shape.size(); axis-- > 0;) {
    if (sizes[axis] > 1 && (mustBeSingle || slice.getSteps()[axis] != 1))
      return std::nullopt;
    mustBeSingle |= sizes[axis] != shape[axis];
    start += (*starts)[axis] * stride;
    stride *= shape[axis];
  }
  return start;
}

static int64_t getElementBytes(Value value) {
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  return getStoredBytes(RankedTensorType::get({1}, element));
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

unsigned StorageAssignment::addStorage(StorageKind kind, Value value,
                                       unsigned index) {
  infos.push_back({kind, value, getStoredBytes(value.getType()), index});
  parents.emplace_back();
  return infos.size() - 1;
}

Place StorageAssignment::resolve(Place place) const {
  while (const std::optional<Place> &parent = parents[place.storage]) {
    place.offsetInBytes += parent->offsetInBytes;
    place.storage = parent->storage;
  }
  return place;
}

Place StorageAssignment::getPlace(Value value) const {
  return resolve(places.lookup(value));
}

bool StorageAssignment::isWholeStorage(const Place &place) const {
  return place.offsetInBytes == 0 &&
         place.lengthInBytes == infos[place.storage].sizeInBytes;
}

bool StorageAssignment::isFreeArenaStorage(const Place &place) const {
  return isWholeStorage(place) && !parents[place.storage] &&
         infos[place.storage].kind == StorageKind::Arena;
}

ArrayRef<PlannedCopy> StorageAssignment::getCopies(Operation *op) const {
  auto it = copies.find(op);
  return it == copies.end() ? ArrayRef<PlannedCopy>() : it->second;
}

Place StorageAssignment::getOperandTarget(Operation *concat,
                                          unsigned operand) const {
  Place target = places.lookup(concat->getResult(0));
  for (Value before : concat->getOperands().take_front(operand))
    target.offsetInBytes += getStoredBytes(before.getType());
  target.lengthInBytes = getStoredBytes(concat->getOperand(operand).getType());
  return target;
}

//===----------------------------------------------------------------------===//
// Requirements
//===----------------------------------------------------------------------===//

static KernelOp lookupKernel(LaunchOp launch) {
  return SymbolTable::lookupNearestSymbolFrom<KernelOp>(launch,
                                                        launch.getKernelAttr());
}

/// Checks that `op` is one that this file knows.
static LogicalResult verifyOp(Operation &op) {
  for (Type type : op.getResultTypes()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !tensor.hasStaticShape())
      return op.emitOpError("expected results of static shape, got ") << type;
  }
  if (auto concat = dyn_cast<ConcatOp>(op)) {
    if (!isOutermostAxis(concat.getType().getShape(), concat.getAxis()))
      return op.emitOpError("expected a concatenation along an outermost axis "
                            "outside of kernels, got axis ")
             << concat.getAxis();
    return success();
  }
  if (auto slice = dyn_cast<SliceOp>(op)) {
    if (!getContiguousStart(slice))
      return op.emitOpError("expected a contiguous slice outside of kernels");
    return success();
  }
  if (auto launch = dyn_cast<LaunchOp>(op)) {
    if (!lookupKernel(launch))
      return op.emitOpError("expected a 'neap.kernel' named '")
             << launch.getKernel() << "'";
    return success();
  }
  if (isa<WeightOp, ConstantOp, ReshapeOp, func::ReturnOp>(op))
    return success();
  return op.emitOpError("expected to be inside of a kernel; run "
                        "'neap-fuse-kernels' and 'neap-outline-kernels'");
}

LogicalResult StorageAssignment::verify() {
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("expected one block");
  for (auto [index, type] : llvm::enumerate(function.getArgumentTypes())) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !tensor.hasStaticShape())
      return function.emitOpError("expected argument #")
             << index << " of static shape, got " << type;
  }
  for (Operation &op : function.getBody().front())
    if (failed(verifyOp(op)))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Placement
//===----------------------------------------------------------------------===//

void StorageAssignment::placeConstant(Value value) {
  unsigned number = constants->getNumber(value);
  auto [it, isNew] = storageOfConstant.try_emplace(number, 0);
  if (isNew)
    it->second = addStorage(StorageKind::Const, value);
  places[value] = {it->second, 0, getStoredBytes(value.getType())};
}

/// Gives each value a storage of its own or a range of its operand's.
void StorageAssignment::placeValues() {
  Block &body = function.getBody().front();
  for (BlockArgument argument : body.getArguments())
    places[argument] = {
        addStorage(StorageKind::Input, argument, argument.getArgNumber()), 0,
        getStoredBytes(argument.getType())};
  for (Operation &op : body) {
    if (constants->isConstant(&op))
      continue;
    for (Value operand : op.getOperands())
      if (constants->isConstant(operand))
        placeConstant(operand);
    for (Value result : op.getResults()) {
      int64_t bytes = getStoredBytes(result.getType());
      if (isa<LaunchOp, ConcatOp>(op)) {
        places[result] = {addStorage(StorageKind::Arena, result), 0, bytes};
        continue;
      }
      Place place = places.lookup(op.getOperand(0));
      if (auto slice = dyn_cast<SliceOp>(op))
        place.offsetInBytes +=
            *getContiguousStart(slice) * getElementBytes(result);
      place.lengthInBytes = bytes;
      places[result] = place;
    }
  }
}

void StorageAssignment::placeOutputs() {
  Operation *terminator = function.getBody().front().getTerminator();
  for (auto [index, value] : llvm::enumerate(terminator->getOperands())) {
    Place place = places.lookup(value);
    if (isFreeArenaStorage(place)) {
      infos[place.storage].kind = StorageKind::Output;
      infos[place.storage].index = index;
      continue;
    }
    Place target{addStorage(StorageKind::Output, value, index), 0,
                 place.lengthInBytes};
    outputCopies.push_back({{value, target}, {}});
  }
}

void StorageAssignment::placeConcatOperands() {
  for (auto concat : function.getBody().front().getOps<ConcatOp>()) {
    if (constants->isConstant(concat.getResult()))
      continue;
    for (unsigned i = 0; i < concat->getNumOperands(); ++i) {
      Value operand = concat->getOperand(i);
      Place place = places.lookup(operand);
      Place target = getOperandTarget(concat, i);
      if (target.lengthInBytes == 0)
        continue;
      if (isFreeArenaStorage(place))
        parents[place.storage] = target;
      else
        copies[concat].push_back({operand, target});
    }
  }
}

//===----------------------------------------------------------------------===//
// The graph
//===----------------------------------------------------------------------===//

int64_t StorageAssignment::getScratchBytesPerThread(Operation *op) {
  auto launch = dyn_cast<LaunchOp>(op);
  if (!launch)
    return 0;
  return llvm::alignTo(lookupKernel(launch).getScratchBytes(), kArenaAlignment);
}

void StorageAssignment::mergeWriters(Value from,
                                     SmallVectorImpl<unsigned> &into) {
  llvm::append_range(into, writers.lookup(from));
  llvm::sort(into);
  into.erase(llvm::unique(into), into.end());
}

/// Returns how many operands of `op` have bytes in `storage`.
static unsigned countOperandsIn(const StorageAssignment &assignment,
                                Operation *op, unsigned storage) {
  return llvm::count_if(op->getOperands(), [&](Value operand) {
    return assignment.getPlace(operand).storage == storage;
  });
}

void StorageAssignment::addInPlaceCandidates(MemoryNode &node,
                                             Operation *op) const {
  auto interface = dyn_cast<InPlaceOpInterface>(op);
  if (!interface)
    return;
  for (OpResult result : op->getResults()) {
    Place written = getPlace(result);
    if (infos[written.storage].kind != StorageKind::Arena ||
        !isWholeStorage(written))
      continue;
    SmallVector<unsigned> operands;
    interface.getInPlaceOperands(result.getResultNumber(), operands);
    for (unsigned operand : operands) {
      Place read = getPlace(op->getOperand(operand));
      if (infos[read.storage].kind == StorageKind::Arena &&
          isWholeStorage(read) && read.lengthInBytes == written.lengthInBytes &&
          countOperandsIn(*this, op, read.storage) == 1)
        node.inPlace.push_back({written.storage, read.storage});
    }
  }
}

void StorageAssignment::addNode(Operation *op, const StorageOptions &options) {
  MemoryNode node;
  auto touch = [&](Value value) {
    unsigned storage = getPlace(value).storage;
    if (infos[storage].kind == StorageKind::Arena &&
        !llvm::is_contained(node.touched, storage))
      node.touched.push_back(storage);
  };
  auto read = [&](Value value) {
    touch(value);
    mergeWriters(value, node.predecessors);
  };
  if (isa<LaunchOp>(op)) {
    llvm::for_each(op->getOperands(), read);
    addInPlaceCandidates(node, op);
  } else {
    for (const PlannedCopy &copy : getCopies(op))
      read(copy.source);
  }
  llvm::for_each(op->getResults(), touch);
  node.scratchInBytes = getScratchBytesPerThread(op) * options.maxThreads;
  unsigned id = graph.addNode(std::move(node));
  nodeOps.push_back(op);
  for (Value result : op->getResults())
    writers[result] = {id};
}

void StorageAssignment::buildGraph(const StorageOptions &options) {
  for (const StorageInfo &info : infos)
    graph.addStorage({int64_t(llvm::alignTo(info.sizeInBytes, kArenaAlignment)),
                      info.kind == StorageKind::Arena});
  for (Operation &op : function.getBody().front()) {
    if (constants->isConstant(&op) || op.getNumResults() == 0)
      continue;
    if (isa<LaunchOp>(op)) {
      addNode(&op, options);
      continue;
    }
    if (!getCopies(&op).empty())
      addNode(&op, options);
    SmallVector<unsigned> all = writers.lookup(op.getResult(0));
    for (Value operand : op.getOperands())
      mergeWriters(operand, all);
    writers[op.getResult(0)] = std::move(all);
  }
  for (OutputCopy &output : outputCopies)
    output.writers = writers.lookup(output.copy.source);
}

FailureOr<StorageAssignment>
StorageAssignment::compute(func::FuncOp function,
                           const StorageOptions &options) {
  StorageAssignment assignment(function);
  if (failed(assignment.verify()))
    return failure();
  assignment.placeValues();
  assignment.placeOutputs();
  assignment.placeConcatOperands();
  assignment.buildGraph(options);
  return assignment;
}

} // namespace neap
