// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/targets/cpu/CpuTarget.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"

namespace neap {

static constexpr CpuTarget kTargets[] = {{"x86-64-v2", kX86V2Features},
                                         {"x86-64-v3", kX86V3Features},
                                         {"x86-64-v4", kX86V4Features}};

/// Features beyond the level before, in the order of kTargets.
static constexpr llvm::StringLiteral kV2Features[] = {"popcnt", "sse4.2"};
static constexpr llvm::StringLiteral kV3Features[] = {
    "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"};
static constexpr llvm::StringLiteral kV4Features[] = {
    "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"};

llvm::ArrayRef<CpuTarget> getCpuTargets() { return kTargets; }

const CpuTarget *lookupCpuTarget(llvm::StringRef name) {
  for (const CpuTarget &target : kTargets)
    if (name == target.name || name == target.name.drop_front(7))
      return &target;
  return nullptr;
}

const CpuTarget *getHostCpuTarget() {
  const llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  llvm::ArrayRef<llvm::StringLiteral> needed[] = {kV2Features, kV3Features,
                                                  kV4Features};
  const CpuTarget *best = nullptr;
  for (auto [target, features] : llvm::zip_equal(kTargets, needed)) {
    bool hasAll = llvm::all_of(
        features, [&](llvm::StringRef name) { return host.lookup(name); });
    if (!hasAll)
      break;
    best = &target;
  }
  return best;
}

} // namespace neap
