// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// StridedAccess.cpp - see the header. A chain of views is walked up to its
// base; then each view is applied to the base's row-major access in turn.
// Sizes are compared as expressions: a reshape never needs to know which of two
// is larger. Linear in the length of the chain and the ranks.
#include "passes/analysis/StridedAccess.h"

#include "dialects/neap/IR/NeapOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace neap {

SmallVector<DimExpr> getRowMajorStrides(ArrayRef<DimExpr> shape) {
  SmallVector<DimExpr> strides(shape.size());
  DimExpr stride(1);
  for (size_t axis = shape.size(); axis-- > 0;) {
    if (!shape[axis].isConstant(1))
      strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/// Returns the sizes of `value`; nothing if one is not known.
static std::optional<SmallVector<DimExpr>> getKnownDims(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type)
    return std::nullopt;
  SmallVector<DimExpr> dims = getDims(type);
  if (!getNumElements(dims).isKnown())
    return std::nullopt;
  return dims;
}

FailureOr<StridedAccess> getIdentityAccess(Value value) {
  std::optional<SmallVector<DimExpr>> dims = getKnownDims(value);
  if (!dims)
    return failure();
  StridedAccess access;
  access.base = value;
  access.shape = *dims;
  access.strides = getRowMajorStrides(access.shape);
  return access;
}

FailureOr<StridedAccess> reshapeAccess(const StridedAccess &access,
                                       ArrayRef<DimExpr> shape,
                                       const SymbolFacts &facts) {
  StridedAccess result;
  result.base = access.base;
  result.offset = access.offset;
  result.shape = llvm::to_vector(shape);
  result.strides.assign(shape.size(), DimExpr());
  DimExpr numElements = getNumElements(shape);
  if (!facts.areEqual(numElements, getNumElements(access.shape)))
    return failure();
  if (numElements.isConstant(0))
    return result;
  // From the right: a run of old axes with one common step, and the new axes
  // that cover exactly this run.
  int64_t next = shape.size();
  for (int64_t axis = access.shape.size(); axis-- > 0;) {
    if (access.shape[axis].isConstant(1))
      continue;
    const DimExpr &step = access.strides[axis];
    DimExpr run = access.shape[axis];
    while (axis > 0 && (access.shape[axis - 1].isConstant(1) ||
                        facts.areEqual(access.strides[axis - 1], run * step)))
      run *= access.shape[--axis];
    DimExpr covered(1);
    while (next > 0 && !facts.areEqual(covered, run)) {
      --next;
      if (!shape[next].isConstant(1))
        result.strides[next] = covered * step;
      covered *= shape[next];
    }
    if (!facts.areEqual(covered, run))
      return failure();
  }
  return result;
}

/// Returns the access of a transpose of what `access` describes.
static StridedAccess transposeAccess(const StridedAccess &access,
                                     ArrayRef<int64_t> permutation) {
  StridedAccess result;
  result.base = access.base;
  result.offset = access.offset;
  for (int64_t axis : permutation) {
    result.shape.push_back(access.shape[axis]);
    result.strides.push_back(access.strides[axis]);
  }
  return result;
}

/// Returns the access of a slice of what `access` describes.
static StridedAccess sliceAccess(StridedAccess access, SliceOp slice) {
  access.shape = getDims(slice.getType());
  bool isEmpty = getNumElements(access.shape).isConstant(0);
  SmallVector<DimExpr> starts = slice.getStarts();
  for (auto [axis, stride] : llvm::enumerate(access.strides)) {
    if (!isEmpty)
      access.offset += starts[axis] * stride;
    stride = access.shape[axis].isConstant(1)
                 ? DimExpr()
                 : stride * DimExpr(slice.getSteps()[axis]);
  }
  return access;
}

/// Returns the access of `access` broadcast to `shape`.
static StridedAccess broadcastAccess(const StridedAccess &access,
                                     ArrayRef<DimExpr> shape) {
  StridedAccess result;
  result.base = access.base;
  result.offset = access.offset;
  result.shape = llvm::to_vector(shape);
  size_t added = shape.size() - access.shape.size();
  result.strides.assign(added, DimExpr());
  // Axes of size 1, the only ones that are repeated, have stride 0 already.
  llvm::append_range(result.strides, access.strides);
  return result;
}

/// Applies one view op to the access of its input.
static FailureOr<StridedAccess> applyView(Operation *view,
                                          const StridedAccess &access,
                                          const SymbolFacts &facts) {
  std::optional<SmallVector<DimExpr>> shape = getKnownDims(view->getResult(0));
  if (!shape)
    return failure();
  return llvm::TypeSwitch<Operation *, FailureOr<StridedAccess>>(view)
      .Case([&](ReshapeOp) { return reshapeAccess(access, *shape, facts); })
      .Case([&](TransposeOp op) {
        return transposeAccess(access, op.getPermutation());
      })
      .Case([&](SliceOp op) { return sliceAccess(access, op); })
      .Case([&](BroadcastOp) { return broadcastAccess(access, *shape); });
}

FailureOr<StridedAccess> getStridedAccess(Value value, const SymbolFacts &facts,
                                          Value base) {
  SmallVector<Operation *> views;
  while (Operation *op = value.getDefiningOp()) {
    if (value == base || !isa<ReshapeOp, TransposeOp, SliceOp, BroadcastOp>(op))
      break;
    views.push_back(op);
    value = op->getOperand(0);
  }
  FailureOr<StridedAccess> access = getIdentityAccess(value);
  for (Operation *view : llvm::reverse(views)) {
    if (failed(access))
      return failure();
    access = applyView(view, *access, facts);
  }
  return access;
}

FailureOr<StridedAccess> getStoreAccess(Value value, const SymbolFacts &facts) {
  FailureOr<StridedAccess> access = getIdentityAccess(value);
  while (succeeded(access)) {
    Operation *op = value.getDefiningOp();
    if (!isa_and_nonnull<ReshapeOp, TransposeOp>(op))
      break;
    value = op->getOperand(0);
    std::optional<SmallVector<DimExpr>> shape = getKnownDims(value);
    if (!shape)
      return failure();
    if (auto transpose = dyn_cast<TransposeOp>(op)) {
      SmallVector<int64_t> inverse(shape->size());
      for (auto [axis, from] : llvm::enumerate(transpose.getPermutation()))
        inverse[from] = axis;
      access = transposeAccess(*access, inverse);
    } else {
      access = reshapeAccess(*access, *shape, facts);
    }
  }
  if (succeeded(access))
    access->base = value;
  return access;
}

} // namespace neap
