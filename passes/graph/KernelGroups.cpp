// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KernelGroups.cpp - greedy grouping of ops into kernels.
//
// An epilogue is the largest set of elementwise ops that hang on a product
// alone: all their values but the last are used only inside the set. Such a
// group has one result on which all its ops lead, so groups of this kind can
// never form a cycle with each other. A region may have several results; before
// two groups are merged, a search backwards from what both read must not reach
// either of them. Complexity: O(ops * ops between a producer and its consumer).
#include "passes/graph/KernelGroups.h"

#include "dialects/neap/IR/Symbols.h"
#include "passes/graph/Patterns.h"

#include "passes/analysis/StridedAccess.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace neap {

/// Ops per region; above, registers spill and compile time grows.
static constexpr unsigned kMaxRegionOps = 64;
/// Elementwise ops that are looked at behind a product.
static constexpr unsigned kMaxEpilogueOps = 48;

bool isComputeOp(Operation *op) {
  return isa<NeapDialect>(op->getDialect()) && op->getNumResults() > 0 &&
         !isa<ConstantOp, WeightOp, FusedOp, LaunchOp>(op) && !isView(op) &&
         !isFreeInPlan(op);
}

bool isLastAxisReduction(Operation *op) {
  auto reduce = dyn_cast<ReduceOp>(op);
  if (!reduce)
    return false;
  int64_t rank = getShape(reduce.getInput()).size();
  return reduce.getAxes().size() == 1 && reduce.getAxes()[0] == rank - 1;
}

/// Returns whether `row` is `domain` with 1 as last size.
static bool isRowShape(ArrayRef<DimExpr> row, ArrayRef<DimExpr> domain) {
  return row.size() == domain.size() && !row.empty() &&
         row.back().isConstant(1) && row.drop_back() == domain.drop_back();
}

Value getRepeatedRow(Value value) {
  auto broadcast = value.getDefiningOp<BroadcastOp>();
  if (!broadcast)
    return {};
  return isRowShape(getShape(broadcast.getInput()), getShape(value))
             ? broadcast.getInput()
             : Value();
}

/// Returns whether `op` may be part of a region.
static bool isRegionOp(Operation *op) {
  return isElementwise(op) || isRowOp(op) || isLastAxisReduction(op);
}

/// Returns the shape over which a region with `op` alone iterates.
static Shape getDomain(Operation *op) {
  return isLastAxisReduction(op) ? getShape(op->getOperand(0))
                                 : getShape(op->getResult(0));
}

/// Returns the kind of the kernel that `op` is the root of.
static KernelKind getRootKind(Operation *op) {
  if (isa<MatmulOp, PackedMatmulOp>(op)) {
    Type type = getType(op->getResult(0)).getElementType();
    return type.isF32() || type.isF64() ? KernelKind::Matmul
                                        : KernelKind::Loops;
  }
  if (isa<PackedConvOp>(op))
    return KernelKind::Convolution;
  if (isa<AttentionOp>(op))
    return KernelKind::Attention;
  return isRegionOp(op) ? KernelKind::Region : KernelKind::Loops;
}

KernelGroups::KernelGroups(Block &block, CompileTimeValues &compileTime,
                           LegalityFn isLegal)
    : block(block), compileTime(compileTime), isLegal(isLegal),
      facts(getSymbolFacts(block.getParentOp())) {
  unsigned index = 0;
  for (Operation &op : block)
    position[&op] = index++;
}

void KernelGroups::sortByPosition(SmallVectorImpl<Operation *> &ops) const {
  llvm::sort(ops, [&](Operation *a, Operation *b) {
    return position.lookup(a) < position.lookup(b);
  });
}

KernelGroup *KernelGroups::addGroup(KernelKind kind, Operation *op) {
  groups.push_back(std::make_unique<KernelGroup>());
  KernelGroup *group = groups.back().get();
  group->kind = kind;
  group->ops = {op};
  group->isCompileTime = compileTime.containsResultsOf(op);
  if (kind == KernelKind::Region) {
    group->domain = getDomain(op);
    group->hasRowOps = !isElementwise(op);
  }
  groupOf[op] = group;
  return group;
}

bool KernelGroups::isFree(Operation *op) const {
  return isComputeOp(op) && !groupOf.contains(op);
}

