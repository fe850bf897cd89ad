// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// StridedAccess.cpp - see the header. A chain of views is walked up to its
// base; then each view is applied to the base's row-major access in turn.
// Linear in the length of the chain and the ranks.
#include "passes/analysis/StridedAccess.h"

#include "dialects/neap/IR/NeapOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace neap {

/// Returns the strides of a row-major tensor, 0 on axes of size 1.
static SmallVector<int64_t> getRowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 0);
  int64_t stride = 1;
  for (size_t axis = shape.size(); axis-- > 0;) {
    if (shape[axis] != 1)
      strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/// Returns the number of elements of a static shape.
static int64_t getNumElements(ArrayRef<int64_t> shape) {
  return ShapedType::getNumElements(shape);
}

bool StridedAccess::isContiguous() const {
  return strides == getRowMajorStrides(shape);
}

bool StridedAccess::isInjective() const {
  // Axes by stride: each step must pass over all that the smaller ones reach.
  SmallVector<std::pair<int64_t, int64_t>> axes;
  for (auto [size, stride] : llvm::zip_equal(shape, strides))
    if (size != 1)
      axes.emplace_back(std::abs(stride), size);
  llvm::sort(axes);
  int64_t reach = 0;
  for (auto [stride, size] : axes) {
    if (stride <= reach)
      return false;
    reach += stride * (size - 1);
  }
  return true;
}

FailureOr<StridedAccess> getIdentityAccess(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape())
    return failure();
  StridedAccess access;
  access.base = value;
  access.shape = llvm::to_vector(type.getShape());
  access.strides = getRowMajorStrides(access.shape);
  return access;
}

FailureOr<StridedAccess> reshapeAccess(const StridedAccess &access,
                                       ArrayRef<int64_t> shape) {
  StridedAccess result;
  result.base = access.base;
  result.offset = access.offset;
  result.shape = llvm::to_vector(shape);
  result.strides.assign(shape.size(), 0);
  if (getNumElements(shape) != getNumElements(access.shape))
    return failure();
  if (getNumElements(shape) == 0)
    return result;
  // From the right: a run of old axes with one common step, and the new axes
  // that cover exactly this run.
  int64_t next = shape.size();
  for (int64_t axis = access.shape.size(); axis-- > 0;) {
    if (access.shape[axis] == 1)
      continue;
    int64_t step = access.strides[axis];
    int64_t run = access.shape[axis];
    while (axis > 0 && (access.shape[axis - 1] == 1 ||
                        access.strides[axis - 1] == run * step))
      run *= access.shape[--axis];
    int64_t covered = 1;
    while (covered < run && next > 0) {
      --next;
      if (shape[next] != 1)
        result.strides[next] = covered * step;
      covered *= shape[next];
    }
    if (covered != run)
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
static FailureOr<StridedAccess> sliceAccess(StridedAccess access,
                                            SliceOp slice) {
  std::optional<SmallVector<int64_t>> starts = getConstants(slice.getStarts());
  if (!starts)
    return failure();
  access.shape = llvm::to_vector(slice.getType().getShape());
  bool isEmpty = getNumElements(access.shape) == 0;
  for (auto [axis, stride] : llvm::enumerate(access.strides)) {
    if (!isEmpty)
      access.offset += (*starts)[axis] * stride;
    stride = access.shape[axis] == 1 ? 0 : stride * slice.getSteps()[axis];
  }
  return access;
}

/// Returns the access of `access` broadcast to `shape`.
static StridedAccess broadcastAccess(const StridedAccess &access,
                                     ArrayRef<int64_t> shape) {
  StridedAccess result;
  result.base = access.base;
  result.offset = access.offset;
  result.shape = llvm::to_vector(shape);
  size_t added = shape.size() - access.shape.size();
  result.strides.assign(added, 0);
  for (auto [axis, stride] : llvm::enumerate(access.strides))
    result.strides.push_back(access.shape[axis] == shape[added + axis] ? stride
                                                                       : 0);
  return result;
}

/// Applies one view op to the access of its input.
static FailureOr<StridedAccess> applyView(Operation *view,
                                          const StridedAccess &access) {
  auto type = cast<RankedTensorType>(view->getResult(0).getType());
  if (!type.hasStaticShape())
    return failure();
  return llvm::TypeSwitch<Operation *, FailureOr<StridedAccess>>(view)
      .Case([&](ReshapeOp) { return reshapeAccess(access, type.getShape()); })
      .Case([&](TransposeOp op) {
        return transposeAccess(access, op.getPermutation());
      })
      .Case([&](SliceOp op) { return sliceAccess(access, op); })
      .Case([&](BroadcastOp) {
        return broadcastAccess(access, type.getShape());
      });
}

FailureOr<StridedAccess> getStridedAccess(Value value, Value base) {
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
    access = applyView(view, *access);
  }
  return access;
}

FailureOr<StridedAccess> getStoreAccess(Value value) {
  FailureOr<StridedAccess> access = getIdentityAccess(value);
  while (succeeded(access)) {
    Operation *op = value.getDefiningOp();
    if (!isa_and_nonnull<ReshapeOp, TransposeOp>(op))
      break;
    value = op->getOperand(0);
    auto type = cast<RankedTensorType>(value.getType());
    if (!type.hasStaticShape())
      return failure();
    if (auto transpose = dyn_cast<TransposeOp>(op)) {
      SmallVector<int64_t> inverse(type.getRank());
      for (auto [axis, from] : llvm::enumerate(transpose.getPermutation()))
        inverse[from] = axis;
      access = transposeAccess(*access, inverse);
    } else {
      access = reshapeAccess(*access, type.getShape());
    }
  }
  if (succeeded(access))
    access->base = value;
  return access;
}

} // namespace neap
