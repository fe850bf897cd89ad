/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * kernels.c - kernels written by hand, for tests of the executor: they become
 * the KERNELS section of test models. */
#include "runtime/include/neap/kernel_abi.h"

#include <fenv.h>
#include <stddef.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

const uint32_t neap_kernel_abi_version = NEAP_KERNEL_ABI_VERSION;

/* r = a + b; sizes: elements of one tile. */
int32_t add_f32(const neap_kernel_args *args) {
  const float *a = args->buffers[0], *b = args->buffers[1];
  float *r = args->buffers[2];
  int64_t n = args->sizes[0];
  for (int64_t i = args->tile_begin * n; i < args->tile_end * n; ++i)
    r[i] = a[i] + b[i];
  return NEAP_KERNEL_OK;
}

/* r = a * a + 1; sizes: elements of one tile. */
int32_t square_plus_one_f32(const neap_kernel_args *args) {
  const float *a = args->buffers[0];
  float *r = args->buffers[1];
  int64_t n = args->sizes[0];
  for (int64_t i = args->tile_begin * n; i < args->tile_end * n; ++i)
    r[i] = a[i] * a[i] + 1.0f;
  return NEAP_KERNEL_OK;
}

/* r += 1, in the state. */
int32_t increment_f32(const neap_kernel_args *args) {
  float *r = args->buffers[0];
  for (int64_t i = args->tile_begin; i < args->tile_end; ++i)
    r[i] += 1.0f;
  return NEAP_KERNEL_OK;
}

/* r = reversed tile of a, through scratch; sizes: elements of one tile. */
int32_t reverse_f32(const neap_kernel_args *args) {
  const float *a = args->buffers[0];
  float *r = args->buffers[1], *scratch = args->scratch;
  int64_t n = args->sizes[0];
  if ((size_t)scratch % 64 != 0)
    return 99;
  for (int64_t tile = args->tile_begin; tile < args->tile_end; ++tile) {
    for (int64_t i = 0; i < n; ++i)
      scratch[i] = a[tile * n + i];
    for (int64_t i = 0; i < n; ++i)
      r[tile * n + i] = scratch[n - 1 - i];
  }
  return NEAP_KERNEL_OK;
}

/* Fails as a gather with a wrong index does if a[0] is negative. */
int32_t check_index_f32(const neap_kernel_args *args) {
  const float *a = args->buffers[0];
  float *r = args->buffers[1];
  if (a[0] < 0)
    return NEAP_KERNEL_INDEX_OUT_OF_RANGE;
  r[0] = a[0];
  return NEAP_KERNEL_OK;
}

/* r[tile] = the tile's MXCSR without the sticky flags. */
int32_t float_environment(const neap_kernel_args *args) {
  int32_t *r = args->buffers[0];
  for (int64_t tile = args->tile_begin; tile < args->tile_end; ++tile)
#if defined(__x86_64__)
    r[tile] = (int32_t)(_mm_getcsr() & ~0x3fu);
#else
    r[tile] = fegetround();
#endif
  return NEAP_KERNEL_OK;
}

/* Takes about 1 ms for each tile; r[tile] = 1. */
int32_t slow(const neap_kernel_args *args) {
  volatile int32_t *r = args->buffers[0];
  for (int64_t tile = args->tile_begin; tile < args->tile_end; ++tile) {
    volatile double x = 0;
    for (int i = 0; i < 400000; ++i)
      x = x + i;
    r[tile] = 1;
  }
  return NEAP_KERNEL_OK;
}

/* An unknown code. */
int32_t fail(const neap_kernel_args *args) {
  (void)args;
  return 77;
}
