// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CompilerTest.cpp - the embedding API: compiles at once, failures, what is
// left.
#include "compiler/api/Compiler.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <gtest/gtest.h>
#include <thread>

namespace neap {
namespace {

/// A softmax of a product: several kernels, constants to evaluate.
constexpr llvm::StringLiteral kModel = R"mlir(
func.func @main(%x: tensor<8x16xf32> {neap.name = "x"})
    -> (tensor<8x16xf32> {neap.name = "y"}) {
  %w = neap.constant dense<0.5> : tensor<16x16xf32>
  %p = neap.matmul %x, %w : tensor<8x16xf32>, tensor<16x16xf32> -> tensor<8x16xf32>
  %y = neap.softmax %p : tensor<8x16xf32>
  return %y : tensor<8x16xf32>
}
)mlir";

class CompilerTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(
        llvm::sys::fs::createUniqueDirectory("neap-compiler-test", folder));
    model = write("model.mlir", kModel);
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  std::string path(llvm::StringRef name) {
    llvm::SmallString<128> full(folder);
    llvm::sys::path::append(full, name);
    return full.str().str();
  }

  std::string write(llvm::StringRef name, llvm::StringRef text) {
    std::error_code error;
    llvm::raw_fd_ostream(path(name), error) << text;
    return path(name);
  }

  CompileOptions makeOptions(llvm::StringRef output) {
    CompileOptions options;
    options.input = model;
    options.output = path(output);
    options.isas = {detectHostIsa()};
    return options;
  }

  /// Compiles and returns the bytes, or the errors.
  std::string compileToBytes(const CompileOptions &options) {
    CompileReport report;
    std::string errors;
    llvm::raw_string_ostream stream(errors);
    if (compile(options, stream, report) != CompileStatus::Success)
      return errors;
    return (*llvm::MemoryBuffer::getFile(options.output))->getBuffer().str();
  }

  llvm::SmallString<128> folder;
  std::string model;
};

TEST_F(CompilerTest, CompilesAtOnceGiveTheBytesOfOneAlone) {
  std::string alone = compileToBytes(makeOptions("alone.neap"));
  ASSERT_TRUE(llvm::StringRef(alone).starts_with(
      llvm::StringRef(NEAP_MAGIC, NEAP_MAGIC_SIZE)))
      << alone;
  std::string results[2];
  std::thread threads[2];
  for (int i = 0; i < 2; ++i)
    threads[i] = std::thread([&, i] {
      results[i] =
          compileToBytes(makeOptions("thread" + std::to_string(i) + ".neap"));
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(results[0], alone);
  EXPECT_EQ(results[1], alone);
}

TEST_F(CompilerTest, AFailureLeavesTheOldFile) {
  CompileOptions options = makeOptions("model.neap");
  std::string before = compileToBytes(options);
  options.memoryBudget = 1;
  EXPECT_NE(compileToBytes(options).find("bytes are needed"),
            std::string::npos);
  EXPECT_EQ((*llvm::MemoryBuffer::getFile(options.output))->getBuffer(),
            before);
}

TEST_F(CompilerTest, AParseErrorNamesTheFile) {
  CompileOptions options = makeOptions("model.neap");
  options.input = write("wrong.mlir", "func.func @main( {");
  EXPECT_NE(compileToBytes(options).find("wrong.mlir"), std::string::npos);
  EXPECT_FALSE(llvm::sys::fs::exists(options.output));
}

} // namespace
} // namespace neap
