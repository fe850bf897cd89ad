// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AllocationTest.cpp - a run allocates nothing from the second on. A program of
// its own, because it replaces malloc.
#include "test/runtime/support/TestModel.h"

#include <neap/neap.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::atomic<bool> counting{false};
std::atomic<uint64_t> numAllocations{0};

void count() {
  if (counting.load(std::memory_order_relaxed))
    numAllocations.fetch_add(1, std::memory_order_relaxed);
}

} // namespace

extern "C" {
// These are the C library's own names.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

void *malloc(size_t size) {
  count();
  return __libc_malloc(size);
}
void *calloc(size_t number, size_t size) {
  count();
  return __libc_calloc(number, size);
}
void *realloc(void *memory, size_t size) {
  count();
  return __libc_realloc(memory, size);
}
void *aligned_alloc(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}
int posix_memalign(void **out, size_t alignment, size_t size) {
  count();
  *out = __libc_memalign(alignment, size);
  return *out ? 0 : 12;
}
void *mmap(void *address, size_t size, int protection, int flags, int file,
           off_t offset) noexcept {
  count();
  return reinterpret_cast<void *>(
      syscall(SYS_mmap, address, size, protection, flags, file, offset));
}
}

namespace {

using neap::test::AlignedBytes;
using neap::test::makeModel;
using neap::test::makeSumPlan;

TEST(Allocation, CountsAllocations) {
  counting = true;
  numAllocations = 0;
  void *volatile memory = std::malloc(100);
  counting = false;
  std::free(memory);
  EXPECT_GE(numAllocations, 1u);
}

TEST(Allocation, ARunAllocatesNothingFromTheSecondOn) {
  AlignedBytes bytes(makeModel(makeSumPlan().plan));
  auto model = neap::Model::loadMemory(bytes.data(), bytes.size());
  ASSERT_TRUE(model.ok());
  neap::SessionOptions options;
  options.numThreads = 2;
  auto session = neap::Session::create(*model, "main", options);
  ASSERT_TRUE(session.ok());
  auto x = session->allocateInput(0), y = session->allocateInput(1);
  auto r = session->allocateOutput(0);
  const DLTensor *inputs[] = {&x->view(), &y->view()};
  const DLTensor *outputs[] = {&r->view()};
  numAllocations = 0;
  for (int run = 0; run < 100; ++run) {
    counting = run > 0;
    neap_status_t *status =
        neap_session_run(session->get(), inputs, 2, outputs, 1);
    counting = false;
    ASSERT_EQ(status, nullptr);
  }
  EXPECT_EQ(numAllocations, 0u);
}

} // namespace
