// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KernelRunner.h - compiles kernel code in process, loads it and calls it with
// operands that lie between inaccessible pages.
#ifndef NEAP_TEST_PASSES_LOWERING_KERNELRUNNER_H
#define NEAP_TEST_PASSES_LOWERING_KERNELRUNNER_H

#include "compiler/targets/cpu/CpuTarget.h"
#include "mlir/IR/BuiltinOps.h"
#include "runtime/include/neap/kernel_abi.h"
#include <memory>
#include <string>
#include <vector>

namespace neap::test {

/// Bytes that end right before an inaccessible page and whose first page starts
/// right after one. The bytes before the data are checked to stay as they were.
class GuardedBuffer {
public:
  explicit GuardedBuffer(size_t sizeInBytes);
  ~GuardedBuffer();
  GuardedBuffer(GuardedBuffer &&other);
  GuardedBuffer(const GuardedBuffer &) = delete;
  GuardedBuffer &operator=(const GuardedBuffer &) = delete;

  template <typename T>
  T *as() {
    return reinterpret_cast<T *>(data);
  }
  size_t getSizeInBytes() const { return sizeInBytes; }
  /// Returns whether nothing wrote into the page before the data.
  bool isFrontIntact() const;

private:
  size_t sizeInBytes;
  size_t mappedBytes;
  char *mapping;
  char *data;
};

/// A loaded shared object of kernels; unloaded with the last copy.
class LoadedKernels {
public:
  /// Loads the bytes of a shared object; a null object on failure.
  static LoadedKernels load(const std::string &sharedObject);
  explicit operator bool() const { return handle != nullptr; }
  /// Returns a kernel, or null.
  neap_kernel_fn lookup(const std::string &name) const;
  /// Returns NEAP_KERNEL_ABI_SYMBOL's value, or 0.
  uint32_t getAbiVersion() const;

private:
  std::shared_ptr<void> handle;
};

/// Lowers, compiles, links and loads `code`; null, with diagnostics, on
/// failure.
LoadedKernels compileAndLoad(mlir::ModuleOp code, const CpuTarget &target);

/// Calls `kernel` for each tile range between consecutive `cuts`; `sizes` are
/// the values of its symbols.
int32_t runTiles(neap_kernel_fn kernel, std::vector<void *> buffers,
                 void *scratch, const std::vector<int64_t> &cuts,
                 const std::vector<int64_t> &sizes = {});

/// Returns the targets that this machine runs.
std::vector<const CpuTarget *> getRunnableTargets();

/// Returns these and, where the machine runs x86-64-v3 and no more, the program
/// of x86-64-v4 compiled for x86-64-v3: LLVM splits its vectors in two, so that
/// all but LLVM's own code for AVX-512 runs.
std::vector<const CpuTarget *> getTestTargets();

/// Returns the name of a target and the width of its program's vectors.
std::string describe(const CpuTarget &target);

} // namespace neap::test

#endif // NEAP_TEST_PASSES_LOWERING_KERNELRUNNER_H
