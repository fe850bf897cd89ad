// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KernelLibrary.cpp - the shared object of a KERNELS section, opened.
#include "runtime/device/cpu/KernelLibrary.h"

#include "runtime/base/Format.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace neap::rt {
namespace {

/// Returns a memory file that may be executed, or -1.
int openMemoryFile() {
#if defined(__linux__)
  constexpr unsigned kExecutable = 0x10; // MFD_EXEC, Linux 6.3
  int descriptor = memfd_create("neap-kernels", MFD_CLOEXEC | kExecutable);
  if (descriptor < 0 && errno == EINVAL)
    descriptor = memfd_create("neap-kernels", MFD_CLOEXEC);
  return descriptor;
#else
  return -1;
#endif
}

/// Returns a temporary file without a name, or -1.
int openTemporaryFile() {
  const char *folder = std::getenv("TMPDIR");
  if (!folder || !*folder)
    folder = "/tmp";
  std::string path = std::string(folder) + "/neap-kernels-XXXXXX";
  int descriptor = mkostemp(&path[0], O_CLOEXEC);
  if (descriptor >= 0)
    unlink(path.c_str());
  return descriptor;
}

bool writeAll(int descriptor, const uint8_t *data, uint64_t size) {
  while (size > 0) {
    ssize_t written = write(descriptor, data, size);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    data += written;
    size -= static_cast<uint64_t>(written);
  }
  return true;
}

} // namespace

KernelLibrary::~KernelLibrary() {
  if (handle)
    dlclose(handle);
  if (descriptor >= 0)
    close(descriptor);
}

Status KernelLibrary::store(const uint8_t *data, uint64_t sizeInBytes,
                            KernelFile file) {
  if (file == KernelFile::Automatic)
    descriptor = openMemoryFile();
  if (descriptor < 0)
    descriptor = openTemporaryFile();
  if (descriptor >= 0 && writeAll(descriptor, data, sizeInBytes))
    return Status();
  return Status::error(
      errno == EACCES || errno == EPERM ? StatusCode::PermissionDenied
                                        : StatusCode::ResourceExhausted,
      "cannot store the kernels (%llu bytes) where they can "
      "be executed: %s; set TMPDIR to a folder that allows it",
      static_cast<unsigned long long>(sizeInBytes), std::strerror(errno));
}

Status KernelLibrary::link() {
  std::string path = format("/proc/self/fd/%d", descriptor);
  handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle)
    return Status();
  const char *reason = dlerror();
  return Status::error(StatusCode::DataLoss,
                       "the dynamic linker cannot open the kernels: %s",
                       reason ? reason : "no reason given");
}

Status KernelLibrary::resolve(const std::vector<plan::Kernel> &kernels) {
  const auto *abi =
      static_cast<const uint32_t *>(dlsym(handle, NEAP_KERNEL_ABI_SYMBOL));
  if (!abi)
    return Status::error(StatusCode::DataLoss, "the kernels do not export '%s'",
                         NEAP_KERNEL_ABI_SYMBOL);
  if (*abi != NEAP_KERNEL_ABI_VERSION)
    return Status::error(StatusCode::FailedPrecondition,
                         "the kernels have ABI %u; this runtime calls %u", *abi,
                         NEAP_KERNEL_ABI_VERSION);
  functions.reserve(kernels.size());
  for (const plan::Kernel &kernel : kernels) {
    void *function = dlsym(handle, kernel.symbol.c_str());
    if (!function)
      return Status::error(StatusCode::DataLoss,
                           "the kernels do not export %s, which the plan calls",
                           quoted(kernel.symbol).c_str());
    functions.push_back(reinterpret_cast<neap_kernel_fn>(function));
  }
  return Status();
}

Status KernelLibrary::open(const uint8_t *data, uint64_t sizeInBytes,
                           const std::vector<plan::Kernel> &kernels,
                           KernelFile file) {
  NEAP_RETURN_IF_ERROR(store(data, sizeInBytes, file));
  NEAP_RETURN_IF_ERROR(link());
  return resolve(kernels);
}

} // namespace neap::rt
