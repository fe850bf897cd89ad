// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CpuFeatures.h - what code generation asks of a CPU. The emitted operations
// are the same on every CPU with fused multiply-add; features choose how they
// are written, never what they compute.
#ifndef NEAP_PASSES_LOWERING_CPUFEATURES_H
#define NEAP_PASSES_LOWERING_CPUFEATURES_H

#include <optional>
#include <string_view>

namespace neap {

/// Facts about an instruction set that the emitters use.
struct CpuFeatures {
  /// Width of a vector register: 128, 256 or 512.
  unsigned vectorBits = 256;
  /// Whether multiply and add can be fused; else both round.
  bool hasFma = true;
  /// Whether 32- and 64-bit lanes can be loaded and stored under a mask.
  bool hasMaskedStores = true;
  /// Number of architectural vector registers.
  unsigned numVectorRegisters = 16;
};

// Levels of the x86-64 psABI, section 3.1.1.
inline constexpr CpuFeatures kX86V2Features{
    /*vectorBits=*/128, /*hasFma=*/false, /*hasMaskedStores=*/false,
    /*numVectorRegisters=*/16};
inline constexpr CpuFeatures kX86V3Features{/*vectorBits=*/256, /*hasFma=*/true,
                                            /*hasMaskedStores=*/true,
                                            /*numVectorRegisters=*/16};
inline constexpr CpuFeatures kX86V4Features{/*vectorBits=*/512, /*hasFma=*/true,
                                            /*hasMaskedStores=*/true,
                                            /*numVectorRegisters=*/32};

/// Returns the features of "x86-64-v2", "x86-64-v3" or "x86-64-v4", which "v2",
/// "v3" and "v4" mean too.
inline std::optional<CpuFeatures> lookupX86Features(std::string_view level) {
  constexpr std::string_view kPrefix = "x86-64-";
  if (level.substr(0, kPrefix.size()) == kPrefix)
    level.remove_prefix(kPrefix.size());
  if (level == "v2")
    return kX86V2Features;
  if (level == "v3")
    return kX86V3Features;
  if (level == "v4")
    return kX86V4Features;
  return std::nullopt;
}

} // namespace neap

#endif // NEAP_PASSES_LOWERING_CPUFEATURES_H
