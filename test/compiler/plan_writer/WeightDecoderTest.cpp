// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WeightDecoderTest.cpp - bytes of weights.
#include "compiler/plan_writer/WeightDecoder.h"

#include "mlir/IR/Builders.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;
using namespace neap;

namespace {

class WeightDecoderTest : public testing::Test {
protected:
  template <typename T>
  static MutableArrayRef<uint8_t> bytesOf(T &values) {
    return {reinterpret_cast<uint8_t *>(values.data()),
            values.size() * sizeof(values[0])};
  }

  MLIRContext context;
  OpBuilder builder{&context};
};

TEST_F(WeightDecoderTest, VarintsOfEitherSign) {
  // 1, 300, -1 as protobuf writes them.
  const uint8_t source[] = {1,    0xac, 2,    0xff, 0xff, 0xff, 0xff,
                            0xff, 0xff, 0xff, 0xff, 0xff, 1};
  std::vector<int64_t> wide(3);
  ASSERT_TRUE(succeeded(
      decodePackedVarints(source, builder.getI64Type(), bytesOf(wide))));
  EXPECT_EQ(wide, (std::vector<int64_t>{1, 300, -1}));
  std::vector<int16_t> narrow(3);
  ASSERT_TRUE(succeeded(decodePackedVarints(source, builder.getIntegerType(16),
                                            bytesOf(narrow))));
  EXPECT_EQ(narrow, (std::vector<int16_t>{1, 300, -1}));
}

TEST_F(WeightDecoderTest, TooFewTooManyAndCutVarints) {
  const uint8_t source[] = {1, 2, 3};
  std::vector<int32_t> two(2), four(4), three(3);
  Type type = builder.getI32Type();
  EXPECT_TRUE(failed(decodePackedVarints(source, type, bytesOf(two))));
  EXPECT_TRUE(failed(decodePackedVarints(source, type, bytesOf(four))));
  const uint8_t cut[] = {1, 2, 0x80};
  EXPECT_TRUE(failed(decodePackedVarints(cut, type, bytesOf(three))));
}

TEST_F(WeightDecoderTest, BoolsAndSplats) {
  auto bools =
      DenseElementsAttr::get(RankedTensorType::get({3}, builder.getI1Type()),
                             ArrayRef<bool>{true, false, true});
  std::vector<uint8_t> bytes(3, 9);
  writeElements(bools, bytes);
  EXPECT_EQ(bytes, (std::vector<uint8_t>{1, 0, 1}));
  auto splat = DenseElementsAttr::get(
      RankedTensorType::get({2}, builder.getF32Type()), 1.5f);
  std::vector<float> floats(2);
  writeElements(splat, bytesOf(floats));
  EXPECT_EQ(floats, (std::vector<float>{1.5f, 1.5f}));
}

TEST_F(WeightDecoderTest, RandomWeightsHaveTheStatedMoments) {
  std::vector<float> weights(100000);
  writeRandomWeights(1, builder.getF32Type(), bytesOf(weights));
  double sum = 0, squares = 0;
  for (float weight : weights) {
    sum += weight;
    squares += double(weight) * weight;
  }
  EXPECT_NEAR(sum / weights.size(), 0, 3 * 0.02 / std::sqrt(weights.size()));
  EXPECT_NEAR(std::sqrt(squares / weights.size()), 0.02, 0.0002);
}

TEST_F(WeightDecoderTest, RandomWeightsDependOnSeedAndIndexAlone) {
  std::vector<float> longer(8), shorter(4), other(4);
  Type type = builder.getF32Type();
  writeRandomWeights(5, type, bytesOf(longer));
  writeRandomWeights(5, type, bytesOf(shorter));
  writeRandomWeights(6, type, bytesOf(other));
  EXPECT_TRUE(std::equal(shorter.begin(), shorter.end(), longer.begin()));
  EXPECT_NE(other, shorter);
  // Frozen: a change of the generator changes compiled files.
  std::vector<double> wide(4);
  writeRandomWeights(5, builder.getF64Type(), bytesOf(wide));
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(float(wide[i]), shorter[i]);
}

} // namespace
