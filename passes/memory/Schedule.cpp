// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Schedule.cpp - finds a minimum-peak order of the launches and moves the ops.
//
// The search is MinimumPeakOrder's, over the graph that StorageAssignment
// makes. Views are no nodes of that graph: each is put before its first use.
#include "passes/memory/Schedule.h"

#include "dialects/plan/IR/PlanDialect.h"
#include "mlir/IR/Builders.h"
#include "passes/memory/Passes.h"

#define DEBUG_TYPE "neap-schedule"

using namespace mlir;

namespace neap {

#define GEN_PASS_DEF_SCHEDULEPASS
#include "passes/memory/Passes.h.inc"

namespace {
/// Ops of a block in their new order.
class OpSequence {
public:
  /// Appends `op` after the ops of the block that it needs.
  void append(Operation *op) {
    SmallVector<std::pair<Operation *, unsigned>> stack{{op, 0}};
    while (!stack.empty()) {
      auto &[top, nextOperand] = stack.back();
      if (nextOperand < top->getNumOperands()) {
        Operation *def = top->getOperand(nextOperand++).getDefiningOp();
        if (def && !contained.contains(def))
          stack.push_back({def, 0});
        continue;
      }
      if (contained.insert(top).second)
        ops.push_back(top);
      stack.pop_back();
    }
  }

  /// Moves the ops to the front of `block`.
  void apply(Block &block) const {
    for (Operation *op : llvm::reverse(ops))
      op->moveBefore(&block, block.begin());
  }

private:
  SmallVector<Operation *> ops;
  DenseSet<Operation *> contained;
};
} // namespace

FailureOr<MinimumPeakOrder> scheduleFunction(func::FuncOp function,
                                             const StorageOptions &options,
                                             const OrderSearchLimits &limits) {
  FailureOr<StorageAssignment> assignment =
      StorageAssignment::compute(function, options);
  if (failed(assignment))
    return failure();
  MinimumPeakOrder result =
      findMinimumPeakOrder(assignment->getGraph(), limits);

  Block &body = function.getBody().front();
  OpSequence sequence;
  for (Operation &op : body)
    if (assignment->getConstants().isConstant(&op))
      sequence.append(&op);
  for (unsigned node : result.order)
    sequence.append(assignment->getOp(node));
  for (Operation &op : body)
    sequence.append(&op);
  sequence.apply(body);

  function->setAttr(kPeakLowerBoundAttr,
                    OpBuilder(function.getContext())
                        .getI64IntegerAttr(result.lowerBoundInBytes));
  return result;
}

namespace {
struct SchedulePass : impl::SchedulePassBase<SchedulePass> {
  using SchedulePassBase::SchedulePassBase;

  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (main && failed(scheduleFunction(main, {maxThreads})))
      signalPassFailure();
  }
};
} // namespace

} // namespace neap
