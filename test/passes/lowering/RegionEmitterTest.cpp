// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RegionEmitterTest.cpp - fused regions on many shapes against the reference.
#include "test/passes/lowering/KernelCase.h"

using namespace neap;
using namespace neap::test;

namespace {

class RegionEmitterTest : public KernelCaseTest {
protected:
  /// Replaces each NAME of `text` by its value.
  static std::string
  replace(std::string text,
          std::vector<std::pair<std::string, std::string>> values) {
    for (auto &[name, value] : values)
      for (size_t at; (at = text.find(name)) != std::string::npos;)
        text.replace(at, name.size(), value);
    return text;
  }

  /// Checks a region whose text has N for the columns and T for the type.
  void checkColumns(const std::string &arguments, const std::string &body,
                    const std::vector<int> &columns,
                    const std::vector<std::string> &types = {"f32", "f64"},
                    Tolerance tolerance = {}) {
    for (const std::string &type : types)
      for (int n : columns) {
        std::vector<std::pair<std::string, std::string>> values{
            {"$N", std::to_string(n)}, {"$T", type}};
        check("region", replace(arguments, values), replace(body, values),
              tolerance);
      }
  }

  /// Checks that an op of %x: tensor<2x19xT> compiles for every target.
  void checkColumnsCompile(const std::string &op) {
    for (std::string type : {"f32", "f64"})
      checkCompiles(
          "region", replace("%x: tensor<2x19x$T>", {{"$T", type}}),
          replace(op + "\nneap.yield %0 : tensor<2x19x$T>", {{"$T", type}}));
  }

  static std::vector<int> allColumns() {
    std::vector<int> columns;
    for (int n = 1; n <= 70; n += n < 34 ? 1 : 5)
      columns.push_back(n);
    columns.insert(columns.end(), {127, 768, 1000});
    return columns;
  }
  const std::vector<int> fewColumns{1, 7, 16, 31, 32, 33, 49, 768};
};

TEST_F(RegionEmitterTest, LayerNorm) {
  checkColumns("%x: tensor<3x$Nx$T>, %g: tensor<$Nx$T>, %b: tensor<$Nx$T>", R"(
    %0 = neap.standardize %x {epsilon = 1.0e-5 : f64} : tensor<3x$Nx$T>
    %1 = neap.broadcast %g : tensor<$Nx$T> -> tensor<3x$Nx$T>
    %2 = neap.mul %0, %1 : tensor<3x$Nx$T>
    %3 = neap.broadcast %b : tensor<$Nx$T> -> tensor<3x$Nx$T>
    %4 = neap.add %2, %3 : tensor<3x$Nx$T>
    neap.yield %4 : tensor<3x$Nx$T>)",
               allColumns(), {"f32", "f64"}, {1e-5, 1e-13});
}

TEST_F(RegionEmitterTest, LayerNormFarFromZero) {
  // Whole numbers, which float32 holds as the reference does.
  checkColumns("%x: tensor<3x$Nx$T>", R"(
    %c = neap.constant dense<64.0> : tensor<3x$Nx$T>
    %d = neap.constant dense<300000.0> : tensor<3x$Nx$T>
    %0 = neap.mul %x, %c : tensor<3x$Nx$T>
    %1 = neap.round %0 : tensor<3x$Nx$T>
    %2 = neap.add %1, %d : tensor<3x$Nx$T>
    %3 = neap.standardize %2 {epsilon = 1.0e-5 : f64} : tensor<3x$Nx$T>
    neap.yield %3 : tensor<3x$Nx$T>)",
               fewColumns, {"f32"}, {1e-5});
}

TEST_F(RegionEmitterTest, AddAndRmsNormWithTwoResults) {
  checkColumns("%x: tensor<5x$Nx$T>, %y: tensor<5x$Nx$T>", R"(
    %0 = neap.add %x, %y : tensor<5x$Nx$T>
    %1 = neap.rms_standardize %0 {epsilon = 1.0e-6 : f64} : tensor<5x$Nx$T>
    neap.yield %0, %1 : tensor<5x$Nx$T>, tensor<5x$Nx$T>)",
               fewColumns);
}

