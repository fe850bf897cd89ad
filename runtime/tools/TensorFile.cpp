// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TensorFile.cpp - tensors in files: choice by ending, and NumPy's .npy.
//
// Source: NumPy, numpy/lib/format.py, "Format Version 1.0" and 2.0.
#include "runtime/tools/TensorFile.h"

#include "runtime/base/Format.h"
#include "runtime/tools/OutputFile.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace neap::tools {
namespace {

using plan::ElementType;
using rt::format;
using rt::quoted;
using rt::Status;
using rt::StatusCode;

struct FileCloser {
  void operator()(FILE *file) const { std::fclose(file); }
};
using File = std::unique_ptr<FILE, FileCloser>;

/// A NumPy type and ours.
struct TypeCode {
  const char *code;
  ElementType type;
};

constexpr TypeCode kTypeCodes[] = {
    {"<f4", ElementType::F32}, {"<f8", ElementType::F64},
    {"<f2", ElementType::F16}, {"|b1", ElementType::Bool},
    {"|i1", ElementType::I8},  {"<i2", ElementType::I16},
    {"<i4", ElementType::I32}, {"<i8", ElementType::I64},
    {"|u1", ElementType::U8},  {"<u2", ElementType::U16},
    {"<u4", ElementType::U32}, {"<u8", ElementType::U64}};

bool endsWith(const std::string &text, const std::string &ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

/// Returns the text after "'key':" in a header, or nothing.
std::string findValue(const std::string &header, const std::string &key) {
  size_t at = header.find("'" + key + "':");
  if (at == std::string::npos)
    return std::string();
  at += key.size() + 3;
  while (at < header.size() && header[at] == ' ')
    ++at;
  return header.substr(at);
}

/// Reads "(2, 3)" at the start of `text`.
bool parseShape(const std::string &text, std::vector<int64_t> &shape) {
  if (text.empty() || text[0] != '(')
    return false;
  const char *next = text.c_str() + 1;
  while (true) {
    while (*next == ' ' || *next == ',')
      ++next;
    if (*next == ')')
      return true;
    char *end = nullptr;
    errno = 0;
    long long dim = std::strtoll(next, &end, 10);
    if (end == next || errno != 0 || dim < 0)
      return false;
    shape.push_back(dim);
    next = end;
  }
}

Status damaged(const std::string &what) {
  return Status::error(StatusCode::DataLoss,
                       "not a whole NumPy file: %s; write it again, as with "
                       "numpy.save",
                       what.c_str());
}

/// Sets the bounds of the header's text in `file`.
Status findHeader(const std::string &file, size_t &begin, size_t &end) {
  if (file.empty())
    return damaged("it is empty");
  if (std::string("\x93NUMPY").compare(0, file.size(), file, 0, 6) != 0)
    return damaged("expected \\x93NUMPY at its start");
  bool isVersion1 = file.size() > 6 && file[6] == 1;
  begin = isVersion1 ? 10 : 12;
  if (file.size() < begin)
    return damaged("it ends within its header");
  uint64_t length = 0;
  for (size_t i = begin; i-- > 8;)
    length = length << 8 | static_cast<unsigned char>(file[i]);
  if (length > file.size() - begin)
    return damaged("it ends within its header");
  end = begin + length;
  return Status();
}

Status parseTypeCode(const std::string &text, ElementType &outType) {
  for (const TypeCode &known : kTypeCodes)
    if (text.compare(0, 5, std::string("'") + known.code + "'") == 0) {
      outType = known.type;
      return Status();
    }
  return Status::error(StatusCode::Unimplemented,
                       "expected a little-endian NumPy type of f2, f4, f8, b1, "
                       "i1 to i8 or u1 to u8, got %s; convert it with astype",
                       text.substr(0, text.find(',')).c_str());
}

/// Copies elements that lie in column-major order into row-major order.
void copyTransposed(const std::vector<int64_t> &shape, size_t elementBytes,
                    const char *source, uint8_t *target) {
  std::vector<size_t> strides(shape.size(), elementBytes);
  for (size_t axis = 1; axis < shape.size(); ++axis)
    strides[axis] = strides[axis - 1] * static_cast<size_t>(shape[axis - 1]);
  std::vector<int64_t> index(shape.size(), 0);
  const char *element = source;
  bool isDone = false;
  while (!isDone) {
    std::memcpy(target, element, elementBytes);
    target += elementBytes;
    isDone = true;
    for (size_t axis = shape.size(); isDone && axis-- > 0;) {
      element += strides[axis];
      isDone = ++index[axis] == shape[axis];
      if (isDone) {
        element -= strides[axis] * static_cast<size_t>(shape[axis]);
        index[axis] = 0;
      }
    }
  }
}

} // namespace

Status parseNpy(const std::string &file, HostTensor &outTensor) {
  size_t begin = 0, end = 0;
  NEAP_RETURN_IF_ERROR(findHeader(file, begin, end));
  std::string header = file.substr(begin, end - begin);
  NEAP_RETURN_IF_ERROR(
      parseTypeCode(findValue(header, "descr"), outTensor.type));
  std::string order = findValue(header, "fortran_order");
  bool isColumnMajor = order.compare(0, 4, "True") == 0;
  if (!isColumnMajor && order.compare(0, 5, "False") != 0)
    return damaged("its order of elements cannot be read");
  outTensor.shape.clear();
  if (!parseShape(findValue(header, "shape"), outTensor.shape))
    return damaged("its shape cannot be read");
  bool fits = false;
  uint64_t bytes = countElements(outTensor.shape, fits) *
                   plan::elementSizeInBytes(outTensor.type);
  if (!fits)
    return damaged("its shape needs more bytes than there can be");
  if (file.size() - end != bytes)
    return damaged(format("its shape needs %llu bytes behind the header, got "
                          "%llu",
                          static_cast<unsigned long long>(bytes),
                          static_cast<unsigned long long>(file.size() - end)));
  outTensor.bytes.assign(file.begin() + static_cast<ptrdiff_t>(end),
                         file.end());
  if (isColumnMajor && bytes != 0)
    copyTransposed(outTensor.shape, plan::elementSizeInBytes(outTensor.type),
                   file.data() + end, outTensor.bytes.data());
  return Status();
}

Status writeNpy(const std::string &path, ElementType type,
                const std::vector<int64_t> &shape, const uint8_t *bytes) {
  bool fits = false;
  uint64_t count = countElements(shape, fits);
  std::vector<float> widened;
  if (type == ElementType::BF16) {
    for (uint64_t i = 0; i < count; ++i)
      widened.push_back(static_cast<float>(elementAsDouble(type, bytes, i)));
    type = ElementType::F32;
    bytes = reinterpret_cast<const uint8_t *>(widened.data());
  }
  std::string code = "|V1", dims;
  for (const TypeCode &known : kTypeCodes)
    if (known.type == type)
      code = known.code;
  for (int64_t dim : shape)
    dims += std::to_string(dim) + ", ";
  std::string header = "{'descr': '" + code +
                       "', 'fortran_order': False, 'shape': (" + dims + "), }";
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  std::string start = "\x93NUMPY\x01";
  start += '\0';
  start += static_cast<char>(header.size() & 0xff);
  start += static_cast<char>(header.size() >> 8);
  header = start + header;
  uint64_t numBytes = count * plan::elementSizeInBytes(type);
  OutputFile file;
  NEAP_RETURN_IF_ERROR(file.open(path));
  file.write(header);
  file.write(bytes, numBytes);
  return file.commit();
}

Status readFile(const std::string &path, std::string &outBytes) {
  File file(std::fopen(path.c_str(), "rb"));
  outBytes.clear();
  char block[1 << 16];
  size_t got = 0;
  while (file && (got = std::fread(block, 1, sizeof(block), file.get())) > 0)
    outBytes.append(block, got);
  if (file && !std::ferror(file.get()))
    return Status();
  return Status::error(StatusCode::NotFound, "cannot read %s: %s",
                       quoted(path).c_str(), std::strerror(errno));
}

Status readTensorFile(const std::string &path, HostTensor &outTensor) {
  std::string file;
  bool isNpy = endsWith(path, ".npy");
  if (!isNpy && !endsWith(path, ".pb"))
    return Status::error(StatusCode::InvalidArgument,
                         "%s: expected a name that ends in .npy or .pb",
                         quoted(path).c_str());
  NEAP_RETURN_IF_ERROR(readFile(path, file));
  Status status =
      isNpy ? parseNpy(file, outTensor) : parseTensorProto(file, outTensor);
  return std::move(status).withContext(quoted(path));
}

} // namespace neap::tools
