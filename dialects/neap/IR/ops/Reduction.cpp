// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reduction.cpp - shapes, checks and costs of reductions.
#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/OpChecks.h"

using namespace mlir;
using namespace neap;

/// Returns one operation per element of `input` if those are floats.
static int64_t countInputFlops(RankedTensorType input) {
  return isa<FloatType>(input.getElementType()) ? getStaticNumElements(input)
                                                : 0;
}

//===----------------------------------------------------------------------===//
// ReduceOp
//===----------------------------------------------------------------------===//

FailureOr<RankedTensorType> ReduceOp::inferType(Adaptor adaptor,
                                                EmitError emitError) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  SmallVector<DimExpr> dims = getDims(input);
  // reduce_c1
  int64_t previous = -1;
  for (int64_t axis : adaptor.getAxes()) {
    if (failed(checkAxis(emitError, "axes", axis, input.getRank())))
      return failure();
    if (axis <= previous)
      return emitError() << "expected strictly increasing 'axes', got " << axis
                         << " after " << previous;
    previous = axis;
    dims[axis] = DimExpr(1);
  }
  // reduce_c2
  ReduceKind kind = adaptor.getKind();
  bool isLattice = kind == ReduceKind::Max || kind == ReduceKind::Min;
  if (input.getElementType().isInteger(1) && !isLattice)
    return emitError() << "expected kind max or min for element type 'i1', got "
                       << stringifyReduceKind(kind);
  return getTensorType(dims, input.getElementType());
}

int64_t ReduceOp::getFlops() { return countInputFlops(getInput().getType()); }

//===----------------------------------------------------------------------===//
// ArgReduceOp
//===----------------------------------------------------------------------===//

FailureOr<RankedTensorType> ArgReduceOp::inferType(Adaptor adaptor,
                                                   EmitError emitError) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  int64_t axis = adaptor.getAxis();
  // arg_reduce_c1
  if (failed(checkAxis(emitError, "axis", axis, input.getRank())))
    return failure();
  SmallVector<DimExpr> dims = getDims(input);
  if (dims[axis].isConstant(0))
    return emitError() << "expected at least one element on axis " << axis
                       << " of 'input', got size 0";
  // arg_reduce_c2
  ReduceKind kind = adaptor.getKind();
  if (kind != ReduceKind::Max && kind != ReduceKind::Min)
    return emitError() << "expected kind max or min, got "
                       << stringifyReduceKind(kind);
  dims[axis] = DimExpr(1);
  return getTensorType(dims, IntegerType::get(input.getContext(), 64));
}

int64_t ArgReduceOp::getFlops() {
  return countInputFlops(getInput().getType());
}

//===----------------------------------------------------------------------===//
// TopKOp
//===----------------------------------------------------------------------===//

LogicalResult TopKOp::verify() {
  auto emitError = [&] { return emitOpError(); };
  RankedTensorType input = getInput().getType();
  int64_t axis = getAxis();
  // top_k_c1
  if (failed(checkAxis(emitError, "axis", axis, input.getRank())))
    return failure();
  // top_k_c2
  if (getKind() != ReduceKind::Max && getKind() != ReduceKind::Min)
    return emitOpError() << "expected kind max or min, got "
                         << stringifyReduceKind(getKind());
  // top_k_c3
  SmallVector<DimExpr> dims = getDims(input), chosen = getDims(getType());
  if (dims.size() == chosen.size()) {
    if (isKnownGreater(chosen[axis], dims[axis]))
      return emitOpError() << "expected at most " << dims[axis].str()
                           << " elements of axis " << axis << ", got "
                           << chosen[axis].str();
    dims[axis] = chosen[axis];
  }
  return checkType(*this, "result", getType(),
                   getTensorType(dims, IntegerType::get(getContext(), 64)));
}

int64_t TopKOp::getFlops() { return countInputFlops(getInput().getType()); }

//===----------------------------------------------------------------------===//
// CumulativeSumOp
//===----------------------------------------------------------------------===//

LogicalResult CumulativeSumOp::verify() {
  // cumulative_sum_c1
  return checkAxis([&] { return emitOpError(); }, "axis", getAxis(),
                   getType().getRank());
}

int64_t CumulativeSumOp::getFlops() { return countInputFlops(getType()); }
