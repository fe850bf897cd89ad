// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KernelBuilder.cpp - makes the `neap.fused` of a group of ops.
//
// Each operand from outside is followed up through its views as far as strides
// can express them; what is found there becomes an input, the views are copied
// into the body. Leading reshapes and contiguous slices stay outside, where
// they cost nothing, so that more bodies are equal. A product with one right
// matrix is seen as a single [M, N] product: its batch axes are collapsed.
#include "passes/graph/KernelBuilder.h"

#include "dialects/neap/IR/Symbols.h"
#include "passes/analysis/KernelTraits.h"
#include "passes/analysis/StridedAccess.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace neap {

/// A fused op in the making.
struct KernelBuilder::Body {
  Body(const KernelGroup &group, ViewPolicy policy)
      : group(group), policy(policy),
        members(group.ops.begin(), group.ops.end()) {}

  bool isMember(Value value) const {
    Operation *op = value.getDefiningOp();
    return op && members.contains(op);
  }

  const KernelGroup &group;
  ViewPolicy policy;
  llvm::SetVector<Operation *> members;
  Block block;
  /// Values outside that are read, one for each argument of `block`.
  llvm::SetVector<Value> inputs;
  /// Value outside to value in `block`.
  IRMapping mapping;
  /// Shape of the product if its batch axes are collapsed, else empty.
  Shape collapsedShape;
  /// Value outside to its collapsed form.
  llvm::MapVector<Value, Value> collapsed;
  /// Values of the group that are read outside, and what gives them.
  SmallVector<Value> results;
  SmallVector<Value> yielded;
};

KernelBuilder::KernelBuilder(Block &block, CompileTimeValues &compileTime)
    : block(block), compileTime(compileTime),
      facts(getSymbolFacts(block.getParentOp())), builder(block.getParentOp()) {
}

/// Returns the values of `members` that ops outside read; a repeated row that
/// only members read stays inside.
static SmallVector<Value>
collectResults(const llvm::SetVector<Operation *> &members) {
  SmallVector<Value> results;
  for (Operation *op : members) {
    bool isRead = llvm::any_of(op->getUsers(), [&](Operation *user) {
      if (members.contains(user))
        return false;
      return user->getNumResults() != 1 ||
             !getRepeatedRow(user->getResult(0)) ||
             !llvm::all_of(user->getUsers(), [&](Operation *reader) {
               return members.contains(reader);
             });
    });
    if (isRead)
      results.push_back(op->getResult(0));
  }
  return results;
}

/// Returns the shape [M, N] if `root` multiplies a batch by one right matrix,
/// else nothing.
static Shape getCollapsedShape(Operation *root) {
  bool hasOneMatrix =
      isa<PackedMatmulOp>(root) ||
      (isa<MatmulOp>(root) && getShape(root->getOperand(1)).size() == 2);
  if (!hasOneMatrix)
    return {};
  Shape shape = getShape(root->getResult(0));
  if (shape.size() <= 2)
    return {};
  return {getNumElements(ArrayRef(shape).drop_back()), shape.back()};
}

/// Returns the highest value that `value` is a view of and that the kernel may
/// read in its place.
Value KernelBuilder::findBase(const Body &body, Value value) {
  if (body.policy == ViewPolicy::None)
    return value;
  // What the compiler can move itself costs nothing at run time; only
  // repetition is never stored.
  auto isStored = [&](Value view) {
    return body.policy == ViewPolicy::RepetitionOnly ||
           (compileTime.contains(view) && !body.group.isCompileTime);
  };
  Value base = value;
  while (isView(base.getDefiningOp())) {
    Operation *view = base.getDefiningOp();
    if (!isa<BroadcastOp, ReshapeOp>(view) && isStored(base))
      break;
    Value next = view->getOperand(0);
    if (failed(getStridedAccess(value, facts, next)))
      break;
    base = next;
  }
  return base;
}

/// Returns the views from `base` down to `value`, without those in front that
/// cost nothing; `base` becomes what they give.
static SmallVector<Operation *> collectViews(Value value, Value &base) {
  SmallVector<Operation *> views;
  for (Value current = value; current != base;
       current = views.back()->getOperand(0))
    views.push_back(current.getDefiningOp());
  while (!views.empty() && isFreeInPlan(views.back())) {
    base = views.back()->getResult(0);
    views.pop_back();
  }
  std::reverse(views.begin(), views.end());
  return views;
}

