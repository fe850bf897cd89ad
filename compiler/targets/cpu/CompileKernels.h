// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CompileKernels.h - all kernels of a plan to one shared object.
#ifndef NEAP_COMPILER_TARGETS_CPU_COMPILEKERNELS_H
#define NEAP_COMPILER_TARGETS_CPU_COMPILEKERNELS_H

#include "compiler/targets/cpu/CpuTarget.h"
#include "dialects/neap/IR/NeapOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <string>

namespace neap {

/// Called, on any compiler thread but never twice at once, when `done` of
/// `total` kernels are compiled.
using KernelProgress = llvm::function_ref<void(size_t done, size_t total)>;

/// Compiles `kernels` for `target` on up to `jobs` threads, each with contexts
/// of its own, and returns the bytes of a shared object that exports them and
/// NEAP_KERNEL_ABI_SYMBOL. The bytes do not depend on `jobs`. Emits the
/// diagnostics at the kernels, in their order.
mlir::FailureOr<std::string> compileKernels(llvm::ArrayRef<KernelOp> kernels,
                                            const CpuTarget &target,
                                            unsigned jobs,
                                            KernelProgress progress = nullptr);

} // namespace neap

#endif // NEAP_COMPILER_TARGETS_CPU_COMPILEKERNELS_H
