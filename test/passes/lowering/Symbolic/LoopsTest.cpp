// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LoopsTest.cpp - kernels of loops over symbols, op by op.
#include "test/passes/lowering/Symbolic/SymbolicKernelTest.h"

using namespace neap::test;

namespace {

/// A kernel of one op on `arguments` with a result of `type`.
SymbolicCase makeLoops(const char *symbols, const char *arguments,
                       const std::string &op, const std::string &type) {
  return {"loops", symbols, arguments,
          "%r = " + op + type + "\nneap.yield %r : " + type};
}

const char kOneSymbol[] = "n = #neap.range<0, 100>";

TEST_F(SymbolicKernelTest, CopiesOfViews) {
  check(makeLoops(kOneSymbol, "%x: tensor<3x[n]x20xf32>",
                  "neap.transpose %x, [2, 1, 0] : tensor<3x[n]x20xf32> -> ",
                  "tensor<20x[n]x3xf32>"),
        sweep("n", getTails()));
  check(makeLoops("a = #neap.range<0, 40>, b = #neap.range<0, 40>",
                  "%x: tensor<[a]x[b]xi8>",
                  "neap.transpose %x, [1, 0] : tensor<[a]x[b]xi8> -> ",
                  "tensor<[b]x[a]xi8>"),
        {{{"a", 40}, {"b", 33}}, {{"a", 1}, {"b", 16}}, {{"a", 0}, {"b", 3}}});
  check(makeLoops(kOneSymbol, "%x: tensor<[n + 4]x3xf32>",
                  "neap.slice %x {starts = dims[n + 3, 2], sizes = dims[n, 3], "
                  "steps = dims[-1, -1]} : tensor<[n + 4]x3xf32> -> ",
                  "tensor<[n]x3xf32>"),
        sweep("n", {0, 1, 5, 100}));
  check(makeLoops(kOneSymbol, "%x: tensor<1x3xf32>",
                  "neap.broadcast %x : tensor<1x3xf32> -> ",
                  "tensor<[n]x3xf32>"),
        sweep("n", {0, 1, 100}));
}

TEST_F(SymbolicKernelTest, Concat) {
  check(makeLoops("past = #neap.range<0, 50>, seq = #neap.range<0, 50>",
                  "%x: tensor<2x[past]x5xf32>, %y: tensor<2x[seq]x5xf32>",
                  "neap.concat %x, %y {axis = 1} : tensor<2x[past]x5xf32>, "
                  "tensor<2x[seq]x5xf32> -> ",
                  "tensor<2x[past + seq]x5xf32>"),
        {{{"past", 0}, {"seq", 1}},
         {{"past", 7}, {"seq", 50}},
         {{"past", 7}, {"seq", 0}},
         {{"past", 0}, {"seq", 0}}});
}

TEST_F(SymbolicKernelTest, Pads) {
  check(makeLoops(kOneSymbol, "%x: tensor<[n]x3xf32>, %v: tensor<f32>",
                  "neap.pad %x, %v {low = array<i64: 2, 1>, "
                  "high = array<i64: 1, 0>} : tensor<[n]x3xf32>, tensor<f32> "
                  "-> ",
                  "tensor<[n + 3]x4xf32>"),
        sweep("n", {0, 1, 100}));
  for (const char *mode : {"edge", "reflect", "wrap"})
    check(makeLoops("n = #neap.range<4, 100>", "%x: tensor<2x[n]xf32>",
                    std::string("neap.pad %x {low = array<i64: 0, 3>, high = "
                                "array<i64: 0, 2>, mode = #neap<pad_mode ") +
                        mode + ">} : tensor<2x[n]xf32> -> ",
                    "tensor<2x[n + 5]xf32>"),
          sweep("n", {4, 5, 100}));
}

TEST_F(SymbolicKernelTest, IotaAndSize) {
  check(makeLoops(kOneSymbol, "%s: tensor<i64>, %d: tensor<i64>",
                  "neap.iota %s, %d : tensor<i64> -> ", "tensor<[n]xi64>"),
        sweep("n", {0, 1, 100}));
  check(makeLoops(kOneSymbol, "", "neap.size (dim[2*n + 1]) : ", "tensor<i64>"),
        sweep("n", {0, 50}));
}

TEST_F(SymbolicKernelTest, Gathers) {
  check(makeLoops("n = #neap.range<0, 100>, m = #neap.range<0, 20>",
                  "%x: tensor<[n]x5xf32>, %i: tensor<2x[m]xi64>",
                  "neap.gather %x, %i {axis = 0} : tensor<[n]x5xf32>, "
                  "tensor<2x[m]xi64> -> ",
                  "tensor<2x[m]x5xf32>"),
        {{{"n", 2}, {"m", 20}},
         {{"n", 100}, {"m", 1}},
         {{"n", 100}, {"m", 0}},
         // Every index is wrong, which the status says.
         {{"n", 0}, {"m", 3}}});
}

TEST_F(SymbolicKernelTest, ReductionsInLoops) {
  check(makeLoops("a = #neap.range<0, 40>, b = #neap.range<0, 40>",
                  "%x: tensor<[a]x[b]x3xf32>",
                  "neap.reduce sum %x, [1] : tensor<[a]x[b]x3xf32> -> ",
                  "tensor<[a]x1x3xf32>"),
        {{{"a", 40}, {"b", 33}}, {{"a", 3}, {"b", 0}}, {{"a", 0}, {"b", 3}}});
  check(makeLoops("n = #neap.range<1, 100>", "%x: tensor<3x[n]xf32>",
                  "neap.arg_reduce max %x {axis = 1 : i64} : tensor<3x[n]xf32> "
                  "-> ",
                  "tensor<3x1xi64>"),
        sweep("n", {1, 17, 100}));
  check(makeLoops("n = #neap.range<5, 100>", "%x: tensor<3x[n]xf32>",
                  "neap.top_k max %x {axis = 1 : i64} : tensor<3x[n]xf32> -> ",
                  "tensor<3x5xi64>"),
        sweep("n", {5, 17, 100}));
  check(makeLoops(
            kOneSymbol, "%x: tensor<3x[n]xf32>",
            "neap.cumulative_sum %x {axis = 1 : i64} : ", "tensor<3x[n]xf32>"),
        sweep("n", {0, 1, 100}));
}

TEST_F(SymbolicKernelTest, Regions) {
  check(makeLoops("n = #neap.range<0, 40>, r = #neap.range<0, 9>",
                  "%x: tensor<2x[n]x6x3xf32>, %b: tensor<[r]x4xf32>, "
                  "%i: tensor<[r]xi64>",
                  "neap.roi_align average %x, %b, %i {samples = 0 : i64} : "
                  "tensor<2x[n]x6x3xf32>, tensor<[r]x4xf32>, tensor<[r]xi64> "
                  "-> ",
                  "tensor<[r]x2x3x3xf32>"),
        {{{"n", 40}, {"r", 9}}, {{"n", 1}, {"r", 3}}, {{"n", 0}, {"r", 2}}});
}

TEST_F(SymbolicKernelTest, IntegerProducts) {
  check(makeLoops("n = #neap.range<0, 40>, k = #neap.range<0, 40>",
                  "%x: tensor<3x[k]xi32>, %y: tensor<[k]x[n]xi32>",
                  "neap.matmul %x, %y : tensor<3x[k]xi32>, tensor<[k]x[n]xi32> "
                  "-> ",
                  "tensor<3x[n]xi32>"),
        {{{"n", 40}, {"k", 17}}, {{"n", 1}, {"k", 0}}, {{"n", 0}, {"k", 2}}});
}

TEST_F(SymbolicKernelTest, Scatters) {
  check(makeLoops("n = #neap.range<2, 100>, m = #neap.range<0, 20>",
                  "%x: tensor<[n]x5xf32>, %i: tensor<[m]x1xi64>, "
                  "%u: tensor<[m]x5xf32>",
                  "neap.scatter_nd %x, %i, %u : tensor<[n]x5xf32>, "
                  "tensor<[m]x1xi64>, tensor<[m]x5xf32> -> ",
                  "tensor<[n]x5xf32>"),
        {{{"n", 2}, {"m", 20}}, {{"n", 100}, {"m", 0}}});
}

TEST_F(SymbolicKernelTest, Pools) {
  const char symbols[] = "h = #neap.range<3, 20>, w = #neap.range<3, 20>";
  for (const char *kind : {"max", "average"})
    check(makeLoops(symbols, "%x: tensor<2x[h]x[w]x5xf32>",
                    std::string("neap.pool ") + kind +
                        " %x {window = array<i64: 3, 2>, strides = "
                        "array<i64: 2, 1>, pads = array<i64: 1, 0, 1, 1>, "
                        "dilations = array<i64: 1, 2>, layout = #neap<layout "
                        "channels_last>} : tensor<2x[h]x[w]x5xf32> -> ",
                    "tensor<2x[(h + 1)//2]x[w - 1]x5xf32>"),
          {{{"h", 3}, {"w", 3}}, {{"h", 20}, {"w", 7}}});
}

TEST_F(SymbolicKernelTest, ConvolutionsInLoops) {
  check(makeLoops("b = #neap.range<0, 3>, w = #neap.range<3, 20>",
                  "%x: tensor<[b]x[w]x4xf32>, %f: tensor<3x2x6xf32>",
                  "neap.conv %x, %f {strides = array<i64: 2>, pads = "
                  "array<i64: 1, 0>, dilations = array<i64: 1>, groups = 2 : "
                  "i64, layout = #neap<layout channels_last>} : "
                  "tensor<[b]x[w]x4xf32>, tensor<3x2x6xf32> -> ",
                  "tensor<[b]x[w//2]x6xf32>"),
        {{{"b", 3}, {"w", 3}}, {{"b", 1}, {"w", 20}}, {{"b", 0}, {"w", 5}}});
}

} // namespace
