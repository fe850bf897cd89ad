// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MappedTensor.h - tensors in whole pages of their own, so that what a tool
// gives to the runtime can be told apart from everything else in the process.
#ifndef NEAP_RUNTIME_TOOLS_MAPPEDTENSOR_H
#define NEAP_RUNTIME_TOOLS_MAPPEDTENSOR_H

#include "runtime/base/Status.h"

#include <neap/neap.hpp>

namespace neap::tools {

/// Returns `size` in whole pages, in bytes; at least one page.
uint64_t inPages(uint64_t size);

/// Makes a zeroed tensor of this type and shape, `sizeInBytes` large.
rt::Status mapTensor(DLDataType type, std::vector<int64_t> shape,
                     uint64_t sizeInBytes, Tensor &outTensor);

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_MAPPEDTENSOR_H
