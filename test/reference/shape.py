# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Data movement."""

import numpy as np


def reshape(x, shape):
    return x.reshape(shape)


def transpose(x, permutation):
    return np.transpose(x, permutation)


def broadcast(x, shape):
    return np.broadcast_to(x, shape)


def slice_(x, starts, sizes, steps):
    for axis, (start, size, step) in enumerate(zip(starts, sizes, steps)):
        x = np.take(x, [start + i * step for i in range(size)], axis)
    return x


def concat(*inputs, axis):
    return np.concatenate(inputs, axis)


def pad(x, value=None, *, low, high, mode="constant"):
    if mode == "constant":
        return np.pad(x, list(zip(low, high)), constant_values=value)
    return np.pad(x, list(zip(low, high)), mode=mode)


def iota(start, step, *, size):
    index = np.arange(size).astype(start.dtype)
    return (start + index * step).astype(start.dtype)


OPS = {
    "reshape": reshape,
    "transpose": transpose,
    "broadcast": broadcast,
    "slice": slice_,
    "concat": concat,
    "pad": pad,
    "iota": iota,
}
