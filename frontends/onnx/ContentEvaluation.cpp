// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ContentEvaluation.cpp - see ContentEvaluation.h. How exporters compute
// shapes: Shape, Gather, Slice, Concat, arithmetic, comparisons, Where. The ops
// are in contents/.
#include "frontends/onnx/ContentEvaluation.h"

#include "frontends/onnx/NodeContext.h"
#include "frontends/onnx/contents/Evaluators.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;
using namespace neap::frontend::contents;

/// Whether every element is a number that its float type holds exactly.
static bool areExact(const Known &result, const SymbolFacts &facts) {
  if (!result.isFloat())
    return true;
  return llvm::all_of(result.contents, [&](const DimExpr &entry) {
    return entry.getConstant() || (facts.isAtLeast(entry, -kMaxExactFloat) &&
                                   facts.isAtLeast(kMaxExactFloat, entry));
  });
}

bool neap::frontend::tryEvaluateContents(NodeContext &node) {
  Evaluator evaluate = getComputationEvaluator(node.getOpType());
  if (!evaluate)
    evaluate = getMovementEvaluator(node.getOpType());
  if (!evaluate || node.getNumInputs() == 0 || node.getNumOutputs() != 1)
    return false;
  SmallVector<Known> operands;
  for (size_t i = 0, e = node.getNumInputs(); i < e; ++i) {
    // Trailing optional inputs may be left empty; no op here has one inside.
    if (!node.hasInput(i))
      return false;
    const ImportedValue *input = node.findInput(i);
    if (!input || !input->contents)
      return false;
    operands.push_back({input->type, *input->contents});
  }
  Result result = evaluate(node, operands);
  return result && areExact(*result, node.getFacts()) &&
         succeeded(
             node.setOutput(0, result->type, std::move(result->contents)));
}
