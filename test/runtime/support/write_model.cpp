// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// write_model.cpp - writes the model of makeSumPlan, r = (x + y)^2 + 1, to the
// file that is named and ONNX test data for it to two folders, the second with
// one wrong number: for tests that need files and no compiler.
#include "test/runtime/support/TestModel.h"

#include <protozero/pbf_writer.hpp>

#include <cstdio>
#include <fstream>

namespace {

/// Writes a TensorProto of 64 floats.
void writeTensor(const std::string &path, const std::vector<float> &values) {
  std::string bytes;
  protozero::pbf_writer writer(bytes);
  writer.add_int64(1, static_cast<int64_t>(values.size()));
  writer.add_int32(2, 1);
  writer.add_bytes(9, reinterpret_cast<const char *>(values.data()),
                   4 * values.size());
  std::ofstream(path, std::ios::binary) << bytes;
}

void writeTestData(const std::string &folder, float error) {
  std::vector<float> x, y, r;
  for (int i = 0; i < 64; ++i) {
    x.push_back(static_cast<float>(i));
    y.push_back(1.0f);
    r.push_back((x.back() + 1) * (x.back() + 1) + 1);
  }
  r[7] += error;
  writeTensor(folder + "/input_0.pb", x);
  writeTensor(folder + "/input_1.pb", y);
  writeTensor(folder + "/output_0.pb", r);
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 4) {
    std::fputs("usage: write_model FILE.neap RIGHT_FOLDER WRONG_FOLDER\n",
               stderr);
    return 2;
  }
  std::ofstream file(argv[1], std::ios::binary);
  file << neap::test::makeModel(neap::test::makeSumPlan().plan);
  file.close();
  writeTestData(argv[2], 0.0f);
  writeTestData(argv[3], 0.5f);
  return file ? 0 : 1;
}
