// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ProductKernelTest.h - runs a matmul or convolution kernel on every
// instruction set of this machine and in several tile splits, between
// inaccessible pages, and compares it with the interpreter.
#ifndef NEAP_TEST_PASSES_LOWERING_NEAPTOVECTOR_PRODUCTKERNELTEST_H
#define NEAP_TEST_PASSES_LOWERING_NEAPTOVECTOR_PRODUCTKERNELTEST_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "passes/lowering/KernelEmitter.h"
#include "test/passes/lowering/NeapToVector/BodyInterpreter.h"
#include "gtest/gtest.h"
#include <string>

namespace neap {
struct CpuTarget;
} // namespace neap

namespace neap::test {

/// How results are compared with the interpreter's.
enum class Agreement {
  /// Bit by bit where multiply and add are fused.
  Exact,
  /// To a few units in the last place of the largest element.
  Close
};

class ProductKernelTest : public ::testing::Test {
protected:
  ProductKernelTest();

  /// Parses a kernel `@kernel` of `kind` ("matmul") whose block is `block`.
  mlir::OwningOpRef<mlir::ModuleOp> parseKernel(const std::string &kind,
                                                const std::string &block);
  /// Returns the traits of a kernel's body.
  mlir::FailureOr<KernelTraits> getTraits(const std::string &kind,
                                          const std::string &block);
  /// Runs and compares; the element type of all arguments is T.
  template <typename T>
  void check(const std::string &kind, const std::string &block,
             Agreement agreement = Agreement::Exact);
  /// Emits and compiles for every target, without running.
  void checkCompiles(const std::string &kind, const std::string &block);

  mlir::MLIRContext context;

private:
  /// `fused` is the result of the first target with fused multiply-add, which
  /// the others must repeat in bits.
  template <typename T>
  void checkTarget(KernelOp kernel, const KernelTraits &traits,
                   const CpuTarget &target,
                   const std::vector<Tensor<T>> &inputs,
                   const Tensor<T> &expected, Agreement agreement,
                   std::vector<T> &fused);
};

} // namespace neap::test

#endif // NEAP_TEST_PASSES_LOWERING_NEAPTOVECTOR_PRODUCTKERNELTEST_H
