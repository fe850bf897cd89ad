// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Futex.h - sleeping on a word of memory, and a pause for loops that spin.
#ifndef NEAP_RUNTIME_BASE_FUTEX_H
#define NEAP_RUNTIME_BASE_FUTEX_H

#include <atomic>
#include <cstdint>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#else
#include <sched.h>
#endif

namespace neap::rt {

/// Sleeps until `word` is woken, unless it is no longer `expected`. May return
/// early.
inline void futexWait(std::atomic<uint32_t> &word, uint32_t expected) {
#if defined(__linux__)
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word), FUTEX_WAIT_PRIVATE,
          expected, nullptr, nullptr, 0);
#else
  if (word.load() == expected)
    sched_yield();
#endif
}

/// Wakes one thread that sleeps on `word`.
inline void futexWake(std::atomic<uint32_t> &word) {
#if defined(__linux__)
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word), FUTEX_WAKE_PRIVATE, 1,
          nullptr, nullptr, 0);
#else
  (void)word;
#endif
}

/// Tells the CPU that this thread spins.
inline void pauseSpin() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

} // namespace neap::rt

#endif // NEAP_RUNTIME_BASE_FUTEX_H
