// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/passes/lowering/KernelRunner.h"

#include "compiler/targets/cpu/EmitObject.h"
#include "compiler/targets/cpu/LinkSharedObject.h"
#include "passes/lowering/cpu/LowerToLLVM.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace mlir;

namespace neap::test {

static constexpr size_t kPageBytes = 4096;
static constexpr char kFrontByte = 0x5a;

GuardedBuffer::GuardedBuffer(size_t sizeInBytes) : sizeInBytes(sizeInBytes) {
  size_t pages = sizeInBytes / kPageBytes + 1;
  mappedBytes = (pages + 2) * kPageBytes;
  mapping =
      static_cast<char *>(mmap(nullptr, mappedBytes, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  char *end = mapping + mappedBytes - kPageBytes;
  mprotect(mapping, kPageBytes, PROT_NONE);
  mprotect(end, kPageBytes, PROT_NONE);
  data = end - sizeInBytes;
  std::fill(mapping + kPageBytes, data, kFrontByte);
}

GuardedBuffer::GuardedBuffer(GuardedBuffer &&other)
    : sizeInBytes(other.sizeInBytes), mappedBytes(other.mappedBytes),
      mapping(std::exchange(other.mapping, nullptr)), data(other.data) {}

GuardedBuffer::~GuardedBuffer() {
  if (mapping)
    munmap(mapping, mappedBytes);
}

bool GuardedBuffer::isFrontIntact() const {
  return std::all_of(mapping + kPageBytes, data,
                     [](char byte) { return byte == kFrontByte; });
}

LoadedKernels LoadedKernels::load(const std::string &sharedObject) {
  LoadedKernels result;
  int file = memfd_create("kernels", MFD_CLOEXEC);
  if (file < 0 || write(file, sharedObject.data(), sharedObject.size()) !=
                      static_cast<ssize_t>(sharedObject.size()))
    return result;
  std::string path = "/proc/self/fd/" + std::to_string(file);
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  // glibc matches libraries by path first: the descriptor stays open as long as
  // the library is loaded.
  result.handle = std::shared_ptr<void>(library, [file](void *library) {
    if (library)
      dlclose(library);
    close(file);
  });
  return result;
}

neap_kernel_fn LoadedKernels::lookup(const std::string &name) const {
  return reinterpret_cast<neap_kernel_fn>(dlsym(handle.get(), name.c_str()));
}

uint32_t LoadedKernels::getAbiVersion() const {
  void *symbol = dlsym(handle.get(), NEAP_KERNEL_ABI_SYMBOL);
  return symbol ? *static_cast<uint32_t *>(symbol) : 0;
}

LoadedKernels compileAndLoad(ModuleOp code, const CpuTarget &target) {
  if (failed(lowerToLLVM(code)))
    return {};
  FailureOr<std::string> object = emitObject(code, target);
  FailureOr<std::string> version = emitAbiVersionObject(target);
  if (failed(object) || failed(version))
    return {};
  llvm::Expected<std::string> library = linkSharedObject({*object, *version});
  if (!library) {
    code.emitError() << llvm::toString(library.takeError());
    return {};
  }
  return LoadedKernels::load(*library);
}

int32_t runTiles(neap_kernel_fn kernel, std::vector<void *> buffers,
                 void *scratch, const std::vector<int64_t> &cuts,
                 const std::vector<int64_t> &sizes) {
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    neap_kernel_args arguments{buffers.data(), sizes.data(), cuts[i],
                               cuts[i + 1], scratch};
    if (int32_t status = kernel(&arguments))
      return status;
  }
  return NEAP_KERNEL_OK;
}

std::vector<const CpuTarget *> getRunnableTargets() {
  std::vector<const CpuTarget *> result;
  const CpuTarget *best = getHostCpuTarget();
  for (const CpuTarget &target : getCpuTargets())
    if (best && &target <= best)
      result.push_back(&target);
  return result;
}

std::vector<const CpuTarget *> getTestTargets() {
  static constexpr CpuTarget wideProgram{"x86-64-v3", kX86V4Features};
  std::vector<const CpuTarget *> result = getRunnableTargets();
  if (!result.empty() && result.back()->name == wideProgram.name)
    result.push_back(&wideProgram);
  return result;
}

std::string describe(const CpuTarget &target) {
  return target.name.str() + ", vectors of " +
         std::to_string(target.features.vectorBits) + " bits";
}

} // namespace neap::test
