// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/tools/MappedTensor.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

namespace neap::tools {
namespace {

/// A DLPack tensor with its shape; the elements are mapped.
struct Mapped {
  DLManagedTensor managed = {};
  std::vector<int64_t> shape;
  uint64_t mappedBytes = 0;
};

void unmap(DLManagedTensor *self) {
  auto *mapped = static_cast<Mapped *>(self->manager_ctx);
  munmap(self->dl_tensor.data, mapped->mappedBytes);
  delete mapped;
}

} // namespace

uint64_t inPages(uint64_t size) {
  uint64_t page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return std::max<uint64_t>(1, (size + page - 1) / page) * page;
}

rt::Status mapTensor(DLDataType type, std::vector<int64_t> shape,
                     uint64_t sizeInBytes, Tensor &outTensor) {
  uint64_t mappedBytes = inPages(sizeInBytes);
  void *data = mmap(nullptr, mappedBytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED)
    return rt::Status::error(rt::StatusCode::ResourceExhausted,
                             "cannot map %llu bytes for a tensor: %s",
                             static_cast<unsigned long long>(mappedBytes),
                             std::strerror(errno));
  auto *mapped = new Mapped();
  mapped->shape = std::move(shape);
  mapped->mappedBytes = mappedBytes;
  DLTensor &view = mapped->managed.dl_tensor;
  view.data = data;
  view.device = {kDLCPU, 0};
  view.ndim = static_cast<int32_t>(mapped->shape.size());
  view.shape = mapped->shape.data();
  view.dtype = type;
  mapped->managed.manager_ctx = mapped;
  mapped->managed.deleter = unmap;
  outTensor = Tensor::take(&mapped->managed);
  return rt::Status();
}

} // namespace neap::tools
