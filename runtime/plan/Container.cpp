// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Container.cpp - header and section table of a .neap file.
#include "runtime/plan/Container.h"

#include "runtime/base/Format.h"

#include <algorithm>
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace neap::plan {
namespace {

using rt::Status;
using rt::StatusCode;
using ULL = unsigned long long;

static_assert(sizeof(neap_file_header) == 32, "the header has no padding");
static_assert(sizeof(neap_section_entry) == 32, "the entry has no padding");

/// The formats that this runtime reads, in words.
constexpr uint32_t kFormats[] = {NEAP_FORMAT_VERSION};

Status checkFormat(const neap_file_header &header) {
  if (std::memcmp(header.magic, NEAP_MAGIC, NEAP_MAGIC_SIZE) != 0)
    return Status::error(StatusCode::DataLoss,
                         "expected the first 8 bytes of a .neap file, got "
                         "others");
  std::string known;
  for (uint32_t format : kFormats) {
    if (header.format == format)
      return Status();
    known += (known.empty() ? "" : ", ") + std::to_string(format);
  }
  return Status::error(StatusCode::FailedPrecondition,
                       "the file has format %u; this runtime reads %s",
                       header.format, known.c_str());
}

/// Returns the checksum of header and table, with the field itself as 0.
uint64_t headerChecksum(neap_file_header header, const uint8_t *table,
                        size_t tableBytes) {
  header.checksum = 0;
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, &header, sizeof(header));
  XXH3_64bits_update(&state, table, tableBytes);
  return XXH3_64bits_digest(&state);
}

Status checkPlace(const neap_section_entry &section, uint64_t tableEnd,
                  uint64_t fileSize) {
  std::string name = sectionName(section.kind);
  if (section.offset % NEAP_SECTION_ALIGNMENT != 0 || section.offset < tableEnd)
    return Status::error(StatusCode::DataLoss,
                         "the %s section starts at byte %llu, expected a "
                         "multiple of %u after the section table",
                         name.c_str(), ULL(section.offset),
                         NEAP_SECTION_ALIGNMENT);
  if (section.offset > fileSize || section.size > fileSize - section.offset)
    return Status::error(StatusCode::DataLoss,
                         "the %s section has %llu bytes from byte %llu, but "
                         "the file has %llu bytes",
                         name.c_str(), ULL(section.size), ULL(section.offset),
                         ULL(fileSize));
  return Status();
}

/// Checks that sections are inside the file, apart and not twice.
Status checkPlaces(std::vector<neap_section_entry> sections, uint64_t tableEnd,
                   uint64_t fileSize) {
  for (const neap_section_entry &section : sections)
    NEAP_RETURN_IF_ERROR(checkPlace(section, tableEnd, fileSize));
  for (size_t i = 0; i < sections.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (sections[i].kind == sections[j].kind &&
          sections[i].isa == sections[j].isa)
        return Status::error(StatusCode::DataLoss,
                             "the file has two %s sections for instruction set "
                             "%s",
                             sectionName(sections[i].kind).c_str(),
                             isaName(sections[i].isa).c_str());
  std::sort(sections.begin(), sections.end(),
            [](const neap_section_entry &a, const neap_section_entry &b) {
              return a.offset < b.offset;
            });
  for (size_t i = 1; i < sections.size(); ++i)
    if (sections[i].offset - sections[i - 1].offset < sections[i - 1].size)
      return Status::error(StatusCode::DataLoss,
                           "the %s section ends after byte %llu, where the %s "
                           "section starts",
                           sectionName(sections[i - 1].kind).c_str(),
                           ULL(sections[i].offset),
                           sectionName(sections[i].kind).c_str());
  return Status();
}

} // namespace

std::string sectionName(uint32_t kind) {
  switch (kind) {
  case NEAP_SECTION_PLAN:
    return "plan";
  case NEAP_SECTION_KERNELS:
    return "kernels";
  case NEAP_SECTION_WEIGHTS:
    return "weights";
  default:
    return rt::format("kind-%u", kind);
  }
}

std::string isaName(uint32_t isa) {
  switch (isa) {
  case NEAP_ISA_ANY:
    return "any";
  case NEAP_ISA_X86_64_V2:
    return "x86-64-v2";
  case NEAP_ISA_X86_64_V3:
    return "x86-64-v3";
  case NEAP_ISA_X86_64_V4:
    return "x86-64-v4";
  default:
    return rt::format("number %u", isa);
  }
}

Status readContainer(const uint8_t *data, uint64_t sizeInBytes,
                     std::vector<neap_section_entry> &outSections) {
  neap_file_header header;
  if (sizeInBytes < sizeof(header))
    return Status::error(StatusCode::DataLoss,
                         "the file has %llu bytes, expected at least the %zu "
                         "of a .neap header",
                         ULL(sizeInBytes), sizeof(header));
  std::memcpy(&header, data, sizeof(header));
  NEAP_RETURN_IF_ERROR(checkFormat(header));
  if (header.section_count < 1 || header.section_count > NEAP_MAX_SECTIONS)
    return Status::error(StatusCode::DataLoss,
                         "the header counts %u sections, expected 1 to %u",
                         header.section_count, NEAP_MAX_SECTIONS);
  size_t tableBytes = header.section_count * sizeof(neap_section_entry);
  uint64_t tableEnd = sizeof(header) + tableBytes;
  if (sizeInBytes < tableEnd)
    return Status::error(StatusCode::DataLoss,
                         "the section table ends at byte %llu, but the file "
                         "has %llu bytes",
                         ULL(tableEnd), ULL(sizeInBytes));
  const uint8_t *table = data + sizeof(header);
  if (headerChecksum(header, table, tableBytes) != header.checksum)
    return Status::error(StatusCode::DataLoss,
                         "the checksum of the header and section table does "
                         "not match; the file is damaged");
  if (header.file_size != sizeInBytes)
    return Status::error(StatusCode::DataLoss,
                         "the header says %llu bytes, but the file has %llu",
                         ULL(header.file_size), ULL(sizeInBytes));
  outSections.resize(header.section_count);
  std::memcpy(outSections.data(), table, tableBytes);
  return checkPlaces(outSections, tableEnd, sizeInBytes);
}

Status checkSection(const uint8_t *data, const neap_section_entry &section) {
  if (XXH3_64bits(data + section.offset, section.size) == section.checksum)
    return Status();
  return Status::error(StatusCode::DataLoss,
                       "the checksum of the %s section (%llu bytes from byte "
                       "%llu) does not match; the file is damaged",
                       sectionName(section.kind).c_str(), ULL(section.size),
                       ULL(section.offset));
}

const neap_section_entry *
findSection(const std::vector<neap_section_entry> &sections,
            neap_section_kind kind, uint32_t isa) {
  for (const neap_section_entry &section : sections)
    if (section.kind == static_cast<uint32_t>(kind) && section.isa == isa)
      return &section;
  return nullptr;
}

} // namespace neap::plan
