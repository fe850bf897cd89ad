// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LoopsForm.h - what each op family says of its ops: how the result may be cut
// into tiles, what an element costs, and the loops of one tile.
#ifndef NEAP_PASSES_LOWERING_NEAPTOLINALG_LOOPSFORM_H
#define NEAP_PASSES_LOWERING_NEAPTOLINALG_LOOPSFORM_H

#include "passes/lowering/NeapToLinalg/LoopEmitter.h"
#include <functional>

namespace neap {

/// One op as loops. The result is computed slab by slab; slabs are independent.
struct LoopsForm {
  /// Emits the slab of the result; `operands` are the views of the op's
  /// operands in order, `result` that of its result (row-major).
  using Emit = std::function<void(LoopEmitter &emitter,
                                  mlir::ArrayRef<StridedView> operands,
                                  const StridedView &result, const Slab &slab)>;

  /// Axes of the result that may be cut, outermost first.
  mlir::SmallVector<unsigned> tiledAxes;
  /// Estimated nanoseconds per element of the result on one thread, on
  /// x86-64-v3.
  double nsPerElement = 0.3;
  Emit emit;
};

/// Returns the axes 0, 1, ..., count - 1.
mlir::SmallVector<unsigned> getLeadingAxes(unsigned count);

/// Returns all axes of `op`'s result.
mlir::SmallVector<unsigned> getResultAxes(mlir::Operation *op);

/// Returns the shape of `value`.
mlir::SmallVector<DimExpr> getSizes(mlir::Value value);

/// Returns the element type of `value`.
mlir::Type getElementType(mlir::Value value);

// One per family: the form of `op`, or failure if it is none of the family's
// ops or of an element type that has no code. Costs are those of the largest
// sizes that `facts` allow.
mlir::FailureOr<LoopsForm> getShapeForm(mlir::Operation *op,
                                        const SymbolFacts &facts);
mlir::FailureOr<LoopsForm> getIndexingForm(mlir::Operation *op,
                                           const SymbolFacts &facts);
mlir::FailureOr<LoopsForm> getSamplingForm(mlir::Operation *op,
                                           const SymbolFacts &facts);
mlir::FailureOr<LoopsForm> getScatterForm(mlir::Operation *op,
                                          const SymbolFacts &facts);
mlir::FailureOr<LoopsForm> getSelectionForm(mlir::Operation *op,
                                            const SymbolFacts &facts);
mlir::FailureOr<LoopsForm> getPoolingForm(mlir::Operation *op,
                                          const SymbolFacts &facts);
mlir::FailureOr<LoopsForm> getConvolutionForm(mlir::Operation *op,
                                              const SymbolFacts &facts);
mlir::FailureOr<LoopsForm> getReductionForm(mlir::Operation *op,
                                            const SymbolFacts &facts);
mlir::FailureOr<LoopsForm> getRoiAlignForm(mlir::Operation *op,
                                           const SymbolFacts &facts);
mlir::FailureOr<LoopsForm> getTopKForm(mlir::Operation *op,
                                       const SymbolFacts &facts);
mlir::FailureOr<LoopsForm> getLinearForm(mlir::Operation *op,
                                         const SymbolFacts &facts);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOLINALG_LOOPSFORM_H
