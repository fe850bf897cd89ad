// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ContainerWriterTest.cpp - what is written is what the runtime reads.
#include "compiler/plan_writer/ContainerWriter.h"

#include "runtime/plan/Container.h"
#include "llvm/Support/MemoryBuffer.h"
#include <gtest/gtest.h>

using namespace neap;
namespace fs = llvm::sys::fs;

namespace {

class ContainerWriterTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(fs::createUniqueDirectory("container-writer", folder));
    path = (folder + "/model.neap").str();
  }
  void TearDown() override { fs::remove_directories(folder); }

  std::vector<std::string> listFolder() {
    std::vector<std::string> names;
    std::error_code code;
    for (fs::directory_iterator it(folder, code), end; it != end && !code;
         it.increment(code))
      names.push_back(it->path());
    return names;
  }

  llvm::SmallString<128> folder;
  std::string path;
  const SectionSpec sections[2] = {
      {NEAP_SECTION_PLAN, NEAP_ISA_ANY, 3},
      {NEAP_SECTION_KERNELS, NEAP_ISA_X86_64_V3, 70000}};
};

TEST_F(ContainerWriterTest, RuntimeAcceptsIt) {
  auto writer = llvm::cantFail(ContainerWriter::create(path, sections));
  memcpy(writer->getSection(0).data(), "abc", 3);
  memset(writer->getSection(1).data(), 7, 70000);
  ASSERT_FALSE(writer->commit());

  auto buffer = llvm::MemoryBuffer::getFile(path);
  ASSERT_TRUE(buffer);
  auto *data = reinterpret_cast<const uint8_t *>((*buffer)->getBufferStart());
  EXPECT_EQ((*buffer)->getBufferSize(), writer->getFileSize());
  std::vector<neap_section_entry> read;
  ASSERT_TRUE(
      plan::readContainer(data, (*buffer)->getBufferSize(), read).isOk());
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[1].isa, uint32_t(NEAP_ISA_X86_64_V3));
  EXPECT_EQ(read[1].offset % NEAP_SECTION_ALIGNMENT, 0u);
  for (const neap_section_entry &section : read)
    EXPECT_TRUE(plan::checkSection(data, section).isOk());
}

TEST_F(ContainerWriterTest, LeavesNothingWithoutCommit) {
  {
    auto writer = llvm::cantFail(ContainerWriter::create(path, sections));
  }
  EXPECT_TRUE(listFolder().empty());
}

TEST_F(ContainerWriterTest, KeepsTheOldFileUntilCommit) {
  llvm::cantFail(
      llvm::cantFail(ContainerWriter::create(path, sections))->commit());
  uint64_t size = 0;
  {
    const SectionSpec large = {NEAP_SECTION_PLAN, NEAP_ISA_ANY, 1000000};
    auto writer = llvm::cantFail(ContainerWriter::create(path, large));
    ASSERT_FALSE(fs::file_size(path, size));
    EXPECT_LT(size, 1000000u);
  }
  EXPECT_EQ(listFolder(), std::vector<std::string>{path});
}

TEST_F(ContainerWriterTest, SectionWithoutBytes) {
  const SectionSpec specs[] = {{NEAP_SECTION_PLAN, NEAP_ISA_ANY, 3},
                               {NEAP_SECTION_WEIGHTS, NEAP_ISA_ANY, 0}};
  auto writer = llvm::cantFail(ContainerWriter::create(path, specs));
  ASSERT_FALSE(writer->commit());
  auto buffer = llvm::MemoryBuffer::getFile(path);
  ASSERT_TRUE(buffer);
  std::vector<neap_section_entry> read;
  EXPECT_TRUE(plan::readContainer(reinterpret_cast<const uint8_t *>(
                                      (*buffer)->getBufferStart()),
                                  (*buffer)->getBufferSize(), read)
                  .isOk());
}

TEST_F(ContainerWriterTest, DevicesAndFoldersAreNotReplaced) {
  for (std::string target : {std::string("/dev/null"), folder.str().str()}) {
    auto writer = ContainerWriter::create(target, sections);
    ASSERT_FALSE(writer);
    EXPECT_NE(llvm::toString(writer.takeError()).find(target),
              std::string::npos);
  }
}

TEST_F(ContainerWriterTest, FolderThatIsNotThere) {
  auto writer =
      ContainerWriter::create((folder + "/no/model.neap").str(), sections);
  ASSERT_FALSE(writer);
  EXPECT_NE(llvm::toString(writer.takeError()).find("/no/model.neap"),
            std::string::npos);
}

} // namespace
