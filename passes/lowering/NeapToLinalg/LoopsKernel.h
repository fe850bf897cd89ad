// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LoopsKernel.h - what a kernel of kind `loops` computes, read from its body.
#ifndef NEAP_PASSES_LOWERING_NEAPTOLINALG_LOOPSKERNEL_H
#define NEAP_PASSES_LOWERING_NEAPTOLINALG_LOOPSKERNEL_H

#include "mlir/IR/BuiltinAttributes.h"
#include "passes/analysis/StridedAccess.h"
#include "passes/lowering/NeapToLinalg/LoopsForm.h"

namespace neap {

/// One op with loops, and elementwise ops on its result.
struct LoopsKernel {
  /// The op's result; the kernel's result has its shape and type, or another
  /// shape of the same bytes.
  mlir::Value value;
  LoopsForm form;
  /// Where the op's operands lie: in a block argument, a splat constant or a
  /// size.
  mlir::SmallVector<StridedAccess> operands;
  /// Elementwise ops in order; the last one's result is the kernel's.
  mlir::SmallVector<mlir::Operation *> epilogue;
  /// What the epilogue reads beside `value` and its own results, and where it
  /// lies.
  mlir::SmallVector<mlir::Value> epilogueInputs;
  mlir::SmallVector<StridedAccess> epilogueAccesses;
};

/// Reads `body`; fails silently if it has another form.
mlir::FailureOr<LoopsKernel> readLoopsKernel(mlir::Block &body,
                                             const SymbolFacts &facts);

/// Returns the attribute of a constant whose elements are all equal, or null.
mlir::SplatElementsAttr getSplatConstant(mlir::Value value);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOLINALG_LOOPSKERNEL_H