void KernelGroups::form() {
  for (Operation &op : llvm::reverse(block)) {
    if (!isComputeOp(&op))
      continue;
    KernelKind kind = getRootKind(&op);
    if (kind == KernelKind::Matmul || kind == KernelKind::Convolution)
      formEpilogue(&op, kind);
  }
  for (Operation &op : block) {
    if (!isFree(&op))
      continue;
    if (isRegionOp(&op))
      growRegion(&op);
    else
      addGroup(getRootKind(&op), &op);
  }
  dissolveIllegalRegions();
  for (const std::unique_ptr<KernelGroup> &group : groups)
    if (group->kind == KernelKind::Matmul ||
        group->kind == KernelKind::Attention)
      chooseResultViews(*group);
}

/// Puts each op of a region that no emitter takes into a group of its own; an
/// op that cannot be a region alone becomes loops.
void KernelGroups::dissolveIllegalRegions() {
  SmallVector<KernelGroup *> regions;
  for (const std::unique_ptr<KernelGroup> &group : groups)
    if (group->kind == KernelKind::Region && !isLegal(*group))
      regions.push_back(group.get());
  for (KernelGroup *region : regions) {
    SmallVector<Operation *> ops = region->ops;
    llvm::erase_if(groups, [&](const std::unique_ptr<KernelGroup> &group) {
      return group.get() == region;
    });
    for (Operation *op : ops) {
      KernelGroup *single = addGroup(KernelKind::Region, op);
      if (ops.size() == 1 || !isLegal(*single))
        single->kind = KernelKind::Loops;
    }
  }
}

/// Returns `root` and the free elementwise ops of its shape that lead back to
/// it through such ops, in the order of the block.
llvm::SetVector<Operation *> KernelGroups::collectEpilogue(Operation *root) {
  llvm::SetVector<Operation *> closure;
  closure.insert(root);
  Shape shape = getShape(root->getResult(0));
  for (unsigned next = 0; next < closure.size(); ++next) {
    for (Operation *user : closure[next]->getUsers())
      if (isFree(user) && isElementwise(user) &&
          getShape(user->getResult(0)) == shape &&
          compileTime.containsResultsOf(user) ==
              compileTime.containsResultsOf(root))
        closure.insert(user);
    if (closure.size() > kMaxEpilogueOps)
      break;
  }
  SmallVector<Operation *> ops = closure.takeVector();
  sortByPosition(ops);
  return {ops.begin(), ops.end()};
}

/// Returns the ops of `closure` that lead to `last`.
static llvm::SetVector<Operation *>
collectAncestors(const llvm::SetVector<Operation *> &closure, Operation *last) {
  llvm::SetVector<Operation *> ancestors;
  ancestors.insert(last);
  for (unsigned next = 0; next < ancestors.size(); ++next)
    for (Value operand : ancestors[next]->getOperands())
      if (Operation *producer = operand.getDefiningOp())
        if (closure.contains(producer))
          ancestors.insert(producer);
  return ancestors;
}

/// Returns whether only `last` of `ops` has uses outside.
static bool hasOneExit(const llvm::SetVector<Operation *> &ops,
                       Operation *last) {
  return llvm::all_of(ops, [&](Operation *op) {
    return op == last || llvm::all_of(op->getUsers(), [&](Operation *user) {
             return ops.contains(user);
           });
  });
}

void KernelGroups::formEpilogue(Operation *root, KernelKind kind) {
  llvm::SetVector<Operation *> closure = collectEpilogue(root);
  KernelGroup *group = addGroup(kind, root);
  for (Operation *last : llvm::reverse(closure)) {
    llvm::SetVector<Operation *> ops = collectAncestors(closure, last);
    if (!ops.contains(root) || !hasOneExit(ops, last))
      continue;
    group->ops = ops.takeVector();
    sortByPosition(group->ops);
    if (isLegal(*group))
      break;
  }
  if (!isLegal(*group)) {
    group->ops = {root};
    group->kind = KernelKind::Loops;
  }
  for (Operation *op : group->ops)
    groupOf[op] = group;
}

/// Returns the compute op that gives `value` to a region: its producer, or the
/// producer of the row that it repeats.
static Operation *getRegionProducer(Value value) {
  if (Value row = getRepeatedRow(value))
    return row.getDefiningOp();
  return value.getDefiningOp();
}

void KernelGroups::growRegion(Operation *op) {
  KernelGroup *group = addGroup(KernelKind::Region, op);
  for (Value operand : op->getOperands()) {
    Operation *producer = getRegionProducer(operand);
    KernelGroup *other = producer ? groupOf.lookup(producer) : nullptr;
    if (other && other != group && other->kind == KernelKind::Region)
      tryMerge(*group, *other);
  }
}

