// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inference.cpp - the order of the passes for inference, and why each stands
// where it does.
#include "compiler/pipelines/Phases.h"
#include "mlir/Transforms/Passes.h"
#include "passes/graph/Passes.h"

using namespace mlir;

namespace neap {

llvm::StringRef getPhaseName(Phase phase) {
  switch (phase) {
  case Phase::Import:
    return "reading the model";
  case Phase::Kernels:
    return "forming kernels";
  case Phase::Plan:
    return "planning memory";
  case Phase::Generate:
    return "generating code";
  case Phase::Write:
    return "writing weights";
  }
  llvm_unreachable("all phases are named");
}

void addKernelPasses(OpPassManager &manager, AttentionAlgorithm attention) {
  // Folds what the exporters spelled out, so that later passes see one form.
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  // Before scales and views are moved into what surrounds the products.
  if (attention == AttentionAlgorithm::Blocked)
    manager.addPass(createRaiseAttention());
  manager.addPass(createSimplifyGraph());
  // Before packing: filters are packed in the layout that was chosen.
  manager.addPass(createAssignLayouts());
  // Cancels the transposes that the layouts brought.
  manager.addPass(createSimplifyGraph());
  manager.addPass(createPackWeights());
  // Equal packings of tied weights become one.
  manager.addPass(createCSEPass());
  manager.addPass(createFuseKernels());
  manager.addPass(createOutlineKernels());
}

} // namespace neap
