// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FlopsAtBounds.cpp - asks the ops of a copy of the body whose types have the
// bounds as their sizes.
#include "passes/memory/FlopsAtBounds.h"

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

int64_t countFlopsAtBounds(KernelOp kernel, const SymbolFacts &facts) {
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

} // namespace neap
