/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * dlpack.h - the structs by which tensors are exchanged. Their layout is that
 * of DLPack (https://dmlc.github.io/dlpack), ABI version 0. A host that has
 * DLPack's own header uses that one: include it before this, or have it as
 * <dlpack/dlpack.h> in the include path.
 */
#ifndef NEAP_DLPACK_H
#define NEAP_DLPACK_H

#if !defined(DLPACK_DLPACK_H_) && defined(__has_include)
#if __has_include(<dlpack/dlpack.h>)
#include <dlpack/dlpack.h>
#endif
#endif

#ifndef DLPACK_DLPACK_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where memory is; Neap reads and writes kDLCPU. */
typedef enum { kDLCPU = 1, kDLCUDA = 2, kDLCUDAHost = 3 } DLDeviceType;

typedef struct DLDevice {
  DLDeviceType device_type;
  int32_t device_id;
} DLDevice;

/* Kinds of element types, for DLDataType.code. */
typedef enum {
  kDLInt = 0,
  kDLUInt = 1,
  kDLFloat = 2,
  kDLOpaqueHandle = 3,
  kDLBfloat = 4,
  kDLComplex = 5,
  kDLBool = 6
} DLDataTypeCode;

/* An element type: kind, bits and vector lanes (1 for scalars). */
typedef struct DLDataType {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
} DLDataType;

/* A tensor in memory that somebody else owns. shape and strides have ndim
 * elements, strides count elements and may be NULL for a compact row-major
 * tensor; the first element is at data + byte_offset. */
typedef struct DLTensor {
  void *data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t *shape;
  int64_t *strides;
  uint64_t byte_offset;
} DLTensor;

/* A tensor with its owner: whoever holds it calls deleter(self) once. */
typedef struct DLManagedTensor {
  DLTensor dl_tensor;
  void *manager_ctx;
  void (*deleter)(struct DLManagedTensor *self);
} DLManagedTensor;

#ifdef __cplusplus
}
#endif

#endif /* DLPACK_DLPACK_H_ */
#endif /* NEAP_DLPACK_H */
