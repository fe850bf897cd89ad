// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ConvolutionTest.cpp - convolutions over symbols: batch and image sizes.
#include "test/passes/lowering/Symbolic/SymbolicKernelTest.h"

using namespace neap::test;

namespace {

/// A convolution of images of `size` ("2x[h]x[w]") and `channels` to 20 (or as
/// many) channels, a bias and a residual.
SymbolicCase makeConvolution(const char *symbols, const std::string &input,
                             const std::string &output,
                             const std::string &packed,
                             const std::string &attributes) {
  std::string x = "tensor<" + input + "xf32>", y = "tensor<" + output + "xf32>",
              w = "tensor<" + packed + "xf32>";
  std::string channels = output.substr(output.rfind('x') + 1);
  std::string bias = "tensor<" + channels + "xf32>";
  return {"convolution", symbols,
          "%x: " + x + ", %w: " + w + ", %b: " + bias + ", %r: " + y,
          "%0 = neap.packed_conv %x, %w {" + attributes + "} : " + x + ", " +
              w + " -> " + y + "\n%1 = neap.broadcast %b : " + bias + " -> " +
              y + "\n%2 = neap.add %0, %1 : " + y +
              "\n%3 = neap.add %2, %r : " + y + "\nneap.yield %3 : " + y};
}

TEST_F(SymbolicKernelTest, ConvolutionOfASymbolicBatch) {
  check(makeConvolution("b = #neap.range<0, 4>", "[b]x9x9x8", "[b]x9x9x20",
                        "1x2x72x16",
                        "kernel = array<i64: 3, 3>, strides = array<i64: 1, "
                        "1>, pads = array<i64: 1, 1, 1, 1>, dilations = "
                        "array<i64: 1, 1>, groups = 1 : i64"),
        sweep("b", {0, 1, 4}));
  // Short lines, which are joined.
  check(makeConvolution("b = #neap.range<0, 4>", "[b]x7x7x40", "[b]x7x7x20",
                        "1x2x360x16",
                        "kernel = array<i64: 3, 3>, strides = array<i64: 1, "
                        "1>, pads = array<i64: 1, 1, 1, 1>, dilations = "
                        "array<i64: 1, 1>, groups = 1 : i64"),
        sweep("b", {0, 1, 4}));
}

const char kSymbolicImage[] = "h = #neap.range<4, 40>, w = #neap.range<4, 40>";
const std::vector<Sizes> kImageSizes = {
    {{"h", 4}, {"w", 4}}, {{"h", 5}, {"w", 39}}, {{"h", 40}, {"w", 17}}};

TEST_F(SymbolicKernelTest, ConvolutionOfASymbolicImage) {
  check(makeConvolution(kSymbolicImage, "1x[h]x[w]x8",
                        "1x[(h - 1)//2 + 1]x[w]x20", "1x2x72x16",
                        "kernel = array<i64: 3, 3>, strides = array<i64: 2, "
                        "1>, pads = array<i64: 1, 1, 1, 1>, dilations = "
                        "array<i64: 1, 1>, groups = 1 : i64"),
        kImageSizes);
}

TEST_F(SymbolicKernelTest, ConvolutionWithoutPadding) {
  check(makeConvolution(kSymbolicImage, "1x[h]x[w]x8",
                        "1x[h - 2]x[(w - 3)//2 + 1]x24", "2x1x36x16",
                        "kernel = array<i64: 3, 3>, strides = array<i64: 1, "
                        "2>, pads = array<i64: 0, 0, 0, 0>, dilations = "
                        "array<i64: 1, 1>, groups = 2 : i64"),
        kImageSizes);
}

TEST_F(SymbolicKernelTest, LinesOfAStaticLengthAreJoined) {
  check(makeConvolution("h = #neap.range<1, 40>", "1x[h]x7x40", "1x[h]x7x20",
                        "1x2x360x16",
                        "kernel = array<i64: 3, 3>, strides = array<i64: 1, "
                        "1>, pads = array<i64: 1, 1, 1, 1>, dilations = "
                        "array<i64: 1, 1>, groups = 1 : i64"),
        sweep("h", {1, 2, 11, 40}));
}

TEST_F(SymbolicKernelTest, PointwiseConvolution) {
  check(makeConvolution("b = #neap.range<0, 3>, h = #neap.range<1, 30>, w = "
                        "#neap.range<1, 30>",
                        "[b]x[h]x[w]x8", "[b]x[h]x[w]x20", "1x2x8x16",
                        "kernel = array<i64: 1, 1>, strides = array<i64: 1, "
                        "1>, pads = array<i64: 0, 0, 0, 0>, dilations = "
                        "array<i64: 1, 1>, groups = 1 : i64"),
        {{{"b", 1}, {"h", 1}, {"w", 1}},
         {{"b", 3}, {"h", 17}, {"w", 30}},
         {{"b", 0}, {"h", 17}, {"w", 30}}});
}

TEST_F(SymbolicKernelTest, DepthwiseConvolution) {
  check(makeConvolution(kSymbolicImage, "2x[h]x[w]x20",
                        "2x[h]x[(w - 1)//2 + 1]x20", "20x1x9x16",
                        "kernel = array<i64: 3, 3>, strides = array<i64: 1, "
                        "2>, pads = array<i64: 1, 1, 1, 1>, dilations = "
                        "array<i64: 1, 1>, groups = 20 : i64"),
        kImageSizes);
  check(makeConvolution(kSymbolicImage, "1x[h]x[w]x20", "1x[h - 2]x[w - 2]x20",
                        "20x1x9x16",
                        "kernel = array<i64: 3, 3>, strides = array<i64: 1, "
                        "1>, pads = array<i64: 0, 0, 0, 0>, dilations = "
                        "array<i64: 1, 1>, groups = 20 : i64"),
        kImageSizes);
}

TEST_F(SymbolicKernelTest, ConvolutionOfASymbolicLine) {
  check(makeConvolution("b = #neap.range<1, 3>, w = #neap.range<3, 200>",
                        "[b]x[w]x6", "[b]x[w]x20", "1x2x18x16",
                        "kernel = array<i64: 3>, strides = array<i64: 1>, pads "
                        "= array<i64: 1, 1>, dilations = array<i64: 1>, groups "
                        "= 1 : i64"),
        {{{"b", 1}, {"w", 3}}, {{"b", 3}, {"w", 200}}});
}

} // namespace
