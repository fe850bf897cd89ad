// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CpuFeatures.h - what code generation asks of a CPU. The emitted operations
// are the same on every CPU with fused multiply-add; features choose how they
// are written, never what they compute.
#ifndef NEAP_PASSES_LOWERING_CPUFEATURES_H
#define NEAP_PASSES_LOWERING_CPUFEATURES_H

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

} // namespace neap

#endif // NEAP_PASSES_LOWERING_CPUFEATURES_H
