// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TensorReader.cpp - see TensorReader.h.
// Source of field numbers: onnx/onnx.proto of ONNX 1.23.
#include "frontends/onnx/TensorReader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CheckedArithmetic.h"

#include <unistd.h>

using namespace neap::frontend;

/// Integer tensors of rank at most 1 stay visible up to this size.
static constexpr uint64_t kMaxShapeTensorInBytes = uint64_t(16) << 20;

namespace {

/// Fields of TensorProto.
enum TensorField : uint32_t {
  kDims = 1,
  kDataType = 2,
  kSegment = 3,
  kFloatData = 4,
  kInt32Data = 5,
  kStringData = 6,
  kInt64Data = 7,
  kName = 8,
  kRawData = 9,
  kDoubleData = 10,
  kUint64Data = 11,
  kExternalData = 13,
  kDataLocation = 14,
};

/// The value of TensorProto.data_location that means another file.
constexpr uint64_t kExternalLocation = 1;

} // namespace

/// Returns the bytes per element of a TensorProto.DataType that Neap's tensors
/// can have, or 0.
static unsigned getElementSizeInBytes(int32_t dataType) {
  switch (dataType) {
  case 2: // UINT8
  case 3: // INT8
  case 9: // BOOL
    return 1;
  case 4:  // UINT16
  case 5:  // INT16
  case 10: // FLOAT16
  case 16: // BFLOAT16
    return 2;
  case 1:  // FLOAT
  case 6:  // INT32
  case 12: // UINT32
    return 4;
  case 7:  // INT64
  case 11: // DOUBLE
  case 13: // UINT64
    return 8;
  default:
    return 0;
  }
}

/// Whether shapes may be computed from tensors of `dataType`.
static bool isIndexType(int32_t dataType) {
  return dataType == 6 || dataType == 7;
}

/// Returns the field that holds the elements of `dataType` if they are not raw.
static uint32_t getTypedField(int32_t dataType) {
  switch (dataType) {
  case 1:
    return kFloatData;
  case 7:
    return kInt64Data;
  case 11:
    return kDoubleData;
  case 12:
  case 13:
    return kUint64Data;
  default:
    return kInt32Data;
  }
}

static bool isDataField(uint32_t number) {
  return number == kFloatData || number == kInt32Data ||
         number == kStringData || number == kInt64Data || number == kRawData ||
         number == kDoubleData || number == kUint64Data;
}

llvm::Error TensorReader::read(llvm::StringRef message, std::string &out) {
  if (llvm::Error error = collect(message))
    return error;
  if (llvm::Error error = countElements())
    return error;
  if (isExternal)
    return finishExternal(out);
  if (llvm::Error error = checkPayload())
    return error;
  return finishInline(out);
}

llvm::Error TensorReader::fail(const llvm::Twine &what) const {
  return llvm::createStringError(llvm::Twine("tensor '") + handle.name + "' " +
                                 what);
}

llvm::Error TensorReader::malformed(const char *what) const {
  return fail(llvm::Twine("is malformed protobuf: ") + what);
}

llvm::Error TensorReader::collect(llvm::StringRef message) {
  WireReader reader(message);
  WireField field;
  while (reader.next(field))
    if (llvm::Error error = collectField(field))
      return error;
  if (reader.getError())
    return malformed(reader.getError());
  elementSize = getElementSizeInBytes(handle.dataType);
  return llvm::Error::success();
}

llvm::Error TensorReader::collectField(const WireField &field) {
  if (isDataField(field.number)) {
    if (payload.field && payload.field != field.number)
      return fail("has its data in two different fields");
    payload.field = field.number;
    payload.bytes = field.payload;
    payload.fields.push_back(field.whole);
    return llvm::Error::success();
  }
  if (field.number == kExternalData && field.type == WireType::Bytes)
    return collectExternalEntry(field.payload);
  if (field.number == kDataLocation) {
    isExternal = field.value == kExternalLocation;
    return llvm::Error::success();
  }
  if (field.number == kSegment)
    return fail("is stored in segments, which is not supported");
  if (field.number == kDims)
    if (llvm::Error error = collectDims(field))
      return error;
  if (field.number == kDataType)
    handle.dataType = static_cast<int32_t>(field.value);
  if (field.number == kName && field.type == WireType::Bytes)
    handle.name = field.payload.str();
  rest.append(field.whole.data(), field.whole.size());
  return llvm::Error::success();
}

llvm::Error TensorReader::collectDims(const WireField &field) {
  if (field.type == WireType::Varint) {
    handle.dims.push_back(static_cast<int64_t>(field.value));
    return llvm::Error::success();
  }
  WireReader packed(field.payload);
  uint64_t value;
  while (!packed.atEnd() && packed.readVarint(value))
    handle.dims.push_back(static_cast<int64_t>(value));
  if (packed.getError())
    return malformed(packed.getError());
  return llvm::Error::success();
}

llvm::Error TensorReader::collectExternalEntry(llvm::StringRef entry) {
  WireReader reader(entry);
  WireField field;
  llvm::StringRef key, value;
  while (reader.next(field)) {
    if (field.number == 1)
      key = field.payload;
    else if (field.number == 2)
      value = field.payload;
  }
  if (reader.getError())
    return malformed(reader.getError());
  if (key == "location")
    entries.location = value.str();
  if (key != "offset" && key != "length")
    return llvm::Error::success();
  uint64_t number;
  if (value.getAsInteger(10, number))
    return fail(llvm::Twine("has the external data ") + key + " '" + value +
                "'; expected a number of bytes");
  (key == "offset" ? entries.offset : entries.length) = number;
  return llvm::Error::success();
}

