// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ConstantProgram.cpp - clones what the constants need, on demand.
#include "passes/memory/ConstantProgram.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "passes/memory/PlanMemory.h"

using namespace mlir;

namespace neap {

namespace {
/// Clones constant ops into a function, each with what it needs before it.
class ConstantCloner {
public:
  ConstantCloner(const ConstantValues &constants, OpBuilder builder)
      : constants(constants), builder(builder) {}

  /// Returns the clone of `value`.
  Value clone(Value value) {
    value = canonicalize(value);
    SmallVector<Operation *> stack{value.getDefiningOp()};
    while (!stack.empty()) {
      Operation *op = stack.back();
      Operation *needed = mapOperands(op);
      if (needed) {
        stack.push_back(needed);
        continue;
      }
      if (!map.contains(op->getResult(0)))
        builder.clone(*op, map);
      stack.pop_back();
    }
    return map.lookup(value);
  }

private:
  /// Returns the value that stands for all equal ones, if it has this type.
  Value canonicalize(Value value) {
    Value first = constants.getRepresentative(constants.getNumber(value));
    return first.getType() == value.getType() ? first : value;
  }

  /// Maps the operands of `op`, or returns an op that must be cloned before.
  Operation *mapOperands(Operation *op) {
    for (Value operand : op->getOperands()) {
      Value canonical = canonicalize(operand);
      if (!map.contains(canonical))
        return canonical.getDefiningOp();
      map.map(operand, map.lookup(canonical));
    }
    return nullptr;
  }

  const ConstantValues &constants;
  OpBuilder builder;
  IRMapping map;
};
} // namespace

func::FuncOp extractConstantProgram(func::FuncOp function,
                                    const MemoryLayout &layout) {
  const StorageAssignment &assignment = layout.getAssignment();
  SmallVector<unsigned> storages;
  SmallVector<Type> types;
  for (unsigned storage : layout.getStorages()) {
    if (assignment.getInfo(storage).kind != StorageKind::Const)
      continue;
    storages.push_back(storage);
    types.push_back(assignment.getInfo(storage).value.getType());
  }
  if (storages.empty())
    return nullptr;

  OpBuilder builder(function.getContext());
  builder.setInsertionPointAfter(function);
  auto constants =
      func::FuncOp::create(builder, function.getLoc(), kConstantsFunction,
                           builder.getFunctionType({}, types));
  constants.setPrivate();
  builder.setInsertionPointToStart(constants.addEntryBlock());
  ConstantCloner cloner(assignment.getConstants(), builder);
  SmallVector<Value> results;
  for (auto [index, storage] : llvm::enumerate(storages)) {
    results.push_back(cloner.clone(assignment.getInfo(storage).value));
    constants.setResultAttr(
        index, kConstOffsetAttr,
        builder.getI64IntegerAttr(layout.getOffset(storage)));
  }
  builder.setInsertionPointToEnd(&constants.getBody().front());
  func::ReturnOp::create(builder, function.getLoc(), results);
  return constants;
}

} // namespace neap
