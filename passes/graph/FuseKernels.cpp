// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FuseKernels.cpp - puts every op that becomes code into a `neap.fused`.
//
// Shapes are first brought into the forms that kernels take; then KernelGroups
// decides what is computed together, and KernelBuilder makes the fused ops,
// consumers first. Views that no kernel took in become kernels of their own.
#include "dialects/neap/IR/Symbols.h"
#include "passes/analysis/SizeDefinitions.h"
#include "passes/graph/KernelBuilder.h"
#include "passes/graph/Passes.h"
#include "passes/graph/Patterns.h"

#include "mlir/IR/Dominance.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/CSE.h"

#define DEBUG_TYPE "neap-fuse-kernels"

namespace neap {
#define GEN_PASS_DEF_FUSEKERNELS
#include "passes/graph/Passes.h.inc"
} // namespace neap

using namespace mlir;

namespace neap {

/// Checks that bounds are known of all sizes in `func`.
static LogicalResult checkSizes(func::FuncOp func) {
  if (!func.getBody().hasOneBlock())
    return func.emitError("expected one block");
  SymbolFacts facts = getSymbolFacts(func);
  auto check = [&](Operation *op, Type type) -> LogicalResult {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor)
      return op->emitError("expected tensors of known rank, got ") << type;
    for (const DimExpr &dim : getDims(tensor))
      if (!facts.getUpperBound(dim))
        return op->emitError("expected bounds of the sizes of ")
               << type << "; bind the dimensions first";
    return success();
  };
  for (Type type : func.getArgumentTypes())
    if (failed(check(func, type)))
      return failure();
  for (Operation &op : func.getBody().front())
    for (Type type : op.getResultTypes())
      if (failed(check(&op, type)))
        return failure();
  return success();
}

