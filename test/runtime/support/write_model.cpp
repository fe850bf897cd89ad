// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// write_model.cpp - writes the model of makeSumPlan to the file that is named:
// for tests that need a .neap file and no compiler.
#include "test/runtime/support/TestModel.h"

#include <cstdio>
#include <fstream>

int main(int argc, char **argv) {
  if (argc != 2) {
    std::fputs("usage: write_model FILE.neap\n", stderr);
    return 2;
  }
  std::ofstream file(argv[1], std::ios::binary);
  file << neap::test::makeModel(neap::test::makeSumPlan().plan);
  file.close();
  return file ? 0 : 1;
}