TEST_F(RegionEmitterTest, SoftmaxWithMask) {
  checkColumns("%x: tensor<2x3x4x$Nx$T>, %m: tensor<2x1x1x$Nx$T>", R"(
    %0 = neap.broadcast %m : tensor<2x1x1x$Nx$T> -> tensor<2x3x4x$Nx$T>
    %1 = neap.add %x, %0 : tensor<2x3x4x$Nx$T>
    %2 = neap.softmax %1 : tensor<2x3x4x$Nx$T>
    neap.yield %2 : tensor<2x3x4x$Nx$T>)",
               allColumns());
}

TEST_F(RegionEmitterTest, LogSoftmaxAndItsInput) {
  checkColumns("%x: tensor<4x$Nx$T>", R"(
    %0 = neap.tanh %x : tensor<4x$Nx$T>
    %1 = neap.log_softmax %0 : tensor<4x$Nx$T>
    neap.yield %1, %0 : tensor<4x$Nx$T>, tensor<4x$Nx$T>)",
               fewColumns);
}

TEST_F(RegionEmitterTest, BiasAndGelu) {
  checkColumns("%x: tensor<3x$Nx$T>, %b: tensor<$Nx$T>", R"(
    %0 = neap.broadcast %b : tensor<$Nx$T> -> tensor<3x$Nx$T>
    %1 = neap.add %x, %0 : tensor<3x$Nx$T>
    %c = neap.constant dense<0.5> : tensor<3x$Nx$T>
    %d = neap.constant dense<1.0> : tensor<3x$Nx$T>
    %2 = neap.mul %1, %c : tensor<3x$Nx$T>
    %3 = neap.erf %1 : tensor<3x$Nx$T>
    %4 = neap.add %3, %d : tensor<3x$Nx$T>
    %5 = neap.mul %2, %4 : tensor<3x$Nx$T>
    neap.yield %5 : tensor<3x$Nx$T>)",
               fewColumns);
}

TEST_F(RegionEmitterTest, ReductionsOfFloats) {
  for (std::string kind : {"sum", "max", "min", "prod"})
    checkColumns("%x: tensor<3x2x$Nx$T>",
                 replace(R"(
    %0 = neap.reduce $K %x, [2] : tensor<3x2x$Nx$T> -> tensor<3x2x1x$T>
    %1 = neap.reshape %0 : tensor<3x2x1x$T> -> tensor<6x$T>
    neap.yield %1 : tensor<6x$T>)",
                         {{"$K", kind}}),
                 kind == "prod" ? std::vector<int>{1, 5, 17} : fewColumns,
                 {"f32", "f64"}, {1e-5, 1e-13});
}

TEST_F(RegionEmitterTest, ReductionsOfIntegers) {
  for (std::string kind : {"sum", "max", "min"})
    checkColumns("%x: tensor<3x$Nx$T>",
                 replace(R"(
    %0 = neap.reduce $K %x, [1] : tensor<3x$Nx$T> -> tensor<3x1x$T>
    neap.yield %0 : tensor<3x1x$T>)",
                         {{"$K", kind}}),
                 {1, 7, 33}, {"i8", "ui8", "i16", "i32", "i64", "ui64"});
  for (std::string kind : {"max", "min"})
    checkColumns("%x: tensor<3x$Nxi1>",
                 replace(R"(
    %0 = neap.reduce $K %x, [1] : tensor<3x$Nxi1> -> tensor<3x1xi1>
    neap.yield %0 : tensor<3x1xi1>)",
                         {{"$K", kind}}),
                 {1, 7, 33});
}

TEST_F(RegionEmitterTest, EmptyRows) {
  for (std::string kind : {"sum", "prod", "max", "min"})
    check("region", "%x: tensor<3x0xf32>",
          replace(R"(
      %0 = neap.reduce $K %x, [1] : tensor<3x0xf32> -> tensor<3x1xf32>
      neap.yield %0 : tensor<3x1xf32>)",
                  {{"$K", kind}}));
  check("region", "%x: tensor<0x5xf32>", R"(
      %0 = neap.exp %x : tensor<0x5xf32>
      neap.yield %0 : tensor<0x5xf32>)");
}

