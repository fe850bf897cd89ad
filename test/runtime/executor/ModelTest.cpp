// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ModelTest.cpp - loading: a damaged file is always an error, never a crash;
// the right kernels are chosen; weights are mapped, not copied.
#include "runtime/executor/Model.h"

#include "runtime/device/cpu/CpuFeatures.h"
#include "test/runtime/support/TestModel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using neap::rt::KernelFile;
using neap::rt::KernelLibrary;
using neap::rt::Model;
using neap::rt::ModelOptions;
using neap::rt::Status;
using neap::rt::StatusCode;
using neap::test::AlignedBytes;
using neap::test::makeModel;
using neap::test::makeSumPlan;
using neap::test::PlanBuilder;
using neap::test::readTestKernels;
using neap::test::resealHeader;
using neap::test::SectionBytes;
using neap::test::serializePlan;
using neap::test::writeContainer;

Status load(const std::string &file, const ModelOptions &options = {}) {
  AlignedBytes bytes(file);
  std::shared_ptr<const Model> model;
  return Model::loadMemory(bytes.data(), bytes.size(), options, model);
}

/// A plan with one const buffer.
PlanBuilder makeConstPlan() {
  PlanBuilder b;
  uint32_t w = b.buffer("w", neap::plan::Segment::Const, 0, 64);
  uint32_t r = b.output("r", 16);
  b.plan.constBytes = 64;
  b.copy("/copy", w, r);
  return b;
}

