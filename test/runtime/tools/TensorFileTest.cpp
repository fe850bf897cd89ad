// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TensorFileTest.cpp - what the tools share: tensors in files, random data,
// comparison, SHA-256.
#include "runtime/tools/TensorFile.h"

#include "runtime/tools/CompareTensors.h"
#include "runtime/tools/RandomTensor.h"
#include "runtime/tools/Sha256.h"

#include <gtest/gtest.h>

#include <protozero/pbf_writer.hpp>

#include <cmath>
#include <cstring>

namespace {

using namespace neap::tools;
using neap::plan::ElementType;
using neap::rt::Status;
using neap::rt::StatusCode;
using protozero::pbf_writer;

template <typename T>
std::vector<uint8_t> bytesOf(const std::vector<T> &values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

TEST(Npy, RoundTrip) {
  std::string path = testing::TempDir() + "neap-round-trip.npy";
  for (ElementType type :
       {ElementType::F32, ElementType::F64, ElementType::F16, ElementType::Bool,
        ElementType::I8, ElementType::I16, ElementType::I32, ElementType::I64,
        ElementType::U8, ElementType::U16, ElementType::U32,
        ElementType::U64}) {
    for (std::vector<int64_t> shape :
         {std::vector<int64_t>{}, {3}, {2, 3, 4}, {0, 5}}) {
      bool fits = false;
      std::vector<uint8_t> bytes(countElements(shape, fits) *
                                 neap::plan::elementSizeInBytes(type));
      for (size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<uint8_t>(i * 7 % 2);
      ASSERT_TRUE(writeNpy(path, type, shape, bytes.data()).isOk());
      HostTensor tensor;
      Status status = readTensorFile(path, tensor);
      ASSERT_TRUE(status.isOk()) << status.message();
      EXPECT_EQ(tensor.type, type);
      EXPECT_EQ(tensor.shape, shape);
      EXPECT_EQ(tensor.bytes, bytes);
    }
  }
  std::remove(path.c_str());
}

/// A .npy file of bytes, whose header says that columns come first.
std::string makeColumnMajor(const std::string &shape,
                            const std::vector<uint8_t> &bytes) {
  std::string header =
      "{'descr': '|u1', 'fortran_order': True, 'shape': " + shape + ", }\n";
  std::string file = "\x93NUMPY\x01";
  file += '\0';
  file += static_cast<char>(header.size());
  file += '\0';
  return file + header + std::string(bytes.begin(), bytes.end());
}

TEST(Npy, ReadsColumnsFirst) {
  HostTensor tensor;
  ASSERT_TRUE(
      parseNpy(makeColumnMajor("(2, 3)", {1, 4, 2, 5, 3, 6}), tensor).isOk());
  EXPECT_EQ(tensor.shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(tensor.bytes, (std::vector<uint8_t>{1, 2, 3, 4, 5, 6}));
  // a[i, j, k] = 100 i + 10 j + k, with i the fastest in the file.
  std::vector<uint8_t> file, expected;
  for (uint8_t k = 0; k < 4; ++k)
    for (uint8_t j = 0; j < 3; ++j)
      for (uint8_t i = 0; i < 2; ++i)
        file.push_back(static_cast<uint8_t>(100 * i + 10 * j + k));
  for (uint8_t i = 0; i < 2; ++i)
    for (uint8_t j = 0; j < 3; ++j)
      for (uint8_t k = 0; k < 4; ++k)
        expected.push_back(static_cast<uint8_t>(100 * i + 10 * j + k));
  ASSERT_TRUE(parseNpy(makeColumnMajor("(2, 3, 4)", file), tensor).isOk());
  EXPECT_EQ(tensor.bytes, expected);
  EXPECT_TRUE(parseNpy(makeColumnMajor("()", {7}), tensor).isOk());
  EXPECT_TRUE(parseNpy(makeColumnMajor("(0, 3)", {}), tensor).isOk());
  EXPECT_FALSE(parseNpy(makeColumnMajor("(2, 3)", {1, 2}), tensor).isOk());
}

TEST(Npy, DamageIsAnError) {
  std::string path = testing::TempDir() + "neap-damage.npy";
  std::vector<uint8_t> bytes(24);
  ASSERT_TRUE(writeNpy(path, ElementType::F32, {2, 3}, bytes.data()).isOk());
  std::string file;
  ASSERT_TRUE(readFile(path, file).isOk());
  std::remove(path.c_str());
  HostTensor tensor;
  for (size_t length = 0; length < file.size(); ++length)
    EXPECT_FALSE(parseNpy(file.substr(0, length), tensor).isOk());
  auto explain = [&](const std::string &content) {
    return std::string(parseNpy(content, tensor).message());
  };
  auto says = [](const std::string &message, const char *part) {
    return message.find(part) != std::string::npos &&
           message.find("write it again, as with numpy.save") !=
               std::string::npos;
  };
  EXPECT_PRED2(says, explain(""), "it is empty");
  EXPECT_PRED2(says, explain("PK\x03\x04 no array"), "at its start");
  EXPECT_PRED2(says, explain(file.substr(0, 7)), "it ends within its header");
  EXPECT_PRED2(says, explain(file.substr(0, 30)), "it ends within its header");
  EXPECT_PRED2(says, explain(file.substr(0, file.size() - 1)),
               "its shape needs 24 bytes behind the header, got 23");
  for (size_t i = 0; i < file.size(); ++i) {
    std::string damaged = file;
    damaged[i] = '9';
    (void)parseNpy(damaged, tensor).isOk(); // no crash
  }
  EXPECT_EQ(readTensorFile("missing.npy", tensor).code(), StatusCode::NotFound);
  EXPECT_EQ(readTensorFile("wrong.txt", tensor).code(),
            StatusCode::InvalidArgument);
}

/// A TensorProto of shape [2] with one more field, written by `add`.
template <typename Add>
std::string makeProto(int32_t dataType, Add add) {
  std::string bytes;
  pbf_writer writer(bytes);
  std::vector<int64_t> dims = {2};
  writer.add_packed_int64(1, dims.begin(), dims.end());
  writer.add_int32(2, dataType);
  writer.add_string(8, "t");
  add(writer);
  return bytes;
}

TEST(TensorProto, ReadsRawAndTypedData) {
  HostTensor tensor;
  std::vector<float> floats = {1.5f, -2};
  std::string raw(reinterpret_cast<const char *>(floats.data()), 8);
  ASSERT_TRUE(
      parseTensorProto(
          makeProto(1, [&](pbf_writer &w) { w.add_bytes(9, raw); }), tensor)
          .isOk());
  EXPECT_EQ(tensor.bytes, bytesOf(floats));
  EXPECT_EQ(tensor.name, "t");
  ASSERT_TRUE(parseTensorProto(makeProto(1,
                                         [&](pbf_writer &w) {
                                           w.add_packed_float(4, floats.begin(),
                                                              floats.end());
                                         }),
                               tensor)
                  .isOk());
  EXPECT_EQ(tensor.bytes, bytesOf(floats));
  std::vector<int64_t> longs = {-5, int64_t(1) << 40};
  ASSERT_TRUE(parseTensorProto(makeProto(7,
                                         [&](pbf_writer &w) {
                                           w.add_packed_int64(7, longs.begin(),
                                                              longs.end());
                                         }),
                               tensor)
                  .isOk());
  EXPECT_EQ(tensor.bytes, bytesOf(longs));
  std::vector<int32_t> halves = {0x3c00, 0xc000};
  ASSERT_TRUE(parseTensorProto(makeProto(10,
                                         [&](pbf_writer &w) {
                                           w.add_packed_int32(5, halves.begin(),
                                                              halves.end());
                                         }),
                               tensor)
                  .isOk());
  EXPECT_EQ(elementAsDouble(tensor.type, tensor.bytes.data(), 0), 1.0);
  EXPECT_EQ(elementAsDouble(tensor.type, tensor.bytes.data(), 1), -2.0);
}

TEST(TensorProto, RefusesWhatItCannotRead) {
  HostTensor tensor;
  auto nothing = [](pbf_writer &) {};
  EXPECT_EQ(parseTensorProto(makeProto(1, nothing), tensor).code(),
            StatusCode::DataLoss); // no data for two elements
  EXPECT_EQ(parseTensorProto(makeProto(8, nothing), tensor).code(),
            StatusCode::Unimplemented); // strings
  EXPECT_EQ(parseTensorProto(
                makeProto(1, [](pbf_writer &w) { w.add_enum(14, 1); }), tensor)
                .code(),
            StatusCode::Unimplemented); // external data
  std::string good =
      makeProto(1, [](pbf_writer &w) { w.add_bytes(9, std::string(8, 'x')); });
  for (size_t length = 0; length < good.size(); ++length)
    EXPECT_FALSE(parseTensorProto(good.substr(0, length), tensor).isOk());
}

TEST(Sha256, GivesTheStandardsExamples) {
  auto hash = [](const std::string &text) {
    return sha256(reinterpret_cast<const uint8_t *>(text.data()), text.size());
  };
  // FIPS 180-4 examples: one block, two blocks; and the empty message.
  EXPECT_EQ(hash("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hash(""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hash(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(RandomTensor, IsReproducibleAndNormal) {
  constexpr size_t kCount = 20000;
  std::vector<float> a(kCount), b(kCount), other(kCount);
  auto fill = [](uint64_t seed, uint32_t position, std::vector<float> &values) {
    fillRandom(ElementType::F32, seed, position, {}, values.size(),
               reinterpret_cast<uint8_t *>(values.data()));
  };
  fill(7, 0, a);
  fill(7, 0, b);
  fill(7, 1, other);
  EXPECT_EQ(a, b);
  EXPECT_NE(a, other);
  double sum = 0, squares = 0;
  for (float value : a) {
    sum += value;
    squares += double(value) * value;
  }
  EXPECT_NEAR(sum / kCount, 0, 0.03);
  EXPECT_NEAR(squares / kCount, 1, 0.03);
}

TEST(RandomTensor, IsPhilox) {
  // Random123's known answers: philox4x32-10 of counter 0 and key 0 starts
  // with 6627e8d5 e169c58d.
  int64_t value = 0;
  fillRandom(ElementType::I64, 0, 0, {INT64_MIN, INT64_MAX}, 1,
             reinterpret_cast<uint8_t *>(&value));
  EXPECT_EQ(static_cast<uint64_t>(value) - static_cast<uint64_t>(INT64_MIN),
            0xe169c58d6627e8d5u);
}

TEST(RandomTensor, IntegersStayInTheirRange) {
  std::vector<int64_t> values(1000);
  fillRandom(ElementType::I64, 1, 0, {-3, 3}, values.size(),
             reinterpret_cast<uint8_t *>(values.data()));
  EXPECT_EQ(*std::min_element(values.begin(), values.end()), -3);
  EXPECT_EQ(*std::max_element(values.begin(), values.end()), 3);
}

TEST(CompareTensors, UsesTheRunnersTolerances) {
  auto compare = [](std::vector<float> got, std::vector<float> expected) {
    return compareTensors(
               ElementType::F32, reinterpret_cast<const uint8_t *>(got.data()),
               reinterpret_cast<const uint8_t *>(expected.data()), got.size())
        .numMismatches;
  };
  EXPECT_EQ(compare({1.0009f, NAN, INFINITY, 5e-8f}, {1, NAN, INFINITY, 0}),
            0u);
  EXPECT_EQ(compare({1.0011f}, {1}), 1u);
  EXPECT_EQ(compare({NAN}, {1}), 1u);
  EXPECT_EQ(compare({INFINITY}, {-INFINITY}), 1u);
  EXPECT_EQ(compare({2e-7f}, {0}), 1u);
  std::vector<int64_t> a = {int64_t(1) << 60}, b = {(int64_t(1) << 60) + 1};
  EXPECT_EQ(compareTensors(ElementType::I64,
                           reinterpret_cast<const uint8_t *>(a.data()),
                           reinterpret_cast<const uint8_t *>(b.data()), 1)
                .numMismatches,
            1u);
}

} // namespace
