// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PackWeights.cpp - brings right operands and filters that are known at compile
// time into the panels that the microkernels read.
//
// The packing ops depend on weights alone, so the compiler runs them. A matrix
// that is both gathered by row and multiplied (a tied embedding) is gathered
// from its panels, so that it exists once. Complexity: linear in the graph.
#include "passes/graph/Passes.h"
#include "passes/graph/Views.h"

#include "mlir/IR/PatternMatch.h"

#define DEBUG_TYPE "neap-pack-weights"

namespace neap {
#define GEN_PASS_DEF_PACKWEIGHTS
#include "passes/graph/Passes.h.inc"
} // namespace neap

using namespace mlir;

namespace neap {
namespace {

constexpr int64_t kWidth = PackPanelsOp::kPanelWidth;

/// Returns the number of panels of a matrix with `numColumns`.
int64_t getNumPanels(int64_t numColumns) {
  return (numColumns + kWidth - 1) / kWidth;
}

/// Returns whether the packed kernels compute in the element type of `value`.
bool hasPackedElementType(Value value) {
  Type type = getType(value).getElementType();
  return type.isF32() || type.isF64();
}

/// Returns whether a value of `op` has no elements; packing gains nothing then.
bool isEmpty(Operation *op) {
  auto hasNone = [](Value value) {
    return getType(value).getNumElements() == 0;
  };
  return llvm::any_of(op->getOperands(), hasNone) || hasNone(op->getResult(0));
}

/// Packs weights; keeps what it packed so that equal matrices are packed once.
class WeightPacker {
public:
  explicit WeightPacker(func::FuncOp func)
      : func(func), rewriter(func.getContext()) {}

  void run() {
    for (auto op : func.getOps<MatmulOp>())
      if (!isEmpty(op))
        packMatmul(op);
    for (auto op : func.getOps<ConvOp>())
      if (!isEmpty(op))
        packConv(op);
    for (auto op : func.getOps<GatherOp>())
      packGather(op);
    for (Operation *op : replaced)
      rewriter.eraseOp(op);
  }

private:
  void packMatmul(MatmulOp op);
  void packConv(ConvOp op);
  void packGather(GatherOp op);
  Value getPanels(Value matrix);
  Value findPanelsOfTransposed(Value matrix) const;
  Value packGroups(Location loc, Value filter, int64_t groups);

  void replace(Operation *op, Operation *packed) {
    rewriter.replaceAllOpUsesWith(op, packed->getResults());
    replaced.push_back(op);
  }

