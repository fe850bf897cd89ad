// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ImportedValue.h - what the importer knows of one ONNX value.
#ifndef NEAP_FRONTENDS_ONNX_IMPORTEDVALUE_H
#define NEAP_FRONTENDS_ONNX_IMPORTEDVALUE_H

#include "frontends/onnx/GraphBuilder.h"

namespace neap::frontend {

/// The elements of a small tensor, in row-major order, as expressions over the
/// model's symbols. Integers, bools (0 or 1), and floats that are integral.
using Contents = llvm::SmallVector<DimExpr, 4>;

/// One ONNX value. Shapes are computed by small integer tensors (Shape, Gather,
/// Concat, ...): as long as their contents are known, no op is emitted for
/// them, and `value` is made when somebody needs it.
struct ImportedValue {
  mlir::RankedTensorType type;
  mlir::Value value;
  std::optional<Contents> contents;
  /// Whether the value is of a node that cannot be imported, or depends on one;
  /// `type` is then as its op has it, or null. Only a `Survey` goes on so.
  bool isGuess = false;
};

/// Whether the contents of a tensor of `type` are worth knowing: of an element
/// type that shapes are computed in, static and small.
bool canHaveContents(mlir::RankedTensorType type);

/// Returns the contents of a constant, if every element is integral.
std::optional<Contents> getContents(mlir::DenseElementsAttr constant);

/// Returns the constant of `type` with `contents`, or null if one is symbolic.
mlir::DenseElementsAttr getConstant(mlir::RankedTensorType type,
                                    llvm::ArrayRef<DimExpr> contents);

/// Returns the constant that `value` is, or null if it is none.
mlir::DenseElementsAttr findConstant(const ImportedValue &value);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_IMPORTEDVALUE_H