llvm::Error TensorReader::countElements() {
  bool isEmpty = false, overflows = false;
  for (int64_t dim : handle.dims) {
    if (dim < 0)
      return fail(llvm::Twine("has the negative dimension ") +
                  llvm::Twine(dim));
    isEmpty |= dim == 0;
    std::optional<uint64_t> product =
        llvm::checkedMulUnsigned<uint64_t>(numElements, uint64_t(dim));
    overflows |= !product;
    numElements = product.value_or(1);
  }
  if (isEmpty)
    numElements = 0;
  uint64_t unit = std::max(elementSize, 1u);
  if (!isEmpty && (overflows || numElements > uint64_t(INT64_MAX) / unit))
    return fail("has more than 2^63 bytes by its dimensions");
  return llvm::Error::success();
}

llvm::Error TensorReader::checkNumElements(uint64_t found) const {
  if (found == numElements)
    return llvm::Error::success();
  return fail(llvm::Twine("declares ") + llvm::Twine(numElements) +
              " elements, but carries " + llvm::Twine(found));
}

llvm::Error TensorReader::checkPayload() const {
  // Other element types are refused by name where they are used.
  if (elementSize == 0)
    return llvm::Error::success();
  if (!payload.field)
    return checkNumElements(0);
  if (payload.field == kRawData) {
    if (payload.bytes.size() == getNumBytes())
      return llvm::Error::success();
    return fail(llvm::Twine("declares ") + llvm::Twine(getNumBytes()) +
                " bytes, but carries " + llvm::Twine(payload.bytes.size()));
  }
  if (payload.field != getTypedField(handle.dataType))
    return fail("has its data in a field of another element type");
  // protobuf's parser counts what is not one packed field; see the importer.
  if (payload.fields.size() != 1 || payload.bytes.empty())
    return llvm::Error::success();
  if (payload.field == kFloatData)
    return checkNumElements(payload.bytes.size() / 4);
  if (payload.field == kDoubleData)
    return checkNumElements(payload.bytes.size() / 8);
  return checkNumElements(llvm::count_if(
      payload.bytes, [](char byte) { return (byte & 128) == 0; }));
}

uint64_t TensorReader::getInlineLimitInBytes() const {
  if (isIndexType(handle.dataType) && handle.dims.size() <= 1)
    return std::max(options.inlineLimitInBytes, kMaxShapeTensorInBytes);
  return options.inlineLimitInBytes;
}

void TensorReader::finishAsHandle(std::string &out) {
  std::string location;
  appendBytesField(location, 1, "location");
  appendBytesField(location, 2, "#" + llvm::utostr(skeleton.handles.size()));
  appendBytesField(rest, kExternalData, location);
  appendVarintField(rest, kDataLocation, kExternalLocation);
  skeleton.handles.push_back(std::move(handle));
  out += rest;
}

llvm::Error TensorReader::finishInline(std::string &out) {
  bool isOneBlob = payload.fields.size() == 1 && !payload.bytes.empty();
  bool canStay = elementSize != 0 && payload.field != kStringData;
  if (!isOneBlob || !canStay || getNumBytes() <= getInlineLimitInBytes()) {
    for (llvm::StringRef field : payload.fields)
      rest.append(field.data(), field.size());
    out += rest;
    return llvm::Error::success();
  }
  bool isVarint = payload.field == kInt32Data || payload.field == kInt64Data ||
                  payload.field == kUint64Data;
  handle.file = 0;
  handle.offsetInBytes = payload.bytes.data() - whole.data();
  handle.lengthInBytes = payload.bytes.size();
  handle.encoding =
      isVarint ? TensorEncoding::PackedVarint : TensorEncoding::Raw;
  finishAsHandle(out);
  return llvm::Error::success();
}

llvm::Error TensorReader::finishExternal(std::string &out) {
  if (payload.field)
    return fail("is external, but also carries data");
  if (elementSize == 0)
    return fail(llvm::Twine("is external and has the element type ") +
                llvm::Twine(handle.dataType) + ", which is not supported");
  handle.offsetInBytes = entries.offset.value_or(0);
  handle.lengthInBytes = getNumBytes();
  if (options.withoutWeights) {
    finishAsHandle(out);
    return llvm::Error::success();
  }
  llvm::Expected<const ExternalFile *> file =
      external.open(entries.location, handle.name);
  if (!file)
    return file.takeError();
  uint64_t size = (*file)->sizeInBytes, offset = handle.offsetInBytes;
  uint64_t length = entries.length.value_or(size - std::min(size, offset));
  if (entries.length && length != getNumBytes())
    return fail(llvm::Twine("declares ") + llvm::Twine(getNumBytes()) +
                " bytes, but its external data has " + llvm::Twine(length));
  if (offset > size || getNumBytes() > size - offset)
    return fail(llvm::Twine("needs ") + llvm::Twine(getNumBytes()) +
                " bytes at offset " + llvm::Twine(offset) + " of '" +
                (*file)->path + "', which has " + llvm::Twine(size));
  if (getNumBytes() <= getInlineLimitInBytes())
    return appendExternalBytes(**file, out);
  auto known = llvm::find(skeleton.files, (*file)->path);
  handle.file = known - skeleton.files.begin();
  if (known == skeleton.files.end())
    skeleton.files.push_back((*file)->path);
  finishAsHandle(out);
  return llvm::Error::success();
}

llvm::Error TensorReader::appendExternalBytes(const ExternalFile &file,
                                              std::string &out) {
  std::string data(getNumBytes(), '\0');
  ssize_t count = pread(file.descriptor, data.data(), data.size(),
                        static_cast<off_t>(handle.offsetInBytes));
  if (count != static_cast<ssize_t>(data.size()))
    return fail(llvm::Twine("cannot be read from '") + file.path + "'");
  appendBytesField(rest, kRawData, data);
  out += rest;
  return llvm::Error::success();
}
