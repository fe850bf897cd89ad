// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AttentionEmitterTest.cpp - attention kernels on many shapes and with every
// form of mask, against the reference.
#include "test/passes/lowering/KernelCase.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace neap;
using namespace neap::test;
using llvm::formatv;

namespace {

/// Sizes of a case: batch 2, `heads` heads.
struct Sizes {
  int heads, queries, keys, depth, valueDepth;
};

/// Weights are known as well as the scores are: to some 1e-6 of 5.
constexpr Tolerance kTolerance{/*f32=*/1e-5, /*f64=*/1e-13};

class AttentionEmitterTest : public KernelCaseTest {
protected:
  static std::string tensor(const Sizes &sizes, int rows, int columns,
                            const std::string &type) {
    return formatv("tensor<2x{0}x{1}x{2}x{3}>", sizes.heads, rows, columns,
                   type);
  }

  /// Checks attention of plain operands with `attributes`, the usual scale,
  /// and, if `mask` is not empty, a mask that `views` makes %m from the
  /// argument %n: tensor<mask>.
  void checkPlain(const Sizes &sizes, const std::string &type,
                  std::string attributes = "", const std::string &mask = "",
                  std::string views = "") {
    std::string q = tensor(sizes, sizes.queries, sizes.depth, type);
    std::string k = tensor(sizes, sizes.keys, sizes.depth, type);
    std::string v = tensor(sizes, sizes.keys, sizes.valueDepth, type);
    std::string r = tensor(sizes, sizes.queries, sizes.valueDepth, type);
    attributes +=
        formatv("{0}scale = {1:f6} : f64", attributes.empty() ? "" : ", ",
                1 / std::sqrt(sizes.depth));
    std::string arguments = formatv("%q: {0}, %k: {1}, %v: {2}", q, k, v);
    std::string operand;
    if (!mask.empty()) {
      std::string element = mask.substr(mask.rfind('x') + 1);
      std::string full = tensor(sizes, sizes.queries, sizes.keys, element);
      arguments += formatv(", %n: tensor<{0}>", mask);
      if (views.empty())
        views = formatv("%m = neap.broadcast %n : tensor<{0}> -> {1}\n", mask,
                        full);
      operand = formatv(" mask(%m : {0})", full);
    }
    check("attention", arguments,
          formatv("{0}%r = neap.attention %q, %k, %v{1} {{{2}} : {3}, {4}, {5} "
                  "-> {6}\nneap.yield %r : {6}",
                  views, operand, attributes, q, k, v, r)
              .str(),
          kTolerance);
  }
};

TEST_F(AttentionEmitterTest, RaggedSizes) {
  for (const Sizes &sizes :
       {Sizes{1, 1, 1, 1, 1}, Sizes{2, 1, 7, 16, 16}, Sizes{1, 5, 3, 8, 20},
        Sizes{3, 16, 16, 64, 64}, Sizes{1, 17, 95, 24, 40},
        Sizes{1, 31, 96, 33, 17}, Sizes{1, 32, 97, 16, 5},
        Sizes{2, 33, 130, 80, 16}, Sizes{1, 70, 300, 7, 3}}) {
    checkPlain(sizes, "f32");
    checkPlain(sizes, "f64");
  }
}

TEST_F(AttentionEmitterTest, Causal) {
  for (int offset : {0, 3, 90, -5, -40, 1000})
    for (const std::string rule : {"nan", "zero", "zero_nan"})
      checkPlain({1, 37, 200, 16, 16}, "f32",
                 formatv("causal = {0} : i64, masked_rows = #neap<masked_rows "
                         "{1}>",
                         offset, rule));
  checkPlain({2, 130, 130, 16, 16}, "f64", "causal = 0 : i64");
}

TEST_F(AttentionEmitterTest, CausalWithAFiniteFill) {
  // Queries that attend to no key weigh all of them alike, also those of the
  // blocks that causality leaves out.
  for (int offset : {0, -5, -40})
    checkPlain(
        {1, 37, 200, 16, 16}, "f32",
        formatv("causal = {0} : i64, fill = -3.40282347E+38 : f64", offset));
  checkPlain({1, 100, 300, 16, 8}, "f32",
             "causal = -10 : i64, fill = -3.40282347E+38 : f64",
             "2x1x1x300xi1");
  checkPlain({1, 40, 120, 16, 8}, "f64",
             "causal = 0 : i64, fill = -1.0e9 : f64", "1x1x40x1xi1");
}

TEST_F(AttentionEmitterTest, MasksOfEachShape) {
  for (const std::string element : {"i1", "f32"})
    for (const std::string shape :
         {"1x1x1x1", "2x1x1x110", "1x3x40x1", "1x1x40x110", "2x3x40x110"})
      checkPlain({3, 40, 110, 16, 16}, "f32", "", shape + "x" + element);
  for (const std::string rule : {"nan", "zero", "zero_nan"})
    checkPlain({3, 40, 110, 16, 16}, "f32",
               formatv("masked_rows = #neap<masked_rows {0}>", rule),
               "1x1x40x1xi1");
  checkPlain({1, 20, 50, 16, 16}, "f64", "", "2x1x20x50xf64");
  checkPlain({1, 20, 50, 16, 16}, "f64", "causal = 30 : i64", "2x1x20x50xf64");
}

TEST_F(AttentionEmitterTest, MaskByColumn) {
  checkPlain({1, 20, 50, 16, 16}, "f32", "", "2x1x50x20xf32",
             "%m = neap.transpose %n, [0, 1, 3, 2] : tensor<2x1x50x20xf32> -> "
             "tensor<2x1x20x50xf32>\n");
}

TEST_F(AttentionEmitterTest, HeadsInColumns) {
  check("attention",
        "%q: tensor<2x40x3x16xf32>, %k: tensor<2x70x48xf32>, "
        "%v: tensor<2x70x96xf32>",
        R"(
    %0 = neap.transpose %q, [0, 2, 1, 3] : tensor<2x40x3x16xf32> -> tensor<2x3x40x16xf32>
    %1 = neap.reshape %k : tensor<2x70x48xf32> -> tensor<2x70x3x16xf32>
    %2 = neap.transpose %1, [0, 2, 1, 3] : tensor<2x70x3x16xf32> -> tensor<2x3x70x16xf32>
    %3 = neap.slice %v {sizes = array<i64: 2, 70, 48>, starts = array<i64: 0, 0, 24>, steps = array<i64: 1, 1, 1>} : tensor<2x70x96xf32> -> tensor<2x70x48xf32>
    %4 = neap.reshape %3 : tensor<2x70x48xf32> -> tensor<2x70x3x16xf32>
    %5 = neap.transpose %4, [0, 2, 1, 3] : tensor<2x70x3x16xf32> -> tensor<2x3x70x16xf32>
    %6 = neap.attention %0, %2, %5 {scale = 0.25 : f64} : tensor<2x3x40x16xf32>, tensor<2x3x70x16xf32>, tensor<2x3x70x16xf32> -> tensor<2x3x40x16xf32>
    %7 = neap.transpose %6, [0, 2, 1, 3] : tensor<2x3x40x16xf32> -> tensor<2x40x3x16xf32>
    %8 = neap.reshape %7 : tensor<2x40x3x16xf32> -> tensor<80x48xf32>
    neap.yield %8 : tensor<80x48xf32>)",
        kTolerance);
}

