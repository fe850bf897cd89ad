// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ConstantEvaluatorTest.cpp - constants from files through kernels into the
// mapped output, and tied weights.
#include "compiler/plan_writer/ConstantEvaluator.h"

#include "compiler/plan_writer/ContainerWriter.h"
#include "compiler/plan_writer/MergeEqualWeights.h"
#include "compiler/plan_writer/PlanWriter.h"
#include "passes/memory/PlanMemory.h"
#include "runtime/plan/Container.h"
#include "test/compiler/plan_writer/ParseModule.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

using namespace neap;
namespace fs = llvm::sys::fs;

namespace {

/// Adds 1 to four floats.
int32_t addOne(const neap_kernel_args *args) {
  auto *input = static_cast<const float *>(args->buffers[0]);
  auto *output = static_cast<float *>(args->buffers[1]);
  for (int64_t i = args->tile_begin; i < args->tile_end; ++i)
    output[i] = input[i] + 1;
  return NEAP_KERNEL_OK;
}

int32_t failing(const neap_kernel_args *) {
  return NEAP_KERNEL_INDEX_OUT_OF_RANGE;
}

constexpr const char *kKernels = R"mlir(
  neap.kernel region @add_one attributes {num_tiles = 4 : i64,
      tiles_per_block = 1 : i64, scratch_bytes = 64 : i64,
      in_place = [array<i64: 0>]} {
  ^bb0(%x: tensor<4xf32>):
    %one = neap.constant dense<1.0> : tensor<4xf32>
    %0 = neap.add %x, %one : tensor<4xf32>
    neap.yield %0 : tensor<4xf32>
  }
)mlir";

class ConstantEvaluatorTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(fs::createUniqueDirectory("constants", folder));
    // A byte before the floats, so that they are not aligned.
    file = (folder + "/weights.bin").str();
    std::error_code code;
    llvm::raw_fd_ostream os(file, code);
    os << 'x';
    for (int copy = 0; copy < 2; ++copy)
      for (float value : {1.f, 2.f, 3.f, 4.f})
        os.write(reinterpret_cast<const char *>(&value), sizeof(value));
  }
  void TearDown() override { fs::remove_directories(folder); }

  mlir::OwningOpRef<mlir::ModuleOp> parse(std::string body) {
    std::string text = "module attributes {neap.files = [\"" + file + "\"]} {" +
                       kKernels + body + "}";
    return context.parse(text);
  }

  /// Evaluates @constants of `body` into `segment`.
  mlir::LogicalResult evaluate(std::string body, neap_kernel_fn kernel) {
    module = parse(body);
    if (!module)
      return mlir::failure();
    auto files = MappedFiles::open(*module);
    auto constants = module->lookupSymbol<mlir::func::FuncOp>("constants");
    return evaluateConstants(constants, *files,
                             [&](llvm::StringRef) { return kernel; },
                             {reinterpret_cast<uint8_t *>(segment.data()),
                              segment.size() * sizeof(float)});
  }

  std::vector<float> getFloats(size_t first) {
    return {segment.begin() + first, segment.begin() + first + 4};
  }

  test::DiagnosticContext context;
  llvm::SmallString<128> folder;
  std::string file;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<float> segment = std::vector<float>(64);
};

TEST_F(ConstantEvaluatorTest, WeightsViewsAndLaunches) {
  ASSERT_TRUE(mlir::succeeded(evaluate(R"mlir(
    func.func private @constants() -> (tensor<4xf32> {plan.offset = 0 : i64},
        tensor<2x4xf32> {plan.offset = 64 : i64}, tensor<2xf32> {plan.offset = 128 : i64},
        tensor<2x2xf32> {plan.offset = 192 : i64}) {
      %w = neap.weight <file = 0, offset = 1, length = 16> : tensor<4xf32>
      %a = neap.launch @add_one(%w) : (tensor<4xf32>) -> tensor<4xf32>
      %r = neap.reshape %a : tensor<4xf32> -> tensor<1x4xf32>
      %v = neap.reshape %w : tensor<4xf32> -> tensor<1x4xf32>
      %c = neap.concat %r, %v {axis = 0 : i64} : tensor<1x4xf32>, tensor<1x4xf32> -> tensor<2x4xf32>
      %s = neap.slice %a {starts = array<i64: 2>, sizes = array<i64: 2>, steps = array<i64: 1>} : tensor<4xf32> -> tensor<2xf32>
      %k = neap.constant dense<[[5.0, 6.0], [7.0, 8.0]]> : tensor<2x2xf32>
      return %w, %c, %s, %k : tensor<4xf32>, tensor<2x4xf32>, tensor<2xf32>, tensor<2x2xf32>
    })mlir",
                                       addOne)))
      << context.getMessages();
  EXPECT_EQ(getFloats(0), (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(getFloats(16), (std::vector<float>{2, 3, 4, 5}));
  EXPECT_EQ(getFloats(20), (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(getFloats(32), (std::vector<float>{4, 5, 0, 0}));
  EXPECT_EQ(getFloats(48), (std::vector<float>{5, 6, 7, 8}));
}

TEST_F(ConstantEvaluatorTest, RandomWeight) {
  ASSERT_TRUE(mlir::succeeded(evaluate(R"mlir(
    func.func private @constants() -> (tensor<4xf32> {plan.offset = 0 : i64}) {
      %w = neap.weight <file = -1, offset = 0, length = 16, seed = 3> : tensor<4xf32>
      return %w : tensor<4xf32>
    })mlir",
                                       addOne)))
      << context.getMessages();
  EXPECT_NE(segment[0], 0);
}

TEST_F(ConstantEvaluatorTest, FileTooShort) {
  EXPECT_TRUE(mlir::failed(evaluate(R"mlir(
    func.func private @constants() -> (tensor<4xf32> {plan.offset = 0 : i64}) {
      %w = neap.weight <file = 0, offset = 30, length = 16> : tensor<4xf32>
      return %w : tensor<4xf32>
    })mlir",
                                    addOne)));
  EXPECT_NE(context.getMessages().find("weights.bin' of 33 bytes, got 16 at "
                                       "offset 30"),
            std::string::npos)
      << context.getMessages();
}

TEST_F(ConstantEvaluatorTest, KernelFails) {
  EXPECT_TRUE(mlir::failed(evaluate(R"mlir(
    func.func private @constants() -> (tensor<4xf32> {plan.offset = 0 : i64}) {
      %w = neap.weight <file = 0, offset = 1, length = 16> : tensor<4xf32>
      %a = neap.launch @add_one(%w) : (tensor<4xf32>) -> tensor<4xf32>
      return %a : tensor<4xf32>
    })mlir",
                                    failing)));
  EXPECT_NE(context.getMessages().find("an index is out of range"),
            std::string::npos);
}

