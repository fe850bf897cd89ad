// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NeapAttrs.cpp - attributes and enums, their checks, and tensor types with
// symbolic sizes.
#include "dialects/neap/IR/NeapAttrs.h"

#include "dialects/neap/IR/DimExpr.h"
#include "dialects/neap/IR/NeapDialect.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace neap;

#include "dialects/neap/IR/NeapEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/neap/IR/NeapAttrs.cpp.inc"

/// Checks that `text` is an expression in normal form.
static LogicalResult
checkNormalForm(function_ref<InFlightDiagnostic()> emitError, StringRef text) {
  std::string error;
  FailureOr<DimExpr> expr = DimExpr::parse(text, &error);
  if (failed(expr))
    return emitError() << "expected a size expression, got '" << text
                       << "': " << error;
  if (expr->str() != text)
    return emitError() << "expected a size in normal form, '" << expr->str()
                       << "', got '" << text << "'";
  return success();
}

LogicalResult DimsAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               ArrayRef<StringAttr> exprs) {
  for (StringAttr text : exprs)
    if (failed(checkNormalForm(emitError, text.getValue())))
      return failure();
  return success();
}

LogicalResult DimAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                              StringAttr expr) {
  if (failed(checkNormalForm(emitError, expr.getValue())))
    return failure();
  if (DimExpr::parse(expr.getValue())->getConstant())
    return emitError() << "expected an i64 for the constant '"
                       << expr.getValue() << "', got '#neap.dim'";
  return success();
}

LogicalResult
DimsAttr::verifyEncoding(ArrayRef<int64_t> shape, Type elementType,
                         function_ref<InFlightDiagnostic()> emitError) const {
  if (getExprs().size() != shape.size())
    return emitError() << "expected one size per axis in '#neap.dims' (rank "
                       << shape.size() << "), got " << getExprs().size();
  bool hasDynamicAxis = false;
  for (auto [axis, size] : llvm::enumerate(shape)) {
    StringRef text = getExprs()[axis].getValue();
    FailureOr<DimExpr> expr = DimExpr::parse(text);
    if (failed(expr))
      return emitError() << "expected a size expression, got '" << text << "'";
    std::optional<int64_t> constant = expr->getConstant();
    bool isDynamic = ShapedType::isDynamic(size);
    hasDynamicAxis |= isDynamic;
    if (isDynamic && constant)
      return emitError() << "expected a symbolic size in '#neap.dims' for "
                         << "dynamic axis " << axis << ", got " << *constant;
    if (!isDynamic && constant != size)
      return emitError() << "expected size " << size << " in '#neap.dims' for "
                         << "axis " << axis << ", got '" << text << "'";
  }
  if (!hasDynamicAxis)
    return emitError() << "expected '#neap.dims' only on a tensor with a "
                       << "dynamic axis";
  return success();
}

LogicalResult RangeAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                int64_t lo, int64_t hi, int64_t step) {
  if (lo < 0 || hi < lo)
    return emitError() << "expected 0 <= lo <= hi, got lo = " << lo
                       << ", hi = " << hi;
  if (step < 1)
    return emitError() << "expected a positive step, got " << step;
  return success();
}

void NeapDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/neap/IR/NeapAttrs.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Numbers that may depend on symbols
//===----------------------------------------------------------------------===//

bool neap::isDimExprAttr(Attribute attribute) {
  auto integer = dyn_cast<IntegerAttr>(attribute);
  return isa<DimAttr>(attribute) ||
         (integer && integer.getType().isSignlessInteger(64));
}

bool neap::isDimExprArrayAttr(Attribute attribute) {
  return isa<DenseI64ArrayAttr, DimsAttr>(attribute);
}

/// Reads an expression that the verifier has accepted.
static DimExpr parseExpr(StringAttr text) {
  FailureOr<DimExpr> expr = DimExpr::parse(text.getValue());
  return succeeded(expr) ? *expr : DimExpr::unknown();
}

DimExpr neap::getDimExpr(Attribute attribute) {
  if (auto integer = dyn_cast<IntegerAttr>(attribute))
    return DimExpr(integer.getInt());
  return parseExpr(cast<DimAttr>(attribute).getExpr());
}

SmallVector<DimExpr> neap::getDimExprArray(Attribute attribute) {
  if (auto integers = dyn_cast<DenseI64ArrayAttr>(attribute))
    return llvm::to_vector_of<DimExpr>(integers.asArrayRef());
  return llvm::map_to_vector(cast<DimsAttr>(attribute).getExprs(), parseExpr);
}

Attribute neap::getDimExprAttr(MLIRContext *context, const DimExpr &expr) {
  Builder builder(context);
  if (std::optional<int64_t> constant = expr.getConstant())
    return builder.getI64IntegerAttr(*constant);
  return DimAttr::get(context, builder.getStringAttr(expr.str()));
}

Attribute neap::getDimExprArrayAttr(MLIRContext *context,
                                    ArrayRef<DimExpr> exprs) {
  Builder builder(context);
  if (std::optional<SmallVector<int64_t>> constants = getConstants(exprs))
    return builder.getDenseI64ArrayAttr(*constants);
  SmallVector<StringAttr> texts;
  for (const DimExpr &expr : exprs)
    texts.push_back(builder.getStringAttr(expr.str()));
  return DimsAttr::get(context, texts);
}

//===----------------------------------------------------------------------===//
// Tensor types
//===----------------------------------------------------------------------===//

SmallVector<DimExpr> neap::getDims(RankedTensorType type) {
  auto dims = dyn_cast_if_present<DimsAttr>(type.getEncoding());
  SmallVector<DimExpr> result;
  for (auto [axis, size] : llvm::enumerate(type.getShape())) {
    if (!ShapedType::isDynamic(size)) {
      result.push_back(DimExpr(size));
      continue;
    }
    result.push_back(dims && axis < dims.getExprs().size()
                         ? parseExpr(dims.getExprs()[axis])
                         : DimExpr::unknown());
  }
  return result;
}

RankedTensorType neap::getTensorType(ArrayRef<DimExpr> dims, Type elementType) {
  SmallVector<int64_t> shape;
  SmallVector<StringAttr> exprs;
  Builder builder(elementType.getContext());
  bool isDynamic = false;
  for (const DimExpr &dim : dims) {
    std::optional<int64_t> constant = dim.getConstant();
    isDynamic |= !constant;
    shape.push_back(constant.value_or(ShapedType::kDynamic));
    exprs.push_back(builder.getStringAttr(dim.str()));
  }
  if (!isDynamic)
    return RankedTensorType::get(shape, elementType);
  return RankedTensorType::get(shape, elementType,
                               DimsAttr::get(builder.getContext(), exprs));
}