TEST_F(RegionEmitterTest, RowValuesAndTheirReturn) {
  checkColumns("%x: tensor<4x$Nx$T>, %s: tensor<4x1x$T>", R"(
    %0 = neap.abs %x : tensor<4x$Nx$T>
    %1 = neap.reduce max %0, [1] : tensor<4x$Nx$T> -> tensor<4x1x$T>
    %2 = neap.mul %1, %s : tensor<4x1x$T>
    %3 = neap.broadcast %2 : tensor<4x1x$T> -> tensor<4x$Nx$T>
    %4 = neap.sub %x, %3 : tensor<4x$Nx$T>
    %5 = neap.reduce sum %4, [1] : tensor<4x$Nx$T> -> tensor<4x1x$T>
    neap.yield %4, %5, %2 : tensor<4x$Nx$T>, tensor<4x1x$T>, tensor<4x1x$T>)",
               fewColumns, {"f32", "f64"}, {1e-5, 1e-13});
}

TEST_F(RegionEmitterTest, NaNAndInfinity) {
  double inf = std::numeric_limits<double>::infinity();
  double nan = std::numeric_limits<double>::quiet_NaN();
  Elements x(4 * 20, 1.0);
  x[3] = nan;
  x[25] = inf;
  x[47] = -inf;
  for (int i = 60; i < 80; ++i)
    x[i] = -inf;
  for (std::string op :
       {"neap.reduce max %x, [1] : tensor<4x20xf32> -> tensor<4x1xf32>",
        "neap.reduce min %x, [1] : tensor<4x20xf32> -> tensor<4x1xf32>"})
    checkOn("region", "%x: tensor<4x20xf32>",
            "%0 = " + op + "\n neap.yield %0 : tensor<4x1xf32>", {x});
  Elements y = x;
  y[3] = 2;
  y[25] = 2;
  checkOn("region", "%x: tensor<4x20xf32>", R"(
    %0 = neap.softmax %x : tensor<4x20xf32>
    neap.yield %0 : tensor<4x20xf32>)",
          {y});
  checkOn("region", "%x: tensor<1x4xf32>, %y: tensor<1x4xf32>", R"(
    %0 = neap.max %x, %y : tensor<1x4xf32>
    %1 = neap.min %x, %y : tensor<1x4xf32>
    neap.yield %0, %1 : tensor<1x4xf32>, tensor<1x4xf32>)",
          {{nan, 1, inf, -inf}, {1, nan, 2, nan}});
}

TEST_F(RegionEmitterTest, StridedViews) {
  check("region", "%x: tensor<5x37xf32>, %y: tensor<37x5xf32>", R"(
    %0 = neap.transpose %y, [1, 0] : tensor<37x5xf32> -> tensor<5x37xf32>
    %1 = neap.add %x, %0 : tensor<5x37xf32>
    %2 = neap.softmax %1 : tensor<5x37xf32>
    neap.yield %2 : tensor<5x37xf32>)");
  check("region", "%x: tensor<5x37xf32>, %y: tensor<37x5xf32>", R"(
    %0 = neap.transpose %y, [1, 0] : tensor<37x5xf32> -> tensor<5x37xf32>
    %1 = neap.add %x, %0 : tensor<5x37xf32>
    neap.yield %1 : tensor<5x37xf32>)");
  check("region", "%x: tensor<6x50xf32>", R"(
    %0 = neap.slice %x {starts = array<i64: 1, 49>, sizes = array<i64: 3, 25>, steps = array<i64: 2, -2>} : tensor<6x50xf32> -> tensor<3x25xf32>
    %1 = neap.exp %0 : tensor<3x25xf32>
    neap.yield %1 : tensor<3x25xf32>)");
}