/// Erases ops whose results nobody reads.
static void eraseDeadOps(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

/// Returns whether `reduce` is over several axes, and these are the last.
static bool reducesTrailingAxes(ReduceOp reduce) {
  ArrayRef<int64_t> axes = reduce.getAxes();
  int64_t rank = getShape(reduce.getInput()).size();
  return axes.size() > 1 &&
         axes.front() == rank - static_cast<int64_t>(axes.size());
}

/// reduce over the last k axes -> reduce over one axis of their product.
static void flattenReduction(RewriterBase &rewriter, ReduceOp reduce) {
  rewriter.setInsertionPoint(reduce);
  Location loc = reduce.getLoc();
  Shape shape = getShape(reduce.getInput());
  unsigned numKept = shape.size() - reduce.getAxes().size();
  Shape flat(ArrayRef(shape).take_front(numKept));
  flat.push_back(getNumElements(ArrayRef(shape).drop_front(numKept)));
  Value input = createReshape(rewriter, loc, reduce.getInput(), flat);
  flat.back() = 1;
  Value result =
      ReduceOp::create(rewriter, loc, withShape(input, flat), reduce.getKind(),
                       input, ArrayRef<int64_t>{static_cast<int64_t>(numKept)});
  rewriter.replaceOp(reduce, createReshape(rewriter, loc, result,
                                           getShape(reduce.getResult())));
}

/// Gives an elementwise op on scalars a rank of 1.
static void raiseScalarOp(RewriterBase &rewriter, Operation *op) {
  rewriter.setInsertionPoint(op);
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(createReshape(rewriter, op->getLoc(), operand, {1}));
  Value result = createAtOtherShape(rewriter, op, operands);
  rewriter.replaceOp(op, createReshape(rewriter, op->getLoc(), result, {}));
}

/// Computes a rotary embedding by elementwise ops over [..., 2, pairs] or
/// [..., pairs, 2]: the other column of a pair is the same one of the reversed
/// axis.
static void expandRotaryEmbedding(RewriterBase &rewriter,
                                  RotaryEmbeddingOp op) {
  rewriter.setInsertionPoint(op);
  Location loc = op.getLoc();
  Shape shape = getShape(op.getResult()), split = shape;
  int64_t numPairs = *split.pop_back_val().getConstant() / 2;
  int64_t axis = op.getInterleaved() ? shape.size() : shape.size() - 1;
  split.append({numPairs, numPairs});
  split[axis] = 2;
  auto reshape = [&](Value value) {
    return createReshape(rewriter, loc, value, split);
  };
  Value input = reshape(op.getInput());
  RankedTensorType type = getType(input);
  SmallVector<DimExpr> starts(split.size(), 0);
  SmallVector<int64_t> steps(split.size(), 1);
  starts[axis] = 1;
  steps[axis] = -1;
  Value other =
      SliceOp::create(rewriter, loc, type, input, starts, split, steps);
  Shape signShape(split.size() - axis, 1);
  signShape.front() = 2;
  auto signType = cast<ShapedType>(withShape(input, signShape));
  Value signs = ConstantOp::create(
      rewriter, loc,
      DenseElementsAttr::get(
          signType, SmallVector<Attribute>{
                        rewriter.getFloatAttr(type.getElementType(), -1),
                        rewriter.getFloatAttr(type.getElementType(), 1)}));
  Value rotated = MulOp::create(rewriter, loc, type, other,
                                createBroadcast(rewriter, loc, signs, split));
  Value straight =
      MulOp::create(rewriter, loc, type, input, reshape(op.getCos()));
  Value turned =
      MulOp::create(rewriter, loc, type, rotated, reshape(op.getSin()));
  Value sum = AddOp::create(rewriter, loc, type, straight, turned);
  rewriter.replaceOp(op, createReshape(rewriter, loc, sum, shape));
}

/// Brings ops and shapes into the forms that kernels take.
static void normalizeShapes(func::FuncOp func) {
  IRRewriter rewriter(func.getContext());
  func.walk([&](Operation *op) {
    if (auto reduce = dyn_cast<ReduceOp>(op);
        reduce && reducesTrailingAxes(reduce))
      flattenReduction(rewriter, reduce);
    else if (auto rotary = dyn_cast<RotaryEmbeddingOp>(op))
      expandRotaryEmbedding(rewriter, rotary);
    else if (isa<NeapDialect>(op->getDialect()) && isElementwise(op) &&
             getShape(op->getResult(0)).empty())
      raiseScalarOp(rewriter, op);
  });
}

/// Returns the groups that are stored through views first, producers before
/// readers, so that readers see what is stored and not through the views, which
/// are gone then; the others follow, readers first.
static SmallVector<KernelGroup *> getBuildOrder(const KernelGroups &groups) {
  SmallVector<KernelGroup *> order, others;
  for (const std::unique_ptr<KernelGroup> &group : groups.getGroups())
    (group->resultViews.empty() ? others : order).push_back(group.get());
  llvm::sort(order, [](KernelGroup *a, KernelGroup *b) {
    return a->ops.front()->isBeforeInBlock(b->ops.front());
  });
  llvm::append_range(order, llvm::reverse(others));
  return order;
}

/// Leaves between two kernels at most one reshape, and equal ones once.
static void mergeReshapes(func::FuncOp func) {
  IRRewriter rewriter(func.getContext());
  for (auto reshape : llvm::make_early_inc_range(func.getOps<ReshapeOp>())) {
    rewriter.setInsertionPoint(reshape);
    if (reshape.getInput().getDefiningOp<ReshapeOp>())
      rewriter.replaceOp(reshape, createReshape(rewriter, reshape.getLoc(),
                                                reshape.getInput(),
                                                getShape(reshape.getResult())));
  }
  DominanceInfo dominance(func);
  eliminateCommonSubExpressions(rewriter, dominance, func);
}

LogicalResult fuseKernels(func::FuncOp func) {
  if (func.isExternal())
    return success();
  if (failed(checkSizes(func)))
    return failure();
  normalizeShapes(func);
  Block &block = func.getBody().front();
  eraseDeadOps(block);

  CompileTimeValues compileTime;
  KernelBuilder builder(block, compileTime);
  KernelGroups groups(block, compileTime, [&](const KernelGroup &group) {
    return builder.isLegal(group);
  });
  groups.form();
  for (KernelGroup *group : getBuildOrder(groups))
    if (failed(builder.build(*group)))
      return failure();
  if (failed(builder.buildRemainingViews()))
    return failure();
  eraseDeadOps(block);
  if (!sortBySizes(block))
    return func.emitError("kernels depend on each other in a cycle");
  mergeReshapes(func);
  return success();
}

namespace {

struct FuseKernelsPass : impl::FuseKernelsBase<FuseKernelsPass> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (failed(fuseKernels(func)))
        return signalPassFailure();
  }
};

} // namespace
} // namespace neap
