// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LoadSharedObject.h - kernels that the compiler itself runs, on constants.
#ifndef NEAP_COMPILER_TARGETS_CPU_LOADSHAREDOBJECT_H
#define NEAP_COMPILER_TARGETS_CPU_LOADSHAREDOBJECT_H

#include "runtime/include/neap/kernel_abi.h"
#include "llvm/Support/Error.h"

namespace neap {

/// A shared object of kernels, loaded into this process while it lives.
class LoadedKernels {
public:
  /// Loads the bytes of a shared object from memory, without a file.
  static llvm::Expected<LoadedKernels> load(llvm::StringRef sharedObject);

  LoadedKernels(LoadedKernels &&other);
  LoadedKernels &operator=(LoadedKernels &&) = delete;
  ~LoadedKernels();

  /// Returns the kernel of that name, or null.
  neap_kernel_fn lookup(llvm::StringRef name) const;

private:
  LoadedKernels(int descriptor, void *handle)
      : descriptor(descriptor), handle(handle) {}

  /// Stays open: the C library knows loaded objects by path, and the number in
  /// /proc/self/fd must not come to name another one.
  int descriptor;
  void *handle;
};

} // namespace neap

#endif // NEAP_COMPILER_TARGETS_CPU_LOADSHAREDOBJECT_H
