/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * kernel_abi.h - what a generated kernel is called with.
 *
 * Standalone: included by the compiler (which emits code for it) and by the
 * runtime (which calls it). Depends on nothing but <stdint.h>. Any change of
 * layout or meaning is a new NEAP_KERNEL_ABI_VERSION.
 */
#ifndef NEAP_KERNEL_ABI_H
#define NEAP_KERNEL_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NEAP_KERNEL_ABI_VERSION 1

/* The kernels' shared object exports this symbol, a uint32_t that holds the
 * NEAP_KERNEL_ABI_VERSION it was compiled for. */
#define NEAP_KERNEL_ABI_SYMBOL "neap_kernel_abi_version"

/* Arguments of one kernel call. A command's work is cut into num_tiles equal
 * units that are independent of one another; one call computes the tiles
 * [tile_begin, tile_end). The result does not depend on how they are cut.
 *
 * buffers: one pointer per operand of the command, in the plan's order,
 *   operand offset already added. Element-aligned; no pointer is read or
 *   written past the operand's bytes. Two operands overlap only where the plan
 *   declares the one to be computed in place of the other.
 * sizes: run-time scalars in the plan's order (evaluated expressions).
 * scratch: this thread's scratch, 64-byte aligned, of the command's
 *   scratch_bytes_per_thread; undefined on entry. NULL if that is 0.
 */
typedef struct neap_kernel_args {
  void *const *buffers;
  const int64_t *sizes;
  int64_t tile_begin;
  int64_t tile_end;
  void *scratch;
} neap_kernel_args;

/* Returns 0, or a positive code that names a failed run-time check
 * (NEAP_KERNEL_...). Never throws, never allocates; imports only memcpy,
 * memmove and memset. Thread-safe for disjoint tile ranges. */
typedef int32_t (*neap_kernel_fn)(const neap_kernel_args *args);

#define NEAP_KERNEL_OK 0
#define NEAP_KERNEL_INDEX_OUT_OF_RANGE                                         \
  1 /* gather, scatter: an index is not in [-n, n) */
#define NEAP_KERNEL_DIVISION_BY_ZERO 2 /* integer division or remainder */

#ifdef __cplusplus
}
#endif

#endif /* NEAP_KERNEL_ABI_H */
