// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KernelShell.h - the two functions of a kernel: the public one of the kernel
// ABI (runtime/include/neap/kernel_abi.h) and the private one that it calls
// with everything in registers.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_KERNELSHELL_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_KERNELSHELL_H

#include "mlir/IR/BuiltinOps.h"
#include "passes/lowering/NeapToVector/VectorEmitter.h"

namespace neap {

/// Unit attribute on the code module: LLVM's loop and SLP vectorizers may run
/// on it. Set by emitters that leave scalar loops behind.
inline constexpr llvm::StringLiteral kVectorizeLoopsAttr =
    "neap.vectorize_loops";

/// What a kernel's body works on; pointers are `!llvm.ptr`, the rest is i64.
struct KernelArguments {
  mlir::ValueRange buffers;
  mlir::ValueRange sizes;
  mlir::Value tileBegin;
  mlir::Value tileEnd;
  mlir::Value scratch;
};

/// The outside of a kernel.
struct KernelSignature {
  llvm::StringRef name;
  unsigned numBuffers = 0;
  /// Symbols whose values the kernel is called with, in order.
  llvm::SmallVector<std::string> symbols = {};
  /// Buffers that may overlap another one (in-place pairs); all others are
  /// `noalias`. Empty: none.
  llvm::SmallVector<bool> mayAlias = {};
};

/// Appends to `code`, at the end, the public function `int32_t
/// @name(const neap_kernel_args *)` and the private `@name_body`, which `body`
/// fills. `body` returns the i32 status, or null for NEAP_KERNEL_OK.
void emitKernelShell(
    mlir::ModuleOp code, const KernelSignature &signature,
    const CpuFeatures &features,
    llvm::function_ref<mlir::Value(VectorEmitter &, const KernelArguments &)>
        body);

/// Returns the memref of rank 1 of the `numElements` elements of `type` that
/// start at `pointer`.
mlir::Value createMemRefFromPointer(VectorEmitter &emitter, mlir::Value pointer,
                                    const DimExpr &numElements,
                                    mlir::Type type);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_KERNELSHELL_H
