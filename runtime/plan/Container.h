// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Container.h - header and section table of a .neap file (plan_format.h).
#ifndef NEAP_RUNTIME_PLAN_CONTAINER_H
#define NEAP_RUNTIME_PLAN_CONTAINER_H

#include "runtime/base/Status.h"
#include "runtime/include/neap/plan_format.h"

#include <cstdint>
#include <string>
#include <vector>

namespace neap::plan {

/// Reads the header and the section table at the start of the `sizeInBytes`
/// bytes at `data`: magic, format, checksum of both, and that every section is
/// aligned, inside the file and apart from the others. The sections' own
/// checksums are left to checkSection.
///
/// Errors: DATA_LOSS; FAILED_PRECONDITION for a format that is not read.
rt::Status readContainer(const uint8_t *data, uint64_t sizeInBytes,
                         std::vector<neap_section_entry> &outSections);

/// Checks the checksum of one section; reads all of it. Errors: DATA_LOSS.
rt::Status checkSection(const uint8_t *data, const neap_section_entry &section);

/// Returns the section of this kind and instruction set, or null.
const neap_section_entry *
findSection(const std::vector<neap_section_entry> &sections,
            neap_section_kind kind, uint32_t isa);

/// Returns "plan", "kernels", "weights" or "section of kind N".
std::string sectionName(uint32_t kind);

/// Returns "x86-64-v3" and the like, "any" for 0.
std::string isaName(uint32_t isa);

} // namespace neap::plan

#endif // NEAP_RUNTIME_PLAN_CONTAINER_H
