// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/targets/cpu/LoadSharedObject.h"

#include "llvm/Support/raw_ostream.h"
#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

namespace neap {

llvm::Expected<LoadedKernels>
LoadedKernels::load(llvm::StringRef sharedObject) {
  int descriptor = memfd_create("neap-constants", MFD_CLOEXEC);
  if (descriptor < 0)
    return llvm::errorCodeToError(llvm::errnoAsErrorCode());
  llvm::raw_fd_ostream stream(descriptor, /*shouldClose=*/false);
  stream << sharedObject;
  stream.flush();
  void *handle = nullptr;
  if (!stream.has_error())
    handle = dlopen(("/proc/self/fd/" + std::to_string(descriptor)).c_str(),
                    RTLD_NOW | RTLD_LOCAL);
  stream.clear_error();
  if (handle)
    return LoadedKernels(descriptor, handle);
  const char *reason = dlerror();
  close(descriptor);
  return llvm::createStringError("cannot load the kernels of the constants: %s",
                                 reason ? reason : "write failed");
}

LoadedKernels::LoadedKernels(LoadedKernels &&other)
    : descriptor(std::exchange(other.descriptor, -1)),
      handle(std::exchange(other.handle, nullptr)) {}

LoadedKernels::~LoadedKernels() {
  if (!handle)
    return;
  dlclose(handle);
  close(descriptor);
}

neap_kernel_fn LoadedKernels::lookup(llvm::StringRef name) const {
  return reinterpret_cast<neap_kernel_fn>(
      dlsym(handle, std::string(name).c_str()));
}

} // namespace neap
