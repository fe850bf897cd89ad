// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ConvolutionEmitterTest.cpp - convolution kernels against the interpreter: one
// to three axes, strides, dilations, padding, groups, epilogues.
#include "test/passes/lowering/NeapToVector/ProductKernelTest.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <random>

using namespace neap::test;
using llvm::formatv;

namespace {

class ConvolutionEmitterTest : public ProductKernelTest {};

using Sizes = std::vector<int64_t>;

/// A convolution; one entry per spatial axis.
struct Shape {
  int64_t batch = 1;
  int64_t in = 1;
  int64_t out = 1;
  Sizes size, kernel, strides, dilations, padBegin, padEnd;
  int64_t groups = 1;
  const char *type = "f32";
};

std::string join(const Sizes &sizes, const char *separator) {
  return llvm::join(
      llvm::map_range(sizes, [](int64_t n) { return std::to_string(n); }),
      separator);
}

std::string getAttribute(const char *name, const Sizes &values) {
  return formatv("{0} = array<i64: {1}>", name, join(values, ", "));
}

/// Returns the kernel's block: convolution, bias, residual, relu.
std::string getBlock(const Shape &shape) {
  Sizes input{shape.batch}, output{shape.batch};
  int64_t depth = shape.in / shape.groups;
  for (size_t i = 0; i < shape.size.size(); ++i) {
    int64_t span = (shape.kernel[i] - 1) * shape.dilations[i] + 1;
    int64_t padded = shape.size[i] + shape.padBegin[i] + shape.padEnd[i];
    input.push_back(shape.size[i]);
    output.push_back((padded - span) / shape.strides[i] + 1);
    depth *= shape.kernel[i];
  }
  input.push_back(shape.in);
  output.push_back(shape.out);
  Sizes pads(shape.padBegin);
  pads.insert(pads.end(), shape.padEnd.begin(), shape.padEnd.end());
  std::string attributes = getAttribute("kernel", shape.kernel) + ", " +
                           getAttribute("strides", shape.strides) + ", " +
                           getAttribute("pads", pads) + ", " +
                           getAttribute("dilations", shape.dilations);
  std::string x = formatv("tensor<{0}x{1}>", join(input, "x"), shape.type);
  std::string w =
      formatv("tensor<{0}x{1}x{2}x16x{3}>", shape.groups,
              (shape.out / shape.groups + 15) / 16, depth, shape.type);
  std::string y = formatv("tensor<{0}x{1}>", join(output, "x"), shape.type);
  std::string bias = formatv("tensor<{0}x{1}>", shape.out, shape.type);
  return formatv(R"(
^bb0(%x: {0}, %w: {1}, %bias: {3}, %r: {2}):
  %0 = neap.packed_conv %x, %w {{{4}, groups = {5} : i64} : {0}, {1} -> {2}
  %wide = neap.broadcast %bias : {3} -> {2}
  %1 = neap.add %0, %wide : {2}
  %2 = neap.add %1, %r : {2}
  %zero = neap.constant dense<0.0> : {2}
  %3 = neap.max %2, %zero : {2}
  neap.yield %3 : {2})",
                 x, w, y, bias, attributes, shape.groups);
}

/// A square convolution.
Shape getSquare(int64_t in, int64_t out, int64_t size, int64_t kernel,
                int64_t stride, int64_t pad, int64_t groups = 1) {
  Shape shape;
  shape.in = in;
  shape.out = out;
  shape.size = {size, size};
  shape.kernel = {kernel, kernel};
  shape.strides = {stride, stride};
  shape.dilations = {1, 1};
  shape.padBegin = shape.padEnd = {pad, pad};
  shape.groups = groups;
  return shape;
}

TEST_F(ConvolutionEmitterTest, RandomShapes) {
  std::mt19937 random(11);
  auto below = [&](int64_t n) { return int64_t(random() % n); };
  for (int i = 0; i < 40; ++i) {
    Shape shape;
    shape.batch = 1 + below(2);
    shape.groups = below(3) == 0 ? 1 + below(3) : 1;
    shape.in = shape.groups * (1 + below(7));
    shape.out = shape.groups * (1 + below(20));
    for (int axis = 0; axis <= i % 3; ++axis) {
      shape.kernel.push_back(1 + below(3));
      shape.dilations.push_back(1 + below(2));
      shape.strides.push_back(1 + below(3));
      shape.padBegin.push_back(below(3));
      shape.padEnd.push_back(below(3));
      int64_t span = (shape.kernel.back() - 1) * shape.dilations.back() + 1;
      shape.size.push_back(span + below(i % 3 == 2 ? 4 : 12));
    }
    check<float>("convolution", getBlock(shape));
  }
}

TEST_F(ConvolutionEmitterTest, StemAndStages) {
  check<float>("convolution", getBlock(getSquare(3, 64, 33, 7, 2, 3)));
  check<float>("convolution", getBlock(getSquare(32, 48, 28, 3, 1, 1)));
  check<float>("convolution", getBlock(getSquare(48, 32, 14, 3, 2, 1)));
  check<float>("convolution", getBlock(getSquare(40, 33, 14, 1, 1, 0)));
  check<float>("convolution", getBlock(getSquare(40, 32, 15, 1, 2, 0)));
  check<float>("convolution", getBlock(getSquare(512, 20, 7, 3, 1, 1)));
}

TEST_F(ConvolutionEmitterTest, ValidPaddingReadsInPlace) {
  std::string block = getBlock(getSquare(8, 16, 12, 3, 1, 0));
  check<float>("convolution", block);
  auto traits = getTraits("convolution", block);
  ASSERT_TRUE(succeeded(traits));
  EXPECT_EQ(traits->scratchBytes, 0);
}

TEST_F(ConvolutionEmitterTest, Groups) {
  check<float>("convolution", getBlock(getSquare(12, 60, 9, 1, 1, 0, 3)));
  check<float>("convolution", getBlock(getSquare(6, 64, 9, 3, 1, 1, 2)));
}

TEST_F(ConvolutionEmitterTest, Depthwise) {
  check<float>("convolution", getBlock(getSquare(40, 40, 9, 3, 1, 1, 40)));
  check<float>("convolution", getBlock(getSquare(16, 16, 13, 3, 2, 1, 16)));
  check<float>("convolution", getBlock(getSquare(7, 7, 11, 5, 1, 2, 7)));
}

TEST_F(ConvolutionEmitterTest, LongLineIsCut) {
  Shape shape;
  shape.in = 24;
  shape.out = 20;
  shape.size = {3001};
  shape.kernel = {5};
  shape.strides = {1};
  shape.dilations = {2};
  shape.padBegin = {4};
  shape.padEnd = {4};
  check<float>("convolution", getBlock(shape));
}

TEST_F(ConvolutionEmitterTest, LinesOfOnePixel) {
  Shape shape = getSquare(10, 20, 30, 3, 1, 1);
  shape.size = {30, 1};
  check<float>("convolution", getBlock(shape));
}

TEST_F(ConvolutionEmitterTest, Float64) {
  Shape shape = getSquare(6, 20, 9, 3, 1, 1);
  shape.type = "f64";
  check<double>("convolution", getBlock(shape));
}

TEST_F(ConvolutionEmitterTest, CompilesForEveryTarget) {
  checkCompiles("convolution", getBlock(getSquare(64, 64, 56, 3, 1, 1)));
  checkCompiles("convolution", getBlock(getSquare(64, 64, 56, 3, 1, 1, 64)));
}

TEST_F(ConvolutionEmitterTest, ResidualMayBeTakenOver) {
  auto traits =
      getTraits("convolution", getBlock(getSquare(8, 32, 10, 3, 1, 1)));
  ASSERT_TRUE(succeeded(traits));
  ASSERT_EQ(traits->inPlace.size(), 1u);
  ASSERT_EQ(traits->inPlace[0].size(), 1u);
  EXPECT_EQ(traits->inPlace[0][0], 3u);
}

} // namespace
