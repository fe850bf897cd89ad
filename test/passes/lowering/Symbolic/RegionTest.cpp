// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RegionTest.cpp - regions over symbols: rows, columns, reductions.
#include "test/passes/lowering/Symbolic/SymbolicKernelTest.h"

using namespace neap::test;

namespace {

TEST_F(SymbolicKernelTest, ElementwiseRows) {
  check({"region", "seq = #neap.range<0, 100>",
         "%x: tensor<[seq]x40xf32>, %b: tensor<40xf32>",
         R"(%0 = neap.broadcast %b : tensor<40xf32> -> tensor<[seq]x40xf32>
            %1 = neap.add %x, %0 : tensor<[seq]x40xf32>
            %2 = neap.tanh %1 : tensor<[seq]x40xf32>
            neap.yield %2 : tensor<[seq]x40xf32>)"},
        sweep("seq", {0, 1, 7, 64, 100}));
}

TEST_F(SymbolicKernelTest, ElementwiseColumns) {
  check({"region", "n = #neap.range<0, 100>",
         "%x: tensor<3x[n]xf32>, %y: tensor<3x1xf32>, %z: tensor<[n]xf32>",
         R"(%0 = neap.broadcast %y : tensor<3x1xf32> -> tensor<3x[n]xf32>
            %1 = neap.mul %x, %0 : tensor<3x[n]xf32>
            %2 = neap.broadcast %z : tensor<[n]xf32> -> tensor<3x[n]xf32>
            %3 = neap.add %1, %2 : tensor<3x[n]xf32>
            neap.yield %3 : tensor<3x[n]xf32>)"},
        sweep("n", getTails()));
}

TEST_F(SymbolicKernelTest, LargeElementwiseIsCutIntoTilesOfColumns) {
  check({"region", "n = #neap.range<1, 30000>", "%x: tensor<[n]xf32>",
         R"(%0 = neap.erf %x : tensor<[n]xf32>
            neap.yield %0 : tensor<[n]xf32>)"},
        sweep("n", {1, 255, 16384, 30000}));
}

TEST_F(SymbolicKernelTest, TransposedOperand) {
  check(
      {"region", "a = #neap.range<0, 100>, b = #neap.range<0, 100>",
       "%x: tensor<[a]x[b]xf32>, %y: tensor<[b]x[a]xf32>",
       R"(%0 = neap.transpose %y, [1, 0] : tensor<[b]x[a]xf32> -> tensor<[a]x[b]xf32>
            %1 = neap.add %x, %0 : tensor<[a]x[b]xf32>
            neap.yield %1 : tensor<[a]x[b]xf32>)"},
      {{{"a", 33}, {"b", 50}},
       {{"a", 1}, {"b", 100}},
       {{"a", 100}, {"b", 17}},
       {{"a", 0}, {"b", 17}}});
}

TEST_F(SymbolicKernelTest, TransposedResultWithATail) {
  check({"region", "n = #neap.range<0, 100>", "%x: tensor<[n]x3xi8>",
         R"(%0 = neap.neg %x : tensor<[n]x3xi8>
            %1 = neap.transpose %0, [1, 0] : tensor<[n]x3xi8> -> tensor<3x[n]xi8>
            neap.yield %1 : tensor<3x[n]xi8>)"},
        sweep("n", getTails()));
}

TEST_F(SymbolicKernelTest, MaskedSoftmax) {
  // Heads and batch are rows before the queries: their indices follow from
  // those of the row before.
  check(
      {"region",
       "batch = #neap.range<1, 4>, past = #neap.range<0, 60>, "
       "seq = #neap.range<0, 60>",
       "%x: tensor<[batch]x3x[seq]x[past + seq]xf32>, "
       "%m: tensor<[batch]x1x[seq]x[past + seq]xf32>",
       R"(%0 = neap.broadcast %m : tensor<[batch]x1x[seq]x[past + seq]xf32> -> tensor<[batch]x3x[seq]x[past + seq]xf32>
            %1 = neap.add %x, %0 : tensor<[batch]x3x[seq]x[past + seq]xf32>
            %2 = neap.softmax %1 : tensor<[batch]x3x[seq]x[past + seq]xf32>
            neap.yield %2 : tensor<[batch]x3x[seq]x[past + seq]xf32>)"},
      {{{"batch", 1}, {"past", 0}, {"seq", 1}},
       {{"batch", 2}, {"past", 3}, {"seq", 17}},
       {{"batch", 1}, {"past", 32}, {"seq", 32}},
       {{"batch", 3}, {"past", 60}, {"seq", 60}},
       {{"batch", 3}, {"past", 60}, {"seq", 0}}});
}

TEST_F(SymbolicKernelTest, NormalizationOverASymbolicAxis) {
  check({"region", "n = #neap.range<1, 100>",
         "%x: tensor<5x[n]xf32>, %y: tensor<5x[n]xf32>, %g: tensor<[n]xf32>",
         R"(%0 = neap.add %x, %y : tensor<5x[n]xf32>
            %1 = neap.standardize %0 {epsilon = 1.0e-5 : f64} : tensor<5x[n]xf32>
            %2 = neap.broadcast %g : tensor<[n]xf32> -> tensor<5x[n]xf32>
            %3 = neap.mul %1, %2 : tensor<5x[n]xf32>
            neap.yield %3, %0 : tensor<5x[n]xf32>, tensor<5x[n]xf32>)"},
        sweep("n", {1, 2, 15, 16, 17, 31, 32, 33, 49, 100}));
}

TEST_F(SymbolicKernelTest, RmsNormOverAStaticAxis) {
  check(
      {"region", "seq = #neap.range<0, 64>", "%x: tensor<2x[seq]x40xf64>",
       R"(%0 = neap.rms_standardize %x {epsilon = 1.0e-6 : f64} : tensor<2x[seq]x40xf64>
            neap.yield %0 : tensor<2x[seq]x40xf64>)"},
      sweep("seq", {0, 1, 13, 64}));
}

TEST_F(SymbolicKernelTest, ReductionsOverASymbolicAxis) {
  for (const char *kind : {"sum", "max", "prod"})
    check({"region", "n = #neap.range<0, 100>", "%x: tensor<7x[n]xf32>",
           std::string("%0 = neap.reduce ") + kind +
               R"( %x, [1] : tensor<7x[n]xf32> -> tensor<7x1xf32>
                   neap.yield %0 : tensor<7x1xf32>)"},
          sweep("n", getTails()));
}

TEST_F(SymbolicKernelTest, ExpensiveValuesAreKept) {
  check({"region", "n = #neap.range<0, 100>", "%x: tensor<7x[n]xf64>",
         R"(%0 = neap.exp %x : tensor<7x[n]xf64>
            %1 = neap.reduce sum %0, [1] : tensor<7x[n]xf64> -> tensor<7x1xf64>
            %2 = neap.broadcast %1 : tensor<7x1xf64> -> tensor<7x[n]xf64>
            %3 = neap.div %0, %2 : tensor<7x[n]xf64>
            %4 = neap.cast %3 : tensor<7x[n]xf64> -> tensor<7x[n]xf32>
            neap.yield %4 : tensor<7x[n]xf32>)"},
        sweep("n", getTails()));
}

TEST_F(SymbolicKernelTest, SizesAreValues) {
  check({"region", "n = #neap.range<0, 100>", "%x: tensor<[n]xi64>",
         R"(%0 = neap.size (dim[2*n]) : tensor<i64>
            %1 = neap.broadcast %0 : tensor<i64> -> tensor<[n]xi64>
            %2 = neap.add %x, %1 : tensor<[n]xi64>
            neap.yield %2 : tensor<[n]xi64>)"},
        sweep("n", {0, 17, 100}));
}

TEST_F(SymbolicKernelTest, StepsMakeTailsKnown) {
  check({"region", "n = #neap.range<0, 320, 32>", "%x: tensor<5x[n]xf32>",
         R"(%0 = neap.softmax %x : tensor<5x[n]xf32>
            neap.yield %0 : tensor<5x[n]xf32>)"},
        sweep("n", {0, 32, 320}));
}

} // namespace
