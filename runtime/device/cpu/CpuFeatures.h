// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CpuFeatures.h - which instruction sets this CPU and its system support.
#ifndef NEAP_RUNTIME_DEVICE_CPU_CPUFEATURES_H
#define NEAP_RUNTIME_DEVICE_CPU_CPUFEATURES_H

#include <cstdint>
#include <string>

namespace neap::rt {

/// Returns the features of `isa` (neap_isa) that this machine lacks, separated
/// by ", "; empty if it can run code for it. The levels are those of the x86-64
/// psABI, with the operating system's part (saved registers) included.
std::string missingFeatures(uint32_t isa);

} // namespace neap::rt

#endif // NEAP_RUNTIME_DEVICE_CPU_CPUFEATURES_H
