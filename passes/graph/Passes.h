// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes.h - passes from an imported graph to outlined kernels. Each is a free
// function that does the work, and a pass that calls it.
#ifndef NEAP_PASSES_GRAPH_PASSES_H
#define NEAP_PASSES_GRAPH_PASSES_H

#include "dialects/neap/IR/NeapOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "llvm/ADT/StringMap.h"

namespace neap {

#define GEN_PASS_DECL
#include "passes/graph/Passes.h.inc"

/// Replaces the symbols of `values` by constants in every type of `module`.
/// Emits an error that lists the symbols left without a value.
mlir::LogicalResult bindDimensions(mlir::ModuleOp module,
                                   const llvm::StringMap<int64_t> &values);

/// Replaces the products around a softmax by `neap.attention`.
void raiseAttention(mlir::func::FuncOp func);

/// Applies bit-exact algebra that removes work and copies.
mlir::LogicalResult simplifyGraph(mlir::func::FuncOp func);

/// Makes convolutions and poolings channels-last and cancels the transposes.
mlir::LogicalResult assignLayouts(mlir::func::FuncOp func);

/// Replaces products and convolutions by their packed forms where the right
/// operand or filter is known at compile time.
mlir::LogicalResult packWeights(mlir::func::FuncOp func);

/// Puts every op that becomes code into a `neap.fused`.
mlir::LogicalResult fuseKernels(mlir::func::FuncOp func);

/// Turns each `neap.fused` into a `neap.kernel` and a `neap.launch`; equal
/// bodies share a kernel.
mlir::LogicalResult outlineKernels(mlir::ModuleOp module);

#define GEN_PASS_REGISTRATION
#include "passes/graph/Passes.h.inc"

} // namespace neap

#endif // NEAP_PASSES_GRAPH_PASSES_H
