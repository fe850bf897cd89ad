// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Symbols.h - which symbols a program has, and what is known of them.
#ifndef NEAP_IR_SYMBOLS_H
#define NEAP_IR_SYMBOLS_H

#include "dialects/neap/IR/DimExpr.h"

#include "mlir/IR/Operation.h"

namespace neap {

/// Returns the symbols that occur in the types and attributes of `body`, the
/// body of a kernel, sorted: its run-time sizes, in their order.
llvm::SmallVector<std::string> collectSymbols(mlir::Block &body);

/// Returns the symbols that occur in the attributes and result types of `op`
/// and of the ops inside it, sorted.
llvm::SmallVector<std::string> collectSymbols(mlir::Operation *op);

/// Returns what the module around `op` says in `neap.symbols`.
SymbolFacts getSymbolFacts(mlir::Operation *op);

} // namespace neap

#endif // NEAP_IR_SYMBOLS_H
