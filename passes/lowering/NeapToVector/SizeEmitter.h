// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SizeEmitter.h - the sizes of a kernel that are known only when it runs.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_SIZEEMITTER_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_SIZEEMITTER_H

#include "dialects/neap/IR/DimExpr.h"
#include "mlir/IR/ValueRange.h"

namespace neap {

class VectorEmitter;

/// Computes expressions from the values of their symbols: each once, at the
/// start of the kernel.
class SizeEmitter {
public:
  /// `values` (i64) are arguments of the kernel's function, one per symbol.
  SizeEmitter(VectorEmitter &emitter, llvm::ArrayRef<std::string> symbols,
              mlir::ValueRange values);

  /// Returns the i64 value of `size`, whose symbols the kernel has.
  mlir::Value get(const DimExpr &size);

private:
  mlir::Value emit(const DimExpr &size);
  mlir::Value combine(DimOperation operation, mlir::Value lhs, mlir::Value rhs);

  VectorEmitter &emitter;
  llvm::StringMap<mlir::Value> symbols;
  /// By the text of the expression.
  llvm::StringMap<mlir::Value> known;
  mlir::Block *start = nullptr;
  /// The last op that was emitted at the start.
  mlir::Operation *last = nullptr;
};

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_SIZEEMITTER_H
