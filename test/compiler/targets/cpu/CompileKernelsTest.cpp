// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CompileKernelsTest.cpp - many kernels to one shared object, on any number of
// threads.
#include "compiler/targets/cpu/CompileKernels.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "test/passes/lowering/KernelRunner.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace neap;
using namespace neap::test;

namespace {

class CompileKernelsTest : public ::testing::Test {
protected:
  CompileKernelsTest() { context.loadDialect<NeapDialect>(); }

  /// Returns kernels @k0, @k1, ... with one of `bodies` each.
  std::vector<KernelOp> parse(const std::vector<std::string> &bodies) {
    std::string text;
    for (size_t i = 0; i < bodies.size(); ++i)
      text += "neap.kernel region @k" + std::to_string(i) +
              " attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes "
              "= 0, in_place = [array<i64>]} {\n^bb0(%x: tensor<4x40xf32>):\n" +
              bodies[i] + "\nneap.yield %0 : tensor<4x40xf32>\n}\n";
    module = parseSourceString<ModuleOp>(text, &context);
    std::vector<KernelOp> kernels;
    if (module)
      llvm::append_range(kernels, module->getOps<KernelOp>());
    return kernels;
  }

  const std::vector<std::string> bodies{
      "%0 = neap.exp %x : tensor<4x40xf32>",
      "%0 = neap.softmax %x : tensor<4x40xf32>",
      "%0 = neap.add %x, %x : tensor<4x40xf32>",
      "%0 = neap.log_softmax %x : tensor<4x40xf32>",
      "%0 = neap.tanh %x : tensor<4x40xf32>"};
  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

TEST_F(CompileKernelsTest, BytesDoNotDependOnThreads) {
  std::vector<KernelOp> kernels = parse(bodies);
  ASSERT_EQ(kernels.size(), bodies.size());
  for (const CpuTarget &target : getCpuTargets()) {
    SCOPED_TRACE(target.name.str());
    FailureOr<std::string> one = compileKernels(kernels, target, 1);
    FailureOr<std::string> four = compileKernels(kernels, target, 4);
    ASSERT_TRUE(succeeded(one) && succeeded(four));
    EXPECT_EQ(*one, *four);
  }
}

TEST_F(CompileKernelsTest, AllKernelsAreExported) {
  std::vector<KernelOp> kernels = parse(bodies);
  const CpuTarget *target = getHostCpuTarget();
  ASSERT_TRUE(target);
  FailureOr<std::string> bytes = compileKernels(kernels, *target, 2);
  ASSERT_TRUE(succeeded(bytes));
  LoadedKernels loaded = LoadedKernels::load(*bytes);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded.getAbiVersion(), uint32_t(NEAP_KERNEL_ABI_VERSION));
  for (size_t i = 0; i < bodies.size(); ++i)
    EXPECT_TRUE(loaded.lookup("k" + std::to_string(i)));
  EXPECT_FALSE(loaded.lookup("k0_body"));
}

TEST_F(CompileKernelsTest, FailuresNameTheirKernels) {
  std::vector<std::string> wrong = bodies;
  wrong[1] =
      R"(%1 = neap.reduce sum %x, [0] : tensor<4x40xf32> -> tensor<1x40xf32>
                %0 = neap.broadcast %1 : tensor<1x40xf32> -> tensor<4x40xf32>)";
  std::vector<KernelOp> kernels = parse(wrong);
  ASSERT_EQ(kernels.size(), wrong.size());
  std::vector<std::string> messages;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    messages.push_back(diagnostic.str());
  });
  EXPECT_TRUE(failed(compileKernels(kernels, *lookupCpuTarget("v2"), 2)));
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_NE(messages[0].find("has a body that is no region"), std::string::npos)
      << messages[0];
}

} // namespace
