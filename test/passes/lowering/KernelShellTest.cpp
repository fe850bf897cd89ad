// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KernelShellTest.cpp - the road from a hand-written body to a running kernel.
#include "passes/lowering/NeapToVector/KernelShell.h"
#include "compiler/targets/cpu/EmitObject.h"
#include "compiler/targets/cpu/LinkSharedObject.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/lowering/cpu/LowerToLLVM.h"
#include "test/passes/lowering/KernelRunner.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace neap;
using namespace neap::test;

namespace {

class KernelShellTest : public ::testing::Test {
protected:
  KernelShellTest() {
    DialectRegistry registry;
    registerKernelCodeDialects(registry);
    registerLLVMTranslations(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    code = ModuleOp::create(UnknownLoc::get(&context));
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> code;
};

/// Emits y[16 t + i] = x[16 t + i] * 2 for tiles t, 7 lanes of the last one.
void emitDoubling(ModuleOp code, const CpuFeatures &features) {
  KernelSignature signature;
  signature.name = "doubling";
  signature.numBuffers = 2;
  emitKernelShell(
      code, signature, features,
      [](VectorEmitter &emitter, const KernelArguments &arguments) -> Value {
        Type f32 = emitter.getBuilder().getF32Type();
        auto body = [&](Value tile, ValueRange) -> VectorEmitter::Values {
          Value offset = emitter.mulInt(tile, emitter.index(16));
          Value remaining = emitter.subInt(emitter.index(23), offset);
          Value mask = emitter.lanesBelow(remaining);
          Value from = emitter.advance(arguments.buffers[0], offset, f32);
          Value to = emitter.advance(arguments.buffers[1], offset, f32);
          Value x = emitter.load(from, f32, mask);
          emitter.store(emitter.add(x, x), to, f32, mask);
          return {};
        };
        emitter.forLoop(arguments.tileBegin, arguments.tileEnd,
                        emitter.index(1), {}, body);
        return {};
      });
}

TEST_F(KernelShellTest, RunsOnEveryTarget) {
  for (const CpuTarget *target : getTestTargets()) {
    SCOPED_TRACE(describe(*target));
    OwningOpRef<ModuleOp> module = ModuleOp::create(code->getLoc());
    emitDoubling(*module, target->features);
    LoadedKernels kernels = compileAndLoad(*module, *target);
    ASSERT_TRUE(kernels);
    EXPECT_EQ(kernels.getAbiVersion(), uint32_t(NEAP_KERNEL_ABI_VERSION));
    GuardedBuffer x(23 * sizeof(float)), y(23 * sizeof(float));
    for (int i = 0; i < 23; ++i)
      x.as<float>()[i] = i;
    neap_kernel_fn kernel = kernels.lookup("doubling");
    ASSERT_TRUE(kernel);
    EXPECT_EQ(runTiles(kernel, {x.as<void>(), y.as<void>()}, nullptr, {0, 2}),
              NEAP_KERNEL_OK);
    for (int i = 0; i < 23; ++i)
      EXPECT_EQ(y.as<float>()[i], 2.0f * i);
  }
}

TEST_F(KernelShellTest, CompilesForTargetsThatThisMachineLacks) {
  for (const CpuTarget &target : getCpuTargets()) {
    OwningOpRef<ModuleOp> module = ModuleOp::create(code->getLoc());
    emitDoubling(*module, target.features);
    ASSERT_TRUE(succeeded(lowerToLLVM(*module)));
    FailureOr<std::string> first = emitObject(*module, target);
    FailureOr<std::string> second = emitObject(*module, target);
    ASSERT_TRUE(succeeded(first) && succeeded(second));
    EXPECT_EQ(*first, *second);
  }
}

TEST_F(KernelShellTest, PrivateBodyKeepsItsAttributes) {
  const CpuTarget *target = lookupCpuTarget("v3");
  ASSERT_TRUE(target);
  emitDoubling(*code, target->features);
  ASSERT_TRUE(succeeded(lowerToLLVM(*code)));
  FailureOr<std::string> text = emitLLVMText(*code, *target);
  ASSERT_TRUE(succeeded(text));
  EXPECT_NE(text->find("@doubling_body(ptr noalias"), std::string::npos);
  EXPECT_NE(text->find("noinline"), std::string::npos);
}

TEST_F(KernelShellTest, ForeignImportIsAnError) {
  OpBuilder builder = OpBuilder::atBlockEnd(code->getBody());
  const CpuTarget &target = *lookupCpuTarget("v2");
  auto type = builder.getFunctionType({}, {});
  auto callee = func::FuncOp::create(builder, code->getLoc(), "abort", type);
  callee.setPrivate();
  auto caller = func::FuncOp::create(builder, code->getLoc(), "kernel", type);
  builder.setInsertionPointToStart(caller.addEntryBlock());
  func::CallOp::create(builder, code->getLoc(), callee);
  func::ReturnOp::create(builder, code->getLoc());
  ASSERT_TRUE(succeeded(lowerToLLVM(*code)));
  FailureOr<std::string> object = emitObject(*code, target);
  ASSERT_TRUE(succeeded(object));
  llvm::Expected<std::string> library = linkSharedObject({*object});
  ASSERT_FALSE(static_cast<bool>(library));
  EXPECT_EQ(llvm::toString(library.takeError()),
            "a kernel calls 'abort', expected only memcpy, memmove, memset");
}

} // namespace
