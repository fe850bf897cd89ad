// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TensorReader.h - reads one serialized TensorProto in place, checks its
// payload against its type and dimensions, and decides whether the payload
// stays in the file.
#ifndef NEAP_FRONTENDS_ONNX_TENSORREADER_H
#define NEAP_FRONTENDS_ONNX_TENSORREADER_H

#include "frontends/onnx/ExternalData.h"
#include "frontends/onnx/ModelReader.h"
#include "frontends/onnx/WireFormat.h"

#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace neap::frontend {

/// Reads one TensorProto and appends its skeleton. For one tensor only.
class TensorReader {
public:
  /// Large payloads in `whole`, the model, become handles of `skeleton`; so do
  /// those of `external` files.
  TensorReader(llvm::StringRef whole, ExternalData &external,
               const ReadOptions &options, ModelSkeleton &skeleton)
      : whole(whole), external(external), options(options), skeleton(skeleton) {
  }

  /// Reads `message`, a part of `whole`, and appends what is left of it. Errors
  /// name the tensor.
  llvm::Error read(llvm::StringRef message, std::string &out);

private:
  /// What is known of the tensor's payload.
  struct Payload {
    /// The field that holds it; 0 if there is none.
    uint32_t field = 0;
    /// The bytes of a raw or packed field.
    llvm::StringRef bytes;
    /// Its fields as they lie in the file, tags included.
    llvm::SmallVector<llvm::StringRef, 1> fields;
  };

  /// Entries of TensorProto.external_data.
  struct ExternalEntries {
    std::string location;
    std::optional<uint64_t> offset, length;
  };

  llvm::Error fail(const llvm::Twine &what) const;
  llvm::Error malformed(const char *what) const;

  /// Takes the fields of the tensor apart.
  llvm::Error collect(llvm::StringRef message);
  llvm::Error collectField(const WireField &field);
  llvm::Error collectDims(const WireField &field);
  llvm::Error collectExternalEntry(llvm::StringRef entry);
  /// Sets `numElements` from the dimensions.
  llvm::Error countElements();
  /// Checks that an inline payload has as many elements as declared.
  llvm::Error checkPayload() const;
  llvm::Error checkNumElements(uint64_t found) const;
  /// Appends the skeleton of a tensor whose payload is in the model.
  llvm::Error finishInline(std::string &out);
  /// Appends the skeleton of a tensor whose payload is in another file.
  llvm::Error finishExternal(std::string &out);
  llvm::Error appendExternalBytes(const ExternalFile &file, std::string &out);
  void finishAsHandle(std::string &out);
  uint64_t getInlineLimitInBytes() const;

  /// Bytes that the tensor's type and dimensions call for.
  uint64_t getNumBytes() const { return numElements * elementSize; }

  llvm::StringRef whole;
  ExternalData &external;
  const ReadOptions &options;
  ModelSkeleton &skeleton;

  TensorHandle handle;
  Payload payload;
  ExternalEntries entries;
  bool isExternal = false;
  unsigned elementSize = 0;
  uint64_t numElements = 1;
  /// The tensor without its payload and its location.
  std::string rest;
};

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_TENSORREADER_H
