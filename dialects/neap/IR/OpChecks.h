// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OpChecks.h - checks that the verifiers of several op families share. Each
// emits one diagnostic when it fails.
#ifndef NEAP_IR_OPCHECKS_H
#define NEAP_IR_OPCHECKS_H

#include "dialects/neap/IR/DimExpr.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Operation.h"

namespace neap {

/// Starts the diagnostic of a failed check.
using EmitError = llvm::function_ref<mlir::InFlightDiagnostic()>;

/// Starts an error about an op that need not exist yet; silent without `loc`.
mlir::InFlightDiagnostic emitInferenceError(mlir::MLIRContext *context,
                                            std::optional<mlir::Location> loc,
                                            llvm::StringRef opName);

/// Returns whether both types are equal, or differ only in how sizes are
/// written that are equal for all symbols of the module around `op`.
bool areSameTypes(mlir::Operation *op, mlir::Type lhs, mlir::Type rhs);

/// Checks that `actual`, the type of what `op` calls `name`, is `expected` in
/// the sense of areSameTypes().
mlir::LogicalResult checkType(mlir::Operation *op, llvm::StringRef name,
                              mlir::Type actual, mlir::Type expected);

/// Checks that `axis`, the value of attribute `name`, is inside `rank`.
mlir::LogicalResult checkAxis(EmitError emitError, llvm::StringRef name,
                              int64_t axis, int64_t rank);

/// Checks that two operands have equal element types.
mlir::LogicalResult checkElementTypes(EmitError emitError,
                                      llvm::StringRef leftName,
                                      mlir::RankedTensorType left,
                                      llvm::StringRef rightName,
                                      mlir::RankedTensorType right);

/// Checks that attribute `name` has `count` entries of at least `minimum`;
/// `perWhat` says what each is for.
mlir::LogicalResult checkEntries(EmitError emitError, llvm::StringRef name,
                                 llvm::ArrayRef<int64_t> entries, int64_t count,
                                 int64_t minimum, llvm::StringRef perWhat);

/// Returns whether both are constants and `lhs` is larger.
bool isKnownGreater(const DimExpr &lhs, const DimExpr &rhs);

/// Returns whether both differ whatever the symbols are.
bool areKnownDifferent(const DimExpr &lhs, const DimExpr &rhs);

/// Prints sizes as `[2, seq]`.
std::string printDims(llvm::ArrayRef<DimExpr> dims);

} // namespace neap

#endif // NEAP_IR_OPCHECKS_H