TEST_F(RegionEmitterTest, LargeTransposesAreCutIntoRectangles) {
  std::string arguments = "%x: tensor<70x601xf32>, %y: tensor<601x70xf32>";
  std::string body = R"(
    %0 = neap.transpose %y, [1, 0] : tensor<601x70xf32> -> tensor<70x601xf32>
    %1 = neap.add %x, %0 : tensor<70x601xf32>
    neap.yield %1 : tensor<70x601xf32>)";
  check("region", arguments, body);
  auto traits = getTraits("region", arguments, body);
  ASSERT_TRUE(succeeded(traits));
  EXPECT_EQ(traits->numTiles.getConstant(), 5 * 19);
}

TEST_F(RegionEmitterTest, PartOfAnInputIsNotTakenOver) {
  auto traits = getTraits("region", "%x: tensor<8x8xf32>", R"(
    %0 = neap.slice %x {starts = array<i64: 0, 0>, sizes = array<i64: 4, 8>, steps = array<i64: 1, 1>} : tensor<8x8xf32> -> tensor<4x8xf32>
    %1 = neap.neg %0 : tensor<4x8xf32>
    neap.yield %1 : tensor<4x8xf32>)");
  ASSERT_TRUE(succeeded(traits));
  EXPECT_TRUE(traits->inPlace[0].empty());
}

TEST_F(RegionEmitterTest, RotaryEmbedding) {
  check("region", "%x: tensor<2x5x8xf32>, %c: tensor<5x4xf32>", R"(
    %0 = neap.slice %x {starts = array<i64: 0, 0, 0>, sizes = array<i64: 2, 5, 4>, steps = array<i64: 1, 1, 1>} : tensor<2x5x8xf32> -> tensor<2x5x4xf32>
    %1 = neap.slice %x {starts = array<i64: 0, 0, 4>, sizes = array<i64: 2, 5, 4>, steps = array<i64: 1, 1, 1>} : tensor<2x5x8xf32> -> tensor<2x5x4xf32>
    %2 = neap.broadcast %c : tensor<5x4xf32> -> tensor<2x5x4xf32>
    %3 = neap.mul %0, %2 : tensor<2x5x4xf32>
    %4 = neap.mul %1, %2 : tensor<2x5x4xf32>
    %5 = neap.sub %3, %4 : tensor<2x5x4xf32>
    neap.yield %5 : tensor<2x5x4xf32>)");
}

TEST_F(RegionEmitterTest, ResultsThroughTransposes) {
  check("region", "%x: tensor<2x7x3x40xf32>", R"(
    %0 = neap.softmax %x : tensor<2x7x3x40xf32>
    %1 = neap.transpose %0, [0, 2, 1, 3] : tensor<2x7x3x40xf32> -> tensor<2x3x7x40xf32>
    %2 = neap.reshape %1 : tensor<2x3x7x40xf32> -> tensor<6x280xf32>
    neap.yield %2 : tensor<6x280xf32>)");
  check("region", "%x: tensor<7x33xf32>", R"(
    %0 = neap.standardize %x {epsilon = 0.0 : f64} : tensor<7x33xf32>
    %1 = neap.transpose %0, [1, 0] : tensor<7x33xf32> -> tensor<33x7xf32>
    neap.yield %1 : tensor<33x7xf32>)",
        {1e-5, 1e-13});
}

TEST_F(RegionEmitterTest, ChannelBroadcasts) {
  checkColumns("%x: tensor<2x3x$Nx$T>, %s: tensor<3x$T>", R"(
    %0 = neap.reshape %s : tensor<3x$T> -> tensor<3x1x$T>
    %1 = neap.broadcast %0 : tensor<3x1x$T> -> tensor<2x3x$Nx$T>
    %2 = neap.mul %x, %1 : tensor<2x3x$Nx$T>
    neap.yield %2 : tensor<2x3x$Nx$T>)",
               fewColumns);
}

