// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ContentEvaluation.h - computes small integer tensors while importing.
#ifndef NEAP_FRONTENDS_ONNX_CONTENTEVALUATION_H
#define NEAP_FRONTENDS_ONNX_CONTENTEVALUATION_H

namespace neap::frontend {

class NodeContext;

/// If the contents of the node's inputs and the node's op allow it, sets the
/// contents of its output and returns true. Emits no ops and no errors: a node
/// that it declines is imported as any other.
bool tryEvaluateContents(NodeContext &node);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_CONTENTEVALUATION_H
