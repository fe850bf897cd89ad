// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KernelLibrary.h - the shared object of a KERNELS section, opened.
#ifndef NEAP_RUNTIME_DEVICE_CPU_KERNELLIBRARY_H
#define NEAP_RUNTIME_DEVICE_CPU_KERNELLIBRARY_H

#include "runtime/base/Status.h"
#include "runtime/include/neap/kernel_abi.h"
#include "runtime/plan/Plan.h"

#include <cstdint>
#include <vector>

namespace neap::rt {

/// Where the object's bytes are put so that the dynamic linker can open them.
enum class KernelFile {
  /// A memory file; where that is forbidden, a temporary file.
  Automatic,
  /// A temporary file that has no name when it is opened.
  Temporary
};

/// Owns the loaded object. Immutable after open. Thread-safe.
class KernelLibrary {
public:
  KernelLibrary() = default;
  ~KernelLibrary();
  KernelLibrary(const KernelLibrary &) = delete;
  KernelLibrary &operator=(const KernelLibrary &) = delete;

  /// Loads the object and looks up every kernel of the plan.
  ///
  /// Errors: RESOURCE_EXHAUSTED or PERMISSION_DENIED if it cannot be stored;
  /// DATA_LOSS if the linker refuses it or a symbol is missing;
  /// FAILED_PRECONDITION if it is for another kernel ABI.
  Status open(const uint8_t *data, uint64_t sizeInBytes,
              const std::vector<plan::Kernel> &kernels,
              KernelFile file = KernelFile::Automatic);

  /// Returns the code of kernel `id` of the plan.
  neap_kernel_fn kernel(uint32_t id) const { return functions[id]; }

private:
  Status store(const uint8_t *data, uint64_t sizeInBytes, KernelFile file);
  Status link();
  Status resolve(const std::vector<plan::Kernel> &kernels);

  /// Stays open as long as the object: glibc tells objects apart by path, and
  /// the path is that of the descriptor.
  int descriptor = -1;
  void *handle = nullptr;
  std::vector<neap_kernel_fn> functions;
};

} // namespace neap::rt

#endif // NEAP_RUNTIME_DEVICE_CPU_KERNELLIBRARY_H