TEST_F(RegionEmitterTest, LongRowsAreCutIntoColumns) {
  std::string body = R"(
    %0 = neap.sin %x : tensor<1x100003xf32>
    neap.yield %0 : tensor<1x100003xf32>)";
  check("region", "%x: tensor<1x100003xf32>", body);
  auto traits = getTraits("region", "%x: tensor<1x100003xf32>", body);
  ASSERT_TRUE(succeeded(traits));
  EXPECT_GE(traits->numTiles.getConstant(), 8);
  check("region", "%x: tensor<3x50001xf32>, %s: tensor<3x1xf32>", R"(
    %0 = neap.broadcast %s : tensor<3x1xf32> -> tensor<3x50001xf32>
    %1 = neap.mul %x, %0 : tensor<3x50001xf32>
    neap.yield %1 : tensor<3x50001xf32>)");
}

TEST_F(RegionEmitterTest, MixedTypes) {
  checkColumns("%x: tensor<3x$Nx$T>, %y: tensor<3x$Nxi64>, %z: tensor<3x$Nxi1>",
               R"(
    %0 = neap.cast %y : tensor<3x$Nxi64> -> tensor<3x$Nx$T>
    %1 = neap.compare lt %x, %0 : tensor<3x$Nx$T> -> tensor<3x$Nxi1>
    %2 = neap.and %1, %z : tensor<3x$Nxi1>
    %3 = neap.select %2, %x, %0 : tensor<3x$Nxi1>, tensor<3x$Nx$T>
    %4 = neap.cast %3 : tensor<3x$Nx$T> -> tensor<3x$Nxi32>
    neap.yield %2, %3, %4 : tensor<3x$Nxi1>, tensor<3x$Nx$T>, tensor<3x$Nxi32>)",
               fewColumns);
}

TEST_F(RegionEmitterTest, IntegerArithmetic) {
  for (std::string op : {"add", "sub", "mul", "div", "mod", "rem", "max", "min",
                         "and", "or", "xor"})
    checkColumns("%x: tensor<3x$Nx$T>, %y: tensor<3x$Nx$T>",
                 replace(R"(
    %0 = neap.$O %x, %y : tensor<3x$Nx$T>
    neap.yield %0 : tensor<3x$Nx$T>)",
                         {{"$O", op}}),
                 {5, 24}, {"i16", "i32", "i64"});
}

TEST_F(RegionEmitterTest, FloatRemainders) {
  Elements x, y;
  for (double a : {5.5, -5.5, 7.0, -7.0, 0.0, 1e6})
    for (double b : {2.0, -2.0, 3.5, -3.5, 0.75})
      x.push_back(a), y.push_back(b);
  for (std::string op : {"mod", "rem"})
    for (std::string type : {"f32", "f64"})
      checkOn("region",
              replace("%x: tensor<30x$T>, %y: tensor<30x$T>", {{"$T", type}}),
              replace("%0 = neap.$O %x, %y : tensor<30x$T>\n"
                      "neap.yield %0 : tensor<30x$T>",
                      {{"$T", type}, {"$O", op}}),
              {x, y});
}

TEST_F(RegionEmitterTest, DivisionDoesNotTrap) {
  double lowest = std::numeric_limits<int32_t>::min();
  std::string body = R"(
    %0 = neap.mod %x, %y : tensor<3xi32>
    %1 = neap.rem %x, %y : tensor<3xi32>
    neap.yield %0, %1 : tensor<3xi32>, tensor<3xi32>)";
  checkOn("region", "%x: tensor<3xi32>, %y: tensor<3xi32>", body,
          {{lowest, 5, 0}, {-1, 0, 0}});
  checkOn("region", "%x: tensor<2xi32>, %y: tensor<2xi32>", R"(
    %0 = neap.div %x, %y : tensor<2xi32>
    neap.yield %0 : tensor<2xi32>)",
          {{5, 0}, {0, 0}});
}

TEST_F(RegionEmitterTest, EveryTypeCompilesForEveryTarget) {
  for (std::string type : {"f32", "f64", "i8", "i16", "i32", "i64", "ui8",
                           "ui16", "ui32", "ui64", "i1"})
    for (std::string other : {"f32", "f64", "ui64", "i64", "i8", "i1"})
      checkCompiles("region", replace("%x: tensor<3x21x$T>", {{"$T", type}}),
                    replace(R"(
        %0 = neap.cast %x : tensor<3x21x$T> -> tensor<3x21x$O>
        %1 = neap.reduce max %0, [1] : tensor<3x21x$O> -> tensor<3x1x$O>
        neap.yield %0, %1 : tensor<3x21x$O>, tensor<3x1x$O>)",
                            {{"$T", type}, {"$O", other}}));
}

