# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads and writes at computed indices."""

import numpy as np

from reference.reduction import COMBINE, neutral

PANEL_WIDTH = 16


def normalize(index, size):
    """Counts a negative index from the end."""
    if not -size <= index < size:
        raise IndexError(f"index {index} of an axis of size {size}")
    return index + size if index < 0 else index


def gather(x, indices, axis):
    shape = x.shape[:axis] + indices.shape + x.shape[axis + 1:]
    result = np.empty(shape, x.dtype)
    for before in np.ndindex(x.shape[:axis]):
        for place in np.ndindex(indices.shape):
            index = normalize(int(indices[place]), x.shape[axis])
            result[before + place] = x[before + (index,)]
    return result


def packed_gather(panels, indices, columns):
    result = np.empty(indices.shape + panels.shape[1:2], panels.dtype)
    for place in np.ndindex(indices.shape):
        index = normalize(int(indices[place]), columns)
        result[place] = panels[index // PANEL_WIDTH, :, index % PANEL_WIDTH]
    return result


def gather_elements(x, indices, axis):
    result = np.empty(indices.shape, x.dtype)
    for place in np.ndindex(indices.shape):
        source = list(place)
        source[axis] = normalize(int(indices[place]), x.shape[axis])
        result[place] = x[tuple(source)]
    return result


def gather_nd(x, indices, batch_dims):
    length = indices.shape[-1]
    row = x.shape[batch_dims + length:]
    result = np.empty(indices.shape[:-1] + row, x.dtype)
    for place in np.ndindex(indices.shape[:-1]):
        source = place[:batch_dims] + tuple(
            normalize(int(index), x.shape[batch_dims + i])
            for i, index in enumerate(indices[place]))
        result[place] = x[source]
    return result


def weighted_gather(x, indices, weights, kind):
    combine = COMBINE[kind]
    result = np.full(indices.shape[:2] + x.shape[2:], neutral(kind, x.dtype), x.dtype)
    for batch, row, tap in np.ndindex(indices.shape):
        index = indices[batch, row, tap]
        if index >= 0:
            product = weights[batch, row, tap] * x[batch, index]
            result[batch, row] = combine(result[batch, row], product)
    return result


def apply(old, new, reduction):
    return new if reduction is None else COMBINE[reduction](old, new)


def scatter_elements(x, indices, updates, axis, reduction=None):
    result = x.copy()
    for place in np.ndindex(indices.shape):
        target = list(place)
        target[axis] = normalize(int(indices[place]), x.shape[axis])
        target = tuple(target)
        result[target] = apply(result[target], updates[place], reduction)
    return result


def scatter_nd(x, indices, updates, reduction=None):
    result = x.copy()
    for place in np.ndindex(indices.shape[:-1]):
        target = tuple(normalize(int(index), x.shape[i])
                       for i, index in enumerate(indices[place]))
        result[target] = apply(result[target], updates[place], reduction)
    return result


OPS = {
    "gather": gather,
    "packed_gather": packed_gather,
    "gather_elements": gather_elements,
    "gather_nd": gather_nd,
    "weighted_gather": weighted_gather,
    "scatter_elements": scatter_elements,
    "scatter_nd": scatter_nd,
}
