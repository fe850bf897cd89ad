// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MemoryLayout.cpp - packs the arena, lines up the constants in the order of
// their first use, and counts.
#include "passes/memory/MemoryLayout.h"

#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/ResultAttrs.h"
#include "passes/memory/FlopsAtBounds.h"
#include "passes/memory/HeuristicOrders.h"
#include "passes/memory/LayerName.h"
#include "passes/memory/Schedule.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace neap {

static constexpr int64_t kSegmentAlignment = 64;
static constexpr size_t kNumPeakTensors = 5;

FailureOr<MemoryLayout>
MemoryLayout::compute(func::FuncOp function, const StorageOptions &options,
                      const OffsetSearchLimits &limits) {
  FailureOr<StorageAssignment> assignment =
      StorageAssignment::compute(function, options);
  if (failed(assignment))
    return failure();
  MemoryLayout layout(std::move(*assignment));
  const MemoryGraph &graph = layout.assignment.getGraph();
  layout.live = computeLiveIntervals(graph, getModelOrder(graph));
  layout.packing = assignOffsets(layout.live.intervals, limits);
  layout.offsets.assign(layout.assignment.getNumStorages(), -1);
  layout.layOutSignature(function);
  layout.layOutCommands(function);
  layout.groupStorages();
  return layout;
}

void MemoryLayout::groupStorages() {
  SmallVector<unsigned> grouped;
  for (StorageKind kind : {StorageKind::Input, StorageKind::Output,
                           StorageKind::Const, StorageKind::Arena})
    for (unsigned storage : storages)
      if (assignment.getInfo(storage).kind == kind)
        grouped.push_back(storage);
  storages = std::move(grouped);
}

void MemoryLayout::layOutStorage(unsigned storage) {
  if (offsets[storage] >= 0)
    return;
  storages.push_back(storage);
  const StorageInfo &info = assignment.getInfo(storage);
  offsets[storage] = 0;
  if (info.kind == StorageKind::Const) {
    offsets[storage] = constBytes;
    constBytes += llvm::alignTo(info.sizeInBytes, kSegmentAlignment);
  } else if (info.kind == StorageKind::Arena) {
    // A storage without bytes has no interval.
    if (std::optional<unsigned> interval = live.intervalOfStorage[storage])
      offsets[storage] = packing.offsets[*interval];
  }
}

void MemoryLayout::layOutSignature(func::FuncOp function) {
  SmallVector<unsigned> outputs(function.getNumResults());
  for (unsigned storage = 0; storage < offsets.size(); ++storage) {
    const StorageInfo &info = assignment.getInfo(storage);
    if (info.kind == StorageKind::Input)
      layOutStorage(storage);
    else if (info.kind == StorageKind::Output)
      outputs[info.index] = storage;
  }
  for (unsigned storage : outputs)
    layOutStorage(storage);
}

void MemoryLayout::layOutCommands(func::FuncOp function) {
  for (unsigned node = 0; node < assignment.getGraph().getNumNodes(); ++node) {
    Operation *op = assignment.getOp(node);
    if (isa<LaunchOp>(op))
      for (Value operand : op->getOperands())
        layOutStorage(assignment.getPlace(operand).storage);
    for (const PlannedCopy &copy : assignment.getCopies(op))
      layOutStorage(assignment.getPlace(copy.source).storage);
    for (Value result : op->getResults())
      layOutStorage(assignment.getPlace(result).storage);
  }
  for (const OutputCopy &output : assignment.getOutputCopies())
    layOutStorage(assignment.getPlace(output.copy.source).storage);
}

std::optional<int64_t> MemoryLayout::getScratchOffset(unsigned node) const {
  std::optional<unsigned> interval = live.intervalOfScratch[node];
  if (!interval)
    return std::nullopt;
  return packing.offsets[*interval];
}

std::optional<unsigned>
MemoryLayout::getReplacedStorage(unsigned node, unsigned storage) const {
  for (const InPlaceCandidate &pair : live.reusesOfNode[node])
    if (pair.written == storage)
      return pair.read;
  return std::nullopt;
}

SmallVector<PeakTensor> MemoryLayout::findPeakTensors() const {
  SmallVector<PeakTensor> tensors;
  const int64_t step = live.peakStep;
  auto isLive = [&](std::optional<unsigned> interval) {
    return interval && live.intervals[*interval].begin <= step &&
           step < live.intervals[*interval].end;
  };
  DenseSet<unsigned> seen;
  for (unsigned storage : storages) {
    std::optional<unsigned> interval = live.intervalOfStorage[storage];
    if (!isLive(interval) || !seen.insert(*interval).second)
      continue;
    Value value = assignment.getInfo(storage).value;
    tensors.push_back({getLayerName(value),
                       live.intervals[*interval].sizeInBytes,
                       getShapeText(value)});
  }
  for (unsigned node = 0; node < live.intervalOfScratch.size(); ++node)
    if (std::optional<unsigned> interval = live.intervalOfScratch[node];
        isLive(interval))
      tensors.push_back({getLayerName(assignment.getOp(node)),
                         live.intervals[*interval].sizeInBytes, "scratch"});
  llvm::sort(tensors, [](const PeakTensor &lhs, const PeakTensor &rhs) {
    return std::tie(rhs.bytes, lhs.name, lhs.shape) <
           std::tie(lhs.bytes, rhs.name, rhs.shape);
  });
  tensors.truncate(std::min(tensors.size(), kNumPeakTensors));
  return tensors;
}

MemoryReport MemoryLayout::makeReport(func::FuncOp function) const {
  const MemoryGraph &graph = assignment.getGraph();
  MemoryReport report;
  report.weightsBytes = constBytes;
  report.arenaBytes = getArenaBytes();
  report.maxLiveBytes = getMaxLiveBytes();
  report.arenaLowerBoundBytes = packing.lowerBoundInBytes;
  report.greedyArenaBytes = packing.greedyPeakInBytes;
  report.lowerBoundBytes = graph.getLargestFootprint();
  if (auto bound = function->getAttrOfType<IntegerAttr>(kPeakLowerBoundAttr))
    report.lowerBoundBytes = std::max(report.lowerBoundBytes, bound.getInt());
  for (unsigned node = 0; node < graph.getNumNodes(); ++node) {
    Operation *op = assignment.getOp(node);
    report.scratchBytesPerThread =
        std::max(report.scratchBytesPerThread,
                 StorageAssignment::getScratchBytesPerThread(op));
    report.flops += countFlops(op, assignment.getBounds().getFacts());
  }
  for (Type type : function.getArgumentTypes())
    report.inputBytes += assignment.getBounds().getBytes(type);
  for (auto [i, type] : llvm::enumerate(function.getResultTypes())) {
    bool isKept = bool(function.getResultAttr(i, kKeptAttr));
    (isKept ? report.keptBytes : report.outputBytes) +=
        assignment.getBounds().getBytes(type);
  }
  for (const auto &entry : assignment.getBounds().getFacts().ranges)
    report.bounds.push_back(
        {entry.first().str(), *assignment.getBounds().getFacts().getUpperBound(
                                  DimExpr::symbol(entry.first()))});
  llvm::sort(report.bounds);
  report.peakTensors = findPeakTensors();
  return report;
}

} // namespace neap