TEST_F(RegionEmitterTest, EveryFunctionCompilesForEveryTarget) {
  for (std::string op : {"exp", "log", "erf", "tanh", "sin", "tan", "asin",
                         "acos", "atan", "sinh", "cosh", "asinh", "acosh",
                         "atanh", "floor", "ceil", "round", "sign"})
    checkColumnsCompile("%0 = neap." + op + " %x : tensor<2x19x$T>");
  for (std::string op : {"pow", "mod", "rem", "max"})
    checkColumnsCompile("%0 = neap." + op + " %x, %x : tensor<2x19x$T>");
}

TEST_F(RegionEmitterTest, Scalars) {
  check("region", "%x: tensor<f32>, %y: tensor<f32>", R"(
    %0 = neap.mul %x, %y : tensor<f32>
    %1 = neap.exp %0 : tensor<f32>
    neap.yield %1 : tensor<f32>)");
}

TEST_F(RegionEmitterTest, SoftmaxIsInPlaceAndNeedsNoScratch) {
  auto traits = getTraits("region", "%x: tensor<8x64xf32>", R"(
    %0 = neap.softmax %x : tensor<8x64xf32>
    neap.yield %0 : tensor<8x64xf32>)");
  ASSERT_TRUE(succeeded(traits));
  EXPECT_EQ(traits->scratchBytes, 0);
  ASSERT_EQ(traits->inPlace.size(), 1u);
  EXPECT_EQ(traits->inPlace[0].size(), 1u);
}

TEST_F(RegionEmitterTest, TransposedInputIsNotInPlace) {
  auto traits = getTraits("region", "%x: tensor<8x8xf32>", R"(
    %0 = neap.transpose %x, [1, 0] : tensor<8x8xf32> -> tensor<8x8xf32>
    %1 = neap.neg %0 : tensor<8x8xf32>
    neap.yield %1 : tensor<8x8xf32>)");
  ASSERT_TRUE(succeeded(traits));
  EXPECT_TRUE(traits->inPlace[0].empty());
}

TEST_F(RegionEmitterTest, InputThatIsReadLateIsNotTakenOverEarly) {
  // The first result is stored in pass 0, the input is read again in pass 1.
  auto traits = getTraits("region", "%x: tensor<8x64xf32>", R"(
    %0 = neap.neg %x : tensor<8x64xf32>
    %1 = neap.softmax %x : tensor<8x64xf32>
    neap.yield %0, %1 : tensor<8x64xf32>, tensor<8x64xf32>)");
  ASSERT_TRUE(succeeded(traits));
  EXPECT_TRUE(traits->inPlace[0].empty());
  EXPECT_EQ(traits->inPlace[1].size(), 1u);
}

TEST_F(RegionEmitterTest, OtherBodiesAreDeclined) {
  EXPECT_TRUE(failed(getTraits("region", "%x: tensor<8x4xf32>", R"(
    %0 = neap.reduce sum %x, [0] : tensor<8x4xf32> -> tensor<1x4xf32>
    neap.yield %0 : tensor<1x4xf32>)")));
  EXPECT_TRUE(failed(getTraits("region", "%x: tensor<8x4xf16>", R"(
    %0 = neap.exp %x : tensor<8x4xf16>
    neap.yield %0 : tensor<8x4xf16>)")));
  EXPECT_TRUE(failed(getTraits("region", "%x: tensor<8x4xf32>", R"(
    %0 = neap.exp %x : tensor<8x4xf32>
    %1 = neap.transpose %0, [1, 0] : tensor<8x4xf32> -> tensor<4x8xf32>
    %2 = neap.reshape %1 : tensor<4x8xf32> -> tensor<8x4xf32>
    %3 = neap.add %2, %x : tensor<8x4xf32>
    neap.yield %3 : tensor<8x4xf32>)")));
}

} // namespace
