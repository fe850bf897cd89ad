// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FlopsAtBounds.cpp - asks the ops of a copy of the body whose types have the
// bounds as their sizes.
#include "passes/memory/FlopsAtBounds.h"

#include "dialects/neap/IR/Symbols.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace neap {

/// Returns `type` with each size at its bound.
static Type bindToBounds(Type type, const SymbolFacts &facts) {
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<int64_t> shape;
  for (const DimExpr &dim : getDims(tensor))
    shape.push_back(facts.getUpperBound(dim).value_or(0));
  return RankedTensorType::get(shape, tensor.getElementType());
}

/// Returns the operations of a run of `kernel`.
static int64_t countFlopsAtBounds(KernelOp kernel, const SymbolFacts &facts) {
  Block &body = kernel.getBody().front(), bound;
  IRMapping mapping;
  for (BlockArgument argument : body.getArguments())
    mapping.map(argument,
                bound.addArgument(bindToBounds(argument.getType(), facts),
                                  argument.getLoc()));
  OpBuilder builder(kernel.getContext());
  builder.setInsertionPointToEnd(&bound);
  int64_t flops = 0;
  for (Operation &op : body.without_terminator()) {
    Operation *copy = builder.clone(op, mapping);
    for (Value result : copy->getResults())
      result.setType(bindToBounds(result.getType(), facts));
    if (auto costed = dyn_cast<CostedOpInterface>(copy))
      flops += costed.getFlops();
  }
  return flops;
}

int64_t countFlops(Operation *op, const SymbolFacts &facts) {
  auto launch = dyn_cast<LaunchOp>(op);
  auto kernel = launch ? SymbolTable::lookupNearestSymbolFrom<KernelOp>(
                             launch, launch.getKernelAttr())
                       : nullptr;
  if (kernel && !collectSymbols(kernel.getBody().front()).empty())
    return countFlopsAtBounds(kernel, facts);
  auto costed = dyn_cast<CostedOpInterface>(op);
  return costed ? costed.getFlops() : 0;
}

} // namespace neap
