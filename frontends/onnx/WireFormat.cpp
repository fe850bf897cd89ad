// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WireFormat.cpp - see WireFormat.h.
// Source: protobuf.dev/programming-guides/encoding.
#include "frontends/onnx/WireFormat.h"

#include "llvm/ADT/SmallVector.h"

#include <limits>

using namespace neap::frontend;

/// Groups inside groups, as deep as protobuf itself allows.
static constexpr size_t kMaxGroupDepth = 100;

bool WireReader::readVarint(uint64_t &value) {
  value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    if (rest.empty())
      return fail("a number is cut off");
    uint8_t byte = static_cast<uint8_t>(rest.front());
    rest = rest.drop_front();
    if (shift < 64)
      value |= static_cast<uint64_t>(byte & 127) << shift;
    if (!(byte & 128))
      return true;
  }
  return fail("a number has more than ten bytes");
}

bool WireReader::readTag(uint32_t &number, WireType &type) {
  uint64_t tag;
  if (!readVarint(tag))
    return false;
  if (tag > std::numeric_limits<uint32_t>::max() || tag >> 3 == 0)
    return fail("a field number is out of range");
  if ((tag & 7) > static_cast<uint64_t>(WireType::Fixed32))
    return fail("a field has a reserved wire type");
  number = static_cast<uint32_t>(tag >> 3);
  type = static_cast<WireType>(tag & 7);
  return true;
}

bool WireReader::skip(uint64_t numBytes, llvm::StringRef &skipped) {
  if (numBytes > rest.size())
    return fail("a field ends beyond its message");
  skipped = rest.take_front(numBytes);
  rest = rest.drop_front(numBytes);
  return true;
}

bool WireReader::skipGroup(uint32_t number) {
  llvm::SmallVector<uint32_t, 4> open = {number};
  while (!open.empty()) {
    WireField field;
    if (!readTag(field.number, field.type))
      return false;
    if (field.type == WireType::GroupBegin) {
      if (open.size() == kMaxGroupDepth)
        return fail("groups are nested too deeply");
      open.push_back(field.number);
    } else if (field.type == WireType::GroupEnd) {
      if (open.pop_back_val() != field.number)
        return fail("a group ends with another number than it began with");
    } else if (!readPayload(field)) {
      return false;
    }
  }
  return true;
}

bool WireReader::readPayload(WireField &field) {
  switch (field.type) {
  case WireType::Varint:
    return readVarint(field.value);
  case WireType::Fixed64:
    return skip(8, field.payload);
  case WireType::Fixed32:
    return skip(4, field.payload);
  case WireType::Bytes: {
    uint64_t length;
    return readVarint(length) && skip(length, field.payload);
  }
  case WireType::GroupBegin:
    return skipGroup(field.number);
  case WireType::GroupEnd:
    return fail("a group ends that did not begin");
  }
  return fail("a field has a reserved wire type");
}

bool WireReader::next(WireField &field) {
  if (error || rest.empty())
    return false;
  field = WireField();
  const char *begin = rest.data();
  if (!readTag(field.number, field.type) || !readPayload(field))
    return false;
  field.whole = llvm::StringRef(begin, rest.data() - begin);
  return true;
}

void neap::frontend::appendVarint(std::string &out, uint64_t value) {
  for (; value >= 128; value >>= 7)
    out.push_back(static_cast<char>(value | 128));
  out.push_back(static_cast<char>(value));
}

void neap::frontend::appendVarintField(std::string &out, uint32_t number,
                                       uint64_t value) {
  appendVarint(out, static_cast<uint64_t>(number) << 3);
  appendVarint(out, value);
}

void neap::frontend::appendBytesField(std::string &out, uint32_t number,
                                      llvm::StringRef payload) {
  appendVarint(out, static_cast<uint64_t>(number) << 3 |
                        static_cast<uint64_t>(WireType::Bytes));
  appendVarint(out, payload.size());
  out.append(payload.data(), payload.size());
}
