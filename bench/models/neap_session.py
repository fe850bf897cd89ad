# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The few calls of neap.h that the benchmark needs, through ctypes."""
import ctypes

import numpy as np

_DLPACK_CODES = {"i": 0, "u": 1, "f": 2, "b": 6}


class _DataType(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint8), ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16)]


class _Tensor(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("device_type", ctypes.c_int32),
                ("device_id", ctypes.c_int32), ("ndim", ctypes.c_int32), ("dtype", _DataType),
                ("shape", ctypes.POINTER(ctypes.c_int64)), ("strides", ctypes.c_void_p),
                ("byte_offset", ctypes.c_uint64)]


class _TensorInfo(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("dtype", _DataType), ("ndim", ctypes.c_int32),
                ("dims", ctypes.POINTER(ctypes.c_int64)), ("max_dims", ctypes.POINTER(ctypes.c_int64)),
                ("size_in_bytes", ctypes.c_uint64)]


class _SessionOptions(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("num_threads", ctypes.c_uint32),
                ("reserved", ctypes.c_uint32), ("parallel_for", ctypes.c_void_p),
                ("parallel_for_context", ctypes.c_void_p), ("on_command", ctypes.c_void_p),
                ("on_command_context", ctypes.c_void_p)]


def _as_tensor(array):
    shape = (ctypes.c_int64 * array.ndim)(*array.shape)
    dtype = _DataType(_DLPACK_CODES[array.dtype.kind], array.dtype.itemsize * 8, 1)
    return _Tensor(array.ctypes.data, 1, 0, array.ndim, dtype, shape, None, 0)


class NeapSession:
    """One session of one model; `run()` fills `outputs` from `inputs`."""

    def __init__(self, library, path, inputs, num_threads):
        self._lib = ctypes.CDLL(str(library))
        self._lib.neap_status_message.restype = ctypes.c_char_p
        for name in ("neap_model_load_file", "neap_session_create", "neap_session_run",
                     "neap_session_input", "neap_session_output"):
            getattr(self._lib, name).restype = ctypes.c_void_p
        for name in ("neap_session_input_count", "neap_session_output_count"):
            getattr(self._lib, name).restype = ctypes.c_size_t
        self._model, self._session = ctypes.c_void_p(), ctypes.c_void_p()
        self._check(self._lib.neap_model_load_file(str(path).encode(), None, ctypes.byref(self._model)))
        options = _SessionOptions(ctypes.sizeof(_SessionOptions), num_threads, 0, None, None, None, None)
        self._check(self._lib.neap_session_create(self._model, None, ctypes.byref(options),
                                                  ctypes.byref(self._session)))
        self._inputs = [np.ascontiguousarray(inputs[i.name.decode()]) for i in self._infos("input")]
        self.outputs = {i.name.decode(): np.empty(list(i.dims[:i.ndim]), self._dtype(i.dtype))
                        for i in self._infos("output")}
        self._arguments = (*self._pointers(self._inputs), *self._pointers(list(self.outputs.values())))

    @staticmethod
    def _dtype(dtype):
        kind = {v: k for k, v in _DLPACK_CODES.items()}[dtype.code]
        return np.dtype(f"{kind}{dtype.bits // 8}")

    def _infos(self, kind):
        for index in range(getattr(self._lib, f"neap_session_{kind}_count")(self._session)):
            info = _TensorInfo()
            self._check(getattr(self._lib, f"neap_session_{kind}")(
                self._session, ctypes.c_size_t(index), ctypes.byref(info)))
            yield info

    def _pointers(self, arrays):
        tensors = [_as_tensor(a) for a in arrays]
        return (ctypes.POINTER(_Tensor) * len(tensors))(*map(ctypes.pointer, tensors)), ctypes.c_size_t(len(tensors))

    def _check(self, status):
        if status:
            raise RuntimeError(self._lib.neap_status_message(ctypes.c_void_p(status)).decode())

    def run(self):
        self._check(self._lib.neap_session_run(self._session, *self._arguments))
