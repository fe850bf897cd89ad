// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MemoryTimeline.cpp - reads a layout step by step.
#include "passes/memory/MemoryTimeline.h"

#include "dialects/neap/IR/NeapOps.h"
#include "passes/memory/FlopsAtBounds.h"
#include "passes/memory/LayerName.h"
#include "passes/memory/MemoryLayout.h"

using namespace mlir;

namespace neap {
namespace {

class TimelineBuilder {
public:
  explicit TimelineBuilder(const MemoryLayout &layout)
      : layout(layout), assignment(layout.getAssignment()),
        tensorOfStorage(assignment.getNumStorages()) {}

  MemoryTimeline run() {
    const MemoryGraph &graph = assignment.getGraph();
    for (unsigned node = 0; node < graph.getNumNodes(); ++node)
      addStep(node);
    addParts();
    countLiveBytes();
    timeline.peakStep = layout.getLiveIntervals().peakStep;
    return std::move(timeline);
  }

private:
  void addStep(unsigned node) {
    Operation *op = assignment.getOp(node);
    auto launch = dyn_cast<LaunchOp>(op);
    std::string what = isa<DefineSizeOp>(op) ? "size" : "copy";
    timeline.steps.push_back(
        {getLayerName(op), launch ? launch.getKernel().str() : what, 0,
         countFlops(op, assignment.getBounds().getFacts())});
    for (unsigned storage : assignment.getGraph().getNode(node).touched)
      touch(storage, node);
    int64_t scratch = assignment.getGraph().getNode(node).scratchInBytes;
    if (!scratch)
      return;
    TimelineTensor &tensor = timeline.tensors.emplace_back();
    tensor.name = getLayerName(op);
    tensor.shape = tensor.category = "scratch";
    tensor.offsetInBytes = *layout.getScratchOffset(node);
    tensor.sizeInBytes = scratch;
    tensor.begin = node;
    tensor.end = node + 1;
  }

  /// Begins the life of `storage` at `node`, or makes it last until there.
  void touch(unsigned storage, unsigned node) {
    if (!layout.getLiveIntervals().intervalOfStorage[storage])
      return;
    std::optional<unsigned> &index = tensorOfStorage[storage];
    if (!index) {
      index = timeline.tensors.size();
      timeline.tensors.push_back(makeTensor(storage, node));
    }
    timeline.tensors[*index].end = node + 1;
  }

  TimelineTensor makeTensor(unsigned storage, unsigned node) const {
    Value value = assignment.getInfo(storage).value;
    TimelineTensor tensor;
    tensor.name = getLayerName(value);
    tensor.shape = getShapeText(value);
    tensor.category = getCategory(assignment.getOp(node));
    tensor.offsetInBytes = layout.getOffset(storage);
    tensor.sizeInBytes = assignment.getGraph().getArenaBytes(storage);
    tensor.begin = node;
    if (std::optional<unsigned> read = layout.getReplacedStorage(node, storage))
      tensor.inPlaceOf = tensorOfStorage[*read];
    return tensor;
  }

  static std::string getCategory(Operation *op) {
    auto launch = dyn_cast<LaunchOp>(op);
    if (!launch)
      return "copy";
    auto kernel = SymbolTable::lookupNearestSymbolFrom<KernelOp>(
        launch, launch.getKernelAttr());
    return stringifyKernelKind(kernel.getKind()).str();
  }

  /// Names the tensors that lie within others, such as what a concatenation
  /// joins.
  void addParts() {
    for (unsigned storage = 0; storage < tensorOfStorage.size(); ++storage) {
      const StorageInfo &info = assignment.getInfo(storage);
      Place place = assignment.resolve({storage, 0, info.sizeInBytes});
      std::optional<unsigned> outer = tensorOfStorage[place.storage];
      if (place.storage != storage && outer)
        timeline.tensors[*outer].parts.push_back(
            {getLayerName(info.value), place.offsetInBytes});
    }
  }

  void countLiveBytes() {
    for (const LiveInterval &interval : layout.getLiveIntervals().intervals)
      for (int64_t step = interval.begin; step < interval.end; ++step)
        timeline.steps[step].liveBytes += interval.sizeInBytes;
  }

  const MemoryLayout &layout;
  const StorageAssignment &assignment;
  std::vector<std::optional<unsigned>> tensorOfStorage;
  MemoryTimeline timeline;
};

llvm::json::Object toJson(const TimelineTensor &tensor) {
  llvm::json::Array parts;
  for (const TimelineTensor::Part &part : tensor.parts)
    parts.push_back(llvm::json::Object{{"name", part.name},
                                       {"offset", part.offsetInBytes}});
  llvm::json::Object object{
      {"name", tensor.name},         {"shape", tensor.shape},
      {"category", tensor.category}, {"offset", tensor.offsetInBytes},
      {"bytes", tensor.sizeInBytes}, {"begin", tensor.begin},
      {"end", tensor.end},           {"parts", std::move(parts)}};
  if (tensor.inPlaceOf)
    object["in_place_of"] = *tensor.inPlaceOf;
  return object;
}
} // namespace

MemoryTimeline MemoryTimeline::create(const MemoryLayout &layout) {
  return TimelineBuilder(layout).run();
}

llvm::json::Object MemoryTimeline::toJson() const {
  llvm::json::Array stepArray, tensorArray;
  for (const TimelineStep &step : steps)
    stepArray.push_back(llvm::json::Object{{"layer", step.layer},
                                           {"kernel", step.kernel},
                                           {"live_bytes", step.liveBytes},
                                           {"flops", step.flops}});
  for (const TimelineTensor &tensor : tensors)
    tensorArray.push_back(neap::toJson(tensor));
  return llvm::json::Object{{"peak_step", peakStep},
                            {"steps", std::move(stepArray)},
                            {"tensors", std::move(tensorArray)}};
}

} // namespace neap
