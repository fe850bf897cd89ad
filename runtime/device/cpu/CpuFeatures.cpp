// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CpuFeatures.cpp - which instruction sets this CPU and its system support.
//
// Source: x86-64 psABI, section "Micro-Architecture Levels"; bit positions as
// in the Intel SDM, volume 2, CPUID.
#include "runtime/device/cpu/CpuFeatures.h"

#include "runtime/include/neap/plan_format.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace neap::rt {

#if defined(__x86_64__)

namespace {

enum Register { EAX, EBX, ECX, EDX };

/// One bit that CPUID reports.
struct Feature {
  const char *name;
  uint32_t level;
  uint32_t leaf;
  Register reg;
  unsigned bit;
};

constexpr Feature kFeatures[] = {
    {"cx16", NEAP_ISA_X86_64_V2, 1, ECX, 13},
    {"lahf", NEAP_ISA_X86_64_V2, 0x80000001, ECX, 0},
    {"popcnt", NEAP_ISA_X86_64_V2, 1, ECX, 23},
    {"sse3", NEAP_ISA_X86_64_V2, 1, ECX, 0},
    {"ssse3", NEAP_ISA_X86_64_V2, 1, ECX, 9},
    {"sse4.1", NEAP_ISA_X86_64_V2, 1, ECX, 19},
    {"sse4.2", NEAP_ISA_X86_64_V2, 1, ECX, 20},
    {"avx", NEAP_ISA_X86_64_V3, 1, ECX, 28},
    {"avx2", NEAP_ISA_X86_64_V3, 7, EBX, 5},
    {"bmi1", NEAP_ISA_X86_64_V3, 7, EBX, 3},
    {"bmi2", NEAP_ISA_X86_64_V3, 7, EBX, 8},
    {"f16c", NEAP_ISA_X86_64_V3, 1, ECX, 29},
    {"fma", NEAP_ISA_X86_64_V3, 1, ECX, 12},
    {"lzcnt", NEAP_ISA_X86_64_V3, 0x80000001, ECX, 5},
    {"movbe", NEAP_ISA_X86_64_V3, 1, ECX, 22},
    {"osxsave", NEAP_ISA_X86_64_V3, 1, ECX, 27},
    {"avx512f", NEAP_ISA_X86_64_V4, 7, EBX, 16},
    {"avx512bw", NEAP_ISA_X86_64_V4, 7, EBX, 30},
    {"avx512cd", NEAP_ISA_X86_64_V4, 7, EBX, 28},
    {"avx512dq", NEAP_ISA_X86_64_V4, 7, EBX, 17},
    {"avx512vl", NEAP_ISA_X86_64_V4, 7, EBX, 31},
};

bool hasFeature(const Feature &feature) {
  unsigned registers[4] = {0, 0, 0, 0};
  if (!__get_cpuid_count(feature.leaf, 0, &registers[EAX], &registers[EBX],
                         &registers[ECX], &registers[EDX]))
    return false;
  return (registers[feature.reg] >> feature.bit) & 1;
}

/// Returns the register sets that the operating system saves (XCR0).
uint64_t savedState() {
  constexpr Feature kOsxsave = {"osxsave", 0, 1, ECX, 27};
  if (!hasFeature(kOsxsave))
    return 0;
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t(high) << 32) | low;
}

void append(std::string &list, const char *name) {
  if (!list.empty())
    list += ", ";
  list += name;
}

} // namespace

std::string missingFeatures(uint32_t isa) {
  std::string missing;
  if (isa > NEAP_ISA_X86_64_V4)
    return "an instruction set that this runtime knows";
  for (const Feature &feature : kFeatures)
    if (feature.level <= isa && !hasFeature(feature))
      append(missing, feature.name);
  constexpr uint64_t kYmm = 0x6, kZmm = 0xe6;
  uint64_t saved = savedState();
  if (isa >= NEAP_ISA_X86_64_V3 && (saved & kYmm) != kYmm)
    append(missing, "ymm registers saved by the system");
  if (isa >= NEAP_ISA_X86_64_V4 && (saved & kZmm) != kZmm)
    append(missing, "zmm registers saved by the system");
  return missing;
}

#else

std::string missingFeatures(uint32_t isa) {
  return isa == NEAP_ISA_ANY ? "" : "an x86-64 processor";
}

#endif

} // namespace neap::rt
