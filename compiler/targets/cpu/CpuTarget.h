// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CpuTarget.h - the instruction sets that kernels are compiled for.
#ifndef NEAP_COMPILER_TARGETS_CPU_CPUTARGET_H
#define NEAP_COMPILER_TARGETS_CPU_CPUTARGET_H

#include "passes/lowering/CpuFeatures.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace neap {

/// One level of the x86-64 psABI.
struct CpuTarget {
  /// Its name, as LLVM and the container spell it: "x86-64-v3".
  llvm::StringLiteral name;
  CpuFeatures features;
};

/// Returns all targets, weakest first.
llvm::ArrayRef<CpuTarget> getCpuTargets();

/// Returns the target called `name` ("x86-64-v3" or "v3"), or null.
const CpuTarget *lookupCpuTarget(llvm::StringRef name);

/// Returns the strongest target that this machine runs, or null if it runs
/// none.
const CpuTarget *getHostCpuTarget();

} // namespace neap

#endif // NEAP_COMPILER_TARGETS_CPU_CPUTARGET_H
