// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Initializers.cpp - see Initializers.h.
#include "frontends/onnx/Initializers.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

#include "onnx/onnx_pb.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

using onnx::TensorProto;

Type neap::frontend::getElementType(MLIRContext *context, int32_t dataType) {
  auto integer = [&](unsigned width) {
    return IntegerType::get(context, width);
  };
  auto natural = [&](unsigned width) {
    return IntegerType::get(context, width, IntegerType::Unsigned);
  };
  switch (dataType) {
  case TensorProto::FLOAT:
    return Float32Type::get(context);
  case TensorProto::DOUBLE:
    return Float64Type::get(context);
  case TensorProto::FLOAT16:
    return Float16Type::get(context);
  case TensorProto::BFLOAT16:
    return BFloat16Type::get(context);
  case TensorProto::BOOL:
    return integer(1);
  case TensorProto::INT8:
    return integer(8);
  case TensorProto::INT16:
    return integer(16);
  case TensorProto::INT32:
    return integer(32);
  case TensorProto::INT64:
    return integer(64);
  case TensorProto::UINT8:
    return natural(8);
  case TensorProto::UINT16:
    return natural(16);
  case TensorProto::UINT32:
    return natural(32);
  case TensorProto::UINT64:
    return natural(64);
  default:
    return nullptr;
  }
}

int32_t neap::frontend::getDataType(Type elementType) {
  for (int32_t dataType : llvm::seq<int32_t>(1, TensorProto::BFLOAT16 + 1))
    if (getElementType(elementType.getContext(), dataType) == elementType)
      return dataType;
  return TensorProto::UNDEFINED;
}

std::string neap::frontend::getDataTypeName(int32_t dataType) {
  if (TensorProto::DataType_IsValid(dataType))
    return TensorProto::DataType_Name(
        static_cast<TensorProto::DataType>(dataType));
  return "number " + llvm::itostr(dataType);
}

/// Returns an error about `tensor`.
static llvm::Error refuse(const TensorProto &tensor, const llvm::Twine &what) {
  return llvm::createStringError(llvm::Twine("tensor '") + tensor.name() +
                                 "' " + what);
}

/// Copies a repeated field of numbers into the bytes of `Element`s.
template <typename Element, typename Field>
static std::string packElements(const Field &field) {
  std::string bytes;
  for (auto number : field) {
    auto element = static_cast<Element>(number);
    bytes.append(reinterpret_cast<const char *>(&element), sizeof(element));
  }
  return bytes;
}

/// Returns the elements of `tensor`, little endian, in its element type.
static std::string getBytes(const TensorProto &tensor) {
  if (tensor.has_raw_data())
    return tensor.raw_data();
  switch (tensor.data_type()) {
  case TensorProto::FLOAT:
    return packElements<float>(tensor.float_data());
  case TensorProto::DOUBLE:
    return packElements<double>(tensor.double_data());
  case TensorProto::INT64:
    return packElements<int64_t>(tensor.int64_data());
  case TensorProto::UINT64:
    return packElements<uint64_t>(tensor.uint64_data());
  case TensorProto::UINT32:
    return packElements<uint32_t>(tensor.uint64_data());
  case TensorProto::INT32:
    return packElements<int32_t>(tensor.int32_data());
  case TensorProto::INT16:
  case TensorProto::UINT16:
  case TensorProto::FLOAT16:
  case TensorProto::BFLOAT16:
    return packElements<uint16_t>(tensor.int32_data());
  default:
    return packElements<uint8_t>(tensor.int32_data());
  }
}

/// Whether all elements of `size` bytes in `bytes` are equal.
static bool isSplat(StringRef bytes, size_t size) {
  return bytes.drop_front(size) == bytes.drop_back(size);
}