  func::FuncOp func;
  IRRewriter rewriter;
  CompileTimeValues compileTime;
  /// Replaced ops; erased last, because `compileTime` knows ops by address.
  SmallVector<Operation *> replaced;
  /// [K, N] matrix to its panels.
  llvm::DenseMap<Value, Value> panels;
  /// [N, K] matrix whose transpose is packed, to the panels.
  llvm::DenseMap<Value, Value> panelsOfTransposed;
};

} // namespace

/// Returns the panels of `matrix`, made right after it so that they stand
/// before every use of it.
Value WeightPacker::getPanels(Value matrix) {
  Value &packed = panels[matrix];
  if (packed)
    return packed;
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointAfterValue(matrix);
  ArrayRef<int64_t> shape = getShape(matrix);
  packed = PackPanelsOp::create(
      rewriter, matrix.getLoc(),
      withShape(matrix, {getNumPanels(shape[1]), shape[0], kWidth}), matrix);
  if (auto transpose = matrix.getDefiningOp<TransposeOp>())
    panelsOfTransposed[transpose.getInput()] = packed;
  return packed;
}

/// matmul(x, w) -> packed_matmul(x, pack_panels(w)). A splat is not packed: it
/// would become as many bytes as it has elements.
void WeightPacker::packMatmul(MatmulOp op) {
  Value rhs = op.getRhs();
  if (getShape(rhs).size() != 2 || !hasPackedElementType(rhs) ||
      !compileTime.contains(rhs) || compileTime.contains(op.getLhs()) ||
      getSplat(rhs))
    return;
  Value packed = getPanels(rhs);
  rewriter.setInsertionPoint(op);
  replace(op, PackedMatmulOp::create(rewriter, op.getLoc(), op.getType(),
                                     op.getLhs(), packed));
}

/// Returns the panels of each group of a filter [kernel..., C/groups, O]:
/// [groups, ceil((O/groups) / 16), kernel... * C/groups, 16].
Value WeightPacker::packGroups(Location loc, Value filter, int64_t groups) {
  ArrayRef<int64_t> shape = getShape(filter);
  int64_t numTaps = 1;
  for (int64_t size : shape.drop_back())
    numTaps *= size;
  int64_t numOutputs = shape.back() / groups;
  int64_t numPanels = getNumPanels(numOutputs);
  SmallVector<int64_t> result{groups, numPanels, numTaps, kWidth};
  if (groups == 1) {
    Value matrix = createReshape(rewriter, loc, filter, {numTaps, numOutputs});
    return createReshape(rewriter, loc, getPanels(matrix), result);
  }
  Value value =
      createReshape(rewriter, loc, filter, {numTaps, groups, numOutputs});
  value = createTranspose(rewriter, loc, value, {1, 0, 2});
  int64_t numMissing = numPanels * kWidth - numOutputs;
  if (numMissing > 0) {
    auto scalar = RankedTensorType::get({}, getType(filter).getElementType());
    Value zero = ConstantOp::create(
        rewriter, loc,
        DenseElementsAttr::get(scalar,
                               rewriter.getZeroAttr(scalar.getElementType())));
    value = PadOp::create(
        rewriter, loc, withShape(value, {groups, numTaps, numPanels * kWidth}),
        value, zero, ArrayRef<int64_t>{0, 0, 0},
        ArrayRef<int64_t>{0, 0, numMissing}, PadMode::Constant);
  }
  value =
      createReshape(rewriter, loc, value, {groups, numTaps, numPanels, kWidth});
  return createTranspose(rewriter, loc, value, {0, 2, 1, 3});
}

/// conv(x, w) -> packed_conv(x, packed w) for channels-last x.
void WeightPacker::packConv(ConvOp op) {
  if (op.getLayout() != Layout::ChannelsLast ||
      !hasPackedElementType(op.getInput()) ||
      !compileTime.contains(op.getFilter()) ||
      compileTime.contains(op.getInput()))
    return;
  rewriter.setInsertionPoint(op);
  Value packed = packGroups(op.getLoc(), op.getFilter(), op.getGroups());
  ArrayRef<int64_t> kernel = getShape(op.getFilter()).drop_back(2);
  replace(op, PackedConvOp::create(rewriter, op.getLoc(), op.getType(),
                                   op.getInput(), packed, kernel,
                                   op.getStrides(), op.getPads(),
                                   op.getDilations(), op.getGroups()));
}

/// Returns the panels of the transpose of `matrix`, or null if there are none.
Value WeightPacker::findPanelsOfTransposed(Value matrix) const {
  if (Value packed = panelsOfTransposed.lookup(matrix))
    return packed;
  auto transpose = matrix.getDefiningOp<TransposeOp>();
  if (!transpose || transpose.getPermutation() != ArrayRef<int64_t>{1, 0})
    return {};
  return panels.lookup(transpose.getInput());
}

/// gather(w, i) -> packed_gather(panels of w's transpose, i).
void WeightPacker::packGather(GatherOp op) {
  Value packed = findPanelsOfTransposed(op.getInput());
  if (!packed || op.getAxis() != 0)
    return;
  rewriter.setInsertionPoint(op);
  auto gather =
      PackedGatherOp::create(rewriter, op.getLoc(), op.getType(), packed,
                             op.getIndices(), getShape(op.getInput()).front());
  // The panels stand where the product first needed them.
  if (!packed.getDefiningOp()->isBeforeInBlock(gather)) {
    Operation *matrix = packed.getDefiningOp()->getOperand(0).getDefiningOp();
    rewriter.moveOpBefore(matrix, gather);
    rewriter.moveOpBefore(packed.getDefiningOp(), gather);
  }
  replace(op, gather);
}

LogicalResult packWeights(func::FuncOp func) {
  WeightPacker(func).run();
  return success();
}

namespace {

struct PackWeightsPass : impl::PackWeightsBase<PackWeightsPass> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (failed(packWeights(func)))
        return signalPassFailure();
  }
};

} // namespace
} // namespace neap
