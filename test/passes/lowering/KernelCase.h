// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KernelCase.h - one kernel given as text: compiled, run on every instruction
// set of this machine and compared with the reference interpreter.
#ifndef NEAP_TEST_PASSES_LOWERING_KERNELCASE_H
#define NEAP_TEST_PASSES_LOWERING_KERNELCASE_H

#include "dialects/neap/IR/NeapOps.h"
#include "passes/lowering/KernelEmitter.h"
#include "test/passes/lowering/KernelRunner.h"
#include "test/reference/Interpreter.h"
#include "gtest/gtest.h"

namespace neap::test {

/// Largest |value - reference| / max(1, |reference|) that passes.
struct Tolerance {
  double f32 = 2e-6;
  double f64 = 1e-13;
};

/// Parses and runs kernels in one context.
class KernelCaseTest : public ::testing::Test {
protected:
  KernelCaseTest();

  /// Checks the kernel of `kind` ("region") with block `arguments` ("%x:
  /// tensor<4xf32>") and `body` (ops and neap.yield): on random inputs it
  /// agrees with the reference within `tolerance`, touches nothing outside its
  /// buffers, and has the same bits however tiles are cut and in place.
  void check(llvm::StringRef kind, llvm::StringRef arguments,
             llvm::StringRef body, Tolerance tolerance = {});

  /// Like check, on given inputs.
  void checkOn(llvm::StringRef kind, llvm::StringRef arguments,
               llvm::StringRef body, const std::vector<Elements> &inputs,
               Tolerance tolerance = {});

  /// Checks that a kernel compiles and links for every instruction set, also
  /// those that this machine lacks.
  void checkCompiles(llvm::StringRef kind, llvm::StringRef arguments,
                     llvm::StringRef body);

  /// Returns the traits of a kernel, or failure.
  mlir::FailureOr<KernelTraits> getTraits(llvm::StringRef kind,
                                          llvm::StringRef arguments,
                                          llvm::StringRef body);

private:
  KernelOp parse(llvm::StringRef kind, llvm::StringRef arguments,
                 llvm::StringRef body);
  std::vector<Elements> makeInputs(mlir::Block &body);
  /// `fusedBits` are the results of the first target with fused multiply-add,
  /// which the others must repeat.
  void checkOnTarget(KernelOp kernel, const KernelTraits &traits,
                     const CpuTarget &target,
                     const std::vector<Elements> &inputs,
                     const std::vector<Elements> &expected, Tolerance tolerance,
                     std::string &fusedBits);

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

} // namespace neap::test

#endif // NEAP_TEST_PASSES_LOWERING_KERNELCASE_H
