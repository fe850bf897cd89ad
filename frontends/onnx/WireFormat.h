// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WireFormat.h - reads and writes protobuf's wire format with 64-bit lengths,
// in place. protobuf's own reader ends at 2 GiB; models do not.
#ifndef NEAP_FRONTENDS_ONNX_WIREFORMAT_H
#define NEAP_FRONTENDS_ONNX_WIREFORMAT_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>

namespace neap::frontend {

enum class WireType : uint8_t {
  Varint = 0,
  Fixed64 = 1,
  Bytes = 2,
  GroupBegin = 3,
  GroupEnd = 4,
  Fixed32 = 5,
};

/// One field of a message, as it lies in memory.
struct WireField {
  uint32_t number = 0;
  WireType type = WireType::Varint;
  /// Tag included.
  llvm::StringRef whole;
  /// Without tag and length; for a group, without the tags.
  llvm::StringRef payload;
  /// Value of a varint.
  uint64_t value = 0;
};

/// Walks the fields of one message.
class WireReader {
public:
  explicit WireReader(llvm::StringRef message) : rest(message) {}

  /// Reads the next field. Returns false at the end and at an error.
  bool next(WireField &field);

  /// Reads one varint. Returns false if it is cut off or too long.
  bool readVarint(uint64_t &value);

  bool atEnd() const { return rest.empty(); }
  /// What is wrong, or null.
  const char *getError() const { return error; }
  /// Where reading stands.
  const char *getPosition() const { return rest.data(); }

private:
  bool fail(const char *message) {
    error = message;
    return false;
  }
  bool readTag(uint32_t &number, WireType &type);
  bool readPayload(WireField &field);
  bool skip(uint64_t numBytes, llvm::StringRef &skipped);
  bool skipGroup(uint32_t number);

  llvm::StringRef rest;
  const char *error = nullptr;
};

/// Appends a varint to `out`.
void appendVarint(std::string &out, uint64_t value);
/// Appends a varint field to `out`.
void appendVarintField(std::string &out, uint32_t number, uint64_t value);
/// Appends a length-delimited field to `out`.
void appendBytesField(std::string &out, uint32_t number,
                      llvm::StringRef payload);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_WIREFORMAT_H
