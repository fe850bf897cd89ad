// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/targets/cpu/CpuTarget.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"

namespace neap {

// Features of the levels: x86-64 psABI, section 3.1.1.
static constexpr CpuTarget kTargets[] = {
    {"x86-64-v2",
     {/*vectorBits=*/128, /*hasFma=*/false, /*hasMaskedStores=*/false,
      /*numVectorRegisters=*/16}},
    {"x86-64-v3",
     {/*vectorBits=*/256, /*hasFma=*/true, /*hasMaskedStores=*/true,
      /*numVectorRegisters=*/16}},
    {"x86-64-v4",
     {/*vectorBits=*/512, /*hasFma=*/true, /*hasMaskedStores=*/true,
      /*numVectorRegisters=*/32}},
};

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
