// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KnownTensor.h - a small tensor whose elements the importer knows, and what
// evaluators do with it: index, move, broadcast. Elements are dimension
// expressions, so that all of this works on symbolic sizes.
#ifndef NEAP_FRONTENDS_ONNX_CONTENTS_KNOWNTENSOR_H
#define NEAP_FRONTENDS_ONNX_CONTENTS_KNOWNTENSOR_H

#include "frontends/onnx/ImportedValue.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace neap::frontend {

class NodeContext;

namespace contents {

/// A tensor whose elements are known.
struct Known {
  mlir::RankedTensorType type;
  Contents contents;

  llvm::ArrayRef<int64_t> shape() const { return type.getShape(); }
  bool isFloat() const {
    return mlir::isa<mlir::FloatType>(type.getElementType());
  }
};

/// What an evaluator returns: nothing if it declines.
using Result = std::optional<Known>;
using Operands = llvm::ArrayRef<Known>;

/// Returns `contents` as a tensor, if each of them is known.
Result make(llvm::ArrayRef<int64_t> shape, mlir::Type element,
            Contents contents);

/// Whether a result of `shape` may be evaluated.
bool isSmall(llvm::ArrayRef<int64_t> shape, mlir::Type element);

/// Returns the constants in the contents of `operand`, if all are constant.
std::optional<llvm::SmallVector<int64_t>> getInts(const Known &operand);

/// Returns axes from the attribute or from operand 1; nothing if both lack.
std::optional<llvm::SmallVector<int64_t>> getAxes(NodeContext &node,
                                                  Operands inputs);

/// Returns `axis` counted from the start, if it is inside `rank`.
std::optional<int64_t> normalizeAxis(int64_t axis, int64_t rank);

/// Returns a tensor of `shape` whose element at an index is the element of
/// `input` at `map(index)`.
Result
remap(const Known &input, llvm::ArrayRef<int64_t> shape,
      llvm::function_ref<llvm::SmallVector<int64_t>(llvm::ArrayRef<int64_t>)>
          map);

/// Returns `input` broadcast to `shape`, as in NumPy.
Result broadcast(const Known &input, llvm::ArrayRef<int64_t> shape);

/// Returns the shape that all operands broadcast to.
std::optional<llvm::SmallVector<int64_t>> getBroadcastShape(Operands inputs);

} // namespace contents
} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_CONTENTS_KNOWNTENSOR_H
