// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ModelReader.cpp - see ModelReader.h. `SkeletonBuilder` copies messages and
// descends where tensors can be, which `TensorReader` reads.
// Source of field numbers: onnx/onnx.proto of ONNX 1.23.
#include "frontends/onnx/ModelReader.h"

#include "frontends/onnx/ExternalData.h"
#include "frontends/onnx/TensorReader.h"
#include "frontends/onnx/WireFormat.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace neap::frontend;

/// As deep as protobuf itself reads messages by default.
static constexpr unsigned kMaxDepth = 100;
/// More than this without its weights is no model but an attack.
static constexpr size_t kMaxSkeletonInBytes = size_t(1) << 30;

namespace {

/// Messages that can hold tensors.
enum class Message {
  Model,
  Training,
  Graph,
  Function,
  Node,
  Attribute,
  Tensor,
  SparseTensor,
  /// Anything else: copied as it is.
  Other,
};

} // namespace

/// Returns which message field `number` of a message of kind `parent` holds.
static Message getChild(Message parent, uint32_t number) {
  switch (parent) {
  case Message::Model:
    return number == 7    ? Message::Graph
           : number == 20 ? Message::Training
           : number == 25 ? Message::Function
                          : Message::Other;
  case Message::Training:
    return number == 1 || number == 2 ? Message::Graph : Message::Other;
  case Message::Graph:
    return number == 1    ? Message::Node
           : number == 5  ? Message::Tensor
           : number == 15 ? Message::SparseTensor
                          : Message::Other;
  case Message::Function:
    return number == 7    ? Message::Node
           : number == 11 ? Message::Attribute
                          : Message::Other;
  case Message::Node:
    return number == 5 ? Message::Attribute : Message::Other;
  case Message::Attribute:
    if (number == 5 || number == 10)
      return Message::Tensor;
    if (number == 6 || number == 11)
      return Message::Graph;
    return number == 22 || number == 23 ? Message::SparseTensor
                                        : Message::Other;
  case Message::Tensor:
  case Message::SparseTensor:
  case Message::Other:
    return Message::Other;
  }
  return Message::Other;
}

namespace {

/// Copies a model, its large tensors left out.
class SkeletonBuilder {
public:
  SkeletonBuilder(llvm::StringRef whole, llvm::StringRef folder,
                  const ReadOptions &options, ModelSkeleton &skeleton)
      : whole(whole), options(options), skeleton(skeleton),
        external(folder, options.externalDataRoot) {}

  llvm::Error copy(Message kind, llvm::StringRef message, std::string &out,
                   unsigned depth);

private:
  llvm::Error copyField(Message kind, const WireField &field, std::string &out,
                        unsigned depth);
  llvm::Error malformed(const char *what, const char *where) const {
    return llvm::createStringError(llvm::Twine("malformed protobuf: ") + what +
                                   " at byte " +
                                   llvm::Twine(where - whole.data()));
  }

  llvm::StringRef whole;
  const ReadOptions &options;
  ModelSkeleton &skeleton;
  ExternalData external;
};

} // namespace

llvm::Error SkeletonBuilder::copyField(Message kind, const WireField &field,
                                       std::string &out, unsigned depth) {
  Message child = field.type == WireType::Bytes ? getChild(kind, field.number)
                                                : Message::Other;
  if (child == Message::SparseTensor)
    return llvm::createStringError("sparse tensors are not supported");
  if (child == Message::Other) {
    out.append(field.whole.data(), field.whole.size());
    return llvm::Error::success();
  }
  std::string copied;
  if (child == Message::Tensor) {
    TensorReader reader(whole, external, options, skeleton);
    if (llvm::Error error = reader.read(field.payload, copied))
      return error;
  } else if (llvm::Error error =
                 copy(child, field.payload, copied, depth + 1)) {
    return error;
  }
  appendBytesField(out, field.number, copied);
  return llvm::Error::success();
}

llvm::Error SkeletonBuilder::copy(Message kind, llvm::StringRef message,
                                  std::string &out, unsigned depth) {
  if (depth > kMaxDepth)
    return malformed("messages are nested more than 100 deep", message.begin());
  WireReader reader(message);
  WireField field;
  while (reader.next(field)) {
    if (llvm::Error error = copyField(kind, field, out, depth))
      return error;
    if (out.size() > kMaxSkeletonInBytes)
      return llvm::createStringError(
          "the model is above 1 GiB without its weights");
  }
  if (reader.getError())
    return malformed(reader.getError(), reader.getPosition());
  return llvm::Error::success();
}

llvm::Expected<ModelSkeleton>
neap::frontend::readModelBytes(llvm::StringRef bytes, llvm::StringRef folder,
                               const ReadOptions &options) {
  ModelSkeleton skeleton;
  skeleton.files.emplace_back();
  SkeletonBuilder builder(bytes, folder, options, skeleton);
  if (llvm::Error error =
          builder.copy(Message::Model, bytes, skeleton.bytes, /*depth=*/0))
    return std::move(error);
  return skeleton;
}

llvm::Expected<ModelSkeleton>
neap::frontend::readModel(llvm::StringRef path, const ReadOptions &options) {
  llvm::SmallString<256> real;
  if (std::error_code error = llvm::sys::fs::real_path(path, real))
    return llvm::createStringError("cannot be opened: " + error.message());
  if (!llvm::sys::fs::is_regular_file(real))
    return llvm::createStringError("is not a regular file");
  auto buffer = llvm::MemoryBuffer::getFile(real, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return llvm::createStringError("cannot be read: " +
                                   buffer.getError().message());
  if ((*buffer)->getBufferSize() == 0)
    return llvm::createStringError("is empty; expected an ONNX model");
  llvm::Expected<ModelSkeleton> skeleton = readModelBytes(
      (*buffer)->getBuffer(), llvm::sys::path::parent_path(real), options);
  if (skeleton)
    skeleton->files.front() = real.str().str();
  return skeleton;
}