/// Returns how the kernel of `use` takes a splat there.
static SplatForm getSplatForm(OpOperand &use) {
  bool isMask = isa<AttentionOp>(use.getOwner()) && use.getOperandNumber() == 3;
  if (isa<MatmulOp>(use.getOwner()) || isMask)
    return SplatForm::RepeatedInput;
  if (isa<PackedMatmulOp, PackedConvOp, AttentionOp>(use.getOwner()))
    return SplatForm::Input;
  return SplatForm::Constant;
}

/// Returns the value in the body for a splat: a constant, or an input with one
/// element that is repeated.
Value KernelBuilder::createSplat(Body &body, Value value,
                                 DenseElementsAttr splat, SplatForm form) {
  Location loc = value.getLoc();
  RankedTensorType type = getType(value);
  Value result;
  if (form == SplatForm::Constant) {
    result = neap::createSplat(builder, loc, splat, getDims(type));
  } else {
    Shape ones(type.getRank(), 1);
    OpBuilder outside(body.group.ops.front());
    Value element = neap::createSplat(outside, loc, splat, ones);
    body.inputs.insert(element);
    Value argument = body.block.addArgument(element.getType(), loc);
    result = createBroadcast(builder, loc, argument, getDims(type));
  }
  body.mapping.map(value, result);
  return result;
}

/// Returns the value in the body for a value outside: an input seen through
/// copies of its views, or a splat.
Value KernelBuilder::cloneChain(Body &body, Value value, SplatForm splatForm) {
  if (Value known = body.mapping.lookupOrNull(value))
    return known;
  Location loc = value.getLoc();
  Value base = findBase(body, value);
  DenseElementsAttr splat = getSplat(base);
  if (splat && splatForm != SplatForm::Input)
    return createSplat(body, value, splat, splatForm);
  SmallVector<Operation *> views = collectViews(value, base);
  if (!body.mapping.contains(base)) {
    body.inputs.insert(base);
    body.mapping.map(base, body.block.addArgument(base.getType(), loc));
  }
  for (Operation *view : views)
    if (!body.mapping.contains(view->getResult(0)))
      builder.clone(*view, body.mapping);
  return body.mapping.lookup(value);
}

/// Returns the value in the body for an operand of a member.
Value KernelBuilder::cloneOperand(Body &body, Value value,
                                  SplatForm splatForm) {
  if (body.isMember(value))
    return body.mapping.lookup(value);
  if (Value row = getRepeatedRow(value); row && body.isMember(row)) {
    if (!body.mapping.contains(value))
      builder.clone(*value.getDefiningOp(), body.mapping);
    return body.mapping.lookup(value);
  }
  return cloneChain(body, value, splatForm);
}

/// Returns `value`, from outside, with its batch axes collapsed.
Value KernelBuilder::collapse(Body &body, Value value) {
  Value &result = body.collapsed[value];
  if (result)
    return result;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(body.group.ops.front());
  result = createReshape(builder, value.getLoc(), value,
                         {body.collapsedShape[0], getShape(value).back()});
  return result;
}

/// Copies the ops of the group into the body, products at their collapsed
/// shape.
void KernelBuilder::cloneMembers(Body &body) {
  Operation *root = body.group.ops.front();
  for (Operation *op : body.group.ops) {
    SmallVector<Value> operands;
    for (OpOperand &operand : op->getOpOperands()) {
      Value value = operand.get();
      bool isCollapsed = !body.collapsedShape.empty() &&
                         !body.isMember(value) &&
                         (op != root || operand.getOperandNumber() == 0);
      if (isCollapsed)
        value = collapse(body, value);
      operands.push_back(cloneOperand(body, value, getSplatForm(operand)));
    }
    Operation *copy = builder.clone(*op);
    copy->setOperands(operands);
    Value result = copy->getResult(0);
    if (!body.collapsedShape.empty())
      result.setType(withShape(result, body.collapsedShape));
    body.mapping.map(op->getResult(0), result);
  }
}

/// Copies the views through which a product is stored.
void KernelBuilder::cloneResultViews(Body &body) {
  Value stored = body.group.ops.back()->getResult(0);
  Value value = body.mapping.lookup(stored);
  body.mapping.map(
      stored, createReshape(builder, value.getLoc(), value, getShape(stored)));
  for (Operation *view : body.group.resultViews)
    builder.clone(*view, body.mapping);
  body.results = {body.group.resultViews.back()->getResult(0)};
}

/// Returns the locations of `ops` as one.
static Location fuseLocations(MLIRContext *context, ArrayRef<Operation *> ops) {
  llvm::SetVector<Location> locations;
  for (Operation *op : ops)
    locations.insert(op->getLoc());
  return FusedLoc::get(context, locations.getArrayRef());
}

