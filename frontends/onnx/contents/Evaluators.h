// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluators.h - which function evaluates an op on known tensors. One getter
// per file; each returns null for the ops that it does not have.
#ifndef NEAP_FRONTENDS_ONNX_CONTENTS_EVALUATORS_H
#define NEAP_FRONTENDS_ONNX_CONTENTS_EVALUATORS_H

#include "frontends/onnx/contents/KnownTensor.h"

#include "llvm/ADT/StringRef.h"

namespace neap::frontend::contents {

/// Returns the contents of a node's one output, or nothing if it declines.
/// There is at least one operand.
using Evaluator = Result (*)(NodeContext &node, Operands inputs);

/// Ops that compute elements: arithmetic, comparisons, Where, Range,
/// reductions.
Evaluator getComputationEvaluator(llvm::StringRef op);

/// Ops that move elements: Reshape, Concat, Gather, Slice and their like.
Evaluator getMovementEvaluator(llvm::StringRef op);

} // namespace neap::frontend::contents

#endif // NEAP_FRONTENDS_ONNX_CONTENTS_EVALUATORS_H
