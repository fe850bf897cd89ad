// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TensorCheck.cpp - compares the caller's tensors with the signature.
#include "runtime/executor/TensorCheck.h"

#include "runtime/base/Format.h"

#include <algorithm>

namespace neap::rt {
namespace {

using plan::ElementType;

/// Returns "[1, 2, 3]".
std::string shapeText(const int64_t *dims, size_t rank) {
  std::string text = "[";
  for (size_t i = 0; i < rank; ++i)
    text += (i == 0 ? "" : ", ") + std::to_string(dims[i]);
  return text + "]";
}

bool sameType(DLDataType given, DLDataType expected) {
  bool sameCode = given.code == expected.code ||
                  (expected.code == kDLBool && given.code == kDLUInt);
  return sameCode && given.bits == expected.bits && given.lanes == 1;
}

std::string typeText(DLDataType type) {
  static const char *const kNames[] = {"int",    "uint",    "float", "opaque",
                                       "bfloat", "complex", "bool"};
  const char *name = type.code < 7 ? kNames[type.code] : "unknown";
  return format("%s%u", name, type.bits) +
         (type.lanes == 1 ? "" : format("x%u", type.lanes));
}

bool isCompact(const DLTensor &tensor) {
  if (!tensor.strides)
    return true;
  int64_t expected = 1;
  for (int32_t axis = tensor.ndim - 1; axis >= 0; --axis) {
    if (tensor.shape[axis] != 1 && tensor.strides[axis] != expected)
      return false;
    expected *= tensor.shape[axis];
  }
  return true;
}

bool overlap(const DLTensor &a, uint64_t aBytes, const DLTensor &b,
             uint64_t bBytes) {
  uintptr_t aBegin = reinterpret_cast<uintptr_t>(firstByte(a));
  uintptr_t bBegin = reinterpret_cast<uintptr_t>(firstByte(b));
  return aBytes != 0 && bBytes != 0 && aBegin < bBegin + bBytes &&
         bBegin < aBegin + aBytes;
}

} // namespace

DLDataType toDataType(ElementType type) {
  uint8_t bits = static_cast<uint8_t>(8 * plan::elementSizeInBytes(type));
  switch (type) {
  case ElementType::F32:
  case ElementType::F64:
  case ElementType::F16:
    return {kDLFloat, bits, 1};
  case ElementType::BF16:
    return {kDLBfloat, bits, 1};
  case ElementType::Bool:
    return {kDLBool, bits, 1};
  case ElementType::I8:
  case ElementType::I16:
  case ElementType::I32:
  case ElementType::I64:
    return {kDLInt, bits, 1};
  case ElementType::U8:
  case ElementType::U16:
  case ElementType::U32:
  case ElementType::U64:
    return {kDLUInt, bits, 1};
  case ElementType::Unspecified:
    break;
  }
  return {kDLOpaqueHandle, bits, 1};
}

Status checkPresence(const char *kind, const DLTensor *const *tensors,
                     size_t numTensors,
                     const std::vector<TensorShape> &shapes) {
  if (numTensors != shapes.size())
    return Status::error(StatusCode::InvalidArgument,
                         "expected %zu %ss, got %zu", shapes.size(), kind,
                         numTensors);
  for (size_t i = 0; i < numTensors; ++i) {
    const DLTensor *tensor = tensors ? tensors[i] : nullptr;
    if (!tensor || (tensor->ndim > 0 && !tensor->shape))
      return Status::error(StatusCode::InvalidArgument,
                           "%s %s: expected a tensor with a shape, got null",
                           kind, quoted(shapes[i].tensor->name).c_str());
  }
  return Status();
}

Status checkTensor(const char *kind, const DLTensor &tensor,
                   const TensorShape &shape, const Dimensions &dims) {
  DLDataType expected = toDataType(shape.tensor->type);
  const char *problem = nullptr;
  std::string wanted, got;
  size_t rank = tensor.ndim < 0 ? 0 : static_cast<size_t>(tensor.ndim);
  if (!sameType(tensor.dtype, expected)) {
    problem = "type";
    wanted = typeText(expected);
    got = typeText(tensor.dtype);
  } else if (rank != shape.capacity.size() ||
             !std::equal(shape.capacity.begin(), shape.capacity.end(),
                         tensor.shape)) {
    problem = "shape";
    wanted = shapeText(shape.capacity.data(), shape.capacity.size());
    got = shapeText(tensor.shape, rank);
    if (std::string reason = dims.explainSize(shape, tensor); !reason.empty())
      got += "; " + reason;
  } else if (!isCompact(tensor)) {
    problem = "compact row-major strides for shape";
    wanted = shapeText(shape.capacity.data(), rank);
    got = "strides " + shapeText(tensor.strides, rank);
  } else if (tensor.device.device_type != kDLCPU) {
    problem = "DLPack device type";
    wanted = format("%d (CPU)", static_cast<int>(kDLCPU));
    got = std::to_string(static_cast<int>(tensor.device.device_type));
  } else if (shape.capacityInBytes() != 0 &&
             (!tensor.data ||
              reinterpret_cast<uintptr_t>(firstByte(tensor)) %
                      plan::elementSizeInBytes(shape.tensor->type) !=
                  0)) {
    problem = "data aligned to";
    wanted = format("%u bytes", plan::elementSizeInBytes(shape.tensor->type));
    got = format("address %p", static_cast<void *>(firstByte(tensor)));
  }
  if (!problem)
    return Status();
  return Status::error(
      StatusCode::InvalidArgument, "%s %s: expected %s %s, got %s", kind,
      quoted(shape.tensor->name).c_str(), problem, wanted.c_str(), got.c_str());
}

Status checkOutputMemory(const DLTensor *const *inputs,
                         const DLTensor *const *outputs,
                         const Dimensions &dims) {
  for (size_t i = 0; i < dims.outputs().size(); ++i) {
    const TensorShape &output = dims.outputs()[i];
    uint64_t bytes = output.capacityInBytes();
    std::string other;
    for (size_t j = 0; j < i && other.empty(); ++j)
      if (overlap(*outputs[i], bytes, *outputs[j],
                  dims.outputs()[j].capacityInBytes()))
        other = "output " + quoted(dims.outputs()[j].tensor->name);
    for (size_t j = 0; j < dims.inputs().size() && other.empty(); ++j) {
      bool shares = output.tensor->aliasesInput == j + 1;
      if (shares && firstByte(*outputs[i]) != firstByte(*inputs[j]))
        return Status::error(StatusCode::InvalidArgument,
                             "output %s: expected the memory of input %s",
                             quoted(output.tensor->name).c_str(),
                             quoted(dims.inputs()[j].tensor->name).c_str());
      if (!shares && overlap(*outputs[i], bytes, *inputs[j],
                             dims.inputs()[j].sizeInBytes()))
        other = "input " + quoted(dims.inputs()[j].tensor->name);
    }
    if (!other.empty())
      return Status::error(StatusCode::InvalidArgument,
                           "output %s overlaps %s in memory",
                           quoted(output.tensor->name).c_str(), other.c_str());
  }
  return Status();
}

} // namespace neap::rt
