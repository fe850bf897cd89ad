// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ModelReader.h - reads an ONNX file and leaves its weights where they are.
//
// A serialized ModelProto is walked in place, in the mapped file, with 64-bit
// lengths. The result is a "skeleton": the same model in which the payload of
// every large tensor is replaced by the location `#<index>` of a handle. So the
// anonymous memory that a model costs is that of its graph, not of its weights.
#ifndef NEAP_FRONTENDS_ONNX_MODELREADER_H
#define NEAP_FRONTENDS_ONNX_MODELREADER_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace neap::frontend {

/// How the elements of a large tensor lie in their file.
enum class TensorEncoding {
  /// Little endian, in the tensor's element type.
  Raw,
  /// Protobuf's packed `int32_data`, `int64_data` or `uint64_data`.
  PackedVarint,
};

/// Where the bytes of a large tensor are.
struct TensorHandle {
  /// The tensor's name; empty for most attributes.
  std::string name;
  /// Index into `ModelSkeleton::files`, or `kNoFile`.
  int64_t file = kNoFile;
  uint64_t offsetInBytes = 0;
  uint64_t lengthInBytes = 0;
  TensorEncoding encoding = TensorEncoding::Raw;
  /// An `onnx::TensorProto::DataType`.
  int32_t dataType = 0;
  std::vector<int64_t> dims;

  /// Value of `file` for a weight that no file carries.
  static constexpr int64_t kNoFile = -1;
};

/// A model without its large tensors.
struct ModelSkeleton {
  /// A serialized ModelProto.
  std::string bytes;
  /// What the locations `#0`, `#1`, ... in `bytes` stand for.
  std::vector<TensorHandle> handles;
  /// Canonical paths; the first one is the model itself.
  std::vector<std::string> files;
};

/// What a caller may choose.
struct ReadOptions {
  /// If not empty, external data may lie below this folder, also through
  /// symbolic links; else only below the model's own folder, without links.
  std::string externalDataRoot;
  /// Whether external files need not exist: their weights get no file.
  bool withoutWeights = false;
  /// Payloads above this many bytes become handles, except those of integer
  /// tensors of rank at most 1, which shapes are computed from.
  uint64_t inlineLimitInBytes = 1024;
};

/// Returns the skeleton of the model at `path`. Errors name the tensor or the
/// byte at which the file is damaged; the path is left to the caller.
llvm::Expected<ModelSkeleton> readModel(llvm::StringRef path,
                                        const ReadOptions &options);

/// As `readModel`, for a model in memory, whose large tensors stay in it.
llvm::Expected<ModelSkeleton> readModelBytes(llvm::StringRef bytes,
                                             llvm::StringRef folder,
                                             const ReadOptions &options);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_MODELREADER_H
