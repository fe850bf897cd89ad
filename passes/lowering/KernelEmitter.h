// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KernelEmitter.h - the one door to code generation: what the plan must know of
// a kernel, and its code.
#ifndef NEAP_PASSES_LOWERING_KERNELEMITTER_H
#define NEAP_PASSES_LOWERING_KERNELEMITTER_H

#include "mlir/IR/Block.h"
#include "mlir/IR/BuiltinOps.h"
#include "passes/lowering/CpuFeatures.h"
#include "llvm/ADT/SmallVector.h"

namespace neap {

class KernelOp;
enum class KernelKind : uint32_t;

/// What the plan must know of a kernel; equal on every instruction set.
struct KernelTraits {
  /// Independent units of work.
  int64_t numTiles = 1;
  /// Least number of tiles that is worth a thread.
  int64_t tilesPerBlock = 1;
  /// Scratch per thread, 64-byte aligned.
  int64_t scratchBytes = 0;
  /// For each result the inputs whose bytes it may take over.
  llvm::SmallVector<llvm::SmallVector<unsigned>> inPlace;
};

/// Returns the traits of a kernel of `kind` with body `body` (terminated by
/// neap.yield). Fails silently if no emitter of that kind can take the body.
mlir::FailureOr<KernelTraits> computeKernelTraits(KernelKind kind,
                                                  mlir::Block &body);

/// Appends the function @<kernel name> of the kernel ABI to `code`, in the
/// dialects that lowerToLLVM takes. Emits a diagnostic on failure.
mlir::LogicalResult emitKernel(KernelOp kernel, const CpuFeatures &features,
                               mlir::ModuleOp code);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_KERNELEMITTER_H
