// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanMemory.cpp - lays out memory, compares with the budget, emits the plan.
#include "passes/memory/PlanMemory.h"

#include "passes/memory/ConstantProgram.h"
#include "passes/memory/MemoryLayout.h"
#include "passes/memory/Passes.h"
#include "passes/memory/PlanEmitter.h"

#define DEBUG_TYPE "neap-plan-memory"

using namespace mlir;

namespace neap {

#define GEN_PASS_DEF_PLANMEMORYPASS
#include "passes/memory/Passes.h.inc"

/// Says what the program needs if that is more than the budget.
static LogicalResult checkBudget(func::FuncOp main, const MemoryReport &report,
                                 std::optional<int64_t> budget) {
  if (!budget || report.getPeakBytes() <= *budget)
    return success();
  InFlightDiagnostic diag = mlir::emitError(main.getLoc())
                            << "the memory budget of " << *budget
                            << " bytes cannot be met: at least "
                            << report.getPeakBytes() << " bytes are needed";
  diag.attachNote() << report.weightsBytes << " bytes of weights, "
                    << report.stateBytes << " of state and "
                    << report.arenaBytes << " of arena";
  for (const PeakTensor &tensor : report.peakTensors)
    diag.attachNote() << tensor.bytes << " bytes at the peak: '" << tensor.name
                      << "' (" << tensor.shape << ")";
  return diag;
}

/// The most bytes that one tensor may have that is computed at compile time.
static constexpr int64_t kMostComputedBytes = int64_t(1) << 36;

/// Refuses a tensor that a small model computes from constants and that no
/// file should hold.
static LogicalResult checkConstants(const MemoryLayout &layout) {
  for (unsigned storage : layout.getStorages()) {
    const StorageInfo &info = layout.getAssignment().getInfo(storage);
    if (info.kind != StorageKind::Const ||
        info.value.getDefiningOp<WeightOp>() ||
        info.sizeInBytes <= kMostComputedBytes)
      continue;
    return mlir::emitError(info.value.getLoc())
           << "does not depend on an input and makes " << info.sizeInBytes
           << " bytes, more than the 2^36 that a constant may have; make an "
              "input of what it is computed from";
  }
  return success();
}

FailureOr<MemoryPlan> planMemory(func::FuncOp main,
                                 const PlanMemoryOptions &options) {
  FailureOr<MemoryLayout> layout =
      MemoryLayout::compute(main, {options.maxThreads}, options.offsetLimits);
  if (failed(layout))
    return failure();
  if (failed(checkConstants(*layout)))
    return failure();
  MemoryPlan result;
  result.report = layout->makeReport(main);
  if (failed(checkBudget(main, result.report, options.memoryBudget)))
    return failure();
  result.timeline = MemoryTimeline::create(*layout);
  result.plan = emitPlan(main, *layout, result.report, options);
  result.constants = extractConstantProgram(main, *layout);
  main.erase();
  return result;
}

namespace {
struct PlanMemoryPass : impl::PlanMemoryPassBase<PlanMemoryPass> {
  using PlanMemoryPassBase::PlanMemoryPassBase;

  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (!main)
      return;
    PlanMemoryOptions options;
    options.maxThreads = maxThreads;
    if (memoryBudget >= 0)
      options.memoryBudget = memoryBudget;
    if (failed(planMemory(main, options)))
      signalPassFailure();
  }
};
} // namespace

} // namespace neap