/// Returns the constant of `type` with the elements `bytes`; a splat stays one.
static DenseElementsAttr getConstantOfBytes(RankedTensorType type,
                                            StringRef bytes) {
  size_t size = std::max(1u, type.getElementTypeBitWidth() / 8);
  if (!bytes.empty() && isSplat(bytes, size))
    bytes = bytes.take_front(size);
  if (!type.getElementType().isInteger(1))
    return DenseElementsAttr::getFromRawBuffer(
        type, ArrayRef<char>(bytes.data(), bytes.size()));
  SmallVector<bool> elements;
  for (char byte : bytes)
    elements.push_back(byte != 0);
  return DenseElementsAttr::get(type, elements);
}

/// Returns the index in `#<index>` if `tensor` is a handle of the skeleton.
static std::optional<size_t> getHandleIndex(const TensorProto &tensor) {
  size_t index;
  if (tensor.external_data_size() != 1 ||
      tensor.external_data(0).key() != "location")
    return std::nullopt;
  StringRef location = tensor.external_data(0).value();
  if (!location.consume_front("#") || location.getAsInteger(10, index))
    return std::nullopt;
  return index;
}

const TensorHandle *neap::frontend::findHandle(const TensorProto &tensor,
                                               const ModelSkeleton &skeleton) {
  std::optional<size_t> index = getHandleIndex(tensor);
  return index && *index < skeleton.handles.size() ? &skeleton.handles[*index]
                                                   : nullptr;
}

llvm::Expected<ImportedValue>
Initializers::importHandle(const TensorProto &tensor, RankedTensorType type,
                           GraphBuilder &builder) const {
  const TensorHandle *found = findHandle(tensor, skeleton);
  if (!found)
    return refuse(tensor, "has its external data given twice");
  const TensorHandle &handle = *found;
  if (handle.dataType != tensor.data_type() ||
      ArrayRef<int64_t>(handle.dims) != type.getShape())
    return refuse(tensor, "is given in two parts, which differ");
  uint64_t weightSeed = 0;
  if (handle.file == TensorHandle::kNoFile)
    weightSeed = seed.value_or(0) ^ llvm::xxh3_64bits(tensor.name());
  auto blob = BlobAttr::get(
      type.getContext(), handle.file, handle.offsetInBytes,
      handle.lengthInBytes, weightSeed,
      handle.encoding == TensorEncoding::Raw ? BlobEncoding::Raw
                                             : BlobEncoding::PackedVarint);
  ImportedValue imported;
  imported.type = type;
  imported.value =
      WeightOp::create(builder.getBuilder(), builder.getLoc(), type, blob);
  return imported;
}

llvm::Expected<ImportedValue>
Initializers::import(const TensorProto &tensor, GraphBuilder &builder) const {
  Type element =
      getElementType(builder.getBuilder().getContext(), tensor.data_type());
  if (!element)
    return refuse(tensor, llvm::Twine("has the element type ") +
                              getDataTypeName(tensor.data_type()) +
                              ", which is not supported");
  SmallVector<int64_t> sizes(tensor.dims().begin(), tensor.dims().end());
  for (int64_t size : sizes)
    if (size < 0)
      return refuse(tensor, llvm::Twine("has the negative dimension ") +
                                llvm::Twine(size));
  auto type = RankedTensorType::get(sizes, element);
  if (isTooLarge(getDims(type)))
    return refuse(tensor, "has more than 2^40 elements");
  if (tensor.data_location() == TensorProto::EXTERNAL)
    return importHandle(tensor, type, builder);
  std::string bytes = getBytes(tensor);
  size_t size = std::max(1u, element.getIntOrFloatBitWidth() / 8);
  if (bytes.size() != static_cast<size_t>(type.getNumElements()) * size)
    return refuse(tensor, llvm::Twine("declares ") +
                              llvm::Twine(type.getNumElements()) +
                              " elements, but carries " +
                              llvm::Twine(bytes.size() / size));
  DenseElementsAttr constant = getConstantOfBytes(type, bytes);
  ImportedValue imported;
  imported.type = type;
  imported.contents = getContents(constant);
  if (!imported.contents)
    imported.value = builder.constant(constant);
  return imported;
}
