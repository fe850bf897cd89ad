// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WireReading.h - what the readers of plan.proto's messages share. For files
// that are compiled with exceptions, by which protozero reports damage.
#ifndef NEAP_RUNTIME_PLAN_WIREREADING_H
#define NEAP_RUNTIME_PLAN_WIREREADING_H

#include <protozero/pbf_reader.hpp>

#include <cstdint>
#include <vector>

namespace neap::plan {

/// Field number and wire type as one number, for switch: a varint.
constexpr uint32_t varint(uint32_t field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::varint);
}
/// The same for strings, messages and packed fields.
constexpr uint32_t bytes(uint32_t field) {
  return protozero::tag_and_type(field,
                                 protozero::pbf_wire_type::length_delimited);
}

/// Appends to a packed repeated field.
inline void readPacked(protozero::pbf_reader &reader,
                       std::vector<uint32_t> &values) {
  auto range = reader.get_packed_uint32();
  values.insert(values.end(), range.begin(), range.end());
}

} // namespace neap::plan

#endif // NEAP_RUNTIME_PLAN_WIREREADING_H
