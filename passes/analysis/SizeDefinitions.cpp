// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SizeDefinitions.cpp - see the header.
#include "passes/analysis/SizeDefinitions.h"

#include "dialects/neap/IR/Symbols.h"

#include "mlir/Analysis/TopologicalSortUtils.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;

namespace neap {

SizeDefinitions::SizeDefinitions(Block &block)
    : ops(block.getOps<DefineSizeOp>()) {
  for (DefineSizeOp op : ops)
    definitions[op.getSymbol()] = op;
}

SmallVector<Operation *> SizeDefinitions::getNeeded(Operation *op) const {
  SmallVector<Operation *> needed;
  if (definitions.empty())
    return needed;
  auto add = [&](ArrayRef<std::string> symbols) {
    for (const std::string &symbol : symbols)
      if (Operation *definition = definitions.lookup(symbol))
        if (definition != op && !llvm::is_contained(needed, definition))
          needed.push_back(definition);
  };
  add(collectSymbols(op));
  if (auto launch = dyn_cast<LaunchOp>(op))
    if (auto kernel = SymbolTable::lookupNearestSymbolFrom<KernelOp>(
            launch, launch.getKernelAttr()))
      add(collectSymbols(kernel.getBody().front()));
  return needed;
}

bool sortBySizes(Block &block) {
  SizeDefinitions definitions(block);
  if (definitions.empty())
    return sortTopologically(&block);
  SmallVector<Operation *> rest;
  for (Operation &op : block.without_terminator())
    rest.push_back(&op);
  llvm::DenseSet<Operation *> open(rest.begin(), rest.end());
  auto isReady = [&](Operation *op) {
    auto isOpen = [&](Operation *other) { return open.contains(other); };
    return llvm::none_of(definitions.getNeeded(op), isOpen) &&
           llvm::none_of(op->getOperands(), [&](Value operand) {
             return isOpen(operand.getDefiningOp());
           });
  };
  while (!rest.empty()) {
    SmallVector<Operation *> later;
    for (Operation *op : rest) {
      if (!isReady(op)) {
        later.push_back(op);
        continue;
      }
      op->moveBefore(block.getTerminator());
      open.erase(op);
    }
    if (later.size() == rest.size())
      return false;
    rest = std::move(later);
  }
  return true;
}

} // namespace neap
