# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reductions. Maxima and minima are NaN if an element is."""

import numpy as np

COMBINE = {
    "sum": np.add,
    "prod": np.multiply,
    "max": np.maximum,
    "min": np.minimum,
}


def neutral(kind, dtype):
    """Returns what combining over no elements gives."""
    if kind in ("sum", "prod"):
        return dtype.type(kind == "prod")
    if dtype.kind == "f":
        return dtype.type(-np.inf if kind == "max" else np.inf)
    if dtype.kind == "b":
        return kind == "min"
    limits = np.iinfo(dtype)
    return limits.min if kind == "max" else limits.max


def reduce(x, kind, axes):
    shape = [1 if axis in axes else size for axis, size in enumerate(x.shape)]
    result = np.full(shape, neutral(kind, x.dtype), x.dtype)
    for place in np.ndindex(x.shape):
        target = tuple(0 if axis in axes else i
                       for axis, i in enumerate(place))
        result[target] = COMBINE[kind](result[target], x[place])
    return result


def arg_reduce(x, kind, axis, select_last=False):
    choose = np.argmax if kind == "max" else np.argmin
    if not select_last:
        return choose(x, axis, keepdims=True).astype(np.int64)
    flipped = choose(np.flip(x, axis), axis, keepdims=True)
    return (x.shape[axis] - 1 - flipped).astype(np.int64)


def top_k(x, kind, axis, k):
    rows = np.moveaxis(x, axis, -1)
    # Stable: equal elements stay in the order of their indices. NaN is last.
    if kind == "max":
        flipped = np.argsort(rows[..., ::-1], axis=-1, kind="stable")
        order = rows.shape[-1] - 1 - flipped[..., ::-1]
    else:
        order = np.argsort(rows, axis=-1, kind="stable")
    return np.moveaxis(order[..., :k], -1, axis).astype(np.int64)


def cumulative_sum(x, axis, exclusive=False, reverse=False):
    result = np.zeros_like(x)
    size = x.shape[axis]
    x_rows, rows = np.moveaxis(x, axis, 0), np.moveaxis(result, axis, 0)
    order = range(size - 1, -1, -1) if reverse else range(size)
    total = np.zeros_like(rows[0]) if size else None
    for i in order:
        rows[i] = total if exclusive else total + x_rows[i]
        total = total + x_rows[i]
    return result


OPS = {
    "reduce": reduce,
    "arg_reduce": arg_reduce,
    "top_k": top_k,
    "cumulative_sum": cumulative_sum,
}
