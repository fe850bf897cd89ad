// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TensorProto.cpp - reads ONNX's TensorProto. protozero reports damage by
// exceptions: this file is compiled with them, and none leaves it.
//
// Source: onnx/onnx.proto, message TensorProto; its field numbers are here.
#include "runtime/tools/TensorFile.h"

#include <protozero/pbf_reader.hpp>

#include <cstring>
#include <exception>

namespace neap::tools {
namespace {

using plan::ElementType;
using protozero::pbf_reader;
using protozero::pbf_wire_type;
using rt::Status;
using rt::StatusCode;

constexpr uint32_t varint(uint32_t field) {
  return protozero::tag_and_type(field, pbf_wire_type::varint);
}
constexpr uint32_t bytes(uint32_t field) {
  return protozero::tag_and_type(field, pbf_wire_type::length_delimited);
}
constexpr uint32_t fixed32(uint32_t field) {
  return protozero::tag_and_type(field, pbf_wire_type::fixed32);
}
constexpr uint32_t fixed64(uint32_t field) {
  return protozero::tag_and_type(field, pbf_wire_type::fixed64);
}

/// What the message holds, before types are known.
struct Fields {
  std::vector<int64_t> dims;
  int32_t dataType = 0;
  bool hasRawData = false;
  bool isExternal = false;
  std::string name;
  std::string rawData;
  std::vector<float> floats;
  std::vector<double> doubles;
  std::vector<int64_t> integers; // int32_data, int64_data or uint64_data
};

template <typename Range, typename T>
void append(Range range, std::vector<T> &values) {
  for (auto value : range)
    values.push_back(static_cast<T>(value));
}

void readFields(pbf_reader reader, Fields &fields) {
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case varint(1):
      fields.dims.push_back(reader.get_int64());
      break;
    case bytes(1):
      append(reader.get_packed_int64(), fields.dims);
      break;
    case varint(2):
      fields.dataType = reader.get_int32();
      break;
    case fixed32(4):
      fields.floats.push_back(reader.get_float());
      break;
    case bytes(4):
      append(reader.get_packed_float(), fields.floats);
      break;
    case varint(5):
    case varint(7):
    case varint(11):
      fields.integers.push_back(reader.get_int64());
      break;
    case bytes(5):
    case bytes(7):
    case bytes(11):
      append(reader.get_packed_int64(), fields.integers);
      break;
    case bytes(8):
      fields.name = reader.get_string();
      break;
    case bytes(9):
      fields.rawData = reader.get_string();
      fields.hasRawData = true;
      break;
    case fixed64(10):
      fields.doubles.push_back(reader.get_double());
      break;
    case bytes(10):
      append(reader.get_packed_double(), fields.doubles);
      break;
    case varint(14):
      fields.isExternal = reader.get_enum() == 1;
      break;
    default:
      reader.skip();
    }
  }
}

/// Returns our type for a TensorProto.DataType, Unspecified if there is none.
ElementType toElementType(int32_t dataType) {
  switch (dataType) {
  case 1:
    return ElementType::F32;
  case 2:
    return ElementType::U8;
  case 3:
    return ElementType::I8;
  case 4:
    return ElementType::U16;
  case 5:
    return ElementType::I16;
  case 6:
    return ElementType::I32;
  case 7:
    return ElementType::I64;
  case 9:
    return ElementType::Bool;
  case 10:
    return ElementType::F16;
  case 11:
    return ElementType::F64;
  case 12:
    return ElementType::U32;
  case 13:
    return ElementType::U64;
  case 16:
    return ElementType::BF16;
  default:
    return ElementType::Unspecified;
  }
}

/// Appends the low bytes of each value.
template <typename T>
void appendBytes(const std::vector<T> &values, uint32_t elementBytes,
                 std::vector<uint8_t> &out) {
  for (const T &value : values) {
    const auto *begin = reinterpret_cast<const uint8_t *>(&value);
    out.insert(out.end(), begin, begin + elementBytes);
  }
}

Status toTensor(const Fields &fields, HostTensor &tensor) {
  tensor.name = fields.name;
  tensor.type = toElementType(fields.dataType);
  tensor.shape = fields.dims;
  tensor.bytes.clear();
  uint32_t elementBytes = plan::elementSizeInBytes(tensor.type);
  if (elementBytes == 0 || fields.isExternal)
    return Status::error(StatusCode::Unimplemented,
                         fields.isExternal
                             ? "the tensor's data is in another file"
                             : "the tensor's data type %d is not supported",
                         fields.dataType);
  if (fields.hasRawData)
    tensor.bytes.assign(fields.rawData.begin(), fields.rawData.end());
  else if (tensor.type == ElementType::F32)
    appendBytes(fields.floats, elementBytes, tensor.bytes);
  else if (tensor.type == ElementType::F64)
    appendBytes(fields.doubles, elementBytes, tensor.bytes);
  else
    appendBytes(fields.integers, elementBytes, tensor.bytes);
  bool fits = false;
  uint64_t expected = countElements(tensor.shape, fits) * elementBytes;
  if (fits && tensor.bytes.size() == expected)
    return Status();
  return Status::error(
      StatusCode::DataLoss, "the tensor has shape %s but %zu bytes of data",
      shapeText(tensor.shape.data(), tensor.shape.size()).c_str(),
      tensor.bytes.size());
}

} // namespace

Status parseTensorProto(const std::string &file, HostTensor &outTensor) {
  try {
    Fields fields;
    readFields(pbf_reader(file.data(), file.size()), fields);
    return toTensor(fields, outTensor);
  } catch (const std::exception &damage) {
    return Status::error(StatusCode::DataLoss, "not an ONNX TensorProto (%s)",
                         damage.what());
  }
}

} // namespace neap::tools
