// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FloatEnvironment.h - rounding to nearest even, denormals kept, no traps:
// what every kernel expects, whatever the host has set.
#ifndef NEAP_RUNTIME_DEVICE_CPU_FLOATENVIRONMENT_H
#define NEAP_RUNTIME_DEVICE_CPU_FLOATENVIRONMENT_H

#if defined(__x86_64__)
#include <xmmintrin.h>
#else
#include <cfenv>
#endif

namespace neap::rt {

/// Sets the environment of this thread and restores the host's at the end of
/// the scope.
class ScopedFloatEnvironment {
public:
#if defined(__x86_64__)
  ScopedFloatEnvironment() : saved(_mm_getcsr()) {
    constexpr unsigned kAllMasked = 0x1f80; // nearest, FTZ and DAZ off
    _mm_setcsr(kAllMasked);
  }
  ~ScopedFloatEnvironment() { _mm_setcsr(saved); }
#else
  ScopedFloatEnvironment() {
    std::fegetenv(&saved);
    std::fesetenv(FE_DFL_ENV);
  }
  ~ScopedFloatEnvironment() { std::fesetenv(&saved); }
#endif
  ScopedFloatEnvironment(const ScopedFloatEnvironment &) = delete;
  ScopedFloatEnvironment &operator=(const ScopedFloatEnvironment &) = delete;

private:
#if defined(__x86_64__)
  unsigned saved;
#else
  std::fenv_t saved;
#endif
};

} // namespace neap::rt

#endif // NEAP_RUNTIME_DEVICE_CPU_FLOATENVIRONMENT_H
