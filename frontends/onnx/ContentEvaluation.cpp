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

/// Whether `number` is an element of type `element`. Arithmetic is in 64 bits:
/// where a result is not, the type would wrap or round it.
static bool isElement(int64_t number, Type element) {
  if (auto type = dyn_cast<FloatType>(element)) {
    int64_t limit = int64_t(1) << type.getFPMantissaWidth();
    return -limit <= number && number <= limit;
  }
  auto type = cast<IntegerType>(element);
  if (type.isUnsigned() || type.getWidth() == 1)
    return number >= 0 && llvm::isUIntN(type.getWidth(), number);
  return llvm::isIntN(type.getWidth(), number);
}

/// Whether all constants in `known` are elements of its type.
static bool hasElementsOfItsType(const Known &known) {
  return llvm::all_of(known.contents, [&](const DimExpr &entry) {
    std::optional<int64_t> number = entry.getConstant();
    return !number || isElement(*number, known.type.getElementType());
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
  return result && hasElementsOfItsType(*result) &&
         succeeded(
             node.setOutput(0, result->type, std::move(result->contents)));
}
