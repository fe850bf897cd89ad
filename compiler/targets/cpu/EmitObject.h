// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// EmitObject.h - LLVM's back end: a module in the llvm dialect to an object
// file.
#ifndef NEAP_COMPILER_TARGETS_CPU_EMITOBJECT_H
#define NEAP_COMPILER_TARGETS_CPU_EMITOBJECT_H

#include "compiler/targets/cpu/CpuTarget.h"
#include "mlir/IR/BuiltinOps.h"
#include <string>

namespace neap {

/// Registers what translates the llvm dialect to LLVM IR.
void registerLLVMTranslations(mlir::DialectRegistry &registry);

/// Compiles `code` (llvm dialect only) for `target` and returns the bytes of an
/// ELF object file. The same module gives the same bytes. Thread-safe for
/// modules of different contexts. Loops are vectorized only if the module
/// carries `neap.vectorize_loops`.
mlir::FailureOr<std::string> emitObject(mlir::ModuleOp code,
                                        const CpuTarget &target);

/// Returns the object file that defines NEAP_KERNEL_ABI_SYMBOL: one per shared
/// object.
mlir::FailureOr<std::string> emitAbiVersionObject(const CpuTarget &target);

/// Returns the optimized LLVM IR instead, as text.
mlir::FailureOr<std::string> emitLLVMText(mlir::ModuleOp code,
                                          const CpuTarget &target);

} // namespace neap

#endif // NEAP_COMPILER_TARGETS_CPU_EMITOBJECT_H