/// Returns whether every op of `group` is elementwise on the row shape of
/// `domain`, so that it can be part of a region over `domain`.
static bool fitsAsRows(const KernelGroup &group, ArrayRef<DimExpr> domain) {
  return !group.hasRowOps && isRowShape(group.domain, domain);
}

/// Moves the ops of `from` into `into` if both fit into one region.
bool KernelGroups::tryMerge(KernelGroup &into, KernelGroup &from) {
  bool isFromRow = fitsAsRows(from, into.domain);
  bool isIntoRow = fitsAsRows(into, from.domain);
  if (into.isCompileTime != from.isCompileTime ||
      into.ops.size() + from.ops.size() > kMaxRegionOps ||
      (into.domain != from.domain && !isFromRow && !isIntoRow) ||
      wouldCycle(into, from))
    return false;
  if (isIntoRow)
    into.domain = from.domain;
  into.hasRowOps |= from.hasRowOps;
  for (Operation *op : from.ops)
    groupOf[op] = &into;
  llvm::append_range(into.ops, from.ops);
  sortByPosition(into.ops);
  llvm::erase_if(groups, [&](const std::unique_ptr<KernelGroup> &group) {
    return group.get() == &from;
  });
  return true;
}

/// Returns whether `a` and `b` as one group would read, through ops outside,
/// what they give.
bool KernelGroups::wouldCycle(const KernelGroup &a,
                              const KernelGroup &b) const {
  unsigned first =
      std::min(position.lookup(a.ops.front()), position.lookup(b.ops.front()));
  auto isInside = [&](Operation *op) {
    KernelGroup *group = groupOf.lookup(op);
    return group == &a || group == &b;
  };
  llvm::SetVector<Operation *> reached;
  auto visitOperands = [&](Operation *op, bool isMember) {
    for (Value operand : op->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (isMember && producer && !isInside(producer))
        if (Operation *source = getRegionProducer(operand))
          producer = isInside(source) ? nullptr : producer;
      if (producer && !(isMember && isInside(producer)))
        reached.insert(producer);
    }
  };
  for (Operation *op : a.ops)
    visitOperands(op, /*isMember=*/true);
  for (Operation *op : b.ops)
    visitOperands(op, /*isMember=*/true);
  for (unsigned next = 0; next < reached.size(); ++next) {
    Operation *op = reached[next];
    if (isInside(op))
      return true;
    KernelGroup *group = groupOf.lookup(op);
    if (!group) {
      if (position.lookup(op) > first)
        visitOperands(op, /*isMember=*/false);
      continue;
    }
    if (position.lookup(group->ops.back()) < first)
      continue;
    for (Operation *member : group->ops)
      visitOperands(member, /*isMember=*/false);
  }
  return false;
}

/// Returns whether the consumer of `use` can read there what `stored` gives,
/// through the views between, at no loss: adjacent elements of a row stay
/// adjacent, or the consumer packs what it reads.
bool KernelGroups::canReadThrough(OpOperand &use, Value stored) const {
  Operation *reader = use.getOwner();
  KernelGroup *group = groupOf.lookup(reader);
  if (!group || group->kind == KernelKind::Loops ||
      group->kind == KernelKind::Convolution)
    return false;
  FailureOr<StridedAccess> access = getStridedAccess(use.get(), facts, stored);
  if (failed(access) || access->shape.empty())
    return false;
  if (isa<MatmulOp>(reader) && use.getOperandNumber() == 1)
    return true;
  return access->shape.back().isConstant(1) ||
         access->strides.back().isConstant(1);
}

/// Lets a product be stored through the transposes behind it, unless those that
/// read it can do so through the transposes.
void KernelGroups::chooseResultViews(KernelGroup &group) {
  Value stored = group.ops.back()->getResult(0);
  Value value = stored;
  SmallVector<Operation *> views;
  unsigned numStored = 0;
  while (value.hasOneUse()) {
    Operation *user = *value.getUsers().begin();
    if (!isa<ReshapeOp, TransposeOp>(user))
      break;
    views.push_back(user);
    value = user->getResult(0);
    if (isa<TransposeOp>(user))
      numStored = views.size();
  }
  if (llvm::all_of(value.getUses(),
                   [&](OpOperand &use) { return canReadThrough(use, stored); }))
    return;
  views.resize(numStored);
  group.resultViews = views;
  if (!isLegal(group))
    group.resultViews.clear();
}

} // namespace neap
