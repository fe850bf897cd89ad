// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ContainerWriter.cpp - header, section table, sections; the file is reserved
// first, so that a full disk is an error and not a signal.
#include "compiler/plan_writer/ContainerWriter.h"

#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"
#include <cstring>
#include <fcntl.h>

namespace neap {

namespace fs = llvm::sys::fs;

void ContainerWriter::layOut(llvm::ArrayRef<SectionSpec> sections) {
  uint64_t end =
      sizeof(neap_file_header) + sections.size() * sizeof(neap_section_entry);
  for (const SectionSpec &section : sections) {
    neap_section_entry entry = {};
    entry.kind = section.kind;
    entry.isa = section.isa;
    entry.offset = llvm::alignTo(end, NEAP_SECTION_ALIGNMENT);
    entry.size = section.sizeInBytes;
    end = entry.offset + entry.size;
    table.push_back(entry);
  }
  fileSize = end;
}

llvm::Error ContainerWriter::open() {
  llvm::Expected<OutputFile> created = OutputFile::create(path);
  if (!created)
    return created.takeError();
  file.emplace(std::move(*created));
  int descriptor = file->getDescriptor();
  if (int error = posix_fallocate(descriptor, 0, fileSize))
    return OutputFile::makeError(
        "reserve space for", path,
        std::error_code(error, std::generic_category()));
  std::error_code code;
  mapping = fs::mapped_file_region(fs::convertFDToNativeFile(descriptor),
                                   fs::mapped_file_region::readwrite, fileSize,
                                   0, code);
  return code ? OutputFile::makeError("map", path, code)
              : llvm::Error::success();
}

llvm::Expected<std::unique_ptr<ContainerWriter>>
ContainerWriter::create(llvm::StringRef path,
                        llvm::ArrayRef<SectionSpec> sections) {
  std::unique_ptr<ContainerWriter> writer(new ContainerWriter(path));
  writer->layOut(sections);
  if (llvm::Error error = writer->open())
    return std::move(error);
  return writer;
}

llvm::MutableArrayRef<uint8_t> ContainerWriter::getSection(size_t index) {
  auto *start = reinterpret_cast<uint8_t *>(mapping.data());
  return {start + table[index].offset, table[index].size};
}

void ContainerWriter::writeHeader() {
  for (size_t i = 0; i < table.size(); ++i)
    table[i].checksum = llvm::xxh3_64bits(getSection(i));
  neap_file_header header = {};
  std::memcpy(header.magic, NEAP_MAGIC, NEAP_MAGIC_SIZE);
  header.format = NEAP_FORMAT_VERSION;
  header.section_count = table.size();
  header.file_size = fileSize;
  const size_t tableSize = table.size() * sizeof(neap_section_entry);
  auto *start = reinterpret_cast<uint8_t *>(mapping.data());
  std::memcpy(start, &header, sizeof(header));
  std::memcpy(start + sizeof(header), table.data(), tableSize);
  // The checksum is taken with its own field 0.
  header.checksum = llvm::xxh3_64bits(
      llvm::ArrayRef<uint8_t>(start, sizeof(header) + tableSize));
  std::memcpy(start, &header, sizeof(header));
}

llvm::Error ContainerWriter::commit() {
  writeHeader();
  mapping.unmap();
  return file->commit();
}

} // namespace neap
