// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ConstantFold.h - evaluates elementwise ops on constants at compile time.
//
// Only what gives the same bits on every machine is evaluated: exact or
// correctly rounded float operations, and no operation whose result is NaN.
#ifndef NEAP_IR_CONSTANTFOLD_H
#define NEAP_IR_CONSTANTFOLD_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpDefinition.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APInt.h"

namespace neap {

/// An element of a constant: bits, with the type that says what they mean.
class Element {
public:
  Element(llvm::APInt bits, mlir::Type type)
      : bits(std::move(bits)), type(type) {}
  explicit Element(const llvm::APFloat &value, mlir::Type type)
      : bits(value.bitcastToAPInt()), type(type) {}

  mlir::Type getType() const { return type; }
  bool isFloat() const { return llvm::isa<mlir::FloatType>(type); }
  bool isBool() const { return type.isInteger(1); }
  /// Returns whether this is an integer of unsigned type, or a bool.
  bool isUnsigned() const { return isBool() || type.isUnsignedInteger(); }
  const llvm::APInt &getInt() const { return bits; }
  llvm::APFloat getFloat() const {
    return llvm::APFloat(llvm::cast<mlir::FloatType>(type).getFloatSemantics(),
                         bits);
  }

private:
  llvm::APInt bits;
  mlir::Type type;
};

/// Computes an element of the result, or declines.
using ElementFunction =
    llvm::function_ref<std::optional<Element>(llvm::ArrayRef<Element>)>;

/// Applies `function` at every index of `operands`; null if one is not
/// constant, if `function` declines, or if the result is large: above 1 KiB
/// and not computed from splats alone.
mlir::OpFoldResult foldElementwise(mlir::Type resultType,
                                   llvm::ArrayRef<mlir::Attribute> operands,
                                   ElementFunction function);

/// Returns whether `type`, as a constant that is no splat, is small.
bool isFoldableSize(mlir::RankedTensorType type);

/// Builds the constant whose element at row-major `index` is that of `input`
/// at `sourceIndex(index)`; null if `input` is not constant or the result is
/// large.
mlir::OpFoldResult
foldMovement(mlir::RankedTensorType resultType, mlir::Attribute input,
             llvm::function_ref<int64_t(llvm::ArrayRef<int64_t>)> sourceIndex);

/// Returns the one value of a splat constant.
std::optional<Element> getSplat(mlir::Attribute attribute);

/// Returns whether `attribute` is a splat with the value `value`.
bool isSplatOf(mlir::Attribute attribute, double value);

/// Converts an element; declines where machines could differ.
std::optional<Element> castElement(const Element &element, mlir::Type type);

} // namespace neap

#endif // NEAP_IR_CONSTANTFOLD_H
