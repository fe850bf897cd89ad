// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SymbolicKernelTest.h - a kernel over symbols gives, at every size, the bits
// of the kernel that is compiled for that size (which other tests compare with
// an independent reference), writes nothing else, and does nothing where there
// is nothing to do.
#ifndef NEAP_TEST_PASSES_LOWERING_SYMBOLIC_SYMBOLICKERNELTEST_H
#define NEAP_TEST_PASSES_LOWERING_SYMBOLIC_SYMBOLICKERNELTEST_H

#include "dialects/neap/IR/NeapOps.h"
#include "passes/lowering/KernelEmitter.h"
#include "test/passes/lowering/KernelRunner.h"
#include "test/passes/lowering/Symbolic/SizedText.h"
#include "gtest/gtest.h"

namespace neap::test {

/// A kernel with the range of each symbol.
struct SymbolicCase {
  std::string kind;
  /// `seq = #neap.range<0, 100>`, ...
  std::string symbols;
  std::string arguments;
  std::string body;
};

/// A kernel, compiled.
struct CompiledKernel {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  KernelTraits traits;
  LoadedKernels kernels;
  neap_kernel_fn function = nullptr;

  mlir::Block &getBody() {
    return (*module->getOps<KernelOp>().begin()).getBody().front();
  }
};

class SymbolicKernelTest : public ::testing::Test {
protected:
  SymbolicKernelTest();

  /// Checks a kernel at all of `sizes`.
  void check(const SymbolicCase &kernel, const std::vector<Sizes> &sizes);

private:
  void compile(const SymbolicCase &kernel, const Sizes *sizes,
               const CpuTarget &target, CompiledKernel &result);
  void compare(CompiledKernel &symbolic, CompiledKernel &fixed,
               const Sizes &sizes);

  mlir::MLIRContext context;
};

/// Sizes of one symbol.
std::vector<Sizes> sweep(llvm::StringRef name, std::vector<int64_t> values);

/// Numbers that meet every kind of tail.
std::vector<int64_t> getTails();

} // namespace neap::test

#endif // NEAP_TEST_PASSES_LOWERING_SYMBOLIC_SYMBOLICKERNELTEST_H