/// Returns a fused op that stands nowhere yet, or null if no emitter takes it.
FusedOp KernelBuilder::createFused(const KernelGroup &group,
                                   ViewPolicy policy) {
  Body body(group, policy);
  body.results = collectResults(body.members);
  if (group.kind == KernelKind::Matmul)
    body.collapsedShape = getCollapsedShape(group.ops.front());
  builder.setInsertionPointToEnd(&body.block);
  cloneMembers(body);
  if (!group.resultViews.empty())
    cloneResultViews(body);
  for (Value result : body.results)
    body.yielded.push_back(body.mapping.lookup(result));
  Location loc = fuseLocations(builder.getContext(), group.ops);
  YieldOp::create(builder, loc, body.yielded);
  FusedOp fused;
  if (succeeded(computeKernelTraits(group.kind, body.block, facts)))
    fused = finish(body, loc);
  for (auto [value, collapsed] : body.collapsed)
    if (Operation *op = collapsed.getDefiningOp())
      eraseDead({op});
  return fused;
}

/// Returns the fused op of a complete body.
FusedOp KernelBuilder::finish(Body &body, Location loc) {
  builder.clearInsertionPoint();
  auto fused =
      FusedOp::create(builder, loc, TypeRange(ValueRange(body.yielded)),
                      body.group.kind, body.inputs.getArrayRef());
  Block &block = fused.getBody().emplaceBlock();
  for (BlockArgument argument : body.block.getArguments())
    argument.replaceAllUsesWith(
        block.addArgument(argument.getType(), argument.getLoc()));
  block.getOperations().splice(block.end(), body.block.getOperations());
  return fused;
}

/// Returns a fused op with as many views inside as its emitter takes.
FusedOp KernelBuilder::tryBuild(const KernelGroup &group) {
  for (ViewPolicy policy :
       {ViewPolicy::All, ViewPolicy::RepetitionOnly, ViewPolicy::None})
    if (FusedOp fused = createFused(group, policy))
      return fused;
  return {};
}

void KernelBuilder::eraseDead(ArrayRef<Operation *> ops) {
  SmallVector<Operation *> candidates(ops);
  llvm::SmallPtrSet<Operation *, 16> erased;
  while (!candidates.empty()) {
    Operation *op = candidates.pop_back_val();
    if (erased.contains(op) || !op->use_empty() ||
        !isa<NeapDialect>(op->getDialect()))
      continue;
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp())
        candidates.push_back(producer);
    compileTime.forget(op);
    erased.insert(op);
    op->erase();
  }
}

bool KernelBuilder::isLegal(const KernelGroup &group) {
  FusedOp fused = tryBuild(group);
  if (!fused)
    return false;
  eraseDead({fused});
  return true;
}

/// Puts `fused` into the block in place of the group.
void KernelBuilder::replaceByFused(const KernelGroup &group, FusedOp fused) {
  llvm::SetVector<Operation *> members(group.ops.begin(), group.ops.end());
  SmallVector<Value> results = collectResults(members);
  if (!group.resultViews.empty())
    results = {group.resultViews.back()->getResult(0)};
  Operation *last = group.ops.back();
  block.getOperations().insert(last->getIterator(), fused);
  builder.setInsertionPoint(last);
  for (auto [result, output] : llvm::zip_equal(results, fused.getOutputs())) {
    Value value =
        createReshape(builder, last->getLoc(), output, getShape(result));
    result.replaceUsesWithIf(value, [&](OpOperand &use) {
      return !members.contains(use.getOwner());
    });
  }
  SmallVector<Operation *> dead(group.ops);
  llvm::append_range(dead, group.resultViews);
  eraseDead(dead);
}

LogicalResult KernelBuilder::build(const KernelGroup &group) {
  FusedOp fused = tryBuild(group);
  if (!fused) {
    KernelGroup loops = group;
    loops.kind = KernelKind::Loops;
    fused = group.ops.size() == 1 ? tryBuild(loops) : FusedOp();
  }
  if (!fused) {
    Operation *root = group.ops.front();
    return root->emitOpError("has no kernel for operands of type ")
           << root->getOperandTypes();
  }
  replaceByFused(group, fused);
  return success();
}

/// Returns the last view of `block` that costs code, or null.
static Operation *findLastView(Block &block) {
  for (Operation &op : llvm::reverse(block))
    if (isView(&op) && !isFreeInPlan(&op))
      return &op;
  return nullptr;
}

LogicalResult KernelBuilder::buildRemainingViews() {
  while (Operation *view = findLastView(block)) {
    KernelGroup group;
    group.kind = KernelKind::Loops;
    group.ops = {view};
    group.isCompileTime = compileTime.containsResultsOf(view);
    if (failed(build(group)))
      return failure();
  }
  return success();
}

} // namespace neap