TEST_F(ConstantEvaluatorTest, OutsideTheSegment) {
  EXPECT_TRUE(mlir::failed(evaluate(R"mlir(
    func.func private @constants() -> (tensor<4xf32> {plan.offset = 256 : i64}) {
      %w = neap.weight <file = 0, offset = 1, length = 16> : tensor<4xf32>
      return %w : tensor<4xf32>
    })mlir",
                                    addOne)));
}

/// A model whose file carries one weight twice.
constexpr const char *kTied = R"mlir(
    func.func @main(%x: tensor<4xf32>) -> (tensor<2x4xf32>, tensor<2x2xf32>) {
      %a = neap.weight <file = 0, offset = 1, length = 16> : tensor<4xf32>
      %b = neap.weight <file = 0, offset = 17, length = 16> : tensor<2x2xf32>
      %r = neap.reshape %a : tensor<4xf32> -> tensor<1x4xf32>
      %y = neap.launch @add_one(%x) : (tensor<4xf32>) -> tensor<4xf32>
      %s = neap.reshape %y : tensor<4xf32> -> tensor<1x4xf32>
      %c = neap.concat %r, %s {axis = 0 : i64} : tensor<1x4xf32>, tensor<1x4xf32> -> tensor<2x4xf32>
      return %c, %b : tensor<2x4xf32>, tensor<2x2xf32>
    })mlir";

TEST_F(ConstantEvaluatorTest, EqualWeightsExistOnceInTheContainer) {
  module = parse(kTied);
  ASSERT_TRUE(module);
  auto files = MappedFiles::open(*module);
  ASSERT_TRUE(mlir::succeeded(mergeEqualWeights(*module, *files)));
  auto planned =
      planMemory(module->lookupSymbol<mlir::func::FuncOp>("main"), {});
  ASSERT_TRUE(mlir::succeeded(planned)) << context.getMessages();
  EXPECT_EQ(planned->report.weightsBytes, 64);

  std::string path = (folder + "/model.neap").str();
  const uint8_t object[] = {1, 2, 3};
  KernelsSection kernels{NEAP_ISA_X86_64_V3, object};
  auto size = writeContainer(
      *module, kernels, *files, [](llvm::StringRef) { return addOne; }, path);
  ASSERT_TRUE(mlir::succeeded(size)) << context.getMessages();

  auto buffer = llvm::MemoryBuffer::getFile(path);
  ASSERT_TRUE(buffer);
  auto *data = reinterpret_cast<const uint8_t *>((*buffer)->getBufferStart());
  std::vector<neap_section_entry> sections;
  ASSERT_TRUE(
      plan::readContainer(data, (*buffer)->getBufferSize(), sections).isOk());
  auto *weights =
      plan::findSection(sections, NEAP_SECTION_WEIGHTS, NEAP_ISA_ANY);
  ASSERT_TRUE(weights);
  EXPECT_EQ(weights->size, 64u);
  auto *floats = reinterpret_cast<const float *>(data + weights->offset);
  EXPECT_EQ(std::vector<float>(floats, floats + 4),
            (std::vector<float>{1, 2, 3, 4}));
}

TEST_F(ConstantEvaluatorTest, FailureLeavesNoFile) {
  module = parse(kTied);
  auto files = MappedFiles::open(*module);
  ASSERT_TRUE(mlir::succeeded(
      planMemory(module->lookupSymbol<mlir::func::FuncOp>("main"), {})));
  // The file of the second module is gone: no weight can be read.
  module->getOperation()->setAttr(
      "neap.files", mlir::ArrayAttr::get(module->getContext(), {}));
  auto none = MappedFiles::open(*module);
  std::string path = (folder + "/model.neap").str();
  EXPECT_TRUE(mlir::failed(writeContainer(
      *module, {}, *none, [](llvm::StringRef) { return addOne; }, path)));
  EXPECT_FALSE(fs::exists(path));
}

} // namespace