TEST_F(AttentionEmitterTest, SharedKeysAndValues) {
  check("attention",
        "%q: tensor<2x6x40x16xf32>, %k: tensor<2x2x1x16x50xf32>, "
        "%v: tensor<2x50x2x16xf32>, %n: tensor<2x1x1x50xi1>",
        R"(
    %0 = neap.broadcast %k : tensor<2x2x1x16x50xf32> -> tensor<2x2x3x16x50xf32>
    %1 = neap.reshape %0 : tensor<2x2x3x16x50xf32> -> tensor<2x6x16x50xf32>
    %2 = neap.transpose %1, [0, 1, 3, 2] : tensor<2x6x16x50xf32> -> tensor<2x6x50x16xf32>
    %3 = neap.reshape %v : tensor<2x50x2x16xf32> -> tensor<2x1x50x2x16xf32>
    %4 = neap.transpose %3, [0, 3, 1, 2, 4] : tensor<2x1x50x2x16xf32> -> tensor<2x2x1x50x16xf32>
    %5 = neap.broadcast %4 : tensor<2x2x1x50x16xf32> -> tensor<2x2x3x50x16xf32>
    %6 = neap.reshape %5 : tensor<2x2x3x50x16xf32> -> tensor<2x6x50x16xf32>
    %m = neap.broadcast %n : tensor<2x1x1x50xi1> -> tensor<2x6x40x50xi1>
    %7 = neap.attention %q, %2, %6 mask(%m : tensor<2x6x40x50xi1>) {causal = 10 : i64, scale = 0.25 : f64} : tensor<2x6x40x16xf32>, tensor<2x6x50x16xf32>, tensor<2x6x50x16xf32> -> tensor<2x6x40x16xf32>
    neap.yield %7 : tensor<2x6x40x16xf32>)",
        kTolerance);
}

TEST_F(AttentionEmitterTest, CompilesForEveryTarget) {
  for (std::string type : {"f32", "f64"})
    checkCompiles(
        "attention",
        formatv("%q: tensor<1x1x40x24x{0}>, %k: tensor<1x1x99x24x{0}>", type)
            .str(),
        formatv("%r = neap.attention %q, %k, %k {{causal = 59 : i64, fill = "
                "-1.0e30 : f64} : tensor<1x1x40x24x{0}>, tensor<1x1x99x24x{0}>,"
                " tensor<1x1x99x24x{0}> -> tensor<1x1x40x24x{0}>\n"
                "neap.yield %r : tensor<1x1x40x24x{0}>",
                type)
            .str());
}

TEST_F(AttentionEmitterTest, RefusesOtherBodies) {
  EXPECT_TRUE(failed(getTraits("attention", "%x: tensor<4x8xf32>",
                               "%0 = neap.exp %x : tensor<4x8xf32>\n"
                               "neap.yield %0 : tensor<4x8xf32>")));
  // Columns of a query that are apart.
  EXPECT_TRUE(failed(getTraits(
      "attention", "%q: tensor<1x1x8x4xf32>, %k: tensor<1x1x5x8xf32>",
      "%0 = neap.transpose %q, [0, 1, 3, 2] : tensor<1x1x8x4xf32> -> "
      "tensor<1x1x4x8xf32>\n"
      "%1 = neap.attention %0, %k, %k : tensor<1x1x4x8xf32>, "
      "tensor<1x1x5x8xf32>, tensor<1x1x5x8xf32> -> tensor<1x1x4x8xf32>\n"
      "neap.yield %1 : tensor<1x1x4x8xf32>")));
}

} // namespace
