// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanBytes.h - serializes plans and containers for the tests, without the
// compiler.
#ifndef NEAP_TEST_RUNTIME_SUPPORT_PLANBYTES_H
#define NEAP_TEST_RUNTIME_SUPPORT_PLANBYTES_H

#include "runtime/include/neap/plan_format.h"
#include "runtime/plan/Plan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace neap::test {

/// Returns `plan` in the wire format of plan.proto.
std::string serializePlan(const plan::Plan &plan);

/// A section of a container to be written.
struct SectionBytes {
  uint32_t kind;
  uint32_t isa;
  std::string bytes;
};

/// Returns a .neap file with right offsets and checksums.
std::string writeContainer(const std::vector<SectionBytes> &sections);

/// Sets the checksum of header and table anew, after a test has changed them.
void resealHeader(std::string &file);

} // namespace neap::test

#endif // NEAP_TEST_RUNTIME_SUPPORT_PLANBYTES_H
