// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// StorageAssignment.cpp - places values in storages, outermost decisions
// first: outputs, then concatenations; then builds the graph.
#include "passes/memory/StorageAssignment.h"

#include "dialects/neap/IR/NeapOps.h"
#include "passes/analysis/ContiguousViews.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace neap {

/// Sizes in the arena are multiples of this.
static constexpr int64_t kArenaAlignment = 64;

static int64_t getElementBytes(Value value) {
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  return getStoredBytes(RankedTensorType::get({1}, element));
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

unsigned StorageAssignment::addStorage(StorageKind kind, Value value,
                                       unsigned index) {
  infos.push_back({kind, value, bounds.getBytes(value.getType()), index});
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

Place StorageAssignment::getOperandTarget(ConcatOp concat,
                                          unsigned operand) const {
  Place target = places.lookup(concat.getResult());
  target.offsetInBytes +=
      (*getConcatStarts(concat))[operand] * getElementBytes(concat);
  target.lengthInBytes =
      places.lookup(concat.getInputs()[operand]).lengthInBytes;
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
static LogicalResult verifyOp(Operation &op, const SizeBounds &bounds) {
  for (Type type : op.getResultTypes())
    if (!bounds.findBytes(type))
      return op.emitOpError("expected results of bounded size, got ") << type;
  if (auto definition = dyn_cast<DefineSizeOp>(op))
    if (!bounds.getFacts().ranges.contains(definition.getSymbol()))
      return op.emitOpError("expected a range of '")
             << definition.getSymbol() << "' in 'neap.symbols'";
  if (auto concat = dyn_cast<ConcatOp>(op)) {
    if (!getConcatStarts(concat))
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
  if (isa<WeightOp, ConstantOp, ReshapeOp, DefineSizeOp, func::ReturnOp>(op))
    return success();
  return op.emitOpError("expected to be inside of a kernel; run "
                        "'neap-fuse-kernels' and 'neap-outline-kernels'");
}

LogicalResult StorageAssignment::verify() {
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("expected one block");
  for (auto [index, type] : llvm::enumerate(function.getArgumentTypes()))
    if (!bounds.findBytes(type))
      return function.emitOpError("expected argument #")
             << index << " of bounded size, got " << type;
  for (Operation &op : function.getBody().front())
    if (failed(verifyOp(op, bounds)))
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
  places[value] = {it->second, 0, bounds.getBytes(value.getType())};
}

/// Gives each value a storage of its own or a range of its operand's.
void StorageAssignment::placeValues() {
  Block &body = function.getBody().front();
  for (BlockArgument argument : body.getArguments())
    places[argument] = {
        addStorage(StorageKind::Input, argument, argument.getArgNumber()), 0,
        bounds.getBytes(argument.getType())};
  for (Operation &op : body) {
    if (constants->isConstant(&op))
      continue;
    for (Value operand : op.getOperands())
      if (constants->isConstant(operand))
        placeConstant(operand);
    for (Value result : op.getResults()) {
      int64_t bytes = bounds.getBytes(result.getType());
      if (isa<LaunchOp, ConcatOp>(op)) {
        places[result] = {addStorage(StorageKind::Arena, result), 0, bytes};
        continue;
      }
      // A reshape keeps the length: under another shape, the bound of as many
      // elements may be less tight.
      Place place = places.lookup(op.getOperand(0));
      if (auto slice = dyn_cast<SliceOp>(op)) {
        int64_t start = *getContiguousStart(slice) * getElementBytes(result);
        place.offsetInBytes += start;
        place.lengthInBytes = std::min(bytes, place.lengthInBytes - start);
      }
      places[result] = place;
    }
  }
}

void StorageAssignment::placeOutputs() {
  Operation *terminator = function.getBody().front().getTerminator();
  for (auto [index, value] : llvm::enumerate(terminator->getOperands())) {
    Place place = places.lookup(value);
    if (isFreeArenaStorage(place) &&
        place.lengthInBytes == bounds.getBytes(value.getType())) {
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

/// Adds the nodes that define sizes that `op` uses.
void StorageAssignment::mergeDefinitions(Operation *op,
                                         SmallVectorImpl<unsigned> &into) {
  for (Operation *definition : definitions->getNeeded(op))
    into.push_back(nodeOfDefinition.lookup(definition));
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
  if (isa<LaunchOp, DefineSizeOp>(op)) {
    llvm::for_each(op->getOperands(), read);
    addInPlaceCandidates(node, op);
  } else {
    for (const PlannedCopy &copy : getCopies(op))
      read(copy.source);
  }
  llvm::for_each(op->getResults(), touch);
  mergeDefinitions(op, node.predecessors);
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
    if (isa<DefineSizeOp>(op)) {
      nodeOfDefinition[&op] = graph.getNumNodes();
      addNode(&op, options);
    }
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
    mergeDefinitions(&op, all);
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
