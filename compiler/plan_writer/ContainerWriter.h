// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ContainerWriter.h - makes a .neap file (runtime/include/neap/plan_format.h).
#ifndef NEAP_COMPILER_PLAN_WRITER_CONTAINERWRITER_H
#define NEAP_COMPILER_PLAN_WRITER_CONTAINERWRITER_H

#include "compiler/plan_writer/OutputFile.h"
#include "runtime/include/neap/plan_format.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include <memory>
#include <optional>

namespace neap {

/// A section that is to be written.
struct SectionSpec {
  neap_section_kind kind;
  neap_isa isa = NEAP_ISA_ANY;
  uint64_t sizeInBytes = 0;
};

/// A file that is written through a mapping, beside the place where it goes.
/// It takes that place when commit() succeeds; else nothing is left of it.
class ContainerWriter {
public:
  /// Reserves space for all sections, zeroed. Errors name `path`.
  static llvm::Expected<std::unique_ptr<ContainerWriter>>
  create(llvm::StringRef path, llvm::ArrayRef<SectionSpec> sections);

  /// Returns the bytes of section `index`, to be filled.
  llvm::MutableArrayRef<uint8_t> getSection(size_t index);

  /// Computes the checksums, writes the header, and puts the file in place of
  /// whatever was there.
  llvm::Error commit();

  uint64_t getFileSize() const { return fileSize; }

private:
  explicit ContainerWriter(llvm::StringRef path) : path(path.str()) {}

  llvm::Error open();
  void layOut(llvm::ArrayRef<SectionSpec> sections);
  void writeHeader();

  std::string path;
  uint64_t fileSize = 0;
  llvm::SmallVector<neap_section_entry> table;
  std::optional<OutputFile> file;
  llvm::sys::fs::mapped_file_region mapping;
};

} // namespace neap

#endif // NEAP_COMPILER_PLAN_WRITER_CONTAINERWRITER_H
