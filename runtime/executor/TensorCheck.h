// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TensorCheck.h - compares the caller's tensors with the signature.
#ifndef NEAP_RUNTIME_EXECUTOR_TENSORCHECK_H
#define NEAP_RUNTIME_EXECUTOR_TENSORCHECK_H

#include "runtime/base/Status.h"
#include "runtime/executor/Dimensions.h"

#include <neap/dlpack.h>

#include <cstddef>

namespace neap::rt {

/// Returns the DLPack type of an element type.
DLDataType toDataType(plan::ElementType type);

/// Returns the first byte of a tensor.
inline uint8_t *firstByte(const DLTensor &tensor) {
  return static_cast<uint8_t *>(tensor.data) + tensor.byte_offset;
}

/// Checks that pointers and ranks can be read at all. Errors:
/// INVALID_ARGUMENT; `kind` is "input" or "output".
Status checkPresence(const char *kind, const DLTensor *const *tensors,
                     size_t numTensors, const std::vector<TensorShape> &shapes);

/// Checks type, shape, layout, device and alignment. Errors: INVALID_ARGUMENT.
Status checkTensor(const char *kind, const DLTensor &tensor,
                   const TensorShape &shape, const Dimensions &dims);

/// Checks that outputs overlap neither inputs nor each other, and that an
/// output that shares an input's memory really does. Errors: INVALID_ARGUMENT.
Status checkOutputMemory(const DLTensor *const *inputs,
                         const DLTensor *const *outputs,
                         const Dimensions &dims);

} // namespace neap::rt

#endif // NEAP_RUNTIME_EXECUTOR_TENSORCHECK_H
