// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ConstantValues.cpp - value numbering of what is constant.
#include "passes/memory/ConstantValues.h"

#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/Symbols.h"

using namespace mlir;

namespace neap {

/// Returns whether what `op` computes depends on symbols.
static bool hasSymbols(Operation &op) {
  if (llvm::any_of(op.getResultTypes(), [](Type type) {
        return !cast<ShapedType>(type).hasStaticShape();
      }))
    return true;
  auto launch = dyn_cast<LaunchOp>(op);
  auto kernel = launch ? SymbolTable::lookupNearestSymbolFrom<KernelOp>(
                             launch, launch.getKernelAttr())
                       : nullptr;
  return kernel && !collectSymbols(kernel.getBody().front()).empty();
}

/// Returns a key that equals another op's only if both compute the same bytes;
/// nothing if `op` is not constant.
std::optional<ConstantValues::Key> ConstantValues::getKey(Operation &op) const {
  if (!isa<WeightOp, ConstantOp>(op) && op.getNumOperands() == 0 &&
      !isa<LaunchOp>(op))
    return std::nullopt;
  Key key{op.getName().getAsOpaquePointer(),
          op.getAttrDictionary().getAsOpaquePointer()};
  for (Value operand : op.getOperands()) {
    auto it = numbers.find(operand);
    if (it == numbers.end())
      return std::nullopt;
    Value representative = representatives[it->second];
    key.push_back(representative.getAsOpaquePointer());
  }
  if (hasSymbols(op))
    return std::nullopt;
  // A reshape changes the type but not the bytes; elements must agree.
  for (Type type : op.getResultTypes())
    key.push_back(cast<ShapedType>(type).getElementType().getAsOpaquePointer());
  return key;
}

ConstantValues::ConstantValues(func::FuncOp function) {
  std::map<Key, Operation *> firstOfKey;
  for (Operation &op : function.getBody().front()) {
    if (op.getNumResults() == 0)
      continue;
    std::optional<Key> key = getKey(op);
    if (!key)
      continue;
    if (isa<ReshapeOp>(op)) {
      numbers[op.getResult(0)] = numbers.lookup(op.getOperand(0));
      continue;
    }
    Operation *first = firstOfKey.try_emplace(*key, &op).first->second;
    for (auto [result, equal] :
         llvm::zip(op.getResults(), first->getResults())) {
      if (first == &op) {
        numbers[result] = representatives.size();
        representatives.push_back(result);
      } else {
        unsigned number = numbers.lookup(equal);
        numbers[result] = number;
      }
    }
  }
}

bool ConstantValues::isConstant(Operation *op) const {
  return op->getNumResults() != 0 &&
         llvm::all_of(op->getResults(),
                      [&](Value value) { return isConstant(value); });
}

} // namespace neap
