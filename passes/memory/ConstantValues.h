// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ConstantValues.h - which values of a function are known at compile time, and
// which of them are the same bytes.
#ifndef NEAP_PASSES_MEMORY_CONSTANTVALUES_H
#define NEAP_PASSES_MEMORY_CONSTANTVALUES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include <map>
#include <optional>
#include <vector>

namespace neap {

/// A value is constant if it is a weight, a constant, or computed from
/// constant values alone. Equal computations on equal operands are one
/// number, as is a reshape and its operand.
class ConstantValues {
public:
  /// Looks at the ops of the entry block of `function`.
  explicit ConstantValues(mlir::func::FuncOp function);

  bool isConstant(mlir::Value value) const { return numbers.contains(value); }
  /// Returns whether all results of `op` are constant.
  bool isConstant(mlir::Operation *op) const;
  /// Returns the number of a constant value.
  unsigned getNumber(mlir::Value value) const { return numbers.lookup(value); }
  /// Returns the first value that has `number`.
  mlir::Value getRepresentative(unsigned number) const {
    return representatives[number];
  }

private:
  using Key = std::vector<const void *>;

  std::optional<Key> getKey(mlir::Operation &op) const;

  llvm::DenseMap<mlir::Value, unsigned> numbers;
  llvm::SmallVector<mlir::Value> representatives;
};

} // namespace neap

#endif // NEAP_PASSES_MEMORY_CONSTANTVALUES_H
