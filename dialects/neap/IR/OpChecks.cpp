// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OpChecks.cpp - checks that the verifiers of several op families share.
#include "dialects/neap/IR/OpChecks.h"

#include "dialects/neap/IR/Symbols.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace neap;

InFlightDiagnostic neap::emitInferenceError(MLIRContext *context,
                                            std::optional<Location> loc,
                                            StringRef opName) {
  InFlightDiagnostic diag =
      emitError(loc.value_or(Location(UnknownLoc::get(context))));
  diag << "'" << opName << "' op ";
  if (!loc)
    diag.abandon();
  return diag;
}

bool neap::areSameTypes(Operation *op, Type lhs, Type rhs) {
  if (lhs == rhs)
    return true;
  auto left = dyn_cast<RankedTensorType>(lhs);
  auto right = dyn_cast<RankedTensorType>(rhs);
  if (!left || !right || left.getRank() != right.getRank() ||
      left.getElementType() != right.getElementType())
    return false;
  SymbolFacts facts = getSymbolFacts(op);
  return llvm::all_of(
      llvm::zip(getDims(left), getDims(right)), [&](const auto &dims) {
        return facts.areEqual(std::get<0>(dims), std::get<1>(dims));
      });
}

LogicalResult neap::checkType(Operation *op, StringRef name, Type actual,
                              Type expected) {
  if (areSameTypes(op, actual, expected))
    return success();
  return op->emitOpError("expected '")
         << name << "' of type " << expected << ", got " << actual;
}

LogicalResult neap::checkAxis(EmitError emitError, StringRef name, int64_t axis,
                              int64_t rank) {
  if (axis >= 0 && axis < rank)
    return success();
  return emitError() << "expected '" << name << "' in [0, " << rank
                     << "), the rank of 'input', got " << axis;
}

LogicalResult neap::checkElementTypes(EmitError emitError, StringRef leftName,
                                      RankedTensorType left,
                                      StringRef rightName,
                                      RankedTensorType right) {
  if (left.getElementType() == right.getElementType())
    return success();
  return emitError() << "expected equal element types, got "
                     << left.getElementType() << " in '" << leftName << "' and "
                     << right.getElementType() << " in '" << rightName << "'";
}

LogicalResult neap::checkEntries(EmitError emitError, StringRef name,
                                 ArrayRef<int64_t> entries, int64_t count,
                                 int64_t minimum, StringRef perWhat) {
  if (static_cast<int64_t>(entries.size()) != count)
    return emitError() << "expected " << count << " entries in '" << name
                       << "' (" << perWhat << "), got " << entries.size();
  for (int64_t entry : entries)
    if (entry < minimum)
      return emitError() << "expected entries of at least " << minimum
                         << " in '" << name << "', got " << entry;
  return success();
}

bool neap::isKnownGreater(const DimExpr &lhs, const DimExpr &rhs) {
  std::optional<int64_t> left = lhs.getConstant();
  std::optional<int64_t> right = rhs.getConstant();
  return left && right && *left > *right;
}

bool neap::areKnownDifferent(const DimExpr &lhs, const DimExpr &rhs) {
  std::optional<int64_t> difference = (lhs - rhs).getConstant();
  return difference && *difference != 0;
}

std::string neap::printDims(ArrayRef<DimExpr> dims) {
  std::string text = "[";
  for (const DimExpr &dim : dims)
    text += (text.size() > 1 ? ", " : "") + dim.str();
  return text + "]";
}
