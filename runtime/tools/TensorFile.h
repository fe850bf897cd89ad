// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TensorFile.h - tensors in files: NumPy's .npy and ONNX's TensorProto (.pb).
#ifndef NEAP_RUNTIME_TOOLS_TENSORFILE_H
#define NEAP_RUNTIME_TOOLS_TENSORFILE_H

#include "runtime/base/Status.h"
#include "runtime/tools/HostTensor.h"

#include <string>

namespace neap::tools {

/// Reads a file by the ending of its name, ".npy" or ".pb". Errors: NOT_FOUND;
/// INVALID_ARGUMENT, DATA_LOSS or UNIMPLEMENTED for what it holds. Messages
/// name the file.
rt::Status readTensorFile(const std::string &path, HostTensor &outTensor);

/// Writes version 1.0 of .npy. bf16 has no NumPy type and becomes float32.
rt::Status writeNpy(const std::string &path, plan::ElementType type,
                    const std::vector<int64_t> &shape, const uint8_t *bytes);

/// Reads all of a file. Errors: NOT_FOUND.
rt::Status readFile(const std::string &path, std::string &outBytes);

/// Parts of readTensorFile; they do not know the file's name.
rt::Status parseNpy(const std::string &file, HostTensor &outTensor);
rt::Status parseTensorProto(const std::string &file, HostTensor &outTensor);

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_TENSORFILE_H
