// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PanelPacking.h - a right operand that is not in panels, rearranged panel by
// panel into a thread's scratch.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_PANELPACKING_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_PANELPACKING_H

#include "passes/lowering/NeapToVector/GemmDescription.h"

namespace neap {

/// Emits the copy of panel `panel` (i64) of a right operand of `numColumns`
/// columns to `target` (depth x 16). `source` points to depth 0 and column 0.
/// Lanes of columns that do not exist hold anything.
void emitPackPanel(VectorEmitter &emitter, const RightOperand &operand,
                   mlir::Type element, const DimExpr &numColumns,
                   mlir::Value source, mlir::Value panel, mlir::Value target);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_PANELPACKING_H