/// A file in the temporary folder, removed at the end.
class TemporaryFile {
public:
  explicit TemporaryFile(const std::string &bytes) {
    path = testing::TempDir() + "neap-model-XXXXXX";
    int descriptor = mkstemp(&path[0]);
    EXPECT_EQ(write(descriptor, bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
    close(descriptor);
  }
  ~TemporaryFile() { std::remove(path.c_str()); }
  std::string path;
};

neap_section_entry sectionOf(const std::string &file, size_t index) {
  neap_section_entry section;
  std::memcpy(&section,
              file.data() + sizeof(neap_file_header) + index * sizeof(section),
              sizeof(section));
  return section;
}

TEST(Model, LoadsARightFile) {
  Status status = load(makeModel(makeSumPlan().plan));
  EXPECT_TRUE(status.isOk()) << status.message();
}

TEST(Model, RefusesEveryTruncationOfHeaderAndTable) {
  std::string file = makeModel(makeSumPlan().plan);
  size_t tableEnd = sizeof(neap_file_header) + 2 * sizeof(neap_section_entry);
  for (size_t length = 0; length <= tableEnd; ++length)
    EXPECT_EQ(load(file.substr(0, length)).code(), StatusCode::DataLoss)
        << length;
  EXPECT_EQ(load(file.substr(0, file.size() - 1)).code(), StatusCode::DataLoss);
  EXPECT_EQ(load(file + "x").code(), StatusCode::DataLoss);
}

TEST(Model, RefusesEveryFlippedBitOfHeaderAndTable) {
  std::string file = makeModel(makeSumPlan().plan);
  size_t tableEnd = sizeof(neap_file_header) + 2 * sizeof(neap_section_entry);
  AlignedBytes bytes(file);
  auto *data = const_cast<unsigned char *>(bytes.data());
  for (size_t bit = 0; bit < 8 * tableEnd; ++bit) {
    data[bit / 8] ^= 1u << bit % 8;
    std::shared_ptr<const Model> model;
    Status status = Model::loadMemory(data, bytes.size(), {}, model);
    EXPECT_FALSE(status.isOk()) << bit;
    data[bit / 8] ^= 1u << bit % 8;
  }
}

/// Flips each byte of a section and expects a checksum error.
void expectChecksumErrors(size_t sectionIndex, size_t step,
                          const ModelOptions &options) {
  std::string file = makeModel(makeConstPlan().plan, std::string(64, 'w'));
  neap_section_entry section = sectionOf(file, sectionIndex);
  AlignedBytes bytes(file);
  auto *data = const_cast<unsigned char *>(bytes.data()) + section.offset;
  for (size_t i = 0; i < section.size; i += step) {
    data[i] ^= 0x10;
    std::shared_ptr<const Model> model;
    Status status =
        Model::loadMemory(bytes.data(), bytes.size(), options, model);
    EXPECT_EQ(status.code(), StatusCode::DataLoss) << i;
    EXPECT_NE(status.message().find("checksum"), std::string::npos);
    data[i] ^= 0x10;
  }
}

TEST(Model, RefusesEveryFlippedByteOfThePlan) {
  expectChecksumErrors(0, 1, {});
}

TEST(Model, RefusesFlippedBytesOfTheKernels) {
  expectChecksumErrors(1, 13, {});
}

TEST(Model, ChecksWeightsIfAskedTo) {
  ModelOptions verify;
  verify.verifyAll = true;
  expectChecksumErrors(2, 1, verify);
  std::string file = makeModel(makeConstPlan().plan, std::string(64, 'w'));
  file[sectionOf(file, 2).offset] ^= 1;
  EXPECT_TRUE(load(file).isOk());
}

TEST(Model, RefusesDamagedPlansWithRightChecksums) {
  std::string plan = serializePlan(makeSumPlan().plan);
  std::string kernels = readTestKernels();
  int refused = 0;
  for (size_t i = 0; i < plan.size(); ++i) {
    std::string damaged = plan;
    damaged[i] = static_cast<char>(~damaged[i]);
    Status status =
        load(writeContainer({{NEAP_SECTION_PLAN, NEAP_ISA_ANY, damaged},
                             {NEAP_SECTION_KERNELS, NEAP_ISA_ANY, kernels}}));
    refused += !status.isOk();
  }
  EXPECT_GT(refused, static_cast<int>(plan.size() / 2)); // names may change
  for (size_t length = 0; length < plan.size(); length += 3)
    (void)load(writeContainer(
                   {{NEAP_SECTION_PLAN, NEAP_ISA_ANY, plan.substr(0, length)},
                    {NEAP_SECTION_KERNELS, NEAP_ISA_ANY, kernels}}))
        .isOk();
}

TEST(Model, NamesTheFormatsThatItReads) {
  std::string file = makeModel(makeSumPlan().plan);
  neap_file_header header;
  std::memcpy(&header, file.data(), sizeof(header));
  header.format = 7;
  std::memcpy(&file[0], &header, sizeof(header));
  resealHeader(file);
  Status status = load(file);
  EXPECT_EQ(status.code(), StatusCode::FailedPrecondition);
  EXPECT_EQ(status.message(), "model in memory: the file has format 7; this "
                              "runtime reads 1");
}

/// Changes one section's entry, seals the header and expects DATA_LOSS.
void expectRefused(void (*change)(neap_section_entry &), const char *part) {
  std::string file = makeModel(makeSumPlan().plan);
  neap_section_entry section = sectionOf(file, 1);
  change(section);
  std::memcpy(&file[sizeof(neap_file_header) + sizeof(neap_section_entry)],
              &section, sizeof(section));
  resealHeader(file);
  Status status = load(file);
  EXPECT_EQ(status.code(), StatusCode::DataLoss);
  EXPECT_NE(status.message().find(part), std::string::npos) << status.message();
}

TEST(Model, RefusesSectionsInWrongPlaces) {
  expectRefused([](neap_section_entry &s) { s.offset = 0; },
                "after the section table");
  expectRefused([](neap_section_entry &s) { s.offset += 64; },
                "multiple of 65536");
  expectRefused([](neap_section_entry &s) { s.offset = UINT64_MAX - 65535; },
                "but the file has");
  expectRefused([](neap_section_entry &s) { s.size = UINT64_MAX; },
                "but the file has");
  expectRefused([](neap_section_entry &s) { s.offset = 65536; }, "where the");
  expectRefused([](neap_section_entry &s) { s.kind = NEAP_SECTION_PLAN; },
                "two plan sections");
  expectRefused([](neap_section_entry &s) { s.kind = 9; },
                "no kernels section");
}

TEST(Model, RefusesPlansThatBreakARule) {
  PlanBuilder b = makeSumPlan();
  b.entry().body.commands.pop_back();
  Status status = load(makeModel(b.plan));
  EXPECT_EQ(status.code(), StatusCode::InvalidArgument);
  EXPECT_NE(status.message().find("the plan breaks a rule: entry 'main': "
                                  "output 'r'"),
            std::string::npos);
}

TEST(Model, RefusesOtherAbisMissingKernelsAndDevices) {
  PlanBuilder b = makeSumPlan();
  b.plan.kernelAbi = 2;
  EXPECT_EQ(load(makeModel(b.plan)).code(), StatusCode::FailedPrecondition);
  b = makeSumPlan();
  b.plan.kernels[0].symbol = "nowhere";
  EXPECT_EQ(load(makeModel(b.plan)).message(),
            "model in memory: the kernels do not export 'nowhere', which the "
            "plan calls");
  b = makeSumPlan();
  b.entry().streams[0].device = 1;
  EXPECT_EQ(load(makeModel(b.plan)).code(), StatusCode::Unimplemented);
  b = makeSumPlan();
  b.entry().usesSeed = true;
  EXPECT_EQ(load(makeModel(b.plan)).code(), StatusCode::Unimplemented);
}

TEST(Model, RefusesKernelsThatTheLinkerCannotOpen) {
  Status status = load(writeContainer(
      {{NEAP_SECTION_PLAN, NEAP_ISA_ANY, serializePlan(makeSumPlan().plan)},
       {NEAP_SECTION_KERNELS, NEAP_ISA_ANY, "not an object"}}));
  EXPECT_EQ(status.code(), StatusCode::DataLoss);
}

TEST(Model, RefusesTooFewWeights) {
  EXPECT_EQ(load(makeModel(makeConstPlan().plan, "short")).message(),
            "model in memory: the plan needs 64 bytes of weights, but the "
            "weights section has 5");
}

/// A file with the same kernels for several instruction sets.
std::string makeVariants(const std::vector<uint32_t> &isas) {
  std::vector<SectionBytes> sections = {
      {NEAP_SECTION_PLAN, NEAP_ISA_ANY, serializePlan(makeSumPlan().plan)}};
  for (uint32_t isa : isas)
    sections.push_back({NEAP_SECTION_KERNELS, isa, readTestKernels()});
  return writeContainer(sections);
}

TEST(Model, ChoosesTheBestKernelsThatRunHere) {
  uint32_t best = NEAP_ISA_ANY;
  std::string expected = "any";
  for (uint32_t isa : {2u, 3u, 4u})
    if (neap::rt::missingFeatures(isa).empty()) {
      best = isa;
      expected = "x86-64-v" + std::to_string(isa);
    }
  AlignedBytes bytes(makeVariants({0, 2, 3, 4}));
  std::shared_ptr<const Model> model;
  ASSERT_TRUE(Model::loadMemory(bytes.data(), bytes.size(), {}, model).isOk());
  EXPECT_EQ(model->isa(), expected);
  if (best < NEAP_ISA_X86_64_V2)
    GTEST_SKIP() << "this machine runs no x86-64-v2 code";
  ModelOptions options;
  options.isa = "x86-64-v2";
  ASSERT_TRUE(
      Model::loadMemory(bytes.data(), bytes.size(), options, model).isOk());
  EXPECT_EQ(model->isa(), "x86-64-v2");
  options.isa = "x86-64-v9";
  EXPECT_EQ(load(makeVariants({0, 2}), options).message(),
            "model in memory: the file has kernels for x86-64-v2, any, not for "
            "'x86-64-v9'");
}

TEST(Model, NamesWhatTheMachineLacks) {
  Status status = load(makeVariants({99}));
  EXPECT_EQ(status.code(), StatusCode::FailedPrecondition);
  EXPECT_EQ(status.message(),
            "model in memory: the file has kernels for number 99; for number "
            "99 this machine lacks an instruction set that this runtime knows; "
            "compile it with --isa");
  if (neap::rt::missingFeatures(NEAP_ISA_X86_64_V4).empty())
    GTEST_SKIP() << "this machine runs x86-64-v4 code";
  status = load(makeVariants({4}));
  EXPECT_EQ(status.code(), StatusCode::FailedPrecondition);
  EXPECT_NE(status.message().find("kernels for x86-64-v4; for x86-64-v4 this "
                                  "machine lacks avx512f"),
            std::string::npos)
      << status.message();
}

TEST(Model, FileErrorsNameTheFile) {
  std::shared_ptr<const Model> model;
  Status status = Model::loadFile("/nowhere/a.neap", {}, model);
  EXPECT_EQ(status.code(), StatusCode::NotFound);
  EXPECT_EQ(status.message(), "'/nowhere/a.neap': cannot open the file: No "
                              "such file or directory");
  EXPECT_EQ(Model::loadFile("/tmp", {}, model).code(),
            StatusCode::InvalidArgument);
  TemporaryFile empty("");
  status = Model::loadFile(empty.path, {}, model);
  EXPECT_EQ(status.message(), "'" + empty.path +
                                  "': the file has 0 bytes, expected at least "
                                  "the 32 of a .neap header");
}

TEST(Model, MapsWeightsFromTheFile) {
  TemporaryFile file(makeModel(makeConstPlan().plan, std::string(64, 'w')));
  std::shared_ptr<const Model> model;
  ASSERT_TRUE(Model::loadFile(file.path, {}, model).isOk());
  EXPECT_EQ(std::memcmp(model->weights(), std::string(64, 'w').data(), 64), 0);
  // The mapping is the file's own, read-only.
  std::ifstream maps("/proc/self/maps");
  std::string line;
  bool found = false;
  while (std::getline(maps, line))
    if (line.find(file.path) != std::string::npos) {
      found = true;
      EXPECT_NE(line.find(" r--p "), std::string::npos) << line;
    }
  EXPECT_TRUE(found);
}

TEST(Model, WantsAlignedMemory) {
  AlignedBytes bytes("x" + makeModel(makeSumPlan().plan));
  std::shared_ptr<const Model> model;
  EXPECT_EQ(
      Model::loadMemory(bytes.data() + 1, bytes.size() - 1, {}, model).code(),
      StatusCode::InvalidArgument);
}

TEST(KernelLibrary, OpensFromATemporaryFile) {
  std::string object = readTestKernels();
  KernelLibrary library;
  Status status =
      library.open(reinterpret_cast<const uint8_t *>(object.data()),
                   object.size(), {{"add_f32", 3, 1}}, KernelFile::Temporary);
  ASSERT_TRUE(status.isOk()) << status.message();
  EXPECT_NE(library.kernel(0), nullptr);
}

TEST(KernelLibrary, TwoModelsHaveKernelsOfTheirOwn) {
  std::string object = readTestKernels();
  KernelLibrary first, second;
  for (KernelLibrary *library : {&first, &second})
    ASSERT_TRUE(library
                    ->open(reinterpret_cast<const uint8_t *>(object.data()),
                           object.size(), {{"add_f32", 3, 1}})
                    .isOk());
  EXPECT_NE(first.kernel(0), second.kernel(0));
}

TEST(Model, SeveralThreadsLoadOneFile) {
  AlignedBytes bytes(makeModel(makeSumPlan().plan));
  std::atomic<int> loaded{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t)
    threads.emplace_back([&] {
      std::shared_ptr<const Model> model;
      loaded += Model::loadMemory(bytes.data(), bytes.size(), {}, model).isOk();
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(loaded, 16);
}

} // namespace
