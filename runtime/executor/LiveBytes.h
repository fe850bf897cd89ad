// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LiveBytes.h - how much of the arena is in use while a step runs.
#ifndef NEAP_RUNTIME_EXECUTOR_LIVEBYTES_H
#define NEAP_RUNTIME_EXECUTOR_LIVEBYTES_H

#include <cstdint>
#include <vector>

namespace neap::rt {

struct Program;

/// Returns for each step the bytes of the arena that belong to a live buffer:
/// one that this step, or one before and one after it, touches; what a loop
/// touches is live all through the loop. At the bounds of the sizes, in whole
/// units of 64 bytes; bytes of two buffers, one written in place of the other,
/// count once.
std::vector<uint64_t> computeLiveBytes(const Program &program);

} // namespace neap::rt

#endif // NEAP_RUNTIME_EXECUTOR_LIVEBYTES_H
